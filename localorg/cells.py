"""What the cells of an export's CSV files mean, by the type of their field."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from localorg import ids, times

if TYPE_CHECKING:
    from collections.abc import Callable

#: Converted ids and times that are remembered: owners, contacts and moments come again and again.
REMEMBERED = 2**16


def text(cell: str) -> str | None:
    """An empty cell is no value."""
    return cell or None


@lru_cache(REMEMBERED)
def _id(cell: str) -> str | None:
    return ids.widen(cell) if cell else None


def _boolean(cell: str) -> int:
    return int(cell.lower() in {"1", "true"})


def _int(cell: str) -> int | None:
    return int(float(cell)) if cell else None


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


def _date(cell: str) -> str | None:
    return times.read_date(cell[:10]).isoformat() if cell else None


#: By a field's type; any other is a text. Times need the zone of the export (`load`).
CONVERTERS: dict[str, Callable[[str], Any]] = {
    "id": _id, "reference": _id, "boolean": _boolean, "int": _int, "double": _number,
    "currency": _number, "percent": _number, "date": _date,
}  # fmt: skip
