"""Whether leaders stay in: the weeks of the last eight in which they did what keeps a team going.

A week counts in full when a leader used the system themselves, opened their team's view, and took
at least one action that coaches somebody. An export shows the first alone; the other two are not
known (None) until the panel is used in an org, and are never taken for a no.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.scoring.credit import FOOTPRINT_DAYS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from service.scoring.evidence import PersonEvidence

WEEKS = 8
_DAYS = 7


@dataclass(frozen=True, slots=True)
class LeaderWeek:
    """One week of a leader. None: the data cannot show it."""

    used: bool | None
    opened_view: bool | None = None
    coached: bool | None = None


@dataclass(frozen=True, slots=True)
class StayInIndex:
    """Weeks of the last eight, by part and with all that is known. None: the part is not known."""

    used: int | None
    opened_view: int | None
    coached: int | None
    index: int | None  #: weeks with every part that is known; None where none is
    is_whole: bool  #: whether all three parts are known


def weeks_used(person_evidence: PersonEvidence, as_of: date) -> tuple[bool, ...]:
    """Whether each of the last eight stretches of seven days, the last ending on a day, has a footprint.

    The oldest comes first.
    """
    series = person_evidence.of(FOOTPRINT_DAYS)
    ago = {
        (as_of - on).days // _DAYS
        for on, done in zip(series.days, series.done, strict=True)
        if done and on <= as_of
    }
    return tuple(week in ago for week in reversed(range(WEEKS)))


def stay_in(weeks: Sequence[LeaderWeek]) -> StayInIndex:
    """The index of one leader; `weeks` ascending, of which the last eight count.

    A part is known when it is known of each of these weeks.
    """
    last = weeks[-WEEKS:]
    parts = [
        [one.used for one in last],
        [one.opened_view for one in last],
        [one.coached for one in last],
    ]
    known = [part for part in parts if part and None not in part]
    used, opened_view, coached = (sum(map(bool, part)) if part in known else None for part in parts)
    index = sum(all(week) for week in zip(*known, strict=True)) if known else None
    return StayInIndex(used, opened_view, coached, index, len(known) == len(parts))
