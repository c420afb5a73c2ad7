"""Which minimum holds for a person on which day, and what it asks of the days they were there."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from service.scoring.expectation import expectation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from service.scoring.evidence import Person
    from service.scoring.rule_set import Measure, MinimumChange, Ramp, RuleSet

#: Thirteen weeks are three months, so a minimum of a month is 3/13 of it for a week.
_WEEKS_OF_A_MONTH = Fraction(13, 3)


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


def asked(
    minimums: Schedule, measure: Measure, person: Person, available: Sequence[date], ramp: Ramp
) -> Fraction | None:
    """The expectation of the available days, each by the minimum of its day; None: not asked."""
    parts = [
        expectation(weekly(measure, one.minimum), person, days, ramp)
        for one, days in _days_of(minimums, available)
        if one.minimum is not None and days
    ]
    return sum(parts, Fraction(0)) if parts else None


def weekly(measure: Measure, minimum: Decimal) -> Fraction:
    """A minimum as one for five working days."""
    return Fraction(minimum) / _WEEKS_OF_A_MONTH if measure.kind == "money" else Fraction(minimum)


def _days_of(
    minimums: Schedule, available: Sequence[date]
) -> list[tuple[MinimumSince, Sequence[date]]]:
    """Which of the available days each minimum holds for."""
    if len(minimums) == 1:
        return [(minimums[0], available)]
    starts = [bisect_left(available, one.since) for one in minimums]
    spans = pairwise([*starts, len(available)])
    return [
        (one, available[start:stop]) for one, (start, stop) in zip(minimums, spans, strict=True)
    ]
