"""Whoever left no footprint for long: we ask whether they were away before there is any score."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from service.scoring.absence import unknown_absences
from service.scoring.calendar import between, look_back
from service.scoring.part_time import beside_the_calendar

if TYPE_CHECKING:
    from datetime import date

    from service.scoring.calendar import Calendar
    from service.scoring.evidence import Coverage, PersonEvidence
    from service.scoring.result import Score
    from service.scoring.rule_set import RuleSet


@dataclass(frozen=True)
class Stretch:
    """Working days in a row without a footprint, both ends included."""

    first: date
    last: date
    days: int


@dataclass(frozen=True)
class Question:
    """What is asked of one person: about which days."""

    username: str | None
    stretches: tuple[Stretch, ...]

    @property
    def longest(self) -> int:
        """The working days of the longest stretch."""
        return max(one.days for one in self.stretches)


def question_of(
    found: PersonEvidence, score: Score, coverage: Coverage, rules: RuleSet, calendar: Calendar
) -> Question | None:
    """What a person without a score is asked, if it is that; the same stretches as in the reason."""
    if score.not_scored_code != "away":
        return None
    window = look_back(found.person, calendar, rules, score.as_of)
    own = replace(found, person=beside_the_calendar(found.person, calendar, window))
    if len(window.available) < rules.available_at_least or own.person.fte == 0:
        return None
    stretches = tuple(
        Stretch(first, last, len(between(window.available, first, last)))
        for first, last in unknown_absences(own, coverage, rules, window)
    )
    return Question(found.person.username, stretches) if stretches else None
