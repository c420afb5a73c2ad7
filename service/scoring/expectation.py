"""What a person's expectation is pro-rated by: working time, tenure and the ramp.

`minimums.asks` makes the expectation of them, day by day.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from service.scoring.evidence import Person
    from service.scoring.rule_set import Ramp

_ALL = Fraction(1)
WORKING_DAYS_OF_A_WEEK = 5  # minimums are agreed per week of five working days


def working_time(person: Person) -> Fraction:
    """The share of full time, 0..1: unknown means full time, and nobody is asked for more."""
    if person.fte is None:
        return Fraction(1)
    return max(Fraction(0), min(Fraction(1), Fraction(person.fte)))


def average_ramp(started_on: date | None, available: Sequence[date], ramp: Ramp) -> Fraction:
    """The ramp averaged over the available days; 1 when the start is unknown."""
    if started_on is None or is_ramped(started_on, available, ramp):
        return _ALL
    days_of_week = Counter(tenure_week(started_on, on) for on in available)
    shares = (ramp_in_week(week, ramp) * days for week, days in days_of_week.items())
    return sum(shares, Fraction(0)) / len(available)


def is_ramped(started_on: date, available: Sequence[date], ramp: Ramp) -> bool:
    """Whether all of the days, which ascend, come after the ramp."""
    full = timedelta(weeks=ramp.full_in_week - 1)
    return not available or started_on + full <= available[0]


def tenure_week(started_on: date, on: date) -> int:
    """The week of tenure that a day is in, from 1."""
    return (on - started_on).days // 7 + 1


@lru_cache(maxsize=1024)
def ramp_in_week(week: int, ramp: Ramp) -> Fraction:
    """The share asked in a week of tenure: `first_week` in week 1, rising linearly to 1."""
    if week >= ramp.full_in_week:
        return Fraction(1)
    first = Fraction(ramp.first_week)
    return first + (1 - first) * Fraction(week - 1, ramp.full_in_week - 1)
