"""Totals of the native reports equal a count of the export's own rows, made without the org."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from localorg import seed

if TYPE_CHECKING:
    from tests.localorg_reports.conftest import Company, Rows

TRUE = {"1", "true"}
USAGE = {
    "Accounts_Created": "Account", "Contacts_Created": "Contact",
    "Opportunities_Created": "Opportunity", "Leads_Created": "Lead", "Activities_Closed": "Task",
}  # fmt: skip
CARE = ("Open_Tasks", "Overdue_Tasks", "Neglected_Opportunities", "Leads_Over_24_Hours")


def zone_of(company: Company, user_id: str) -> ZoneInfo:
    known = {one["Id"]: one["TimeZoneSidKey"] for one in company.tables["User"]}
    return ZoneInfo(known[user_id])


def moment(cell: str) -> datetime:
    found = datetime.fromisoformat(cell)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def today(zone: ZoneInfo) -> date:
    return datetime.now(zone).date()


def logins(company: Company, viewer: str) -> dict[str, Rows]:
    """Active users by when they were last here; the stand-in's own two were never."""
    zone = zone_of(company, viewer)
    limit = begin(today(zone) - timedelta(days=7), zone)
    found: dict[str, Rows] = {"Active_7_Days": [], "Not_Active_7_Days": [], "Never_Logged_In": []}
    for one in company.active:
        if not one["LastLoginDate"]:
            found["Never_Logged_In"].append(one)
        elif moment(one["LastLoginDate"]) >= limit:
            found["Active_7_Days"].append(one)
        else:
            found["Not_Active_7_Days"].append(one)
    ours = {"UserRoleId": "", "Division": "", "ProfileId": ""}
    found["Never_Logged_In"] += [{**ours, "Id": seed.ADMIN_ID}, {**ours, "Id": seed.INTEGRATION_ID}]
    return found


@pytest.mark.parametrize("name", ["Active_7_Days", "Not_Active_7_Days", "Never_Logged_In"])
def test_logins(company: Company, name: str) -> None:
    viewer = company.chief
    expected = logins(company, viewer)[name]
    result = company.report(name, viewer)
    assert result.total.rows == len(expected) > 0
    regions = Counter(one["Division"] or "-" for one in expected)
    assert counts(result, 2) == regions


def counts(result, level: int) -> Counter[str]:
    """Rows by the label of one grouping."""
    return Counter(
        {
            result.labels[level][keys[0]]: tally.rows
            for keys, tally in result.rolled((level,)).items()
        }
    )


@pytest.mark.parametrize("name", USAGE)
def test_usage(company: Company, name: str) -> None:
    viewer = company.chief
    zone = zone_of(company, viewer)
    limit = begin(today(zone) - timedelta(days=30), zone)
    roles = {one["Id"]: one["Name"] for one in company.tables["UserRole"]}
    people = {one["Id"]: one for one in company.tables["User"]}
    expected = [
        people[one["OwnerId"]]
        for one in company.tables[USAGE[name]]
        if moment(one["CreatedDate"]) >= limit
        and one["OwnerId"] in people
        and (USAGE[name] != "Task" or one["IsClosed"] in TRUE)
    ]
    result = company.report(name, viewer)
    assert result.total.rows == len(expected) > 0
    by_role = Counter(roles.get(one["UserRoleId"], "-") for one in expected)
    assert counts(result, 0) == by_role
    assert counts(result, 2) == Counter(one["Division"] or "-" for one in expected)


def care(company: Company, viewer: str) -> dict[str, Counter[str]]:
    """What is to be tidied of the viewer and everybody below, by owner."""
    zone = zone_of(company, viewer)
    mine, now = company.below(viewer), today(zone)
    tasks = [one for one in company.tables["Task"] if one["IsClosed"] not in TRUE]
    overdue = [one for one in tasks if one["ActivityDate"] and one["ActivityDate"][:10] < str(now)]
    deals = [
        one
        for one in company.tables["Opportunity"]
        if one["IsClosed"] not in TRUE and (not one["NextStep"] or one["CloseDate"][:10] < str(now))
    ]
    answered = {one["WhoId"] for one in company.tables["Task"] if one["IsClosed"] in TRUE}
    answered |= {one["WhoId"] for one in company.tables["Event"]}
    yesterday = begin(now - timedelta(days=1), zone)
    leads = [
        one
        for one in company.tables["Lead"]
        if one["IsConverted"] not in TRUE
        and "closed" not in one["Status"].lower()
        and one["Id"] not in answered
        and moment(one["CreatedDate"]) < yesterday
    ]
    sets = dict(zip(CARE, (tasks, overdue, deals, leads), strict=True))
    return {
        name: Counter(one["OwnerId"] for one in rows if one["OwnerId"] in mine)
        for name, rows in sets.items()
    }


@pytest.mark.parametrize("name", CARE)
@pytest.mark.parametrize("who", ["chief", "manager", "rep"])
def test_data_care_is_of_the_viewer_and_those_below(company: Company, name: str, who: str) -> None:
    viewer = getattr(company, who)
    expected = care(company, viewer)[name]
    result = company.report(name, viewer)
    assert result.total.rows == expected.total()
    found = {keys[0]: tally.rows for keys, tally in result.rolled((0,)).items()}
    assert found == dict(expected)
    assert len(result.rows) == min(expected.total(), 2000)


def test_there_is_something_to_tidy(company: Company) -> None:
    assert all(care(company, company.chief)[name] for name in CARE)
    assert care(company, company.rep)["Open_Tasks"].total() > 0


def test_big_deals_are_seen_by_all(company: Company) -> None:
    for viewer in (company.chief, company.rep):
        result = company.report("Big_Deals", viewer)
        assert result.total.rows == 2
        assert result.total.value(0, "Sum") == 300001.0


def test_scores_average(company: Company) -> None:
    result = company.report("Scores_by_Word", seed.ADMIN_ID)
    many = len(company.active)
    assert result.total.rows == many
    assert result.total.value(0, "Average") == pytest.approx(40.0 + (many - 1) / 2)
