"""Date literals against days computed by hand. 2026-11-22 is a Sunday."""

from __future__ import annotations

from datetime import date

import pytest

from localorg.errors import SalesforceError
from localorg.soql.dates import span
from localorg.soql.tree import Value

TODAY = date(2026, 11, 18)  # a Wednesday

SPANS = [
    ("TODAY", None, "2026-11-18", "2026-11-19"),
    ("YESTERDAY", None, "2026-11-17", "2026-11-18"),
    ("TOMORROW", None, "2026-11-19", "2026-11-20"),
    ("THIS_WEEK", None, "2026-11-15", "2026-11-22"),
    ("LAST_WEEK", None, "2026-11-08", "2026-11-15"),
    ("NEXT_MONTH", None, "2026-12-01", "2027-01-01"),
    ("THIS_QUARTER", None, "2026-10-01", "2027-01-01"),
    ("LAST_QUARTER", None, "2026-07-01", "2026-10-01"),
    ("LAST_YEAR", None, "2025-01-01", "2026-01-01"),
    ("LAST_90_DAYS", None, "2026-08-20", "2026-11-19"),
    ("NEXT_90_DAYS", None, "2026-11-19", "2027-02-17"),
    ("LAST_N_DAYS", 1, "2026-11-17", "2026-11-19"),
    ("NEXT_N_DAYS", 2, "2026-11-19", "2026-11-21"),
    ("N_DAYS_AGO", 3, "2026-11-15", "2026-11-16"),
    ("LAST_N_WEEKS", 2, "2026-11-01", "2026-11-15"),
    ("LAST_N_MONTHS", 11, "2025-12-01", "2026-11-01"),
    ("NEXT_N_QUARTERS", 1, "2027-01-01", "2027-04-01"),
    ("N_YEARS_AGO", 1, "2025-01-01", "2026-01-01"),
]


@pytest.mark.parametrize(("name", "number", "first", "after"), SPANS)
def test_a_literal_spans_days(name: str, number: int | None, first: str, after: str) -> None:
    expected = (date.fromisoformat(first), date.fromisoformat(after))
    assert span(Value("date_literal", name, number), TODAY) == expected


def test_a_week_starts_on_sunday() -> None:
    assert span(Value("date_literal", "THIS_WEEK"), date(2026, 11, 22))[0] == date(2026, 11, 22)


@pytest.mark.parametrize(("name", "number"), [("SOON", None), ("LAST_N_EONS", 3), ("TODAY", 3)])
def test_unknown_literals_are_syntax_errors(name: str, number: int | None) -> None:
    with pytest.raises(SalesforceError, match="MALFORMED_QUERY"):
        span(Value("date_literal", name, number), TODAY)
