"""Everybody's score and standing, worked out by as many processes as the machine has processors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.parallel import in_order, processors
from service.report.also import tallies
from service.report.mending import Mending
from service.report.questions import question_of
from service.scoring.score import score_person
from service.scoring.standing import standing_of
from service.scoring.weeks_used import weeks_used

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from service.evidence.people_slice import PeopleSlice
    from service.report.questions import Question
    from service.scoring.calendar import Calendar
    from service.scoring.credit import Tally
    from service.scoring.evidence import Coverage, PersonEvidence
    from service.scoring.result import Score
    from service.scoring.rule_set import RuleSet
    from service.scoring.standing_result import Standing

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
