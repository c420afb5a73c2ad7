"""Publishes exact fractions as decimals. The only place of this floor that rounds.

Independent of the thread's decimal context: no arithmetic is done on decimals here.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def units(value: Fraction, places: int) -> int:
    """How many units of the last place a value is, halves upwards: 12.35 at 1 place is 124."""
    return units_of(value.numerator, value.denominator, places)


def units_of(numerator: int, denominator: int, places: int) -> int:
    """The same for a quotient that nobody needs to shorten."""
    scale: int = 10**places
    return (2 * numerator * scale + denominator) // (2 * denominator)


@lru_cache(maxsize=16_384)
def from_units(count: int, places: int) -> Decimal:
    """The decimal of so many units of the last place: 124 at 1 place is 12.4."""
    return Decimal(f"{count}e-{places}")


def published(value: Fraction, places: int) -> Decimal:
    """A value rounded to so many places, halves upwards."""
    return from_units(units(value, places), places)


def apportion(numerators: Sequence[int], denominator: int, total: int) -> list[int]:
    """Whole numbers near the quotients that add up to `total`, by largest remainder.

    `total` must be the sum of the quotients rounded up or down. Ties go to the earlier one, and
    one that is whole already (0, for instance) is never raised. Method of Hamilton, see
    https://en.wikipedia.org/wiki/Quota_method.
    """
    whole = [numerator // denominator for numerator in numerators]
    left = [numerator % denominator for numerator in numerators]
    for at in sorted(range(len(left)), key=lambda at: (-left[at], at))[: total - sum(whole)]:
        whole[at] += 1
    return whole


def plain(number: Decimal | Fraction) -> str:
    """A number for a sentence: at most two decimals, none that say nothing ("60", "57.6")."""
    text = f"{published(Fraction(number), 2):f}"
    return text.rstrip("0").rstrip(".")
