"""Rates with how sure they are, and times with their long tail cut off: arithmetic of the report."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from service.scoring.rounding import published

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: Below so many cases a rate says more about chance than about anybody.
CASES_AT_LEAST = 20
_NORMAL_95 = Fraction(1_959_964, 1_000_000)  #: two-sided 95 % of the normal distribution
_TAIL = Fraction(95, 100)


@dataclass(frozen=True)
class Rate:
    """So many of so many cases. `percent` and its interval are None for too few of them."""

    good: int
    cases: int
    percent: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


def rate(good: int, cases: int, at_least: int = CASES_AT_LEAST) -> Rate:
    """Per cent, and the 95 % interval of Wilson, https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval."""
    if cases < max(1, at_least):
        return Rate(good, cases)
    share, z2 = Fraction(good, cases), _NORMAL_95**2
    middle = share + z2 / (2 * cases)
    spread = _NORMAL_95 * _root(share * (1 - share) / cases + z2 / (4 * cases**2))
    low, high = ((middle + sign * spread) / (1 + z2 / cases) for sign in (-1, 1))
    return Rate(
        good, cases, *(published(100 * one, 1) for one in (share, max(low, Fraction(0)), high))
    )


def _root(value: Fraction) -> Fraction:
    """The square root to 28 digits, in a context of our own so that no caller's changes it."""
    context = Context(prec=28)
    return Fraction(
        context.divide(Decimal(value.numerator), Decimal(value.denominator)).sqrt(context)
    )


def tail_starts(times: Iterable[int]) -> int | None:
    """The 95th percentile (nearest rank): longer times count as this one. None without any."""
    ordered = sorted(times)
    return ordered[-(-len(ordered) * _TAIL.numerator // _TAIL.denominator) - 1] if ordered else None


def median_hours(seconds: Sequence[int], at_most: int | None) -> Decimal | None:
    """The median in hours, one decimal, with times above `at_most` counted as `at_most`."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    middle = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    cut = (one if at_most is None else min(one, at_most) for one in middle)
    return published(Fraction(sum(cut), 2 * 3600), 1)
