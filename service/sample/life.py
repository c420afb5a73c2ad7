"""One person's months: on which days they are there, what they write down, and what is true of it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING

from service.sample import habits
from service.sample.calendar import opens, stamp
from service.sample.truth import nothing

if TYPE_CHECKING:
    from datetime import date

    from service.sample.absences import Absence
    from service.sample.calendar import WorkDays
    from service.sample.people import SamplePerson
    from service.sample.sheets import Sheets


#: Days in a row without a footprint: five raise the question whether somebody was away.
_MISSED_AT_MOST = 3
#: Won deals from this amount upwards are told one by one.
TOLD_FROM = Decimal(20_000)


@dataclass
class World:
    """What all lives share."""

    days: WorkDays
    history: WorkDays  #: the same and the weeks before, from which opportunities are known
    sheets: Sheets
    seed: int
    robot: str  #: the user who loads data
    left_out: frozenset[str]  #: habits whose pattern is not planted; all else stays the same
    contact_names: list[str]
    has_big_deals: bool = False  #: they are planted once
    deals_won: dict[str, tuple[date, Decimal]] = field(default_factory=dict)

    def chance(self, what: str) -> Random:
        """A source of chance for what is nobody's own."""
        return Random(f"{self.seed}/{what}")  # noqa: S311 - an invented company

    def won(self, record: str, closed_on: date, amount: Decimal) -> None:
        """Remember a won deal, if it is large."""
        if amount >= TOLD_FROM:
            self.deals_won[record] = (closed_on, amount)


class Life:
    """What everything that plants rows for a person needs. Each has a chance of their own."""

    def __init__(self, person: SamplePerson, world: World, absences: tuple[Absence, ...]) -> None:
        self.person, self.world, self.absences = person, world, absences
        self.days, self.sheets = world.days, world.sheets
        self.random = self.chance("life")
        self.ways = habits.ways_of(person, self.chance("ways"))
        self.truth = nothing(self.days.length)
        self.contacts: list[str] = []  #: whom they call
        self.spare_contacts: list[str] = []  #: whom nobody calls in an ordinary week
        #: leads of the night that were not called on that day
        self.neglected_leads: dict[date, list[str]] = {}
        self.accounts: list[tuple[str, str]] = []  #: ids and names
        for day in self.available:
            self.truth.available[self._place(day)] = 1

    def chance(self, what: str) -> Random:
        """A source of chance that nothing but its name moves: a pattern changes nothing else."""
        return Random(f"{self.world.seed}/{self.person.number}/{what}")  # noqa: S311 - an invented life

    @cached_property
    def available(self) -> list[date]:
        """Working days on which the person is employed and not away."""
        person, gone = self.person, {day for one in self.absences for day in one.days}
        last = person.left_on or self.days.as_of
        return [
            day for day in self.days.of(person.place.country_code)
            if person.started_on <= day <= last and day not in gone and self.works(day)
        ]  # fmt: skip

    def works(self, day: date) -> bool:
        """Whether it is a day of work for somebody of their habit."""
        habit, back = self.person.habit, (self.days.as_of - day).days
        if habit == "part_timer":
            return day.weekday() < 3  # noqa: PLR2004 - Monday to Wednesday; elsewhere they are off
        if habit == "inactive_manager":
            return back > habits.UNUSED_SINCE
        return habit != "never"

    @cached_property
    def active(self) -> list[date]:
        """The available days on which they touch Salesforce: never so few that it looks like leave."""
        found: list[date] = []
        chance, missed = self.chance("presence"), 0
        for week in self.weeks:
            for day in week:
                is_there = chance.random() < self.ways.presence
                is_last_chance = day is week[-1] and (not found or found[-1] < week[0])
                missed = (
                    0 if is_there or is_last_chance or missed >= _MISSED_AT_MOST else missed + 1
                )
                if not missed:
                    found.append(day)
        return found

    @cached_property
    def active_days(self) -> frozenset[date]:
        """The same, to look a day up."""
        return frozenset(self.active)

    @cached_property
    def weeks(self) -> list[list[date]]:
        """The available days, week by week."""
        found: dict[date, list[date]] = {}
        for day in self.available:
            found.setdefault(day - timedelta(days=day.weekday()), []).append(day)
        return list(found.values())

    def after(self, day: date) -> date | None:
        """The first active day after that day."""
        at = bisect_right(self.active, day)
        return self.active[at] if at < len(self.active) else None

    def moment(self, day: date, seconds: int) -> int:
        """So many seconds after the start of work on their day."""
        return opens(day, self.person.time_zone) + seconds

    def is_left_out(self, habit: str) -> bool:
        """Whether the pattern of that habit is not planted this time."""
        return habit in self.world.left_out

    def is_told(self, day: date) -> bool:
        """Whether the sample covers that day."""
        return self.days.at(day) is not None

    def count(self, name: str, day: date, number: int = 1) -> None:
        """Add to what is true of a day, if the sample covers it."""
        place = self.days.at(day)
        if place is not None:
            getattr(self.truth, name)[place] += number

    def calls_on(self, day: date) -> int:
        """Calls of a day that are credited, so far."""
        return self.truth.calls[self._place(day)]

    def mark(self, day: date) -> None:
        """They left a footprint on that day."""
        place = self.days.at(day)
        if place is not None:
            self.truth.footprint[place] = 1

    def made(self, day: date, seconds: int) -> dict[str, str]:
        """The audit columns of a record that they made then and nobody changed."""
        self.mark(day)
        return audit(self.moment(day, seconds), self.person.user_id)

    def _place(self, day: date) -> int:
        place = self.days.at(day)
        if place is None:
            raise ValueError(f"{day} is not in the sample.")
        return place


def audit(moment: int, user: str, changed: int | None = None) -> dict[str, str]:
    """Who made a record and when, and when the same user changed it."""
    later = stamp(moment if changed is None else changed)
    return {
        "CreatedDate": stamp(moment), "CreatedById": user,
        "LastModifiedDate": later, "LastModifiedById": user,
    }  # fmt: skip
