"""Numbers, dates and times as viewers write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from canvas.formats import Formats

AT = datetime(2026, 11, 21, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        ("84.0", 1, "84"), ("84.25", 1, "84.3"), ("0.04", 1, "0"), ("-0.04", 1, "0"), ("-1.5", 1, "\N{MINUS SIGN}1.5"),
        ("100", 0, "100"), ("0.145", 2, "0.15"), ("1E+2", 1, "100"), (None, 1, "\N{EN DASH}"),
    ],
)  # fmt: skip
def test_numbers(value, places, expected):
    given = None if value is None else Decimal(value)
    assert Formats.of("en_US", "UTC").number(given, places) == expected


@pytest.mark.parametrize(
    ("locale", "expected"),
    [("de_DE", "74,3"), ("de_DE_EURO", "74,3"), ("de-DE", "74,3"), ("de_CH", "74.3"), ("es_MX", "74.3"),
     ("pt_BR", "74,3"), ("ja_JP", "74.3"), ("en_GB", "74.3"), ("", "74.3"), ("x" * 99, "74.3")],
)  # fmt: skip
def test_the_decimal_mark_follows_the_locale(locale, expected):
    assert Formats.of(locale, "UTC").number(Decimal("74.3")) == expected


@pytest.mark.parametrize(
    ("points", "expected"),
    [("1.43", "+1.43"), ("2.2", "+2.20"), ("0.15", "+0.15"), ("10.06", "+10.1"), ("11", "+11.0")],
)
def test_points(points, expected):
    assert Formats.of("en_US", "UTC").points(Decimal(points)) == expected


@pytest.mark.parametrize(
    ("locale", "zone", "expected"),
    [
        ("en_US", "America/Los_Angeles", "Nov 20, 2026, 4:05 PM PST"),
        ("en_US", "Europe/Berlin", "Nov 21, 2026, 1:05 AM CET"),
        ("en_GB", "Europe/London", "21 Nov 2026, 00:05 GMT"),
        ("de_DE", "Asia/Dubai", "21 Nov 2026, 04:05 GMT+04"),
        ("en_US", "UTC", "Nov 21, 2026, 12:05 AM UTC"),
    ],
)
def test_a_moment_is_told_in_the_viewers_zone(locale, zone, expected):
    assert Formats.of(locale, zone).moment(AT) == expected


def test_days():
    assert Formats.of("en_US", "UTC").day(date(2026, 4, 5)) == "Apr 5, 2026"
    assert Formats.of("en_GB", "UTC").day(date(2026, 4, 5)) == "5 Apr 2026"
    assert Formats.of("en_GB", "UTC").day(None) == "\N{EN DASH}"


@pytest.mark.parametrize(
    ("locale", "shown"), [("en_US", "1,410,000"), ("de_DE", "1\u202f410\u202f000")]
)
def test_amounts_have_their_thousands_apart_and_no_decimals(locale, shown):
    assert Formats.of(locale, "UTC").amount(Decimal("1409999.50")) == shown
    assert Formats.of(locale, "UTC").amount(None) == "\N{EN DASH}"


def test_money_has_its_currency_where_that_is_known():
    of = Formats.of("de_DE", "UTC", "EUR")
    assert of.money(Decimal(410_000)) == "EUR\xa0410\u202f000"
    assert of.money(Decimal(5), "CHF") == "CHF\xa05"
    assert of.money(Decimal(5), "") == Formats.of("de_DE", "UTC").money(Decimal(5)) == "5"
    assert of.money(None) == "\N{EN DASH}"
