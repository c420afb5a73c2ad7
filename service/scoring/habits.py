"""How far use has become a habit, over eight weeks: for a team as shares, for a person alone as a word.

    habit         75 or more in at least six of the eight weeks
    not started   below 40 in at least six of them, while there to be scored
    forming       neither

One reading shows one day, so this needs the scores that an org keeps of each week: with fewer than
eight of them nobody is in any group, and a report of an export names the gap (`report.history`). What is usual (20 / 60 / 20) stands beside a team's shares, and
nobody is ever put into a group to make the shares come out so.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from service.scoring.rounding import apportion

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Habit = Literal["habit", "forming", "not_started"]
HABITS: tuple[Habit, ...] = ("habit", "forming", "not_started")
USUAL = (20, 60, 20)  #: percents of HABITS that are said to be usual
WEEKS, OFTEN = 8, 6
HABIT_FROM, NOT_STARTED_BELOW = Decimal(75), Decimal(40)
#: Below so many people in it a team has no mix; below so many where nobody may be named.
TEAM_LEAST, AGGREGATE_LEAST = 5, 10


@dataclass(frozen=True, slots=True)
class Mix:
    """A team's people by group, in the order of HABITS. Percents add up to 100."""

    counts: tuple[int, int, int]
    percents: tuple[int, int, int]
    unknown: int  #: people of whom too few weeks are known


def habit_of(weekly: Sequence[Decimal | None]) -> Habit | None:
    """The group of one person by their scores of eight weeks, the newest last.

    None in a week: they were away, or not scored for another reason, which is no sign of not having
    started. Only the last eight weeks count. None altogether when there are fewer, or fewer than six
    of them with a score.
    """
    last = weekly[-WEEKS:]
    known = [score for score in last if score is not None]
    if len(last) < WEEKS or len(known) < OFTEN:
        return None
    if sum(score >= HABIT_FROM for score in known) >= OFTEN:
        return "habit"
    if sum(score < NOT_STARTED_BELOW for score in known) >= OFTEN:
        return "not_started"
    return "forming"


def mix_of(habits: Iterable[Habit | None], *, aggregate_only: bool = False) -> Mix | None:
    """The mix of a team, from its people and never from the mixes of teams below it.

    None below 5 people with a group, or 10 where nobody may be named. There it is None as well where
    a group holds somebody, but fewer than 10: its share would say of few people what they are like.
    """
    found = list(habits)
    counts = tuple(found.count(one) for one in HABITS)
    least = AGGREGATE_LEAST if aggregate_only else TEAM_LEAST
    if sum(counts) < least:
        return None
    if aggregate_only and any(0 < count < least for count in counts):
        return None
    percents = apportion([100 * count for count in counts], sum(counts), 100)
    habit, forming, not_started = counts
    first, second, third = percents
    return Mix((habit, forming, not_started), (first, second, third), found.count(None))
