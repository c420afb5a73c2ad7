import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from service.scoring.absence import footprint_free_stretches
from service.scoring.evidence import Coverage
from service.scoring.not_scored import asked_absence
from tests.scoring.builders import (
    AS_OF,
    a_person,
    acts,
    default_rules,
    footprints,
    records,
    score,
    weekdays,
)

DAYS = weekdays(20)


def worked(present, **kwargs):
    rows = (*footprints(present), *acts("calls", 100, DAYS), *records(9, 14))
    return score((*rows, *acts("meetings", 40, DAYS)), **kwargs)


def test_five_days_without_a_footprint_raise_the_question_before_any_score():
    result = worked([on for on in DAYS if on not in DAYS[3:8]])
    assert (result.word, result.value, result.not_scored_code) == ("Not scored", None, "away")
    assert f"from {DAYS[3]} to {DAYS[7]}" in result.not_scored_reason
    assert "Were you away?" in result.not_scored_reason
    assert "Your manager can approve it or log the days off" in result.not_scored_reason


def test_four_days_without_a_footprint_raise_no_question():
    assert worked([on for on in DAYS if on not in DAYS[3:7]]).value is not None


def test_days_known_as_away_raise_no_question():
    away = frozenset(DAYS[3:8])
    earlier = weekdays(25)
    present = [on for on in earlier if on not in away]
    assert worked(present, person=a_person(away_on=away)).value is not None


def test_days_on_which_somebody_was_there_raise_no_question_and_are_still_asked():
    there = frozenset(DAYS[3:8])
    result = worked([on for on in DAYS if on not in there], person=a_person(present_on=there))
    assert result.value is not None
    (footprint,) = (one for one in result.measures if one.measure == "footprint_days")
    assert (footprint.done, footprint.expected) == (15, 16)


def test_every_stretch_is_named():
    result = worked([DAYS[5], DAYS[11], *DAYS[17:]])
    assert f"from {DAYS[0]} to {DAYS[4]}" in result.not_scored_reason
    assert f"from {DAYS[6]} to {DAYS[10]}" in result.not_scored_reason
    assert f"from {DAYS[12]} to {DAYS[16]}" in result.not_scored_reason
    assert len(result.not_scored_reason) <= 255


def test_of_many_stretches_the_latest_three_are_named_and_the_rest_counted():
    rules = default_rules(away_after_days=2)
    result = worked(DAYS[::3], rules=rules)  # every third day: 7 footprints, 6 stretches of two
    reason = result.not_scored_reason
    assert [f"from {DAYS[at]} to {DAYS[at + 1]}" in reason for at in (4, 7, 10, 13, 16)] == [
        False, False, True, True, True,
    ]  # fmt: skip
    assert "and 3 times before. Were you away?" in reason
    spans = re.findall(r"from (\S+) to (\S+?)(?= |\.)", reason)
    assert asked_absence(reason) == tuple(map(date.fromisoformat, spans[-1]))
    assert asked_absence("Away from 2026-03-02 to 2026-03-06.") is None
    assert asked_absence("from 2026-13-02 to 2026-03-06. Were you away?") is None
    assert "before" not in worked([DAYS[5], DAYS[11], *DAYS[17:]]).not_scored_reason


@pytest.mark.parametrize(
    "coverage",
    [Coverage(footprint_complete=False), Coverage(absent_measures={"footprint_days": "No dates."})],
)
def test_data_that_cannot_show_absence_raises_no_question(coverage):
    rules = default_rules(weight_at_least=50)
    assert worked([], coverage=coverage, rules=rules).value is not None


def test_rules_without_footprint_days_raise_no_question():
    rules = default_rules(measures=default_rules().measures[1:], weight_at_least=50)
    assert worked([], rules=rules).value is not None


def test_a_footprint_on_a_weekend_shows_that_the_person_was_there():
    friday = next(on for on in DAYS[5:] if on.weekday() == 4)
    at = DAYS.index(friday)
    stretch = DAYS[at - 2 : at + 3]
    present = [on for on in DAYS if on not in stretch]
    assert worked(present).not_scored_code == "away"
    assert worked([*present, friday + timedelta(days=1)]).value is not None


@pytest.mark.parametrize(
    ("footprint_at", "at_least", "expected"),
    [
        ([], 20, [(0, 19)]),
        ([], 21, []),
        ([0], 19, [(1, 19)]),
        ([19], 19, [(0, 18)]),
        ([9], 10, [(10, 19)]),
        ([4, 10], 5, [(5, 9), (11, 19)]),
        (range(20), 1, []),
    ],
)
def test_stretches(footprint_at, at_least, expected):
    found = footprint_free_stretches(DAYS, [DAYS[at] for at in footprint_at], at_least)
    assert list(found) == [(DAYS[first], DAYS[last]) for first, last in expected]


@pytest.mark.parametrize(("fte", "asked_at"), [("1", 5), ("0.8", 7), ("0.6", 9), ("0.5", 10)])
def test_part_time_makes_longer_stretches_ordinary(fte, asked_at):
    person = a_person(fte=Decimal(fte))
    fewer = [on for on in DAYS if on not in DAYS[2 : 1 + asked_at]]
    assert worked(fewer, person=person).value is not None
    more = [on for on in DAYS if on not in DAYS[2 : 2 + asked_at]]
    assert worked(more, person=person).not_scored_code == "away"


def test_the_length_of_a_stretch_comes_from_the_rule_set():
    present = [on for on in DAYS if on not in DAYS[3:6]]
    assert worked(present, rules=default_rules(away_after_days=3)).not_scored_code == "away"
    assert worked(present, as_of=AS_OF).value is not None
