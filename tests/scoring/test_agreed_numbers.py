"""Numbers of the specification by what they do, where other tests take them from the code itself."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from service.scoring.calendar import Window
from service.scoring.evidence_rule import is_below
from service.scoring.part_time import beside_the_calendar
from service.scoring.rule_set import ExceptionRules
from service.scoring.weekly_checks import is_lumpy
from tests.scoring.builders import PLAIN, a_person

MONDAY = date(2026, 1, 5)
WEEKS = 8


def test_the_bound_is_1_28_roots_and_a_half():
    """Of 100 acts it is 113.3: neither 1.282 nor 1.645 would say so."""
    assert not is_below(100, Fraction("113.3"))
    assert is_below(100, Fraction("113.301"))


def test_amounts_need_three_typical_deals():
    rules = ExceptionRules()
    assert not is_lumpy(Fraction(3), Fraction(1), rules)
    assert is_lumpy(Fraction("2.999"), Fraction(1), rules)


@pytest.mark.parametrize(("fridays", "left"), [(6, "1"), (5, "0.8")])
def test_a_weekday_that_is_away_three_times_of_four_is_a_free_day(fridays, left):
    away = frozenset(MONDAY + timedelta(weeks=at, days=4) for at in range(fridays))
    window = Window((), MONDAY, MONDAY + timedelta(weeks=WEEKS, days=-3), away)
    person = a_person(fte=Decimal("0.8"), away_on=away)
    assert beside_the_calendar(person, PLAIN, window).fte == Fraction(left)
