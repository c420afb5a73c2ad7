"""The working days that weekly checks look at, and the question whether somebody was away.

A stretch of days without a footprint that nobody explained may have been leave. It is asked about,
and until somebody answers or the absence is recorded, nothing is asked of its days.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

from service.scoring.absence import footprint_free_stretches, footprints
from service.scoring.calendar import between
from service.scoring.credit import FOOTPRINT_DAYS
from service.scoring.expectation import working_time
from service.scoring.weekly_checks import CHECKS, WEEKS, Days, last_sunday

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from service.scoring.absence import Stretch
    from service.scoring.calendar import Calendar
    from service.scoring.evidence import Coverage, PersonEvidence
    from service.scoring.rule_set import RuleSet


def days_of(
    person_evidence: PersonEvidence,
    coverage: Coverage,
    rules: RuleSet,
    as_of: date,
    calendar: Calendar,
) -> tuple[Days, Stretch | None]:
    """The days of one person, and the latest long stretch that asks "Away?".

    Nothing is known of stretches before the data show anybody's footprints.
    """
    person = person_evidence.person
    first = _first_day(rules, as_of)
    working = calendar.working_days(person.country, first, as_of)
    there: Sequence[date] = working
    if person.away_on or (person.started_on or first) > first:
        started = person.started_on or first
        there = [on for on in working if on >= started and on not in person.away_on]
    time = working_time(person)
    begins = (coverage.since or {}).get(FOOTPRINT_DAYS, first)
    seen = there[bisect_left(there, begins) :] if begins > first else there
    at_least = ceil(rules.away_after_days / time)
    stretches = footprint_free_stretches(seen, _present_on(person_evidence, coverage), at_least)
    if not stretches:
        return Days(working, there, (), person.away_on), None
    unexplained = [on for first, last in stretches for on in between(there, first, last)]
    gone = frozenset(unexplained)
    available = [on for on in there if on not in gone]
    asked_at = ceil(rules.exceptions.asked_after_days / time)
    question = _question(stretches, unexplained, asked_at, as_of)
    return Days(working, available, unexplained, person.away_on), question


def days_there(days: Days, as_of: date) -> int:
    """Working days of the last four weeks that are not recorded as away."""
    first = _four_weeks(as_of)
    return sum(len(between(on, first, as_of)) for on in (days.available, days.unexplained))


def days_used(person_evidence: PersonEvidence, coverage: Coverage, as_of: date) -> int | None:
    """Days of the last four weeks with a footprint, none of them a day recorded as away.

    None where the data show no footprints.
    """
    if FOOTPRINT_DAYS in coverage.absent_measures:
        return None
    first, away_on = _four_weeks(as_of), person_evidence.person.away_on
    used = between(footprints(person_evidence), first, as_of)
    return sum(on not in away_on for on in used)


def _four_weeks(as_of: date) -> date:
    """The first day of the four weeks up to a day."""
    return as_of - timedelta(weeks=WEEKS["count"]) + timedelta(days=1)


def _first_day(rules: RuleSet, as_of: date) -> date:
    """The first day that any window looks at."""
    kinds = {measure.kind for measure in rules.measures} & set(WEEKS)
    weeks = max((CHECKS[kind] + WEEKS[kind] for kind in kinds), default=0)
    return last_sunday(as_of) - timedelta(weeks=weeks)


def _question(
    stretches: Sequence[Stretch], unexplained: Sequence[date], at_least: int, as_of: date
) -> Stretch | None:
    """The latest long stretch that reaches into the last four weeks."""
    recent = _four_weeks(as_of)
    long = [
        (first, last)
        for first, last in stretches
        if last >= recent and len(between(unexplained, first, last)) >= at_least
    ]
    return long[-1] if long else None


def _present_on(person_evidence: PersonEvidence, coverage: Coverage) -> Sequence[date]:
    """Days with a trace of the person: footprints, or any act where the data show no footprints."""
    if FOOTPRINT_DAYS not in coverage.absent_measures:
        return footprints(person_evidence)
    return sorted(
        {
            on
            for series in person_evidence.evidence.values()
            for on, done in zip(series.days, series.done, strict=True)
            if done
        }
    )
