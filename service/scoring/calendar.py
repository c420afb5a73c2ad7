"""Working days in a person's own calendar, and the window that a score looks at.

The as-of day itself counts: evidence covers it to its local end. Only dates appear here, so no
time zone and no daylight saving can move a window; rows are put on the person's local day before.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.scoring.evidence import Person
    from service.scoring.rule_set import RuleSet

_SATURDAY = 5
_DAYS_OF_THE_WEEK = frozenset(range(7))  # date.weekday(): Monday is 0


def between(days: Sequence[date], first: date, last: date) -> Sequence[date]:
    """Those of ascending days from one to another; both ends belong to it."""
    return days[bisect_left(days, first) : bisect_right(days, last)]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Public holidays and weekends by country, as data.

    A country is whatever `Person.country` says; `weekend` holds where `weekends` does not name
    it, and for a person without one, who has no public holidays either. Raises ValueError for a
    weekend that is not a set of weekdays (0 Monday to 6 Sunday) or that leaves no working day.
    """

    holidays: Mapping[str, frozenset[date]] = field(default_factory=dict)
    weekend: frozenset[int] = frozenset({5, 6})
    weekends: Mapping[str, frozenset[int]] = field(default_factory=dict)
    #: what was worked out before: thousands of people share a country and a day
    _known: dict[tuple[object, ...], tuple[date, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        for weekend in (self.weekend, *self.weekends.values()):
            if not weekend < _DAYS_OF_THE_WEEK:
                raise ValueError(
                    f"The weekend must be some of 0..6 and not all of them, not {set(weekend)}."
                )

    def is_working_day(self, on: date, country: str | None) -> bool:
        """Whether people of a country work on a day: no weekend, no public holiday."""
        if country is None:
            return on.weekday() not in self.weekend
        if on.weekday() in self.weekends.get(country, self.weekend):
            return False
        return on not in self.holidays.get(country, frozenset())

    def working_days(self, country: str | None, first: date, last: date) -> tuple[date, ...]:
        """The working days from one day to another, ascending; both ends belong to it."""
        key = (country, first, last)
        if key not in self._known:
            days = (first + timedelta(days=at) for at in range((last - first).days + 1))
            self._known[key] = tuple(on for on in days if self.is_working_day(on, country))
        return self._known[key]

    def closed_weekdays(self, country: str | None, first: date, last: date) -> frozenset[date]:
        """The days from Monday to Friday, of those from one day to another, that are no working days."""
        key = (country, first, last, "closed")
        if key not in self._known:
            open_on = set(self.working_days(country, first, last))
            days = (first + timedelta(days=at) for at in range((last - first).days + 1))
            self._known[key] = tuple(
                on for on in days if on.weekday() < _SATURDAY and on not in open_on
            )
        return frozenset(self._known[key])

    def last_working_days(self, country: str | None, last: date, count: int) -> tuple[date, ...]:
        """So many working days up to and with a day, ascending."""
        key = (country, last, count)
        if key not in self._known:
            found: list[date] = []
            on = last
            while len(found) < count:
                if self.is_working_day(on, country):
                    found.append(on)
                on -= timedelta(days=1)
            self._known[key] = tuple(reversed(found))
        return self._known[key]


@dataclass(frozen=True, slots=True)
class Window:
    """The days that a score rests on."""

    available: tuple[date, ...]  #: the last available working days, ascending
    looked_from: date  #: the first working day that was looked at
    looked_to: date  #: the as-of day
    not_counted: frozenset[date]  #: days recorded as away
    closed: frozenset[date] = frozenset()  #: days of Monday to Friday without work, as holidays

    @property
    def opens(self) -> date | None:
        """The first available day; None when there is none."""
        return self.available[0] if self.available else None

    def since(self, on: date) -> Window:
        """The same without the available days before a day."""
        if self.opens is None or on <= self.opens:
            return self
        return replace(self, available=tuple(day for day in self.available if on <= day))

    def runs_into_day_off(self, on: date, weekdays: int) -> bool:
        """Whether any of so many days of Monday to Friday after a day was none of the person's."""
        day = on
        while weekdays:
            day += timedelta(days=1)
            if day.weekday() < _SATURDAY:
                weekdays -= 1
                if day in self.not_counted or day in self.closed:
                    return True
        return False

    def counted(self, days: Sequence[date]) -> list[int]:
        """Where in ascending days those are on which an act is credited.

        Every day from the first available day to the as-of day counts, weekends and holidays
        too (work done then is work done), except days recorded as away: nothing is asked on
        them and nothing is credited, so that recording leave can never pay.
        """
        if self.opens is None:
            return []
        span = range(bisect_left(days, self.opens), bisect_right(days, self.looked_to))
        return [at for at in span if days[at] not in self.not_counted]


def look_back(person: Person, calendar: Calendar, rules: RuleSet, as_of: date) -> Window:
    """The last available working days up to and with `as_of`, within the look-back.

    Looks at no more than `rules.look_back_days` working days and stops when
    `rules.window_days` of them were available: at work by the calendar, not away, started, and
    in the role that they have now.
    """
    looked = calendar.last_working_days(person.country, as_of, rules.look_back_days)
    begins = max(person.started_on or date.min, person.role_since or date.min)
    available: list[date] = []
    looked_from = as_of
    for on in reversed(looked):
        if len(available) == rules.window_days:
            break
        looked_from = on
        if on not in person.away_on and begins <= on:
            available.append(on)
    closed = calendar.closed_weekdays(person.country, looked_from, as_of)
    return Window(tuple(reversed(available)), looked_from, as_of, person.away_on, closed)
