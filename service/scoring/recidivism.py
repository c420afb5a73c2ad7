"""Whether exceptions come back less often after somebody acted: counts by kind of action.

The arm to compare with is the exceptions on which nobody acted: many clear by themselves, and a
before and after would take that for a success. Only what cleared so long ago that a return would
have shown is counted. There is no verdict below so many in both arms that a fall from 50 to 25 %
would be seen with a chance of 80 %, and none of cause: nobody drew by lot who was acted on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from service.scoring.rounding import published

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

#: Of each arm: 80 % power to see 50 % against 25 %, two-sided 5 %.
VERDICT_AT_LEAST = 58
_NORMAL_95 = Fraction(1_959_964, 1_000_000)  #: two-sided 95 % of the normal distribution

Verdict = Literal["too few", "no difference", "less often", "more often"]


@dataclass(frozen=True, slots=True)
class Ended:
    """An exception that cleared."""

    cleared_on: date
    came_back: bool  #: it was flagged anew within the weeks that count as a return
    acts: frozenset[str]  #: kinds of action recorded before it cleared; empty: nobody acted


@dataclass(frozen=True, slots=True)
class Arm:
    """Exceptions that were treated alike."""

    action: str | None  #: None: nobody acted
    cleared: int
    came_back: int

    @property
    def share(self) -> Fraction:
        """The share that came back; 0 for none at all."""
        return Fraction(self.came_back, self.cleared) if self.cleared else Fraction(0)

    @property
    def interval(self) -> tuple[Fraction, Fraction]:
        """The 95 % interval of Wilson.

        https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval
        """
        if not self.cleared:
            return Fraction(0), Fraction(1)
        share, cases, z2 = self.share, self.cleared, _NORMAL_95**2
        middle = share + z2 / (2 * cases)
        spread = _NORMAL_95 * _root(share * (1 - share) / cases + z2 / (4 * cases**2))
        low, high = ((middle + sign * spread) / (1 + z2 / cases) for sign in (-1, 1))
        return max(min(low, share), Fraction(0)), min(max(high, share), Fraction(1))  # as rounded

    @property
    def percent(self) -> tuple[Decimal, Decimal, Decimal]:
        """Share, and the ends of its interval, in per cent with one decimal."""
        low, high = self.interval
        share, first, last = (published(100 * one, 1) for one in (self.share, low, high))
        return share, first, last


def arms(ended: Iterable[Ended], as_of: date, recurs_within_weeks: int) -> list[Arm]:
    """The arm on which nobody acted, then each kind of action by name.

    An exception with several kinds of action counts for each of them.
    """
    since = as_of - timedelta(weeks=recurs_within_weeks)
    followed = [one for one in ended if one.cleared_on <= since]
    kinds = sorted({kind for one in followed for kind in one.acts})
    alone = _arm(None, [one for one in followed if not one.acts])
    return [alone, *(_arm(kind, [one for one in followed if kind in one.acts]) for kind in kinds)]


def verdict(acted: Arm, nobody: Arm) -> Verdict:
    """What may be said of an arm beside the one on which nobody acted.

    By Newcombe's 95 % interval of the difference, from both arms' intervals of Wilson:
    https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8%3C873::AID-SIM779%3E3.0.CO;2-I
    """
    if min(acted.cleared, nobody.cleared) < VERDICT_AT_LEAST:
        return "too few"
    (low, high), (low0, high0) = acted.interval, nobody.interval
    apart = acted.share - nobody.share
    lowest = apart - _root((acted.share - low) ** 2 + (high0 - nobody.share) ** 2)
    highest = apart + _root((high - acted.share) ** 2 + (nobody.share - low0) ** 2)
    if lowest <= 0 <= highest:
        return "no difference"
    return "less often" if highest < 0 else "more often"


def _arm(action: str | None, some: list[Ended]) -> Arm:
    return Arm(action, len(some), sum(one.came_back for one in some))


def _root(value: Fraction) -> Fraction:
    """The square root to 28 digits, in a context of our own so that no caller's changes it."""
    context = Context(prec=28)
    number = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    return Fraction(context.sqrt(number))
