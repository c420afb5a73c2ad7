"""Values from outside, made harmless: a wrong kind reads as empty, never as an exception."""

from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

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
