"""Rates with their intervals, and medians with the tail cut off."""

from __future__ import annotations

import statistics
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.report.rates import median_hours, rate, tail_starts


@pytest.mark.parametrize(
    ("good", "cases", "percent", "low", "high"),
    [
        # the worked examples of Newcombe, https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8%3C857::AID-SIM777%3E3.0.CO;2-E
        (81, 263, "30.8", "25.5", "36.6"),
        (15, 148, "10.1", "6.2", "16.0"),
        (0, 20, "0.0", "0.0", "16.1"),
        (1, 29, "3.4", "0.6", "17.2"),
        (20, 20, "100.0", "83.9", "100.0"),  # the mirror of 0 of 20
    ],
)
def test_a_rate_has_wilsons_interval(good, cases, percent, low, high):
    found = rate(good, cases)
    assert (found.percent, found.low, found.high) == tuple(map(Decimal, (percent, low, high)))


def test_a_rate_of_few_cases_is_refused():
    assert rate(19, 19).percent is None
    assert rate(0, 0).percent is None
    assert rate(3, 3, at_least=3).percent == 100


@given(st.integers(20, 5000), st.data())
def test_the_interval_holds_the_rate(cases, data):
    good = data.draw(st.integers(0, cases))
    found = rate(good, cases)
    assert 0 <= found.low <= found.percent <= found.high <= 100


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=200))
def test_the_tail_starts_at_the_value_that_95_of_100_do_not_exceed(times):
    at = tail_starts(times)
    assert at in times
    assert sum(one <= at for one in times) * 100 >= 95 * len(times)
    assert sum(one < at for one in times) * 100 < 95 * len(times)


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=200), st.integers(0, 10**7))
def test_a_median_is_that_of_the_times_with_the_tail_cut_off(times, at_most):
    cut = [min(one, at_most) for one in times]
    expected = statistics.median_low(cut) + statistics.median_high(cut)
    assert abs(median_hours(times, at_most) - Decimal(expected) / 7200) <= Decimal("0.05")


def test_nothing_has_no_median():
    assert median_hours([], None) is None
    assert tail_starts([]) is None
