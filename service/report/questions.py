"""Whoever left no footprint for long: we ask whether they were away before there is any score."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from service.scoring.absence import unknown_absences
from service.scoring.calendar import between, look_back
from service.scoring.part_time import beside_the_calendar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from service.report.facts import Facts, Member
    from service.scoring.calendar import Calendar
    from service.scoring.evidence import Coverage, PersonEvidence
    from service.scoring.result import Score
    from service.scoring.rule_set import RuleSet

#: From so many working days in a row the question is urgent: two weeks without any trace.
LONG_DAYS = 10
#: The page shows so many people at once and lists so many; the file has all.
SHOWN = 10
LISTED_AT_MOST = 300


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


def asked(facts: Facts) -> list[Member]:
    """Everybody who is asked, the longest stretch first; [] where nobody may be named."""
    if facts.options.aggregate_only:
        return []
    found = [one for one in facts.people if one.question is not None]
    return sorted(
        found, key=lambda one: (-_longest(one), one.user.name.casefold(), one.user.user_id)
    )


def long_ones(found: Sequence[Member]) -> int:
    """How many of them left nothing for two weeks or longer."""
    return sum(_longest(member) >= LONG_DAYS for member in found)


def _longest(member: Member) -> int:
    return member.question.longest if member.question else 0


def lines(facts: Facts) -> list[tuple[str, str, str, str]]:
    """Rows for the absence file, as if everybody had been away: user, from, to, kind (the name)."""
    return [
        (_named(member), str(one.first), str(one.last), member.user.name)
        for member in asked(facts)
        if member.question is not None
        for one in member.question.stretches
    ]


def _named(member: Member) -> str:
    """The username where it stays one in a spreadsheet, else the id."""
    name = member.question.username if member.question else None
    return name if name and name[:1].isalnum() else member.user.user_id
