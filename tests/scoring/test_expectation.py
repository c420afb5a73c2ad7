from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from service.scoring.expectation import average_ramp, ramp_in_week, working_time
from service.scoring.minimums import MinimumSince, asks
from service.scoring.rule_set import Ramp
from tests.scoring.builders import a_person, default_rules, weekdays

RAMP = Ramp(Decimal("0.25"), 13)
DAYS = weekdays(20)
CALLS = next(one for one in default_rules().measures if one.name == "calls")


def asked(minimum, person, days):
    """What the days ask in all."""
    held = (MinimumSince(date.min, Decimal(minimum)),)
    return asks(held, CALLS, person, days, RAMP).between(0, len(days))


@pytest.mark.parametrize(
    ("week", "share"),
    [(1, "0.25"), (2, "0.3125"), (7, "0.625"), (12, "0.9375"), (13, "1"), (14, "1"), (400, "1")],
)
def test_ramp_rises_evenly_from_a_quarter_to_all_in_week_13(week, share):
    assert ramp_in_week(week, RAMP) == Fraction(share)


def test_a_ramp_of_one_week_is_none():
    assert ramp_in_week(1, Ramp(Decimal("0.25"), 1)) == 1


def test_ramp_is_averaged_over_the_weeks_of_the_available_days_exactly():
    start = DAYS[0]  # a Monday: four weeks of five days
    quarter = Fraction(1, 4) + Fraction(5, 16) + Fraction(3, 8) + Fraction(7, 16)
    assert average_ramp(start, DAYS, RAMP) == quarter / 4


def test_a_week_of_tenure_starts_on_the_weekday_of_the_start():
    start = DAYS[0] - timedelta(days=4)  # a Thursday: the first Monday is still in week 1
    assert average_ramp(start, DAYS[:1], RAMP) == Fraction(1, 4)
    assert average_ramp(start, DAYS[3:4], RAMP) == Fraction(5, 16)


def test_an_unknown_start_asks_for_all():
    assert average_ramp(None, DAYS, RAMP) == 1


@pytest.mark.parametrize(
    ("fte", "share"),
    [(None, "1"), ("1", "1"), ("0.6", "0.6"), ("0", "0"), ("1.2", "1"), ("-1", "0")],
)
def test_working_time(fte, share):
    person = a_person(fte=None if fte is None else Decimal(fte))
    assert working_time(person) == Fraction(share)


@pytest.mark.parametrize(
    ("minimum", "days", "fte", "expected"),
    [
        ("25", 20, None, "100"),
        ("10", 20, None, "40"),
        ("4", 20, None, "16"),
        ("25", 12, None, "60"),
        ("25", 20, "0.6", "60"),
        ("25", 13, "0.5", "32.5"),
    ],
)
def test_expectation_is_prorated(minimum, days, fte, expected):
    person = a_person(fte=None if fte is None else Decimal(fte))
    assert asked(minimum, person, DAYS[:days]) == Fraction(expected)


def test_expectation_of_a_new_person_is_ramped():
    assert asked(25, a_person(started_on=DAYS[0]), DAYS) == 100 * Fraction(11, 32)
