"""The company's record of the running week: night by night, and its mix once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from jobs.records import week_record as module
from jobs.records.org_now import OrgNow
from jobs.records.team_records import query, write_teams
from jobs.records.week_record import week_record
from service.scoring.habits import Mix
from service.scoring.result import Score
from tests.jobs.fake_org import FakeGateway
from tests.jobs.test_team_records import a_company, facts_of

AT = "2026-11-26T23:59:59.000Z"
THURSDAY = date(2026, 11, 26)
KEY = "Week:2026-W48"


def scores(count=12):
    return [
        Score(f"005{at:015d}", THURSDAY, "3", "Building", Decimal(50 + at)) for at in range(count)
    ]


@pytest.fixture
def gateway():
    return FakeGateway()


def test_it_has_the_median_of_tonight_and_the_mix_of_the_weeks_before(gateway, monkeypatch):
    asked = []
    monkeypatch.setattr(
        module, "read_mix", lambda _, monday: asked.append(monday) or Mix(30, 0, 70)
    )
    record = week_record(gateway, scores(), THURSDAY, AT, OrgNow([], scores=[{"Id": "a00"}]))
    assert (record["Team_Key__c"], record["Name"]) == (KEY, "Week of 2026-11-23")
    assert (record["Median__c"], record["Scored__c"]) == (Decimal("55.5"), 12)
    assert [
        record[name] for name in ("Habit_Share__c", "Forming_Share__c", "Not_Started_Share__c")
    ] == [30, 0, 70]
    assert asked == [date(2026, 11, 23)]


def test_an_org_without_scores_is_not_asked_of_the_weeks_before(gateway):
    record = week_record(gateway, scores(), THURSDAY, AT, OrgNow([]))
    assert (record["Habit_Share__c"], gateway.queries) == (None, [])


def test_of_fewer_than_ten_it_tells_nothing(gateway):
    assert week_record(gateway, scores(9), THURSDAY, AT, OrgNow([]))["Median__c"] is None


def test_later_in_the_week_the_mix_is_not_read_again(gateway):
    known = {"Team_Key__c": KEY, "Kind__c": "Week", "Habit_Share__c": 11.0}
    record = week_record(gateway, scores(), THURSDAY, AT, OrgNow([known]))
    assert (record["Habit_Share__c"], gateway.queries) == (11.0, [])


def test_it_is_written_with_the_groups_and_again_only_when_it_changes(gateway):
    facts = facts_of(*a_company())
    for median, written in ((61, True), (61, False), (62, True)):
        now = OrgNow(list(gateway.records.get("Adoption_Team__c", {}).values()))
        week = {**week_record(gateway, scores(), THURSDAY, AT, now), "Median__c": median}
        before = len(gateway.sent)
        done = write_teams(gateway, facts, AT, now, None, week)
        assert (done.records_written > 0) is written, before
    assert gateway.records["Adoption_Team__c"][KEY]["Median__c"] == 62


def test_weeks_that_are_over_stand_as_they_were_written(gateway):
    assert f"Kind__c != 'Week' OR Team_Key__c = '{KEY}'" in query(THURSDAY)
    old = {
        "Team_Key__c": "Week:2026-W40",
        "Kind__c": "Week",
        "Name": "Week of 2026-09-28",
        "Median__c": 50,
    }
    write_teams(gateway, facts_of(*a_company()), AT, OrgNow([old]))
    assert "Week:2026-W40" not in gateway.records["Adoption_Team__c"]
