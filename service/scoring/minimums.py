"""Which minimum holds for a person on which day, and what it asks of the days they were there."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from math import lcm
from typing import TYPE_CHECKING

from service.scoring.expectation import (
    WORKING_DAYS_OF_A_WEEK,
    is_ramped,
    ramp_in_week,
    tenure_week,
    working_time,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from service.scoring.evidence import Person
    from service.scoring.rule_set import Kind, Measure, MinimumChange, Ramp, RuleSet

#: Thirteen weeks are three months, so a minimum of a month is 3/13 of it for a week.
_WEEKS_OF_A_MONTH = Fraction(13, 3)
_NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class MinimumSince:
    """A minimum and the first day on which it counts; None: nothing is asked."""

    since: date
    minimum: Decimal | None  #: per week, or per month for money


Schedule = tuple[MinimumSince, ...]  #: by ascending day; the first entry has held for ever


def schedule(measure: Measure, role: str, segment: str | None, rules: RuleSet) -> Schedule:
    """The minimums of a measure for people of a role and segment, through all its changes.

    A minimum of the own segment goes before that of the whole role. What is stricter than the
    minimum in force counts from the later of the day it was meant for and the end of the notice
    after its announcement, what is looser at once from the day it was meant for; so nobody is
    judged by a number that they were not told in time, and the days before keep the old one. A
    change that does not count yet when another takes its place never counts. Before the measure
    itself is in force, nothing is asked.
    """
    own = measure.segment_minimums.get(role, {}).get(segment or "")
    found = [MinimumSince(date.min, own or _of_role(measure).get(role))]
    is_own = own is not None
    for change in rules.minimum_changes:
        is_meant = not is_own if change.segment is None else change.segment == segment
        if is_meant and (change.measure, change.role) == (measure.name, role):
            is_own = change.segment is not None
            _take(found, change, rules.exceptions.notice_days)
    return tuple(found) if measure.effective_from is None else _from(measure.effective_from, found)


def _from(first: date, found: Sequence[MinimumSince]) -> Schedule:
    """The same, with nothing asked before a day."""
    later = [one for one in found if one.since > first]
    return (MinimumSince(date.min, None), MinimumSince(first, minimum_on(found, first)), *later)


def _of_role(measure: Measure) -> Mapping[str, Decimal]:
    return measure.monthly_minimums if measure.kind == "money" else measure.weekly_minimums


def _take(found: list[MinimumSince], change: MinimumChange, notice_days: int) -> None:
    """Add a change that is meant to hold after all that are in the list."""
    while len(found) > 1 and found[-1].since > change.effective_on:
        found.pop()
    now = found[-1].minimum
    since = change.effective_on
    if now is None or change.minimum > now:
        since = max(since, change.announced_on + timedelta(days=notice_days))
    found.append(MinimumSince(since, change.minimum))


def minimum_on(minimums: Sequence[MinimumSince], on: date) -> Decimal | None:
    """The minimum that holds on a day."""
    return next(one.minimum for one in reversed(minimums) if one.since <= on)


def asked_since(minimums: Schedule) -> date:
    """The first day on which anything is asked; date.max: none."""
    return next((one.since for one in minimums if one.minimum is not None), date.max)


@dataclass(frozen=True, slots=True)
class Asks:
    """What is asked of a person's available days, added up day by day."""

    sums: Sequence[int]  #: of the days before each one, and of all; in units of 1 / parts
    parts: int

    def between(self, start: int, stop: int, times: int = 1) -> Fraction:
        """What the days between two positions ask together: exactly their expectation.

        `times` 100: in hundredths.
        """
        return _quotient(times * (self.sums[stop] - self.sums[start]), self.parts)


@lru_cache(maxsize=16_384)
def _quotient(units: int, parts: int) -> Fraction:
    """Most people's windows ask the same; to shorten a fraction takes longer than to find it."""
    return Fraction(units, parts)


def asks(
    minimums: Schedule, measure: Measure, person: Person, available: Sequence[date], ramp: Ramp
) -> Asks:
    """What each available day asks: the minimum of that day / 5 x FTE x ramp. 0: nothing."""
    rates = _rates(minimums, measure.kind, working_time(person))
    started = person.started_on
    if len(rates) == 1 and (started is None or is_ramped(started, available, ramp)):
        a_day = rates[0].numerator
        every = range(0, a_day * len(available) + 1, a_day) if a_day else [0] * (len(available) + 1)
        return Asks(every, rates[0].denominator)
    since = [one.since for one in minimums]
    of_days = [
        (bisect_right(since, on) - 1, min(tenure_week(started, on), ramp.full_in_week))
        if started is not None
        else (bisect_right(since, on) - 1, ramp.full_in_week)
        for on in available
    ]
    known = {(at, week): rates[at] * ramp_in_week(week, ramp) for at, week in set(of_days)}
    parts = lcm(*(one.denominator for one in known.values()))
    units = {key: one.numerator * (parts // one.denominator) for key, one in known.items()}
    return Asks(list(accumulate((units[key] for key in of_days), initial=0)), parts)


@lru_cache(maxsize=4096)
def _rates(minimums: Schedule, kind: Kind, time: Fraction) -> tuple[Fraction, ...]:
    """What each minimum asks of one day, before the ramp."""
    weeks = _WEEKS_OF_A_MONTH if kind == "money" else 1
    full = time / (WORKING_DAYS_OF_A_WEEK * weeks)
    return tuple(
        _NOTHING if one.minimum is None else full * Fraction(one.minimum) for one in minimums
    )
