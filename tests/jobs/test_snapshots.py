from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from jobs.records.org_now import read_org
from jobs.records.snapshots import write_snapshots
from service.scoring.result import ComponentResult, Score
from tests.jobs.fake_org import FakeGateway

FRIDAY = date(2021, 1, 1)  # of week 53 of 2020
ANA, RAJ = (f"00500000000000{n}AAA" for n in (1, 2))
IDS = {ANA: "a00ANA", RAJ: "a00RAJ"}
OBJECT = "Adoption_Snapshot__c"


def a_score(user_id=ANA, value="71.3"):
    part = ComponentResult("presence", "Presence", Decimal(15), Decimal("80.0"))
    number = Decimal(value)
    return Score(user_id, FRIDAY, "v1", "Building", number, Decimal("4.0"), components=(part,))


@pytest.fixture
def gateway():
    return FakeGateway()


def written(gateway, scores, as_of, ids):
    now = read_org(gateway, as_of, aggregate_only=False)
    return write_snapshots(gateway, scores, as_of, ids, now)


def test_a_row_belongs_to_a_person_and_an_iso_week(gateway):
    said = written(gateway, [a_score()], FRIDAY, IDS)
    assert (said.created, said.changed) == (1, 0)
    row = gateway.records[OBJECT][f"{ANA}:2020-W53"]
    assert row["Adoption_Score__c"] == "a00ANA"
    assert row["Week_Begins__c"] == "2020-12-28"
    assert (row["Score__c"], row["Presence__c"]) == (Decimal("71.3"), Decimal("80.0"))
    assert row["Data_Care__c"] is None


def test_only_the_week_of_the_run_is_asked_for(gateway):
    written(gateway, [a_score()], FRIDAY, IDS)
    (query,) = (one for one in gateway.queries if "Adoption_Snapshot__c" in one)
    assert query.endswith("WHERE Week_Begins__c = 2020-12-28")


def test_the_last_score_of_a_week_stays_and_an_equal_one_is_not_written(gateway):
    written(gateway, [a_score()], FRIDAY, IDS)
    assert written(gateway, [a_score()], date(2021, 1, 2), IDS).records_written == 0
    assert written(gateway, [a_score(value="72.0")], FRIDAY, IDS).changed == 1
    assert len(gateway.records[OBJECT]) == 1


def test_whose_score_the_org_refused_has_no_history_to_hang_it_on(gateway):
    said = written(gateway, [a_score(), a_score(RAJ)], FRIDAY, {ANA: "a00ANA"})
    assert said.created == 1


def test_a_refused_row_is_named(gateway):
    gateway.refuse[f"{RAJ}:2020-W53"] = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    said = written(gateway, [a_score(), a_score(RAJ)], FRIDAY, IDS)
    assert said.records_written == 1
    assert [key for key, _ in said.rejected] == [f"{RAJ}:2020-W53"]
