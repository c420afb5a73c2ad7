"""When the sample's people work: the working days of their country, and the moments of a day.

Moments are whole seconds since 1970 (UTC), because there are millions of them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from service.calendars import calendar_for
from service.scoring.evidence import Person

SATURDAY = 5
#: Work ends early enough that 15:59 in California is still the same day in UTC.
FIRST_HOUR = 9
WORK_SECONDS = 380 * 60
DAY_SECONDS = 86_400
_EPOCH = date(1970, 1, 1)
_MINUTES = tuple(f" {hour:02}:{minute:02}:" for hour in range(24) for minute in range(60))
_SECONDS = tuple(f"{second:02}" for second in range(60))


class WorkDays:
    """The working days of so many weeks up to and with `as_of`, by country."""

    def __init__(self, as_of: date, weeks: int) -> None:
        self.as_of, self.first = as_of, as_of - timedelta(days=7 * weeks)
        self._known: dict[str, tuple[date, ...]] = {}

    def of(self, country: str) -> tuple[date, ...]:
        """No weekends and no public holidays of that country, ascending."""
        if country not in self._known:
            here = Person(user_id="", name="", time_zone="UTC", country=country)
            calendar = calendar_for([here], self.as_of)
            days = (self.first + timedelta(days=at) for at in range(self.length))
            self._known[country] = tuple(
                day for day in days if calendar.is_working_day(day, country)
            )
        return self._known[country]

    @property
    def length(self) -> int:
        """How many days there are in all, weekends among them."""
        return (self.as_of - self.first).days + 1

    def at(self, day: date) -> int | None:
        """The place of a day, counted from the first; None outside."""
        found = (day - self.first).days
        return found if 0 <= found < self.length else None


@lru_cache(maxsize=20_000)
def opens(day: date, zone: str) -> int:
    """The moment at which work starts on that local day."""
    return int(datetime.combine(day, time(FIRST_HOUR), ZoneInfo(zone)).timestamp())


def midnight(day: date, *, hour: int = 0, minute: int = 0) -> int:
    """The moment of a clock time in UTC."""
    return int(datetime.combine(day, time(hour, minute), UTC).timestamp())


@lru_cache(maxsize=5_000)
def _day_text(number: int) -> str:
    return str(_EPOCH + timedelta(days=number))


def stamp(moment: int) -> str:
    """A moment as the weekly export writes it."""
    second = moment % DAY_SECONDS
    return _day_text(moment // DAY_SECONDS) + _MINUTES[second // 60] + _SECONDS[second % 60]


def local(moment: int, zone: str) -> datetime:
    """The clock on the wall at that moment."""
    return datetime.fromtimestamp(moment, ZoneInfo(zone)).replace(tzinfo=None)


def next_morning(clock: datetime) -> date:
    """The first morning of a weekday after that local time."""
    day = clock.date() + timedelta(days=clock.hour >= FIRST_HOUR)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return day


def answered_by(clock: datetime) -> datetime:
    """When 24 business hours from then are over, on the same clock."""
    if clock.weekday() >= SATURDAY:
        return datetime.combine(next_morning(clock), time()) + timedelta(days=1)
    after = clock + timedelta(days=1)
    return after + timedelta(days=2) if after.weekday() == SATURDAY else after
