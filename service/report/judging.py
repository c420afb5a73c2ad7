"""Everybody's score and standing, worked out by as many processes as the machine has processors."""

from __future__ import annotations

import copyreg
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from service.facts.question import question_of
from service.parallel import in_order, processors
from service.report.also import tallies
from service.report.mending import Mending
from service.scoring.credit import Tally
from service.scoring.exception_state import ExceptionState
from service.scoring.ladder import Ladder
from service.scoring.result import ComponentResult, Fix, MeasureResult, Score
from service.scoring.score import score_person
from service.scoring.standing import standing_of
from service.scoring.standing_result import ExceptionResult, MinimumResult, Standing, WindowResult
from service.scoring.weeks_used import weeks_used

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date

    from service.evidence.people_slice import PeopleSlice
    from service.facts.question import Question
    from service.scoring.calendar import Calendar
    from service.scoring.evidence import Coverage, PersonEvidence
    from service.scoring.rule_set import RuleSet

#: What most of an answer consists of.
_SENT = (
    ComponentResult, ExceptionResult, ExceptionState, Fix, Ladder, MeasureResult, MinimumResult,
    Score, Standing, Tally, WindowResult,
)  # fmt: skip
#: With fewer people a second process starts for longer than it helps.
_WORTH_IT = 500


@dataclass(frozen=True)
class Judged:
    """What is kept of one person's evidence."""

    score: Score
    question: Question | None
    weeks_used: int
    standing: Standing
    also: Mapping[str, Tally]


@dataclass(frozen=True)
class Judge:
    """Everything that a person's score rests on but their own evidence."""

    coverage: Coverage
    rules: RuleSet
    as_of: date
    calendar: Calendar

    def of_slice(self, people: PeopleSlice) -> tuple[list[Judged], Mending]:
        """Some people, in their order, and what is wrong with their records."""
        mending, found = Mending(), []
        for person in people.people():
            found.append(self.of(person))
            mending.add(person.findings)
        return found, mending

    def of(self, person: PersonEvidence) -> Judged:
        """One person."""
        coverage, rules, as_of, calendar = self.coverage, self.rules, self.as_of, self.calendar
        score = score_person(person, coverage, rules, as_of, calendar)
        return Judged(
            score,
            question_of(person, score, coverage, rules, calendar),
            sum(weeks_used(person, as_of)),
            standing_of(person, coverage, rules, as_of, calendar),
            tallies(person, rules, as_of),
        )


def processes_for(people: int) -> int:
    """How many processes so many people are worth."""
    return processors() if people >= _WORTH_IT else 1


def judge_all(
    judge: Judge, slices: Iterable[PeopleSlice], people: int, mending: Mending
) -> Iterator[Judged]:
    """All people in their order, `people` of them; adds what is wrong with records to `mending`."""
    for found, own in in_order(judge.of_slice, slices, processes_for(people)):
        mending.merge(own)
        yield from found


def _by_position(kind: type[Any]) -> Callable[[Any], tuple[type[Any], tuple[Any, ...]]]:
    """How to pickle a frozen class with slots: its own way looks up all fields for each object.

    That took as long as half of the scoring.
    https://github.com/python/cpython/blob/3.11/Lib/dataclasses.py (_dataclass_setstate)
    """
    values = attrgetter(*(one.name for one in fields(kind)))
    return lambda one: (kind, values(one))


for _kind in _SENT:
    copyreg.pickle(_kind, _by_position(_kind))
