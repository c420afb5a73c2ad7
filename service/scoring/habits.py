"""The mix of habits: who keeps a good score over weeks, who is on the way, who has not started.

By criteria, never by rank (specification 4.4): over eight weeks, *habit* is 75 or more in six of
them, *not started* is below 40 in six, *forming* is neither. Weeks without a score are weeks in
which nobody could be judged; who has fewer than six is not in the mix.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WEEKS: Final = 8
#: Percents of people that are said to be usual: habit, forming, not started.
USUAL: Final = (20, 60, 20)
_ENOUGH: Final = 6
_GOOD, _LOW = Decimal(75), Decimal(40)
_PEOPLE_AT_LEAST: Final = 10  #: below it, a percent would tell of persons


@dataclass(frozen=True, slots=True)
class Mix:
    """Whole percents of the people whose weeks could be judged; they add up to 100."""

    habit: int
    forming: int
    not_started: int


def mix(people: Iterable[Sequence[Decimal]]) -> Mix | None:
    """The mix of these people's weekly scores of eight weeks; None where too few can be judged."""
    judged = [weeks for weeks in people if len(weeks) >= _ENOUGH]
    if len(judged) < _PEOPLE_AT_LEAST:
        return None
    habit = sum(sum(one >= _GOOD for one in weeks) >= _ENOUGH for weeks in judged)
    not_started = sum(sum(one < _LOW for one in weeks) >= _ENOUGH for weeks in judged)
    shares = [round(100 * count / len(judged)) for count in (habit, not_started)]
    return Mix(shares[0], 100 - sum(shares), shares[1])
