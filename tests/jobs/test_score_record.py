from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from jobs.records.score_record import DETAILS_LENGTH, SHAPE, record_of
from service.salesforce.fields import AdoptionScore as Fields
from service.scoring.result import ComponentResult, Fix, Score

AS_OF = "2021-04-16T23:59:59.000Z"
SCORE = Score(
    user_id="005000000000001AAA",
    as_of=date(2021, 4, 16),
    rule_version="v1",
    word="Building",
    value=Decimal("71.0"),
    band=Decimal("4.2"),
    available_days=20,
    window_from=date(2021, 3, 22),
    window_to=date(2021, 4, 16),
    components=(ComponentResult("presence", "Presence", Decimal(15), Decimal("80.5")),),
    reasons=("You logged 9 of 25 calls.", "Zweite Zeile: ü"),
)


def as_the_org_gives_it_back(record):
    """Numbers with other trailing zeros, other line ends, and a time that we did not ask for."""
    text = json.dumps(record, default=str)
    back = json.loads(text, parse_float=Decimal)
    back[Fields.SCORE] = Decimal(71)
    back[Fields.BAND] = Decimal("4.20")
    back[Fields.PRESENCE] = 80.5
    back[Fields.AVAILABLE_DAYS] = Decimal("20.0")
    back[Fields.REASONS] = record[Fields.REASONS].replace("\n", "\r\n") + " "
    back[Fields.AS_OF] = "2021-04-15T23:59:59.000+0000"
    return back


def test_a_record_as_sent_and_as_given_back_is_the_same():
    record = record_of(SCORE, AS_OF)
    assert SHAPE.fingerprint(as_the_org_gives_it_back(record)) == SHAPE.fingerprint(record)


def test_every_field_but_the_owner_is_sent_with_null_where_there_is_nothing():
    record = record_of(SCORE, AS_OF)
    assert record[Fields.KEY] == record[Fields.USER] == "005000000000001AAA"
    assert record[Fields.DATA_CARE] is None
    assert record[Fields.NOT_SCORED_REASON] is None
    assert record[Fields.REASONS].splitlines() == list(SCORE.reasons)
    assert record[Fields.AS_OF] == AS_OF
    assert Fields.OWNER not in record
    assert json.loads(record[Fields.DETAILS])["value"] == "71.0"


def test_a_new_day_alone_is_no_change():
    moved = replace(SCORE, as_of=date(2021, 4, 17), window_to=date(2021, 4, 17))
    later = record_of(moved, "2021-04-17T23:59:59.000Z")
    assert SHAPE.fingerprint(later) == SHAPE.fingerprint(record_of(SCORE, AS_OF))


@pytest.mark.parametrize(
    "change",
    [
        {"value": Decimal("71.1")},
        {"value": None},
        {"band": Decimal("4.3")},
        {"word": "On track"},
        {"available_days": 19},
        {"rule_version": "v2"},
        {"reasons": ("You logged 9 of 25 calls.",)},
        {"not_scored_reason": "away"},
        {"role": "manager"},
        {"fixes": (Fix("calls", "Log a call", Decimal("1.2"), 1),)},
        {"components": ()},
    ],
)
def test_whatever_was_judged_is_a_change(change):
    changed = record_of(replace(SCORE, **change), AS_OF)
    assert SHAPE.fingerprint(changed) != SHAPE.fingerprint(record_of(SCORE, AS_OF))


def test_what_is_compared_is_read():
    record = record_of(SCORE, AS_OF)
    only_read = {name: record[name] for name in SHAPE.compared}
    assert SHAPE.fingerprint(only_read) == SHAPE.fingerprint(record)
    for name in SHAPE.compared:
        assert SHAPE.fingerprint({**record, name: "9"}) != SHAPE.fingerprint(record), name


def test_details_of_another_hand_are_a_change():
    record = record_of(SCORE, AS_OF)
    for details in (None, "", "not json", "[]", '{"shape": 1}'):
        assert SHAPE.fingerprint({**record, Fields.DETAILS: details}) != SHAPE.fingerprint(record)


def test_details_always_fit_the_field_and_stay_json():
    fix = Fix("calls", "x" * 300, Decimal("1.2"), 1, "006000000000001AAA", "y" * 100)
    record = record_of(replace(SCORE, fixes=(fix,) * 1000), AS_OF)
    assert len(record[Fields.DETAILS]) <= DETAILS_LENGTH
    assert json.loads(record[Fields.DETAILS])["fixes"]
