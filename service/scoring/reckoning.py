"""All credits of one person in whole numbers of one common part, so that sums are exact and cheap.

Every weight and every weight x credit is a fraction; brought to one denominator, a score is a
division of two whole numbers, and nothing is ever rounded on the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.scoring.credit import Credit


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Weights and earned weights of credits, each in parts of which one point has `parts`."""

    credits: tuple[Credit, ...]
    parts: int
    weights: tuple[int, ...]
    earned: tuple[int, ...]  #: weight x credit

    @property
    def weight(self) -> Fraction:
        """The scorable weight in all, in points."""
        return Fraction(sum(self.weights), self.parts)

    @property
    def score(self) -> Fraction:
        """100 x sum(w x a) / sum(w): missing weight is spread by the division, never a zero."""
        return Fraction(100 * sum(self.earned), sum(self.weights))


def reckon(credits_in_order: Sequence[Credit]) -> Reckoning:
    """The credits on one denominator."""
    earned = [credit.earned for credit in credits_in_order]
    parts = lcm(
        *(credit.weight.denominator for credit in credits_in_order),
        *(one.denominator for one in earned),
    )
    return Reckoning(
        tuple(credits_in_order),
        parts,
        tuple(_in(parts, credit.weight) for credit in credits_in_order),
        tuple(_in(parts, one) for one in earned),
    )


def _in(parts: int, value: Fraction) -> int:
    return value.numerator * (parts // value.denominator)
