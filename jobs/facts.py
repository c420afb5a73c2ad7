"""What a run knows of everyone: score, minimums and exceptions.

The same facts as those of a report (`service/facts/`), so that groups and exceptions are the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from service.calendars import calendar_for, calendar_gaps
from service.evidence import usage
from service.facts.facts import Member
from service.facts.from_reading import facts_from
from service.people_files import ORG_COLUMNS, Absences, apply, read_people
from service.scoring.score import score_person
from service.scoring.standing import standing_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobs.exceptions_known import KnownExceptions
    from jobs.run import Run
    from service.evidence.reduce import Reduced
    from service.facts.facts import Facts
    from service.people_files import PersonFacts
    from service.scoring.evidence import Person
    from service.scoring.rule_set import RuleSet


def facts_of(reduced: Reduced, rules: RuleSet, run: Run, known: KnownExceptions) -> Facts:
    """Score everyone, and decide whether people may be named. Raises SheetError."""
    file = run.settings.people_file
    told = read_people(file, tuple(reduced.users()), rules, ORG_COLUMNS) if file else {}
    members = _members(reduced, rules, run, known, told)
    gaps = (*reduced.gaps, *calendar_gaps(_persons(reduced, told), run.as_of))
    return facts_from(reduced, rules, run.settings.aggregate_only, members, gaps)


def _members(
    reduced: Reduced,
    rules: RuleSet,
    run: Run,
    known: KnownExceptions,
    told: Mapping[str, PersonFacts],
) -> tuple[Member, ...]:
    calendar = calendar_for(_persons(reduced, told), run.as_of)
    found = {}
    for read in reduced.people():
        one = replace(read, person=apply(read.person, told, known.absences))
        user_id, common = one.person.user_id, (one, reduced.coverage, rules, run.as_of, calendar)
        found[user_id] = (score_person(*common), standing_of(*common, known.told(user_id)))
    nobody = (None, None)
    users = usage.read_users(reduced.scope)
    judged = ((user, *found.get(user.user_id, nobody)) for user in users)
    return tuple(Member(user, score, standing=standing) for user, score, standing in judged)


def _persons(reduced: Reduced, told: Mapping[str, PersonFacts]) -> Iterator[Person]:
    """Everyone with what the people file says of them: their country decides their calendar."""
    return (apply(person, told, Absences()) for person in reduced.persons())
