"""Who sees an exception, from which day on: the person, then their manager, then executives.

The person has the first working days alone. Executives get it only when the manager acted on it
or left it alone for a week: it is the manager's to solve, and an executive's mail is that
executive's own act.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from service.scoring.calendar import Calendar
    from service.scoring.exception_state import ExceptionState
    from service.scoring.rule_set import ExceptionRules


@dataclass(frozen=True, slots=True)
class Ladder:
    """The first day of each; None: not at all as things stand."""

    person: date
    manager: date | None
    executives: date | None

    def sees(self, on: date) -> tuple[str, ...]:
        """Who may see it on a day."""
        firsts = {"person": self.person, "manager": self.manager, "executives": self.executives}
        return tuple(who for who, first in firsts.items() if first is not None and first <= on)


def ladder(
    exception: ExceptionState,
    calendar: Calendar,
    country: str | None,
    rules: ExceptionRules,
    away_on: Collection[date] = (),
) -> Ladder:
    """The ladder of an exception; `country` and `away_on` are of the person whose days count.

    A day away is none of the person's days: who comes back finds them still to come. Nobody but the person sees a heads-up. What was cleared or excused stays with those who saw it.
    An exception that came back had its turn with the person before.
    """
    if exception.opened_on is None:
        return Ladder(exception.heads_up_on, None, None)
    manager = exception.recurred_on or day_after_working_days(
        exception.opened_on, rules.rep_first_days, calendar, country, away_on
    )
    ignored = manager + timedelta(days=rules.ignored_after_days)
    acted = exception.actions[0].on if exception.actions else None
    executives = ignored if acted is None else min(ignored, max(manager, acted))
    ended = _ended_on(exception)
    return Ladder(
        exception.heads_up_on,
        manager if ended is None or manager <= ended else None,
        executives if ended is None or executives <= ended else None,
    )


def _ended_on(exception: ExceptionState) -> date | None:
    if exception.state == "excused" and exception.excuse is not None:
        return exception.excuse.on
    return exception.cleared_on if exception.state == "cleared" else None


def day_after_working_days(
    on: date,
    working_days: int,
    calendar: Calendar,
    country: str | None,
    away_on: Collection[date] = (),
) -> date:
    """The first day after so many working days, none of them away, that follow a day."""
    day = on
    while working_days:
        day += timedelta(days=1)
        working_days -= calendar.is_working_day(day, country) and day not in away_on
    return day + timedelta(days=1)
