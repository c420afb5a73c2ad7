"""The invented company, scored twice: from its export, and through an org. The scores are equal."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from simple_salesforce.exceptions import SalesforceMalformedRequest

from canvas.port import ReadingError
from service.demo.report import problems, written_scores
from service.demo.road import Road
from tests.road import files
from tests.road.people import asked_by, below_nobody, client, client_of, leader_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from simple_salesforce.api import Salesforce

pytestmark = [pytest.mark.sf, pytest.mark.xdist_group("sample-road")]

USERS = 60
MOST_CALLS = 60
Row = dict[str, str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("company")


@pytest.fixture(scope="module")
def road(folder: Path) -> Iterator[Road]:
    with Road(folder / "road", users=USERS) as road:
        yield road


@pytest.fixture(scope="module")
def runs(road: Road) -> tuple[dict[str, Any], dict[str, Any]]:
    return road.run_night("company-1"), road.run_night("company-2")


@pytest.fixture(scope="module")
def stock(road: Road, runs: object) -> Salesforce:
    """The administrator, after both nights."""
    return client(road, road.org.admin["session_id"])


@pytest.fixture(scope="module")
def exceptions(stock: Salesforce) -> dict[str, dict[str, Any]]:
    """The exceptions of the org after both nights, by key."""
    found = stock.query_all(EXCEPTIONS)
    return {row["Exception_Key__c"]: row for row in found["records"]}


EXCEPTIONS = """SELECT Id, Exception_Key__c, Measure__c, State__c, First_Found__c, First_Expected__c,
    Second_Found__c, Second_Expected__c, Opened_On__c, Executives_From__c, False_Flag__c,
    Adoption_Score__c, Manager__c FROM Adoption_Exception__c"""


@pytest.fixture(scope="module")
def in_org(stock: Salesforce) -> dict[str, dict[str, Any]]:
    """What the client reads of the scores, by user id."""
    found = stock.query_all("SELECT User_Key__c, Score__c, Band__c, Word__c FROM Adoption_Score__c")
    return {row["User_Key__c"]: row for row in found["records"]}


@pytest.fixture(scope="module")
def report(road: Road, folder: Path) -> Path:
    """The folder of `bellwether report` on the same export under the same rules."""
    out = folder / "report"
    rules = str(road.rules_written)
    command = ["report", str(road.data), "--out", str(out), "--rules", rules]
    command += ["--as-of", road.as_of.isoformat()]
    subprocess.run([sys.executable, "-m", "service.cli", *command], check=True, capture_output=True)
    return out


def table(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def in_report(report: Path) -> dict[str, Row]:
    return {row["user_id"]: row for row in table(report / "scores.csv")}


def test_the_scores_of_the_org_are_those_of_the_report(
    in_org: dict[str, dict[str, Any]], in_report: dict[str, Row]
) -> None:
    live = {
        user: shown(row["Score__c"], row["Band__c"], row["Word__c"]) for user, row in in_org.items()
    }
    told = {user: shown(row["score"], row["band"], row["word"]) for user, row in in_report.items()}
    assert sum(score is not None for score, _, _ in live.values()) > USERS / 3
    assert live == told


def shown(score: object, band: object, word: str) -> tuple[float | None, float | None, str]:
    numbers = [None if one in (None, "") else float(str(one)) for one in (score, band)]
    return numbers[0], numbers[1], word


def test_an_unchanged_night_writes_its_own_record_within_its_calls(
    runs: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    first, second = runs
    assert sum(first["written"].values()) + first["posts_made"] > USERS
    assert set(second["written"].values()) == {0}
    assert second["records_written"] == 1
    assert second["api_calls"] <= first["api_calls"] <= MOST_CALLS


def test_nothing_is_wrong_on_the_road(road: Road, runs: tuple[dict[str, Any], ...]) -> None:
    assert problems(*runs, road.tables, written_scores(road.cli)) == []


def test_the_teams_of_the_org_are_those_of_the_report(stock: Salesforce, report: Path) -> None:
    found = stock.query_all(
        "SELECT Name, People__c, Scored__c, Scored_Share__c, Median__c, Low_Quartile__c,"
        " High_Quartile__c, On_Track__c FROM Adoption_Team__c WHERE Kind__c = 'Team'"
    )
    live = {row["Name"]: [row[name] for name in TEAM_FIELDS] for row in found["records"]}
    told = {
        row["team"]: [number(row[name]) for name in TEAM_COLUMNS]
        for row in table(report / "teams.csv")
    }
    assert live.keys() == told.keys()
    assert sum(told[name][3] is not None for name in told) > 1
    for name, numbers in told.items():
        is_shown, is_counted = numbers[3] is not None, live[name][1] is not None
        counts = numbers[1:3] if is_counted else [None, None]  # few could be told from them
        assert is_shown or not is_counted
        assert live[name] == [numbers[0], *counts, *(numbers[3:] if is_shown else [None] * 3)], name
    counted = [row for row in found["records"] if row["Scored__c"] is not None]
    assert len(counted) > 1
    assert all(
        (row["On_Track__c"] is None) == (row["Scored__c"] is None) for row in found["records"]
    )


TEAM_FIELDS = (
    "People__c",
    "Scored__c",
    "Scored_Share__c",
    "Median__c",
    "Low_Quartile__c",
    "High_Quartile__c",
)
TEAM_COLUMNS = ("people", "scored", "percent_scored", "median", "quartile_1", "quartile_3")


def number(cell: str) -> float | None:
    return float(cell) if cell else None


def test_logins_days_and_quotas_are_those_of_the_companys_files(
    stock: Salesforce, road: Road
) -> None:
    assert road.data is not None
    found = stock.query_all(f"SELECT User_Key__c, {', '.join(USED)} FROM Adoption_Score__c")
    live = {row["User_Key__c"]: [row[name] for name in USED] for row in found["records"]}
    told = files.used(road.data, road.as_of - timedelta(days=27), road.as_of)
    assert live == {user: told.get(user, [0, 0, 0]) for user in live}
    assert len(told) > USERS / 2
    company = "SELECT Quota__c, Closed__c FROM Adoption_Team__c WHERE Kind__c = 'Company'"
    (results,) = stock.query_all(company)["records"]
    assert results["Quota__c"] == files.quotas(road.data, road.as_of)
    assert results["Closed__c"] > 0


USED = ("Logins__c", "Lightning_Days__c", "Mobile_Days__c")


def test_every_kind_of_group_is_there_and_counts_everybody_once(
    stock: Salesforce, runs: tuple[dict[str, Any], ...]
) -> None:
    found = stock.query_all(
        "SELECT Kind__c, SUM(People__c) people FROM Adoption_Team__c GROUP BY Kind__c"
    )
    people = {row["Kind__c"]: row["people"] for row in found["records"]}
    assert people.keys() == {"Company", "Team", "Role", "Profile", "Region", "Segment", "Week"}
    assert {people[kind] for kind in people if kind != "Team"} == {runs[0]["users"]}


def test_everyone_has_one_row_of_history_a_week(
    stock: Salesforce, in_org: dict[str, dict[str, Any]], road: Road
) -> None:
    found = stock.query_all(
        "SELECT Adoption_Score__r.User_Key__c, Snapshot_Key__c, Score__c, Band__c, Word__c"
        " FROM Adoption_Snapshot__c"
    )
    rows = {row["Adoption_Score__r"]["User_Key__c"]: row for row in found["records"]}
    assert len(rows) == len(found["records"])
    year, week, _ = road.as_of.isocalendar()
    assert {row["Snapshot_Key__c"] for row in rows.values()} == {
        f"{user}:{year}-W{week:02}" for user in in_org
    }
    for name in ("Score__c", "Band__c", "Word__c"):
        assert {user: row[name] for user, row in rows.items()} == {
            user: row[name] for user, row in in_org.items()
        }


def test_the_exceptions_of_the_org_are_those_of_the_report(
    exceptions: dict[str, dict[str, Any]], report: Path
) -> None:
    live = {(key.split(":")[0], row["Measure__c"]): row for key, row in exceptions.items()}
    told = {(row["user_id"], row["measure"]): row for row in table(report / "exceptions.csv")}
    assert len(told) > USERS / 5
    assert live.keys() == told.keys()
    for key, row in told.items():
        found = live[key]
        assert found["State__c"] == row["state"]
        assert found["Executives_From__c"] == row["executives_see_from"]
        assert [found[name] for name in EXCEPTION_FIELDS] == [
            number(row[name]) for name in EXCEPTION_COLUMNS
        ]


EXCEPTION_FIELDS = (
    "First_Found__c",
    "First_Expected__c",
    "Second_Found__c",
    "Second_Expected__c",
    "False_Flag__c",
)
EXCEPTION_COLUMNS = (
    "first_actual",
    "first_minimum",
    "second_actual",
    "second_minimum",
    "false_exception_percent",
)


def test_people_read_their_own_exceptions_and_leaders_those_below(
    road: Road, exceptions: dict[str, dict[str, Any]]
) -> None:
    leader = leader_of(road)
    someone = next(
        one for one in below_nobody(road) if any(key.startswith(one) for key in exceptions)
    )
    own = {key for key in exceptions if key.startswith(someone)}
    assert keys_read_by(client_of(road, someone)) == own
    below = {key for key in exceptions if not key.startswith(leader)}
    assert below <= keys_read_by(client_of(road, leader))


def keys_read_by(person: Salesforce) -> set[str]:
    found = person.query_all("SELECT Exception_Key__c FROM Adoption_Exception__c")
    return {row["Exception_Key__c"] for row in found["records"]}


def test_the_panel_asks_as_the_leader_and_sees_the_people_and_teams_below(
    road: Road, runs: object
) -> None:
    """Every question of the panel, against the org itself, in one call of the viewer's own."""
    leads = {user["manager_id"] for user in road.org.users} - {None}
    leader = next(user["id"] for user in road.org.users if user["id"] in leads)
    reports = {user["id"] for user in road.org.users if user["manager_id"] == leader}
    own, people, teams, managers, deals = asked_by(road, leader)
    assert [one["User_Key__c"] for one in own] == [leader]
    assert {one["User__r"]["Id"] for one in people} == reports
    assert {one["Kind__c"] for one in teams} == {"Company", "Team", "Week"}
    assert len(deals) == 3
    below = {one["Id"] for one in managers} - {leader}
    assert below <= leads
    assert {one["ManagerId"] for one in managers if one["Id"] in reports} <= {leader}


