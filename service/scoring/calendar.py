"""Working days in a person's own calendar, and the window that a score looks at.

The as-of day itself counts: evidence covers it to its local end. Only dates appear here, so no
time zone and no daylight saving can move a window; rows are put on the person's local day before.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.scoring.evidence import Person
    from service.scoring.rule_set import RuleSet

_DAYS_OF_THE_WEEK = frozenset(range(7))  # date.weekday(): Monday is 0


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


@dataclass(frozen=True, slots=True)
class Window:
    """The days that a score rests on."""

    available: tuple[date, ...]  #: the last available working days, ascending
    looked_from: date  #: the first working day that was looked at
    looked_to: date  #: the as-of day
    not_counted: frozenset[date]  #: days recorded as away

    @property
    def opens(self) -> date | None:
        """The first available day; None when there is none."""
        return self.available[0] if self.available else None

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
    `rules.window_days` of them were available: at work by the calendar, not away, started.
    """
    available: list[date] = []
    looked_at, looked_from, on = 0, as_of, as_of
    while looked_at < rules.look_back_days and len(available) < rules.window_days:
        if calendar.is_working_day(on, person.country):
            looked_at, looked_from = looked_at + 1, on
            if _is_available(person, on):
                available.append(on)
        on -= timedelta(days=1)
    return Window(tuple(reversed(available)), looked_from, as_of, person.away_on)


def _is_available(person: Person, on: date) -> bool:
    has_started = person.started_on is None or person.started_on <= on
    return has_started and on not in person.away_on
