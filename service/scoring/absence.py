"""Stretches without any footprint: an absence that nobody recorded, or no use. We ask first."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import timedelta
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

from service.scoring.calendar import between
from service.scoring.credit import FOOTPRINT_DAYS
from service.scoring.expectation import working_time

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from service.scoring.calendar import Window
    from service.scoring.evidence import Coverage, PersonEvidence
    from service.scoring.rule_set import RuleSet

Stretch = tuple["date", "date"]
_A_DAY = timedelta(days=1)


def unknown_absences(
    person_evidence: PersonEvidence, coverage: Coverage, rules: RuleSet, window: Window
) -> tuple[Stretch, ...]:
    """First and last day of every stretch that might be an unrecorded absence.

    Empty where the data cannot show absence: no footprint measure, no footprint data, or rows
    whose creator is unknown, so that owners stand in for the people who did the work. Part-time
    makes longer stretches ordinary: at half time ten days are asked about, not five. Someone
    without working time (FTE 0) must have been told so before. A day that somebody recorded as
    present is no absence.
    """
    is_measured = any(measure.name == FOOTPRINT_DAYS for measure in rules.measures)
    if not is_measured or not coverage.footprint_complete:
        return ()
    if FOOTPRINT_DAYS in coverage.absent_measures:
        return ()
    at_least = ceil(rules.away_after_days / working_time(person_evidence.person))
    return footprint_free_stretches(window.available, footprints(person_evidence), at_least)


def footprints(person_evidence: PersonEvidence) -> list[date]:
    """The days with a footprint, or on which somebody recorded that they were there; ascending."""
    series, present_on = person_evidence.of(FOOTPRINT_DAYS), person_evidence.person.present_on
    found = [on for on, done in zip(series.days, series.done, strict=True) if done]
    return sorted({*found, *present_on}) if present_on else found


def footprint_free_stretches(
    available: Sequence[date], footprints: Sequence[date], at_least: int
) -> tuple[Stretch, ...]:
    """Runs of at least so many consecutive available days without a footprint.

    A footprint on a weekend between two available days ends a run as well: whoever left it was
    there. Both sequences are ascending.
    """
    if not available:
        return ()
    inside = between(footprints, available[0], available[-1])
    edges = (available[0] - _A_DAY, *inside, available[-1] + _A_DAY)
    runs = (
        available[bisect_right(available, before) : bisect_left(available, after)]
        for before, after in pairwise(edges)
        if (after - before).days > at_least  # most footprints follow each other too closely
    )
    return tuple((run[0], run[-1]) for run in runs if len(run) >= at_least)
