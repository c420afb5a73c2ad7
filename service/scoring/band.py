"""The band: how far chance alone may move a score, as the half-width of a 90 % interval."""

from __future__ import annotations

from decimal import Context
from fractions import Fraction
from typing import TYPE_CHECKING

from service.scoring.credit import weight_of
from service.scoring.rounding import from_units, units

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from service.scoring.credit import Credit

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
    n = credit.tally.eligible
    p = (credit.tally.good + Fraction(1, 2)) / (n + 1)
    return p * (1 - p) / n


def band(credits_in_order: Sequence[Credit]) -> Decimal:
    """1.645 standard errors in score points, one decimal. Some weight must be scorable."""
    total = weight_of(credits_in_order)
    squared = sum(
        ((100 * credit.weight / total) ** 2 * variance(credit) for credit in credits_in_order),
        Fraction(0),
    )
    tenths_squared = (NORMAL_90 * 10) ** 2 * squared
    context = Context(prec=28)  # our own, so that no caller's context changes a band
    root = context.divide(tenths_squared.numerator, tenths_squared.denominator).sqrt(context)
    return _tenths(root)


def _tenths(root: Decimal) -> Decimal:
    return from_units(units(Fraction(root), 0), 1)
