"""When the sample's people work: weekdays of 26 weeks, and the moments of a working day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKS = 26
SATURDAY = 5
#: Work ends early enough that 15:59 in California is still the same day in UTC.
FIRST_HOUR, LAST_HOUR = 9, 15


def weekdays(as_of: date, *, weeks: int = WEEKS) -> list[date]:
    """The Mondays to Fridays of that many weeks up to `as_of`, which may be the last of them."""
    days = (as_of - timedelta(days=back) for back in range(weeks * 7, -1, -1))
    return [day for day in days if day.weekday() < SATURDAY]


def moment(day: date, zone: str, minutes: int) -> datetime:
    """The UTC time that is `minutes` after the start of work on that local day."""
    start = datetime.combine(day, time(FIRST_HOUR), ZoneInfo(zone))
    return (start + timedelta(minutes=minutes)).astimezone(UTC)


def stamp(when: datetime) -> str:
    """A time as the weekly export writes it."""
    return when.strftime("%Y-%m-%d %H:%M:%S")
