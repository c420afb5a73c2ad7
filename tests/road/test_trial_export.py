"""The whole road on foreign data: 11 people of a public sample workspace, as a weekly export.

Everything expected here is counted by this file's own reading of the zip, with the standard library.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import requests
from simple_salesforce.api import Salesforce

from service.demo.report import problems, summary, written_scores
from service.demo.road import Road
from tests.one_role import one_role
from tests.shared_data import shared_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.sf, pytest.mark.xdist_group("trial-road")]

AS_OF = date(2021, 4, 16)
RELATED = ("00Q", "003", "006")
Rows = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module")
def export() -> Path:
    return shared_path("data/sample_weekly_export/WE_00D5g000000Sample.ZIP")


@pytest.fixture(scope="module")
def rows(export: Path) -> Rows:
    with zipfile.ZipFile(export) as archive:
        return {
            name.removesuffix(".csv"): list(
                csv.DictReader(io.TextIOWrapper(archive.open(name), "utf-8-sig", newline=""))
            )
            for name in archive.namelist()
        }


@pytest.fixture(scope="module")
def road(export: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    """The export has no roles: its admin confirmed one for everybody."""
    rules = one_role(tmp_path_factory.mktemp("rules"))
    with Road(tmp_path_factory.mktemp("road"), export=export, rules_file=rules) as road:
        yield road


@pytest.fixture(scope="module")
def runs(road: Road) -> tuple[dict[str, Any], dict[str, Any]]:
    return road.run_night("trial-1"), road.run_night("trial-2")


@pytest.fixture(scope="module")
def stock(road: Road) -> Salesforce:
    """An unmodified simple-salesforce over TLS, signed in as the admin."""
    session = requests.Session()
    session.verify, session.trust_env = road.org.ca_file, False
    return Salesforce(
        session_id=road.org.admin["session_id"],
        instance_url=road.org.api_url,
        session=session,
        version="66.0",
    )


@pytest.fixture(scope="module")
def scores(stock: Salesforce, runs: object) -> dict[str, dict[str, Any]]:
    found = stock.query_all(
        "SELECT User_Key__c, Score__c, Word__c, Not_Scored_Reason__c, Details__c "
        "FROM Adoption_Score__c"
    )
    return {row["User_Key__c"]: row for row in found["records"]}


def test_as_of_is_the_newest_creation_date(road: Road):
    assert road.as_of == AS_OF


def test_raw_counts_equal_a_count_by_the_standard_library(rows: Rows, runs: Any):
    read = runs[0]["rows_read"]
    for name in ("Opportunity", "Lead", "Task", "Event", "Contact", "Account"):
        assert read[name] == len(rows[name])


def test_everyone_has_a_score_or_a_reason_and_at_least_nine_a_number(rows: Rows, scores: Any):
    people = [scores[row["Id"]] for row in rows["User"]]
    assert all(row["Score__c"] is not None or row["Not_Scored_Reason__c"] for row in people)
    assert sum(row["Score__c"] is not None for row in people) >= 9


def test_exactly_the_people_of_the_export_are_answered(rows: Rows, scores: Any, runs: Any):
    assert set(scores) == {row["Id"] for row in rows["User"]}
    assert runs[0]["users"] == len(rows["User"]) == 11


def test_credited_calls_equal_an_independent_reading_of_rule_5(rows: Rows, scores: Any):
    credited = credited_calls(rows)
    for row in rows["User"]:
        details = json.loads(scores[row["Id"]]["Details__c"])
        calls = next(measure for measure in details["measures"] if measure["measure"] == "calls")
        window = (
            date.fromisoformat(details["window_from"]),
            date.fromisoformat(details["window_to"]),
        )
        days = [day for day in credited[row["Id"]] if window[0] <= day <= window[1]]
        assert Decimal(calls["done"]) == len(days), row["Name"]


def credited_calls(rows: Rows) -> dict[str, list[date]]:
    """`[calls]` of docs/rules.md, read anew: one a contact a day, related, no bulk; one date a credit."""
    zones = {row["Id"]: ZoneInfo(row["TimeZoneSidKey"]) for row in rows["User"]}
    calls = defaultdict(list)
    for row in rows["Task"]:
        if row["TaskSubtype"] == "Call" and row["IsClosed"] == "1":
            made = datetime.fromisoformat(row["CreatedDate"]).replace(tzinfo=ZoneInfo("UTC"))
            calls[row["OwnerId"]].append((made, row["WhoId"], row["WhatId"]))
    credited: dict[str, list[date]] = defaultdict(list)
    for user, made_calls in calls.items():
        seen = set()
        for made, who, what in sorted(made_calls):
            target = who if who[:3] in RELATED else what if what[:3] in RELATED else None
            day = made.astimezone(zones[user]).date()
            if (
                target
                and not in_a_burst(made, [other for other, *_ in made_calls])
                and (target, day) not in seen
            ):
                seen.add((target, day))
                credited[user].append(day)
    return credited


def in_a_burst(moment: datetime, others: list[datetime]) -> bool:
    """True when some five minutes that hold this moment hold more than ten calls."""
    five = timedelta(minutes=5)
    near = sorted(other for other in others if moment - five <= other <= moment + five)
    return any(
        sum(start <= other <= start + five for other in near) > 10
        for start in near
        if start <= moment <= start + five
    )


def test_each_big_deal_has_exactly_one_alert_and_one_post(rows: Rows, stock: Salesforce, runs: Any):
    won = {
        row["Id"]: date.fromisoformat(row["CloseDate"])
        for row in rows["Opportunity"]
        if row["IsWon"] == "1"
        and Decimal(row["Amount"] or 0) >= 100_000
        and date.fromisoformat(row["CloseDate"]) <= AS_OF
    }
    new = {deal for deal, closed in won.items() if closed >= AS_OF - timedelta(days=30)}
    alerts = stock.query_all("SELECT Opportunity__c, Status__c, Post_Id__c FROM Big_Deal_Alert__c")[
        "records"
    ]
    posts = stock.query_all("SELECT Id FROM FeedItem LIMIT 2000")["records"]
    announced = Counter(row["Opportunity__c"] for row in alerts if row["Status__c"] == "Announced")
    baseline = Counter(row["Opportunity__c"] for row in alerts if row["Status__c"] == "Baseline")
    assert announced == Counter(dict.fromkeys(new, 1))
    assert baseline == Counter(dict.fromkeys(set(won) - new, 1))
    assert Counter(row["Id"] for row in posts) == Counter(
        row["Post_Id__c"] for row in alerts if row["Status__c"] == "Announced"
    )
    assert runs[0]["posts_made"] == len(new) > 0


def test_a_second_run_writes_only_its_own_record_and_posts_nothing(runs: Any, stock: Salesforce):
    assert runs[1]["records_written"] == 1
    assert runs[1]["posts_made"] == 0
    assert stock.query("SELECT COUNT() FROM Adoption_Run__c")["totalSize"] == 2


def test_the_road_finds_nothing_wrong_and_the_cli_reads_the_scores(road: Road, runs: Any):
    assert problems(*runs, road.tables, written_scores(road.cli)) == []


def test_the_summary_has_what_was_promised(runs: Any):
    result = summary(*runs, {"load": 1.0})
    promised = {
        "users",
        "scored",
        "not_scored",
        "alerts",
        "first_run",
        "second_run",
        "seconds",
        "peak_mb",
    }
    assert promised <= set(result)
    assert 0 < result["peak_mb"] < 512
