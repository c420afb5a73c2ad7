"""The band: how far chance alone may move a score, as the half-width of a 90 % interval."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt, lcm
from typing import TYPE_CHECKING

from service.scoring.rounding import from_units

if TYPE_CHECKING:
    from decimal import Decimal

    from service.scoring.credit import Credit
    from service.scoring.reckoning import Reckoning

NORMAL_90 = Fraction(1645, 1000)  #: two-sided 90 % of the normal distribution


def variance(credit: Credit) -> Fraction:
    """The variance of one credit.

    A count of x acts has variance x (Poisson), so credit a = x / expected has
    x / expected^2 = a / expected (which is a / x times a); a full credit is capped and does not
    move. A share has p (1 - p) / n with Jeffreys' prior, p = (good + 1/2) / (n + 1), which
    keeps 5 of 5 from claiming certainty. See https://en.wikipedia.org/wiki/Jeffreys_prior
    """
    value = credit.value
    if value is None:
        return Fraction(0)
    if credit.expected is not None:
        return value / credit.expected if value < 1 else Fraction(0)
    n, twice_good = credit.tally.eligible, 2 * credit.tally.good + 1
    return Fraction(twice_good * (2 * n + 2 - twice_good), 4 * n * (n + 1) ** 2)


def band(reckoning: Reckoning) -> Decimal:
    """1.645 standard errors in score points, one decimal. Some weight must be scorable."""
    variances = [variance(credit) for credit in reckoning.credits]
    denominator = lcm(*(one.denominator for one in variances))
    squares = sum(
        weight * weight * one.numerator * (denominator // one.denominator)
        for weight, one in zip(reckoning.weights, variances, strict=True)
    )
    # The band in tenths is the root of this quotient; doubled, its whole part tells where to round.
    quotient = (
        (10 * 100 * NORMAL_90.numerator) ** 2 * squares,
        (NORMAL_90.denominator * sum(reckoning.weights)) ** 2 * denominator,
    )
    return from_units((isqrt(4 * quotient[0] // quotient[1]) + 1) // 2, 1)