def test_the_panel_asks_as_a_rep_and_sees_nobody_else(
    road: Road, exceptions: dict[str, Any]
) -> None:
    rep = next(one for one in below_nobody(road) if any(key.startswith(one) for key in exceptions))
    own, people, teams, managers, _ = asked_by(road, rep)
    assert len(own[0]["Adoption_Exceptions__r"]["records"]) == sum(
        key.startswith(rep) for key in exceptions
    )
    assert people == []
    for refused in (teams, managers):  # no right to read groups
        assert isinstance(refused, ReadingError)
        assert refused.state == "not_visible"


def test_no_heads_up_is_in_the_org_nor_could_be(
    stock: Salesforce, exceptions: dict[str, dict[str, Any]]
) -> None:
    assert {row["State__c"] for row in exceptions.values()} <= {"open", "recurred"}
    key, row = next(iter(exceptions.items()))
    private = {
        "Adoption_Score__c": row["Adoption_Score__c"], "Exception_Key__c": f"{key}-2",
        "Measure__c": "calls", "State__c": "heads_up",
    }  # fmt: skip
    with pytest.raises(SalesforceMalformedRequest, match="INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"):
        stock.Adoption_Exception__c.create(private)


def test_what_a_leader_recorded_is_kept_and_nothing_else_moves(
    road: Road, stock: Salesforce, exceptions: dict[str, dict[str, Any]]
) -> None:
    leader = leader_of(road)
    chosen = [key for key in sorted(exceptions) if not key.startswith(leader)][:3]
    person = client_of(road, leader)
    for key, type_ in zip(chosen, ("Seen", "Coached", "Excused"), strict=True):
        one = {name: exceptions[key][name] for name in ("Adoption_Score__c",)}
        person.Adoption_Action__c.create(
            {**one, "Exception__c": exceptions[key]["Id"], "Type__c": type_, "Note__c": "Asked."}
        )
    third, fourth = road.run_night("company-3"), road.run_night("company-4")
    assert third["written"]["Adoption_Exception__c"] == len(chosen)
    assert (fourth["records_written"], fourth["records_rejected"]) == (1, 0)
    found = {
        row["Exception_Key__c"]: row["State__c"] for row in stock.query_all(EXCEPTIONS)["records"]
    }
    assert [found[key] for key in chosen] == ["seen", "acted", "excused"]
    assert {key: found[key] for key in found if key not in chosen} == {
        key: row["State__c"] for key, row in exceptions.items() if key not in chosen
    }
    acts = stock.query_all("SELECT Type__c, Note__c, CreatedById FROM Adoption_Action__c")[
        "records"
    ]
    assert {(row["Note__c"], row["CreatedById"]) for row in acts} == {("Asked.", leader)}


