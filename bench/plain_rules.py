"""The four plain rules of the specification's table: each looks at the last weeks, once, at one measure.

They are given the whole weeks of one person, the newest last, and what was asked in each of them.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Rule = Callable[[Sequence[float], Sequence[float]], bool]


def single_week(done: Sequence[float], asked: Sequence[float]) -> bool:
    """The last week lies below the minimum."""
    return done[-1] < asked[-1]


def two_of_three(done: Sequence[float], asked: Sequence[float]) -> bool:
    """Two of the last three weeks do."""
    pairs = zip(done[-3:], asked[-3:], strict=True)
    return sum(one < minimum for one, minimum in pairs) >= 2  # noqa: PLR2004 - its name


def four_weeks(done: Sequence[float], asked: Sequence[float]) -> bool:
    """The sum of the last four weeks lies below what was asked in them."""
    return sum(done[-4:]) < sum(asked[-4:])


def upper_bound(done: Sequence[float], asked: Sequence[float]) -> bool:
    """Its upper bound does."""
    total = sum(done[-4:])
    return total + 1.28 * sqrt(total) + 0.5 < sum(asked[-4:])


PLAIN: dict[str, Rule] = {
    "single week below minimum": single_week,
    "2 of 3 weeks": two_of_three,
    "4-week sum below 4x": four_weeks,
    "4-week upper bound below 4x": upper_bound,
}
