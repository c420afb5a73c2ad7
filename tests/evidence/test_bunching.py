"""Numbers around a limit: the exact binomial tail, and a slope that is no bunching."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.evidence.gaming_bunching import Bins, judge, upper_tail


def exact(at_least, n, share):
    """The tail by whole numbers."""
    p = Fraction(share)
    terms = (comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(at_least, n + 1))
    return float(sum(terms, Fraction(0)))


@given(st.integers(0, 120), st.integers(0, 120), st.sampled_from([0.5, 0.25, 0.5625]))
def test_the_tail_is_that_of_the_binomial_distribution(above, below, share):
    n = above + below
    assert upper_tail(above, n, share) == pytest.approx(exact(above, n, share), rel=1e-9)


def test_the_tail_of_many_is_neither_nothing_nor_more_than_one():
    assert upper_tail(50_000, 100_000, 0.5) == pytest.approx(0.50126, abs=1e-4)
    assert upper_tail(0, 0, 0.5) == 1
    with pytest.raises(ValueError, match="between 0 and 1"):
        upper_tail(1, 2, 1.0)


def test_three_times_as_many_just_over_are_hardly_chance():
    found = judge("calls", Decimal(25), Bins(20, 20, 60, 20))
    assert (found.n, found.share, found.is_found) == (80, 0.5, True)


def test_even_numbers_are_chance():
    found = judge("calls", Decimal(25), Bins(50, 50, 52, 50))
    assert not found.is_possible


def test_where_numbers_rise_anyway_more_above_is_no_bunching():
    """The limit lies far below what most people do: each bin has a fifth more than the one before."""
    rising = judge("calls", Decimal(10), Bins(1000, 1200, 1440, 1728))
    assert rising.share == pytest.approx(1.2 / 2.2, abs=1e-3)
    assert not rising.is_possible
    assert judge("calls", Decimal(10), Bins(1000, 1200, 2000, 1728)).is_found


def test_where_numbers_fall_a_half_stays_the_least():
    assert judge("amount", Decimal(1), Bins(90, 60, 60, 20)).share == 0.5


@given(st.lists(st.integers(0, 10_000), min_size=4, max_size=4))
def test_a_probability_is_one(counts):
    assert 0 <= judge("x", Decimal(1), Bins(*counts)).probability <= 1
