"""The evidence rule and its own false flags, against independent counts."""

from fractions import Fraction
from math import comb, exp, factorial, sqrt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.scoring.evidence_rule import (
    TypicalDeals,
    chance_of_flag,
    is_below,
    most_flagged,
)

MINIMUMS = st.fractions(0, 2000, max_denominator=97)


@pytest.mark.parametrize(("total", "flagged"), [(0, True), (87, True), (88, False), (100, False)])
def test_four_weeks_of_25_calls_are_flagged_up_to_87(total, flagged):
    # 87 + 1.28 x sqrt(87) + 0.5 = 99.44, 88 + 1.28 x sqrt(88) + 0.5 = 100.51
    assert is_below(total, Fraction(100)) is flagged


@given(MINIMUMS, st.integers(0, 2000))
def test_the_rule_is_the_formula(minimum, total):
    assert (
        is_below(total, minimum) == (total + 1.28 * sqrt(total) + 0.5 < minimum)
        or abs(total + 1.28 * sqrt(total) + 0.5 - minimum) < 1e-9
    )


@given(MINIMUMS)
def test_the_highest_flagged_total_is_the_last_one_that_is_below(minimum):
    most = most_flagged(minimum)
    assert most == -1 or is_below(most, minimum)
    assert not is_below(most + 1, minimum)


@given(MINIMUMS, st.integers(0, 500), st.integers(0, 5))
def test_one_more_act_never_brings_a_flag(minimum, total, more):
    assert is_below(total, minimum) or not is_below(total + more, minimum)


@given(st.fractions(1, 50, max_denominator=7), st.integers(0, 50), st.integers(1, 10**6))
def test_amounts_are_judged_in_typical_deals(minimum, deals, size):
    assert is_below(deals * size, minimum * size, size) == is_below(deals, minimum)


def test_a_typical_deal_is_the_one_that_carries_the_amount():
    assert typical([5, 5, 5], [1, 1, 1]) == 5
    assert typical([10, 0, 5], [2, 0, 1]) == 5
    assert typical([1, 99], [1, 1]) == Fraction(1 + 99 * 99, 100)
    assert typical([], []) is None
    assert typical([0], [3]) is None


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(1, 9)), min_size=4, max_size=20))
def test_a_window_has_the_typical_deal_of_its_own_days(rows):
    amounts, deals = zip(*rows, strict=True)
    whole, end = TypicalDeals(amounts, deals), len(rows) - 2
    assert whole.typical(1, end) == typical(amounts[1:end], deals[1:end])
    assert whole.deals(1, end) == sum(deals[1:end])


def typical(amounts, deals):
    """By the definition: the sum of the squares by the sum, of all days."""
    each = [Fraction(one, number) for one, number in zip(amounts, deals, strict=True) if number]
    pairs = list(zip(each, [number for number in deals if number], strict=True))
    found = TypicalDeals(amounts, deals).typical(0, len(amounts))
    total = sum((one * number for one, number in pairs), Fraction(0))
    assert found == (sum(one * one * number for one, number in pairs) / total if total else None)
    return found


@pytest.mark.parametrize(("minimum", "most"), [(100, 87), (40, 32), (16, 11), (4, 1), (1, 0)])
def test_by_luck_is_the_poisson_sum(minimum, most):
    expected = sum(exp(-minimum) * minimum**n / factorial(n) for n in range(most + 1))
    found = chance_of_flag(Fraction(minimum), Fraction(4), most)
    assert found.by_luck == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("minimum", "most"), [(100, 87), (40, 32), (16, 11)])
def test_dispersed_is_the_sum_of_four_negative_binomial_weeks(minimum, most):
    # One week: 20 failures, so the number of ways is a binomial coefficient of whole numbers.
    mean = Fraction(minimum, 4)
    share = mean / (mean + 20)
    week = [float(comb(n + 19, n) * share**n * (1 - share) ** 20) for n in range(most + 1)]
    total = [1.0, *[0.0] * most]
    for _ in range(4):
        total = [sum(total[k] * week[n - k] for k in range(n + 1)) for n in range(most + 1)]
    found = chance_of_flag(Fraction(minimum), Fraction(4), most)
    assert found.dispersed == pytest.approx(sum(total), rel=1e-9)


def test_the_chances_are_those_of_drawn_weeks():
    chance, draws = Random(7), 4000  # noqa: S311 - a simulation
    flagged = 0
    for _ in range(draws):
        rates = [chance.gammavariate(20, 10 / 20) for _ in range(4)]
        total = sum(poisson(rate, chance) for rate in rates)
        flagged += is_below(total, Fraction(40))
    found = chance_of_flag(Fraction(40), Fraction(4), most_flagged(Fraction(40))).dispersed
    assert flagged / draws == pytest.approx(found, abs=4 * sqrt(found / draws))


def poisson(mean, chance):
    count, left = 0, exp(-mean)
    share = total = left
    drawn = chance.random()
    while total < drawn:
        count += 1
        share *= mean / count
        total += share
    return count


@given(MINIMUMS, st.integers(1, 26))
def test_chances_are_chances_and_more_spread_flags_more_of_those_who_meet_it(minimum, weeks):
    found = chance_of_flag(minimum, Fraction(weeks), most_flagged(minimum))
    assert 0 <= found.by_luck <= 1
    assert 0 <= found.dispersed <= 1
    if minimum >= 8:
        assert found.dispersed > found.by_luck
