"""The evidence rule: when a total lies below a minimum by more than chance alone would do.

And its own false flags: how often it flags somebody whose true rate is exactly the minimum. Nobody
who truly meets a minimum is flagged more often than that, so it is the figure that every flag shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from math import exp, fsum, isqrt, lcm, lgamma, log, log1p
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: One-sided 90 % of the normal distribution.
NORMAL_90 = Fraction(128, 100)
_SQUARE = NORMAL_90**2
#: Weekly counts of people vary more than pure chance: variance = mean + mean^2 / 20.
DISPERSION = 20


@dataclass(frozen=True, slots=True)
class Chance:
    """How often the rule flags somebody who is exactly at a minimum, 0 to 1, in one window."""

    dispersed: float  #: counts as people's weeks vary
    by_luck: float  #: if nothing but luck moved them


def is_below(total: int, minimum: Fraction, unit: Fraction | int = 1) -> bool:
    """Whether T + 1.28 x sqrt(T) + 0.5 < minimum, exactly, for acts of one unit each.

    Amounts have the unit of a typical deal: T and the minimum are then numbers of such deals.
    """
    # In whole numbers, which are several times as fast as fractions.
    below, size, share = minimum.denominator, unit.numerator, unit.denominator
    parts = 2 * below * share
    gap = 2 * minimum.numerator * share - total * parts - size * below  # x parts
    if gap <= 0:
        return False
    spread = _SQUARE.numerator * total * size * parts**2
    return spread < _SQUARE.denominator * share * gap**2


@lru_cache(maxsize=4096)
def most_flagged(minimum: Fraction) -> int:
    """The highest number of acts that is flagged against a pro-rated minimum; -1: not even none."""
    if not is_below(0, minimum):
        return -1
    # A start nearby; the exact rule alone decides.
    total = max(0, int(minimum) - isqrt(2 * int(minimum) + 2) - 2)
    while is_below(total + 1, minimum):
        total += 1
    while not is_below(total, minimum):
        total -= 1
    return total


class TypicalDeals:
    """The size of deal that carries the amounts of a window: sum of squares by sum.

    A sum of deals that come by chance has the sum of their squares as its variance, so in units of
    this size it varies as a count does: https://en.wikipedia.org/wiki/Compound_Poisson_distribution
    Several deals of one day are taken as equal. Amounts and numbers of deals come day by day.
    """

    def __init__(self, amounts: Sequence[int], deals: Sequence[int]) -> None:
        pairs = list(zip(amounts, deals, strict=True))
        self._parts = lcm(*{number for number in deals if number})
        squares = (one * one * (self._parts // number) if number else 0 for one, number in pairs)
        self._deals, self._amounts = _sums(deals), _sums(amounts)
        self._squares = _sums(squares)

    def deals(self, start: int, stop: int) -> int:
        """How many deals the days between two positions have."""
        return self._deals[stop] - self._deals[start]

    def typical(self, start: int, stop: int) -> Fraction | None:
        """The typical deal of the days between two positions; None without any amount."""
        total = self._amounts[stop] - self._amounts[start]
        squares = self._squares[stop] - self._squares[start]
        return Fraction(squares, self._parts * total) if total else None


def _sums(numbers: Iterable[int]) -> list[int]:
    """The sums before each number, and of all of them."""
    return list(accumulate(numbers, initial=0))


def chance_of_flag(minimum: Fraction, weeks: Fraction, most: int) -> Chance:
    """The chance of at most `most` acts in so many weeks, if `minimum` are expected in all.

    *Dispersed*: each week is negative binomial with dispersion 20, as in the simulation of the
    rule, so that their sum is negative binomial with 20 x weeks. *By luck*: Poisson. Both are
    summed term by term, smallest first; no approximation.
    """
    return _chance(float(minimum), float(DISPERSION * weeks), most)


@lru_cache(maxsize=4096)
def _chance(mean: float, size: float, most: int) -> Chance:
    if most < 0 or mean <= 0 or size <= 0:
        return Chance(0.0, 0.0)
    luck = [exp(count * log(mean) - mean - lgamma(count + 1)) for count in range(most + 1)]
    at_size = size * -log1p(mean / size)  # log of (size / (size + mean)) ** size
    success = log(mean) - log(mean + size)
    dispersed = [
        exp(lgamma(size + n) - lgamma(size) - lgamma(n + 1) + at_size + n * success)
        for n in range(most + 1)
    ]
    return Chance(min(1.0, fsum(dispersed)), min(1.0, fsum(luck)))
