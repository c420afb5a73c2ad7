from decimal import Decimal, localcontext
from fractions import Fraction
from math import sqrt

import pytest

from service.scoring.band import NORMAL_90, variance
from service.scoring.credit import Credit, Tally
from service.scoring.result import ComponentResult
from service.scoring.word import word_for
from tests.scoring.builders import default_rules, score, some_evidence

CALLS, DEALS = default_rules().measures[1], default_rules().measures[3]


def count(done, expected):
    return Credit(CALLS, Fraction(15), Tally(done=done), expected=Fraction(expected))


def share(good, eligible):
    return Credit(DEALS, Fraction(20), Tally(good=good, eligible=eligible))


@pytest.mark.parametrize(
    ("credit", "expected"),
    [
        (count(60, 100), "60/10000"),
        (count(9, 30), "9/900"),
        (count(0, 100), "0"),
        (count(100, 100), "0"),
        (count(180, 100), "0"),
        (share(9, 14), Fraction(19, 30) * Fraction(11, 30) / 14),
        (share(5, 5), Fraction(11, 12) * Fraction(1, 12) / 5),
        (Credit(DEALS, Fraction(0), Tally(), why_not="None."), "0"),
    ],
)
def test_variance_of_a_credit(credit, expected):
    assert variance(credit) == Fraction(expected)


def test_the_band_adds_weighted_variances_in_score_points():
    p = 9.5 / 15
    spread = (
        (100 * 15 / 65) ** 2 * (60 / 100**2)
        + (100 * 15 / 65) ** 2 * (30 / 40**2)
        + (100 * 20 / 65) ** 2 * (p * (1 - p) / 14)
    )
    band = score(some_evidence(calls=60, meetings=30, good=9, eligible=14)).band
    assert float(band) == pytest.approx(1.645 * sqrt(spread), abs=0.05)
    assert str(band) == "8.8"


def test_the_interval_is_the_one_of_ninety_percent():
    assert Fraction("1.645") == NORMAL_90


def test_a_callers_decimal_context_changes_no_band():
    with localcontext() as context:
        context.prec = 1
        band = score(some_evidence()).band
    assert band == score(some_evidence()).band


def parts(*scores):
    return [
        ComponentResult("c", "C", Decimal(10), None if s is None else Decimal(s)) for s in scores
    ]


@pytest.mark.parametrize(
    ("value", "components", "word"),
    [
        ("100.0", ["100.0"], "On track"),
        ("80.0", ["50.0", "90.0"], "On track"),
        ("79.9", ["79.9"], "Building"),
        ("95.0", ["49.9", "100.0"], "Building"),
        ("80.0", [None, "80.0"], "On track"),
        ("50.0", ["50.0"], "Building"),
        ("50.0", ["0.0", "100.0"], "Building"),
        ("49.9", ["49.9"], "Needs help"),
        ("49.9", ["100.0"], "Needs help"),
        ("0.0", ["0.0"], "Needs help"),
    ],
)
def test_words(value, components, word):
    assert word_for(Decimal(value), parts(*components), default_rules()) == word


def test_the_limits_of_the_words_come_from_the_rule_set():
    rules = default_rules(on_track_at=70, building_at=40)
    assert word_for(Decimal("70.0"), parts("40.0"), rules) == "On track"
    assert word_for(Decimal("40.0"), parts("39.9"), rules) == "Building"


def test_a_strong_score_with_a_weak_component_is_only_building():
    result = score(some_evidence(calls=100, meetings=40, good=5, eligible=14))
    assert result.value >= 80
    assert result.word == "Building"
