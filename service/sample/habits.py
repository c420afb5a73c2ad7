"""What each habit means: on which days somebody works, and what they log on such a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from service.sample.calendar import weekdays

if TYPE_CHECKING:
    from random import Random

    from service.sample.people import SamplePerson

WEDNESDAY, FRIDAY = 2, 4
#: Days before the as-of day: a vacation that is over, and an absence that is not.
VACATION = (33, 12)
AWAY_SINCE = 55
INACTIVE_SINCE = 100


@dataclass(frozen=True)
class Day:
    """How much is logged on one working day."""

    calls: int
    meetings: int


def worked_days(person: SamplePerson, as_of: date) -> list[date]:
    """The local days on which this person touches Salesforce."""
    days = [day for day in weekdays(as_of) if day >= person.started_on]
    return [day for day in days if _works(person, day, as_of)]


def _works(person: SamplePerson, day: date, as_of: date) -> bool:
    if person.habit == "usual":
        return (day.toordinal() + _energy(person)) % (7 + 4 * _energy(person)) != 0
    return {
        "lazy": day.toordinal() % 3 == 0,
        "part_timer": day.weekday() <= WEDNESDAY,
        "vacationer": not on_vacation(day, as_of),
        "away": day < as_of - timedelta(days=AWAY_SINCE),
        "inactive": day < as_of - timedelta(days=INACTIVE_SINCE),
    }.get(person.habit, True)


def _energy(person: SamplePerson) -> int:
    """0 to 4: how much a usual person logs, for a company with some spread."""
    return person.started_on.toordinal() % 5


def on_vacation(day: date, as_of: date) -> bool:
    """Whether the vacationer is away on that day."""
    first, last = (as_of - timedelta(days=back) for back in VACATION)
    return first <= day <= last


def day_of(person: SamplePerson, day: date, random: Random) -> Day:
    """What the habit logs on a working day."""
    by_habit = {
        "diligent": Day(6, 2 + day.toordinal() % 2),
        "lazy": Day(day.toordinal() % 2, 0),
        "burst_logger": Day(24 if day.weekday() == FRIDAY else 0, 1),
        "one_contact": Day(8, 2),
        "part_timer": Day(6, 3),
        "leader": Day(0, 2),
        "marketer": Day(0, 1),
    }
    if person.habit in by_habit:
        return by_habit[person.habit]
    if person.habit == "manager":
        return Day(0, random.randrange(1, 4))
    if person.role == "Sales Development Rep":
        return Day(random.randrange(5, 10), random.randrange(2))
    energy = _energy(person) if person.habit == "usual" else 4
    return Day(
        random.randrange(1 + energy, 4 + energy), random.randrange(energy // 3, 2 + energy // 2)
    )


def complete_of_ten(person: SamplePerson) -> int:
    """Of ten open opportunities, how many have every required field."""
    return {"diligent": 10, "lazy": 3}.get(person.habit, 6 + _energy(person) // 2)


def on_time_of_ten(person: SamplePerson) -> int:
    """Of ten tasks with a due date, how many are finished or not yet due."""
    return {"diligent": 10, "lazy": 2}.get(person.habit, 5 + _energy(person))


def answers_of_ten(person: SamplePerson) -> int:
    """Of ten leads that came in before a day at work, how many are called that day."""
    return 5 + _energy(person)


def healthy_of_ten(person: SamplePerson) -> int:
    """Of ten open opportunities, how many are healthy; the rest have a planted fault each."""
    planted = {"diligent": 10, "lazy": 2, "date_pusher": 3, "away": 5}
    return planted.get(person.habit, 5 + _energy(person))
