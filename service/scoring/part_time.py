"""Part-time is taken off once: by the days off that a calendar shows, or by the working time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from service.scoring.expectation import working_time

if TYPE_CHECKING:
    from service.scoring.calendar import Calendar, Window
    from service.scoring.evidence import Person

REGULAR = Fraction(3, 4)  #: a weekday that is off so often is a regular day off
_SEEN_AT_LEAST = 3  #: … and was looked at so many times


def beside_the_calendar(person: Person, calendar: Calendar, window: Window) -> Person:
    """The person with the working time that is left to ask for on their available days.

    Somebody at 60 % whose every Thursday and Friday is recorded as away works fully on the other
    three days: the days are not in the window, so nothing more is taken off. Where the calendar
    shows a part of the free days, only the rest is. Leave is no part-time: a weekday counts as
    off when it is away three times of four.
    """
    time = working_time(person)
    if not 0 < time < 1:
        return person
    kept = _share_of_the_week(person, calendar, window)
    return replace(person, fte=min(Fraction(1), time / kept))


def _share_of_the_week(person: Person, calendar: Calendar, window: Window) -> Fraction:
    first = max(window.looked_from, person.started_on or window.looked_from)
    looked_at = calendar.working_days(person.country, first, window.looked_to)
    times = Counter(on.weekday() for on in looked_at)
    away = Counter(on.weekday() for on in looked_at if on in person.away_on)
    off = [
        weekday
        for weekday, seen in times.items()
        if seen >= _SEEN_AT_LEAST and away[weekday] >= REGULAR * seen
    ]
    # Somebody who is always away has no regular days to tell from leave.
    return Fraction(1) if len(off) == len(times) else 1 - Fraction(len(off), len(times))