def native(stock: Salesforce, name: str) -> dict[str, Any]:
    """One of Salesforce's own reports, run by the Analytics API as the owner of the session."""
    found = stock.query(f"SELECT Id FROM Report WHERE DeveloperName = '{name}'")["records"]
    body: dict[str, Any] = stock.restful(f"analytics/reports/{found[0]['Id']}")
    return body


def groups(body: dict[str, Any], side: str) -> dict[str, int]:
    """Record counts by the labels of a report's first level of groups."""
    facts, across = body["factMap"], side == "groupingsAcross"
    return {
        one["label"]: facts[f"T!{one['key']}" if across else f"{one['key']}!T"]["aggregates"][-1]["value"]
        for one in body[side]["groupings"]
    }  # fmt: skip


def test_native_reports_count_what_the_service_says(
    stock: Salesforce, in_report: dict[str, Row]
) -> None:
    words = Counter(row["word"] for row in in_report.values())
    assert groups(native(stock, "Scores_by_Word"), "groupingsDown") == dict(words)
    found = stock.query_all(EXCEPTIONS)["records"]
    states = Counter(STATES[row["State__c"]] for row in found if row["State__c"] in STATES)
    assert groups(native(stock, "Standing_Exceptions"), "groupingsAcross") == dict(states)
    deals = stock.query("SELECT COUNT() FROM Big_Deal_Alert__c")["totalSize"]
    assert native(stock, "Big_Deals")["factMap"]["T!T"]["aggregates"][-1]["value"] == deals
    left_out = {"Team", "Week"}
    kinds = stock.query("SELECT Kind__c, COUNT(Id) many FROM Adoption_Team__c GROUP BY Kind__c")
    told = {
        row["Kind__c"]: row["many"] for row in kinds["records"] if row["Kind__c"] not in left_out
    }
    assert groups(native(stock, "Groups"), "groupingsDown") == told


STATES = {"open": "Open", "seen": "Seen", "acted": "Acted on", "recurred": "Came back"}


def test_every_native_report_has_rows_for_the_head_of_sales(stock: Salesforce, road: Road) -> None:
    heads = "SELECT Id FROM User WHERE UserRole.ParentRoleId = null AND UserRoleId != null"
    chief = client_of(road, stock.query(heads)["records"][0]["Id"])
    listed = chief.restful("analytics/reports")
    counts = {}
    for one in listed:
        who = stock if one["name"] in ADMIN_ONLY else chief
        body = who.restful(f"analytics/reports/{one['id']}")
        counts[one["name"]] = body["factMap"]["T!T"]["aggregates"][-1]["value"]
    assert len(counts) > len(ADMIN_ONLY) + 13
    assert [name for name, many in counts.items() if not many] == []


#: Whoever may not read the groups' object sees them on a dashboard alone.
ADMIN_ONLY = {"Scores of Groups"}
