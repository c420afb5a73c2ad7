"""Bunching: more just over a published limit than just under it, beyond what chance explains.

Whoever publishes a limit (a minimum of calls, an amount that is announced) draws effort to its
upper side; some of it is on paper only. So the numbers in the bin just above are compared with
those just below. Without bunching, each of them is as likely to lie above as chance has it: one
half, or more where the numbers rise there anyway, which the next bins on both sides tell (their
logarithms are taken to lie on a line, as density tests around a cut-off do: McCrary, Journal of
Econometrics 142 (2008), https://doi.org/10.1016/j.jeconom.2007.05.005). The probability is the
exact upper tail of the binomial distribution.

It is a finding about a company. It says nothing about any one person: most of those just over a
limit are there by their work.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

#: Below this probability chance is hardly the reason; below the second it may not be.
HARDLY_CHANCE, PERHAPS = 0.001, 0.05
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Bins:
    """How many numbers lie in four bins of equal width around a limit, the lowest first."""

    far_below: int
    below: int
    above: int
    far_above: int


@dataclass(frozen=True, slots=True)
class Bunching:
    """The numbers around one limit. `what` is the name of a measure, or of a rule for big deals."""

    what: str
    limit: Decimal
    bins: Bins
    share: float  #: of `above` among the two next to the limit that chance would give
    probability: float  #: of so many above, or more, by chance
    people: tuple[int, int] = (0, 0)  #: whose numbers lie just under the limit, and just over it

    @property
    def n(self) -> int:
        """How many numbers the probability rests on."""
        return self.bins.below + self.bins.above

    @property
    def is_found(self) -> bool:
        """Whether chance is hardly the reason."""
        return self.probability < HARDLY_CHANCE

    @property
    def is_possible(self) -> bool:
        """Whether chance may not be the reason."""
        return self.probability < PERHAPS


def judge(what: str, limit: Decimal, bins: Bins, people: tuple[int, int] = (0, 0)) -> Bunching:
    """How likely the numbers around a limit are."""
    share = _share(bins)
    probability = upper_tail(bins.above, bins.below + bins.above, share)
    return Bunching(what, limit, bins, share, probability, people)


def _share(bins: Bins) -> float:
    """What chance gives the upper bin: a half, or more where the numbers rise there.

    The steps from bin to bin are alike, so one of them is a third of the way between the outer
    two; half a case is added to each, so that an empty bin has a logarithm.
    """
    rise = exp((log(bins.far_above + _HALF) - log(bins.far_below + _HALF)) / 3)
    return max(_HALF, rise / (1 + rise))


def upper_tail(at_least: int, n: int, share: float) -> float:
    """The probability of `at_least` or more of n where each has that share. 1 for n = 0.

    Raises ValueError for a share that is not between 0 and 1.
    """
    if not 0 < share < 1:
        raise ValueError(f"A share lies between 0 and 1, not at {share}.")
    if at_least <= 0:
        return 1.0
    odds, total = share / (1 - share), 0.0
    term = exp(
        lgamma(n + 1) - lgamma(at_least + 1) - lgamma(n - at_least + 1)
        + at_least * log(share) + (n - at_least) * log(1 - share)
    )  # fmt: skip
    for count in range(at_least, n + 1):
        total += term
        term *= odds * (n - count) / (count + 1)
    return min(1.0, total)
