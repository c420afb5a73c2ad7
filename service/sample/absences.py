"""Days away: long ones that a habit plants, and the ordinary leave of ordinary people.

Most stand in the person's own calendar as out of office; the others are known to the absence file
alone, as in companies whose leave is kept elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

from service.sample import habits
from service.sample.activities import add_event

if TYPE_CHECKING:
    from service.sample.calendar import WorkDays
    from service.sample.life import Life
    from service.sample.people import SamplePerson

_HAS_LEAVE = frozenset({"usual", "manager", "leader", "marketer", "part_timer", "lazy"})
#: Nobody goes away in their first weeks: somebody has to enter it before.
_AT_WORK_FIRST = 21


@dataclass(frozen=True)
class Absence:
    """A stretch of days away; both ends belong to it."""

    first: date
    last: date
    kind: str
    in_calendar: bool

    @property
    def days(self) -> list[date]:
        """Every day of it, weekends too."""
        length = (self.last - self.first).days + 1
        return [self.first + timedelta(days=at) for at in range(length)]


def absences_of(person: SamplePerson, days: WorkDays, seed: int) -> tuple[Absence, ...]:
    """The days away of a person, ascending and apart from each other."""
    planted = {
        "vacationer": (habits.VACATION, "vacation", True),
        "on_file": (habits.ON_FILE, "parental leave", False),
        "away": (habits.AWAY, "leave", True),
    }
    if person.habit in planted:
        (first, last), kind, in_calendar = planted[person.habit]
        back = [days.as_of - timedelta(days=one) for one in (first, last)]
        return (Absence(back[0], back[1], kind, in_calendar),)
    if person.habit not in _HAS_LEAVE:
        return ()
    return _ordinary(person, days, Random(f"{seed}/{person.number}/leave"))  # noqa: S311


def _ordinary(person: SamplePerson, days: WorkDays, random: Random) -> tuple[Absence, ...]:
    """A week off in most half-years, and a day now and then."""
    begins = max(days.first, person.started_on) + timedelta(days=_AT_WORK_FIRST)
    ends = person.left_on or days.as_of
    free = [day for day in days.of(person.place.country_code) if begins <= day <= ends]
    found: list[Absence] = []
    for length, kind, share in ((7, "vacation", 0.8), (1, "sick", 0.6), (1, "vacation", 0.5)):
        if len(free) > 2 * length and random.random() < share:
            first = random.choice(free[: -2 * length])
            last = first + timedelta(days=length - 1)
            found.append(Absence(first, last, kind, random.random() < 0.8))  # noqa: PLR2004
            around = {first + timedelta(days=at) for at in range(-8, length + 8)}
            free = [day for day in free if day not in around]
    return tuple(sorted(found, key=lambda one: one.first))


def enter(life: Life) -> None:
    """Write what is in the calendar as events, entered on the last day of work before."""
    for absence in life.absences:
        ends = min(absence.last, life.days.as_of)
        life.truth.away.append(
            (
                str(absence.first),
                str(absence.last),
                absence.kind,
                "calendar" if absence.in_calendar else "file",
            )
        )
        if absence.in_calendar and ends >= life.days.first:
            before = max(day for day in life.active if day < absence.first)
            life.mark(before)
            add_event(
                life, life.moment(before, 1800), life.moment(before, 0), Subject="Out of office",
                IsAllDayEvent="1", ShowAs="OutOfOffice", StartDateTime=f"{absence.first} 00:00:00",
                EndDateTime=f"{absence.last} 00:00:00",
            )  # fmt: skip
