"""What options of the command line accept beyond texts and numbers, each refused in plain words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

import click


class Price(click.ParamType[Decimal]):
    """An amount of money that is not negative."""

    name = "amount"

    def convert(
        self, value: str | Decimal, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        """Accept a decimal number."""
        try:
            amount = Decimal(value)
        except InvalidOperation:
            self.fail(f"{value!r} is not a number; write one like 150 or 99.50", param, ctx)
        if not amount.is_finite() or amount < 0:
            self.fail(f"{value!r} is not a price", param, ctx)
        return amount


#: No org is older than Salesforce, and calendars are known for years to come.
FIRST_YEAR, LAST_YEAR = 1999, 2100


class Day(click.ParamType["date"]):
    """A day as 2026-03-27."""

    name = "date"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Accept a day of the calendar."""
        try:
            day = value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day of the calendar; write one like 2026-03-27", param, ctx)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            years = f"{FIRST_YEAR} to {LAST_YEAR}"
            self.fail(f"{value!r} is no day to score; the years {years} are", param, ctx)
        return day
