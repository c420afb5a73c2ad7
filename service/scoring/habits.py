"""The mix of habits: who keeps a good score over weeks, who is on the way, who has not started.

By criteria, never by rank: over eight weeks, *habit* is 75 or more in six of
them, *not started* is below 40 in six, *forming* is neither. Weeks without a score are weeks in
which nobody could be judged; who has fewer than six is not in the mix.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Collection
    from decimal import Decimal

Habit = Literal["habit", "forming", "not_started"]
WEEKS: Final = 8
ENOUGH_WEEKS: Final = 6
GOOD_FROM, LOW_BELOW = 75, 40
#: Percents of people that are said to be usual: habit, forming, not started.
USUAL: Final = (20, 60, 20)
_PEOPLE_AT_LEAST: Final = 10  #: below it, a percent would tell of persons


@dataclass(frozen=True, slots=True)
class Mix:
    """Whole percents of the people whose weeks could be judged; they add up to 100."""

    habit: int
    forming: int
    not_started: int


def habit_of(scores: Collection[Decimal]) -> Habit | None:
    """How one person stands, by the scores of the weeks that had one; None: too few to say."""
    if len(scores) < ENOUGH_WEEKS:
        return None
    if sum(score >= GOOD_FROM for score in scores) >= ENOUGH_WEEKS:
        return "habit"
    low = sum(score < LOW_BELOW for score in scores)
    return "not_started" if low >= ENOUGH_WEEKS else "forming"


def mix(judged: int, habit: int, not_started: int) -> Mix | None:
    """The mix of so many people who could be judged; None where they are too few to be told of."""
    if judged < _PEOPLE_AT_LEAST:
        return None
    shares = [round(100 * count / judged) for count in (habit, not_started)]
    return Mix(shares[0], 100 - sum(shares), shares[1])
