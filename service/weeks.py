"""Weeks as records name them: by ISO 8601, from Monday to Sunday."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


def monday_of(on: date) -> date:
    """The Monday of a day's week."""
    return on - timedelta(days=on.weekday())


def week_of(on: date) -> str:
    """The name of a day's week, such as `2026-W48`; names are in the order of their weeks."""
    year, week, _ = on.isocalendar()
    return f"{year}-W{week:02}"
