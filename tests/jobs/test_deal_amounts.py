"""Big deals of an org with several currencies: asked for in each, compared in one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.deals.amounts import Rates, read_rates, won_deals
from service.salesforce.errors import AdminActionNeededError
from service.scoring.rule_set import BigDealRule
from tests.jobs.fake_org import FakeGateway

RULES = (BigDealRule("Big_Deal", Decimal(100_000), 30, "Sales Management", "v1"),)
CLOSED = date(2021, 4, 10)


def a_type(code, rate, *, corporate=False):
    return {"IsoCode": code, "ConversionRate": rate, "IsCorporate": corporate}


def a_win(number, amount, code=None, closes="2021-04-10"):
    row = {
        "Id": f"006{number:012d}AAA", "Name": f"Deal {number}", "OwnerId": "005000000000001AAA",
        "Owner": {"Name": "Ana"}, "Account": None, "Amount": amount, "CloseDate": closes,
    }  # fmt: skip
    return row if code is None else row | {"CurrencyIsoCode": code}


def an_org(*wins, types=(), dated=()):
    gateway = FakeGateway()
    gateway.records = {
        "Opportunity": dict(enumerate(wins)), "CurrencyType": dict(enumerate(types)),
        "DatedConversionRate": dict(enumerate(dated)),
    }  # fmt: skip
    gateway.hidden = {
        name for name, some in (("CurrencyType", types), ("DatedConversionRate", dated)) if not some
    }
    return gateway


def found(gateway):
    return {
        deal.opportunity_id[3:15].lstrip("0"): deal.amount for deal in won_deals(gateway, RULES)
    }


USD, EUR, JPY = a_type("USD", 1, corporate=True), a_type("EUR", 0.8), a_type("JPY", 110.123456)


def test_an_org_with_one_currency_is_asked_as_before():
    gateway = an_org(a_win(1, 150_000))
    assert found(gateway) == {"1": 150_000}
    assert gateway.queries[-1].endswith("WHERE IsWon = true AND Amount >= 100000")
    assert "CurrencyIsoCode" not in gateway.queries[-1]


def test_amounts_are_compared_in_corporate_currency():
    wins = [
        a_win(1, 100_000, "USD"), a_win(2, 80_000, "EUR"), a_win(3, 79_999.99, "EUR"),
        a_win(4, 1_000_000, "JPY"), a_win(5, 99_999_999, "JPY"), a_win(6, 10**9, "CHF"),
    ]  # fmt: skip
    gateway = an_org(*wins, types=(USD, EUR, JPY))
    yen = (Decimal(99_999_999) / Decimal("110.123456")).quantize(Decimal("0.01"))
    assert found(gateway) == {"1": 100_000, "2": 100_000, "5": yen}
    asked = gateway.queries[-1].split(" WHERE ")[1]
    assert "(CurrencyIsoCode = 'EUR' AND Amount >= 79999.99)" in asked
    assert "(CurrencyIsoCode = 'USD' AND Amount >= 99999.99)" in asked
    assert "CHF" not in asked


def test_the_rate_of_the_close_date_holds():
    dated = [
        {"IsoCode": "EUR", "ConversionRate": rate, "StartDate": starts}
        for rate, starts in ((0.5, "2021-01-01"), (1, "2021-03-01"))
    ]
    wins = [
        a_win(1, 60_000, "EUR", "2021-02-28"), a_win(2, 60_000, "EUR", "2021-03-01"),
        a_win(3, 60_000, "EUR", "2020-12-31"), a_win(4, 80_000, "EUR", "2020-12-31"),
    ]  # fmt: skip
    gateway = an_org(*wins, types=(USD, EUR), dated=dated)
    assert found(gateway) == {"1": 120_000, "4": 100_000}
    assert "(CurrencyIsoCode = 'EUR' AND Amount >= 49999.99)" in gateway.queries[-1]


def test_without_a_corporate_currency_somebody_must_act():
    with pytest.raises(AdminActionNeededError, match="no single corporate one"):
        read_rates(an_org(types=(EUR, JPY)))


@given(
    st.decimals("0.01", "9999999999", places=2), st.decimals("0.000001", "99999", places=6),
    st.decimals("1", "99999999", places=2),
)  # fmt: skip
def test_whatever_reaches_the_bound_is_asked_for(amount, rate, least):
    rates = Rates("USD", {"EUR": ((date.min, rate),)})
    bound = Decimal(rates.condition(least).split(">= ")[1].rstrip(")"))
    if rates.converted(amount, "EUR", CLOSED) >= least:
        assert amount >= bound


def test_deals_of_an_org_with_several_currencies_say_the_corporate_one():
    (deal,) = won_deals(an_org(a_win(1, 200_000, "EUR"), types=(USD, EUR)), RULES)
    assert (deal.amount, deal.currency) == (250_000, "USD")
    (deal,) = won_deals(an_org(a_win(1, 200_000)), RULES)
    assert deal.currency is None
