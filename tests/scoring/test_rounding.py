from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.scoring.rounding import apportion, plain, published


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [("12.35", 1, "12.4"), ("12.349", 1, "12.3"), ("0", 1, "0.0"), ("100", 1, "100.0"), ("1/3", 4, "0.3333"), ("0.05", 1, "0.1")],
)  # fmt: skip
def test_halves_are_published_upwards(value, places, expected):
    assert str(published(Fraction(value), places)) == expected


def test_the_callers_decimal_context_changes_nothing():
    with localcontext() as context:
        context.prec = 2
        assert str(published(Fraction(123456, 10), 1)) == "12345.6"


@pytest.mark.parametrize(
    ("number", "text"),
    [("60", "60"), ("57.60", "57.6"), ("0", "0"), ("100", "100"), ("34.375", "34.38"), ("1000", "1000")],
)  # fmt: skip
def test_numbers_in_sentences_have_no_idle_zeros(number, text):
    assert plain(Decimal(number)) == text


def test_the_largest_remainder_gets_the_rest_and_ties_go_to_the_earlier():
    assert apportion([10, 10, 10], 3, 10) == [4, 3, 3]
    assert apportion([12, 17, 11], 10, 4) == [1, 2, 1]


@given(
    st.lists(st.integers(0, 100_000), min_size=1, max_size=9), st.integers(1, 999), st.booleans()
)
def test_apportioned_parts_add_up_and_stay_beside_the_exact_ones(numerators, denominator, up):
    parts = [Fraction(one, denominator) for one in numerators]
    total = sum(parts)
    whole = -(-total // 1) if up else total // 1
    given_out = apportion(numerators, denominator, int(whole))
    assert sum(given_out) == whole
    for part, count in zip(parts, given_out, strict=True):
        assert abs(part - count) < 1
        assert count == part or part.denominator > 1
