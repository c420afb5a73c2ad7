"""Numbers as the doors write them, down to the exponents of query jobs."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest

from service.evidence import typed


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("100000.5", "number", "100000.50"),
        ("1.23456789E7", "number", "12345678.90"),
        ("9.9213206E7", "number", "99213206.00"),
        ("-1.0E7", "number", "-10000000.00"),
        ("1.0E-3", "rate", "0.001000"),
        ("1.2.3", "number", None),
        ("E7", "number", None),
    ],
)
def test_a_number_may_have_an_exponent(text, kind, value):
    with duckdb.connect() as connection:
        asked = f"SELECT {typed.cast(kind, '$1', 'UTC')}"
        (found,) = connection.execute(asked, [text]).fetchone()
    assert found == (None if value is None else Decimal(value))
