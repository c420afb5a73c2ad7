"""Values from outside, made harmless: a wrong kind reads as empty, never as an exception."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

#: What a record says of its currency, where an org has several: no other org has the field.
CURRENCY = "CurrencyIsoCode"
_CODE_LENGTH = 3
_LIMIT = Decimal(10) ** 16  #: amounts are Currency(16,2), and some currencies count in millions


def mapping(value: object) -> Mapping[str, Any]:
    """The object itself, or an empty one."""
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> list[Mapping[str, Any]]:
    """The objects in a list; whatever else is in it is left out."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def clean(value: object) -> str:
    """Text that every output can carry: no control characters, no half of a surrogate pair."""
    if not isinstance(value, str):
        return ""
    whole = value.encode("utf-8", "replace").decode("utf-8")
    return "".join(letter for letter in whole if letter >= " " and letter != "\x7f").strip()


def currency_of(value: object) -> str:
    """An ISO 4217 code, three capital letters; anything else is none."""
    code = clean(value)
    return code if len(code) == _CODE_LENGTH and code.isascii() and code.isupper() else ""


def number(value: object) -> Decimal | None:
    """A finite number of sensible size from a decimal string or a JSON number, else None."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    try:
        parsed = Decimal(str(value).strip())
    except (InvalidOperation, ValueError):
        return None
    return parsed if parsed.is_finite() and abs(parsed) < _LIMIT else None


def whole(value: object) -> int | None:
    """A whole number, rounded down, else None."""
    parsed = number(value)
    return None if parsed is None else int(parsed)


def children(record: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The records of a child query."""
    return mappings(mapping(record.get(name)).get("records"))


def is_cut(record: Mapping[str, Any], name: str, at_most: int) -> bool:
    """Whether a child query may have left records out: by its own limit, or by the org's page."""
    answer = mapping(record.get(name))
    return answer.get("done") is False or len(mappings(answer.get("records"))) >= at_most


def read_day(value: object) -> date | None:
    """A date of the REST API."""
    try:
        return date.fromisoformat(clean(value)[:10])
    except ValueError:
        return None


def read_moment(value: object) -> datetime | None:
    """A time of the REST API, "2026-11-20T23:59:59.000+0000", as UTC.

    None without an offset, and in the first and the last year: some clock may have no such day.
    """
    try:
        found = datetime.fromisoformat(clean(value))
    except ValueError:
        return None
    is_known = found.tzinfo and date.min.year < found.year < date.max.year
    return found.astimezone(UTC) if is_known else None


def local_day(at: datetime, zone: ZoneInfo) -> date | None:
    """The day of a moment on somebody's clock; None at the very ends of the calendar."""
    try:
        return at.astimezone(zone).date()
    except (ValueError, OverflowError):
        return None


def event_day(event: Mapping[str, Any], zone: ZoneInfo) -> date | None:
    """The day of an event on somebody's clock; an all-day one has it as midnight UTC, as it stands."""
    at = read_moment(event.get("StartDateTime"))
    if at is None:
        return None
    return at.date() if event.get("IsAllDayEvent") is True else local_day(at, zone)
