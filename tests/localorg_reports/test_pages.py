"""Every report has rows and every component is drawn, on the pages and by the Analytics API."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from localorg import dispatch, seed
from localorg.auth import sessions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.localorg_reports.conftest import Company

REPORTS = (
    "Accounts_Created", "Active_7_Days", "Activities_Closed", "Big_Deals", "Contacts_Created",
    "Exceptions_for_Executives", "Leads_Created", "Leads_Over_24_Hours", "Neglected_Opportunities", "Never_Logged_In",
    "Not_Active_7_Days", "Open_Tasks", "Opportunities_Created", "Overdue_Tasks", "People_Who_Need_Help",
    "Scores_by_Word",
    "Standing_Exceptions",
)  # fmt: skip
#: Its object is read through a broad dashboard; who may not read the object cannot open the report.
GROUPS = "Groups"
DASHBOARDS = {
    "Adoption_Login",
    "Adoption_Usage",
    "Adoption_Data_Care",
    "Adoption_Exceptions_and_Deals",
}


def ids(company: Company, kind: str) -> dict[str, str]:
    with company.org.read() as db:
        rows = db.execute(f'SELECT "DeveloperName", "Id" FROM "{kind}"').fetchall()
    return {row[0]: row[1] for row in rows}


def ask(company: Company, user_id: str, path: str, params: Mapping[str, str] | None = None):
    """One request of the REST API, without a socket."""
    with company.org.write() as db:
        token = sessions.start(db, company.org.org_id, user_id).token
    headers = {"authorization": f"Bearer {token}"}
    reply = dispatch.answer(
        company.org, "GET", f"/services/data/v66.0/{path}", params or {}, headers, b""
    )
    return reply.status, reply.body


def test_what_is_deployed(company: Company) -> None:
    assert sorted(ids(company, "Report")) == sorted((*REPORTS, GROUPS))
    assert set(ids(company, "Dashboard")) == DASHBOARDS


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_has_rows_and_a_page(company: Company, name: str) -> None:
    viewer = company.chief
    many = company.report(name, viewer).total.rows
    assert many > 0
    page = company.page(viewer, f"/lightning/r/Report/{ids(company, 'Report')[name]}/view")
    assert f'data-total="{many}"' in page


class Parts(HTMLParser):
    """Which of the dashboard's components hold a picture, a number or a table."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: list[str] = []
        self.held: list[set[str]] = []

    def handle_starttag(self, tag, attrs):
        about = dict(attrs)
        if "data-kind" in about:
            self.kinds.append(about["data-kind"])
            self.held.append(set())
        elif self.held and (
            tag in {"svg", "td", "rect", "circle"} or "metric" in (about.get("class") or "")
        ):
            self.held[-1].add(tag)


WANTED = {
    "Bar": {"svg", "rect"}, "Column": {"svg", "rect"}, "Donut": {"svg", "circle"},
    "Metric": {"p"}, "FlexTable": {"td"},
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(DASHBOARDS))
def test_every_component_is_drawn(company: Company, name: str) -> None:
    viewer = company.chief
    drawn = company.dashboards(viewer)[name]
    assert [one.refused for one in drawn if one.refused] == []
    assert [one.part.header for one in drawn if not one.rows] == []
    page = company.page(viewer, f"/lightning/r/Dashboard/{ids(company, 'Dashboard')[name]}/view")
    parts = Parts()
    parts.feed(page)
    assert parts.kinds == [one.part.kind for one in drawn]
    assert [
        k for k, held in zip(parts.kinds, parts.held, strict=True) if not WANTED[k] <= held
    ] == []
    assert 'role="alert"' not in page


def test_slices_and_bars_add_up(company: Company) -> None:
    for parts in company.dashboards(company.chief).values():
        for one in parts:
            if one.points and one.part.summary[0] == "RowCount" and len(one.points) < one.part.most:
                assert sum(value for _, value in one.points) == one.rows


def test_lists_lead_to_what_they_name(company: Company) -> None:
    for kind, many in (("Report", len(REPORTS) + 1), ("Dashboard", len(DASHBOARDS))):
        page = company.page(company.rep, f"/lightning/o/{kind}/home")
        links = re.findall(rf'href="(/lightning/r/{kind}/\w{{18}}/view)"', page)
        assert len(links) == many
        assert "<h1>" in company.page(company.rep, links[0])


def test_groups_are_shown_to_everybody_without_teams(company: Company) -> None:
    drawn = next(
        one
        for one in company.dashboards(company.rep)["Adoption_Usage"]
        if one.report_name == "Scores of Groups"
    )
    assert {(row[0][0], row[1][0]) for row in drawn.table} == {
        ("Company", "All"),
        ("Region", "East"),
    }
    report_id = ids(company, "Report")[GROUPS]
    assert "You have no access" in company.page(
        company.rep, f"/lightning/r/Report/{report_id}/view", status=403
    )
    assert "data-total" in company.page(seed.ADMIN_ID, f"/lightning/r/Report/{report_id}/view")


def test_analytics_answers_in_the_documented_shape(company: Company) -> None:
    report_id = ids(company, "Report")["Open_Tasks"]
    viewer = company.chief
    status, body = ask(
        company, viewer, f"analytics/reports/{report_id}", {"includeDetails": "true"}
    )
    assert status == 200
    assert set(body) == {
        "attributes", "allData", "factMap", "groupingsAcross", "groupingsDown", "hasDetailRows",
        "reportExtendedMetadata", "reportMetadata",
    }  # fmt: skip
    result = company.report("Open_Tasks", viewer)
    groups = body["groupingsDown"]["groupings"]
    assert [one["value"] for one in groups] == result.keys(0)
    assert body["factMap"]["T!T"]["aggregates"][-1]["value"] == result.total.rows
    rows = [len(body["factMap"][f"{one['key']}!T"]["rows"]) for one in groups]
    assert sum(rows) == result.total.rows


def test_analytics_lists_and_refuses(company: Company) -> None:
    status, body = ask(company, company.rep, "analytics/reports")
    assert (status, len(body)) == (200, len(REPORTS) + 1)
    status, body = ask(company, company.rep, "analytics/reports/00O000000000000AAA")
    assert (status, body[0]["errorCode"]) == (404, "NOT_FOUND")


def test_who_may_not_run_reports_has_none(company: Company) -> None:
    with company.org.read() as db:
        from localorg.reports import library  # noqa: PLC0415

        assert library.listed(db, "Report", seed.INTEGRATION_ID) == []
