"""The people of an export with what two files add: facts that it lacks, and days off."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from service.calendars import calendar_for, calendar_gaps
from service.people_files import (
    ABSENCE_COLUMNS,
    PEOPLE_COLUMNS,
    Absences,
    PersonFacts,
    apply,
    read_absences,
    read_people,
)
from service.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.evidence.reduce import Reduced
    from service.evidence.usage import User
    from service.report.facts import Options
    from service.scoring.calendar import Calendar
    from service.scoring.evidence import Person
    from service.scoring.rule_set import RuleSet
    from service.tables import Gap


@dataclass(frozen=True)
class Told:
    """What the two files say, and the calendar that follows from it."""

    calendar: Calendar
    gaps: tuple[Gap, ...]
    people: int  #: how many are to be scored
    facts: Mapping[str, PersonFacts] = field(default_factory=dict)
    absences: Absences = field(default_factory=Absences)

    def person(self, person: Person) -> Person:
        """The person with what the files say of them."""
        return apply(person, self.facts, self.absences)

    def user(self, user: User) -> User:
        """The user with the role, the manager, the region and the country of the people file."""
        told = self.facts.get(user.user_id, PersonFacts())
        manager = told.manager_id or user.manager_id
        return replace(
            user,
            role=told.role or user.role,
            manager_id=manager,
            region=told.region or user.region,
            country=told.country or user.country,
        )


def check_told(options: Options) -> None:
    """Look at what needs no export, before minutes go into reading one. Raises SheetError."""
    for file, columns in (
        (options.people_file, PEOPLE_COLUMNS),
        (options.absences_file, ABSENCE_COLUMNS),
    ):
        if file:
            Sheet(file, *columns).finish()


def read_told(options: Options, reduced: Reduced, rules: RuleSet) -> Told:
    """Read both files, where given. Raises SheetError with every mistake of a file."""
    as_of, file = reduced.scope.as_of, options.people_file
    facts = read_people(file, tuple(reduced.users()), rules) if file else {}
    absences = (
        read_absences(options.absences_file, reduced.users())
        if options.absences_file
        else Absences()
    )
    people = [apply(person, facts, absences) for person in reduced.persons()]
    calendar, gaps = calendar_for(people, as_of), tuple(calendar_gaps(people, as_of))
    return Told(calendar, gaps, len(people), facts, absences)
