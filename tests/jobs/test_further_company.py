"""Quota, closed and commit of the company: of enough people, of one forecast, and no made-up zero."""

from __future__ import annotations

from decimal import Decimal

import pytest

from jobs.records.further import read_further
from jobs.records.further_company import OF_COMPANY
from tests.jobs.test_further import FORECASTS, QUARTER, QUOTAS, ROWS, Org, facts

FIELDS = OF_COMPANY[:3]


def told(org, *, aggregate_only=False):
    """Quota, closed and commit; and of which objects there is a gap."""
    found = read_further(org, facts(aggregate_only=aggregate_only))
    return [found.of_company[name] for name in FIELDS], [gap.object_name for gap in found.gaps]


def items(*parts, people=30):
    """Forecast items of (category, amount) or (category, amount, people)."""
    return [
        {**QUARTER, "ForecastingItemCategory": category, "people": (*of, people)[0], "amount": amount}
        for category, amount, *of in parts
    ]  # fmt: skip


def test_a_cumulative_commit_has_what_is_closed_inside():
    rows = [
        {**QUARTER, "ForecastingItemCategory": category, "people": 30, "amount": amount}
        for category, amount in (("ClosedOnly", 700), ("CommitForecast", 1000), ("OpenPipeline", 5000))
    ]  # fmt: skip
    company = read_further(Org(ForecastingItem=rows), facts()).of_company
    assert [company[name] for name in OF_COMPANY[1:3]] == [700, 300]


def test_without_quotas_the_forecast_of_most_people_is_told():
    company = read_further(Org(ForecastingQuota=[]), facts()).of_company
    assert [company[name] for name in OF_COMPANY[:3]] == [None, Decimal("700000.13"), 300000]


@pytest.mark.parametrize("small", ["ClosedOnly", "CommitOnly"])
def test_what_few_people_have_is_not_told_and_named(small):
    rows = [
        {**row, "people": 9} if row["ForecastingItemCategory"] == small else row
        for row in ROWS[FORECASTS]
    ]
    org = Org(ForecastingItem=rows)
    assert told(org, aggregate_only=True) == ([Decimal("1250000.50"), None, None], [FORECASTS])
    (gap,) = read_further(org, facts(aggregate_only=True)).gaps
    assert gap.why == "ForecastingItem has amounts of fewer than 10 people, so no forecast is told."
    assert told(org)[1] == []


def test_a_small_category_that_is_not_told_hides_nothing():
    rows = items(("ClosedOnly", 700), ("CommitOnly", 300), ("BestCaseOnly", 5, 2))
    assert told(Org(ForecastingItem=rows), aggregate_only=True) == ([Decimal("1250000.5"), 700, 300], [])  # fmt: skip


def test_quotas_of_few_people_are_not_told_and_the_forecast_of_many_is():
    few = [{**row, "people": 4} for row in ROWS[QUOTAS]]
    amounts, gaps = told(Org(ForecastingQuota=few), aggregate_only=True)
    assert (amounts, gaps) == ([None, Decimal("700000.13"), 300000], [QUOTAS])


def test_a_forecast_of_few_people_alone_is_named():
    amounts, gaps = told(Org(ForecastingQuota=[], ForecastingItem=items(("ClosedOnly", 1), people=3)), aggregate_only=True)  # fmt: skip
    assert (amounts, gaps) == ([None, None, None], [FORECASTS])


def test_a_group_without_an_amount_is_not_nothing():
    quantity = [{**row, "amount": None} for row in ROWS[QUOTAS]]
    rows = items(("ClosedOnly", None), ("CommitOnly", 300))
    assert told(Org(ForecastingQuota=quantity, ForecastingItem=rows)) == ([None, None, 300], [])
    for rows in (
        items(("ClosedOnly", None), ("CommitForecast", 300)),
        items(("ClosedOnly", None), ("CommitOnly", None)),
    ):
        assert told(Org(ForecastingItem=rows))[0][1:] == [None, None]
    rows = items(("ClosedOnly", 7), ("CommitForecast", None))
    assert told(Org(ForecastingItem=rows))[0][1:] == [7, None]


def test_a_category_that_nobody_has_is_nothing():
    assert told(Org(ForecastingItem=items(("CommitOnly", 300))))[0][1:] == [0, 300]
    assert told(Org(ForecastingItem=[]))[0][1:] == [None, None]
