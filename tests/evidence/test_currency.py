"""Amounts in corporate currency: exact, by the rate of the close date, or not at all."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.evidence.reduce import reduce_rows
from tests.evidence.builders import a_rule_set, an_id, an_opportunity, tables

AS_OF = date(2021, 4, 16)
CENT = Decimal("0.01")


def a_currency(code, rate, corporate="0"):
    return {
        "Id": an_id("01L"), "IsoCode": code, "ConversionRate": rate,
        "IsCorporate": corporate,
    }  # fmt: skip


def a_rate(code, starts, rate):
    return {
        "Id": an_id("04w"),
        "IsoCode": code,
        "StartDate": starts,
        "ConversionRate": rate,
    }


def a_win(number=1, **over):
    return an_opportunity(number, IsClosed="1", IsWon="1", CloseDate="2021-04-01", **over)


USD, EUR, JPY = (
    a_currency("USD", "1", "1"),
    a_currency("EUR", "0.8"),
    a_currency("JPY", "110.123456"),
)


@contextmanager
def reading(folder, **rows):
    with reduce_rows(
        tables(folder, **rows), a_rule_set(), AS_OF, work_dir=folder / "work", memory_limit_mb=100
    ) as reduced:
        yield reduced


def wins(folder, least="0", **rows):
    """(currency, deal number -> amount, gaps of money)"""
    with reading(folder, **rows) as reduced:
        deals = {
            int(one.opportunity_id[3:15]): one.amount for one in reduced.won_deals(Decimal(least))
        }
        about = ("CurrencyType", "DatedConversionRate")
        gaps = [
            gap for gap in reduced.gaps
            if gap.object_name in about or gap.column == "CurrencyIsoCode"
        ]  # fmt: skip
        return reduced.currency.code, deals, gaps


def test_an_org_with_one_currency_has_amounts_as_they_stand_and_no_gap(tmp_path):
    assert wins(tmp_path, Opportunity=[a_win(Amount="5.55")]) == (None, {1: Decimal("5.55")}, [])


def test_an_amount_is_divided_by_the_rate(tmp_path):
    some = [
        a_win(1, Amount="100", CurrencyIsoCode="USD"), a_win(2, Amount="100", CurrencyIsoCode="EUR"),
        a_win(3, Amount="1000000", CurrencyIsoCode="JPY"),
    ]  # fmt: skip
    code, deals, gaps = wins(tmp_path, Opportunity=some, CurrencyType=[USD, EUR, JPY])
    assert code == "USD"
    assert deals == {1: Decimal(100), 2: Decimal(125), 3: Decimal("9080.72")}
    assert gaps == []


def test_a_big_deal_is_big_in_corporate_currency(tmp_path):
    some = [
        a_win(1, Amount="100000", CurrencyIsoCode="JPY"), a_win(2, Amount="80000", CurrencyIsoCode="EUR"),
        a_win(3, Amount="79999.99", CurrencyIsoCode="EUR"),
    ]  # fmt: skip
    _, deals, _ = wins(tmp_path, "100000", Opportunity=some, CurrencyType=[USD, EUR, JPY])
    assert deals == {2: Decimal(100_000)}


@pytest.mark.parametrize(
    ("closes", "amount"),
    [
        ("2021-01-31", "71.94"),  # Salesforce's example: 1 USD is 1.39 AUD until February
        ("2021-02-01", "70.42"),  # and 1.42 from then on
        ("2023-02-01", "70.42"),
        ("2020-12-31", "200.00"),  # before the first dated rate: that of CurrencyType
    ],
)
def test_the_rate_of_the_close_date_holds(tmp_path, closes, amount):
    dated = [a_rate("AUD", "2021-01-01", "1.39"), a_rate("AUD", "2021-02-01", "1.42")]
    some = [a_win(Amount="100", CurrencyIsoCode="AUD") | {"CloseDate": closes}]
    types = [USD, a_currency("AUD", "0.5")]
    found = wins(tmp_path, Opportunity=some, CurrencyType=types, DatedConversionRate=dated)
    assert found == ("USD", {1: Decimal(amount)}, [])


@pytest.mark.parametrize("code", ["CHF", ""])
@pytest.mark.parametrize("rate", [None, "0", "-1"])
def test_a_currency_without_a_rate_is_not_counted_and_named(tmp_path, code, rate):
    some = [a_win(1, Amount="9", CurrencyIsoCode="USD"), a_win(2, Amount="9", CurrencyIsoCode=code)]
    types = [USD, *([a_currency("CHF", rate)] if rate else [])]
    _, deals, gaps = wins(tmp_path, Opportunity=some, CurrencyType=types)
    assert deals == {1: Decimal(9)}
    assert [gap.why for gap in gaps] == [
        f"The amounts of 1 opportunities are not counted: there is no rate for {code or 'no currency'}."
    ]


@pytest.mark.parametrize(
    ("codes", "types", "currency", "counted", "named"),
    [
        # codes without rates: only a single currency can be added up
        (("EUR", "EUR"), [], "EUR", 2, ("CurrencyType", None)),
        (("EUR", "USD"), [], None, 0, ("CurrencyType", None)),
        (("EUR", ""), [], None, 0, ("CurrencyType", None)),
        # rates without codes
        (("", ""), [USD], "USD", 2, None),
        (("", ""), [USD, EUR], None, 0, ("Opportunity", "CurrencyIsoCode")),
        # nobody says which one is corporate, or two are
        (("EUR", "USD"), [a_currency("USD", "1"), EUR], None, 0, ("CurrencyType", "IsCorporate")),
        (("EUR", "USD"), [USD, a_currency("EUR", "1", "1")], None, 0, ("CurrencyType", "IsCorporate")),
    ],
)  # fmt: skip
def test_what_is_not_known_is_never_taken_as_it_stands(
    tmp_path, codes, types, currency, counted, named
):
    some = [a_win(at, Amount="9", CurrencyIsoCode=code) for at, code in enumerate(codes, start=1)]
    rows = {"CurrencyType": types} if types else {}
    found, deals, gaps = wins(tmp_path, Opportunity=some, **rows)
    assert (found, len(deals)) == (currency, counted)
    assert [(gap.object_name, gap.column) for gap in gaps] == ([named] if named else [])


def test_a_missing_rate_makes_no_amount_missing(tmp_path):
    """Whether an amount was entered is asked of the person, not of the rates."""
    some = [an_opportunity(Amount="9", CurrencyIsoCode="CHF", CloseDate="2021-01-01")]
    with reading(tmp_path, Opportunity=some, CurrencyType=[USD]) as reduced:
        (finding,) = [
            one for person in reduced.people() for one in person.findings
            if one.measure == "healthy_opportunities"
        ]  # fmt: skip
    assert "amount_missing" not in finding.faults
    assert finding.amount is None


def test_an_unreadable_rate_is_a_counted_rejection(tmp_path):
    types = [USD, a_currency("EUR", "0,8")]
    with reading(
        tmp_path, Opportunity=[a_win(CurrencyIsoCode="EUR")], CurrencyType=types
    ) as reduced:
        assert reduced.rows_rejected == {"CurrencyType": 1}
        assert any("ConversionRate is '0,8'" in (gap.example or "") for gap in reduced.gaps)
        assert list(reduced.won_deals(Decimal(0))) == []


MONEY = st.decimals("-9999999999999999.99", "9999999999999999.99", places=2)
RATE = st.decimals("0.000001", "999999999999", places=6)


@settings(max_examples=4, deadline=None)  # a reading costs much more than its rows
@given(st.lists(st.tuples(MONEY, RATE), min_size=8, max_size=26))
def test_conversion_is_exact_to_the_cent(tmp_path_factory, pairs):
    codes = [f"A{chr(65 + at)}A" for at in range(len(pairs))]
    types = [
        USD,
        *(a_currency(code, str(rate)) for code, (_, rate) in zip(codes, pairs, strict=True)),
    ]
    some = [
        a_win(at, Amount=str(amount), CurrencyIsoCode=codes[at])
        for at, (amount, _) in enumerate(pairs)
    ]
    least = "-9999999999999999.99"
    _, deals, _ = wins(
        tmp_path_factory.mktemp("exact"), least, Opportunity=some, CurrencyType=types
    )
    expected = {
        at: (amount / rate).quantize(CENT, ROUND_HALF_UP) for at, (amount, rate) in enumerate(pairs)
    }
    most = Decimal("1e16")  # larger amounts are not counted, as they cannot be read either
    assert deals == {at: amount for at, amount in expected.items() if abs(amount) < most}
