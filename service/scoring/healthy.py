"""A single open opportunity, judged like the night judges all of them.

The night judges whole tables (`service/evidence/opportunities.py`) and keeps its *yardstick*: which
criteria its data could decide, and the limits that came out of the company's won deals. With that,
one record that somebody has just read is judged by the same definitions; a test in tests/evidence
holds the two to one verdict over random opportunities.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

#: The faults in the order in which they are told.
FAULTS: Final = (
    "close_date_past",
    "no_next_step",
    "stage_too_old",
    "amount_missing",
    "pushed_twice",
)


@dataclass(frozen=True, slots=True)
class Limit:
    """How long opportunities may stay in a stage, for customers of one size (None: unknown size)."""

    segment: str | None
    stage: str
    days: int


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What a night judged opportunities by. The defaults are those of the rules."""

    criteria: tuple[str, ...] = (
        "close_date_past",
        "no_next_step",
        "amount_missing",
        "pushed_twice",
    )
    next_step_within_days: int = 30
    any_text_is_a_next_step: bool = False  #: no activity of the company relates to an opportunity
    pushes_below: int = 2
    corporate_below: int = 1_000  #: employees of a customer
    limits: tuple[Limit, ...] = ()
    other_days: int | None = None  #: the limit of stages that `limits` does not name
    texts: Mapping[str, str] = field(default_factory=dict)  #: what to do, by fault

    def days_at_most(self, stage: str, employees: int | None) -> int | None:
        """How long an opportunity of such a customer may stay in the stage; None: not judged."""
        segment = None
        if employees is not None:
            segment = "corporate" if employees < self.corporate_below else "field"
        known = {(one.segment, one.stage): one.days for one in self.limits}
        return known.get((segment, stage), self.other_days)

    def as_details(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "criteria": list(self.criteria),
            "next_step_within_days": self.next_step_within_days,
            "any_text_is_a_next_step": self.any_text_is_a_next_step,
            "pushes_below": self.pushes_below,
            "corporate_below": self.corporate_below,
            "limits": [[one.segment, one.stage, one.days] for one in self.limits],
            "other_days": self.other_days,
            "texts": dict(self.texts),
        }


@dataclass(frozen=True, slots=True)
class Save:
    """One row of an opportunity's history."""

    at: datetime  #: aware
    stage: str
    closes_on: date | None


@dataclass(frozen=True, slots=True)
class OpenOpportunity:
    """What is known of one; None where the reader may not know."""

    closes_on: date | None
    has_next_step: bool | None
    days_in_stage: int | None
    days_at_most: int | None
    has_amount: bool | None
    pushes: int | None  #: since the newest next step, where that has a day
    is_step_dated: bool = False  #: whether it is known since when it has all its next steps


def faults(one: OpenOpportunity, by: Yardstick, today: date) -> tuple[str, ...]:
    """What is wrong with it, in the order of FAULTS; () is healthy."""
    without_step = one.has_next_step is False
    is_late = one.closes_on is not None and one.closes_on < today
    is_pushed = one.pushes is not None and one.pushes >= by.pushes_below
    found = {
        "close_date_past": is_late,
        "no_next_step": without_step,
        "stage_too_old": _is_above(one.days_in_stage, one.days_at_most),
        "amount_missing": one.has_amount is False,
        # A next step of unknown age may be newer than the pushes.
        "pushed_twice": is_pushed and (without_step or one.is_step_dated),
    }
    return tuple(fault for fault in FAULTS if found[fault] and fault in by.criteria)


def undecided(one: OpenOpportunity, by: Yardstick) -> tuple[str, ...]:
    """Criteria of the yardstick that what is known of this one cannot decide."""
    known = {
        "close_date_past": one.closes_on is not None,
        "no_next_step": one.has_next_step is not None,
        "stage_too_old": None not in {one.days_in_stage, one.days_at_most},
        "amount_missing": one.has_amount is not None,
        "pushed_twice": one.pushes is not None and one.has_next_step is not None,
    }
    return tuple(fault for fault in FAULTS if fault in by.criteria and not known[fault])


def _is_above(days: int | None, limit: int | None) -> bool:
    return days is not None and limit is not None and days > limit


def entered_stage(saves: Sequence[Save], stage: str) -> datetime | None:
    """When it came into the stage where it is now, by its history in order; None if that does not say."""
    if not saves or saves[-1].stage != stage:
        return None
    before: str | None = None
    entered = None
    for save in saves:
        if save.stage != before:
            entered = save.at
        before = save.stage
    return entered


def pushes(saves: Sequence[Save], *steps: datetime | None) -> int:
    """How often its close date was moved to a later month since the newest of its next steps.

    `steps`: when the field was written anew, and when each activity that is near was recorded.
    """
    newest = max((step for step in steps if step is not None), default=None)
    count = 0
    for before, save in pairwise(saves):
        if before.closes_on is None or save.closes_on is None:
            continue
        later = (save.closes_on.year, save.closes_on.month) > (
            before.closes_on.year,
            before.closes_on.month,
        )
        count += later and (newest is None or save.at > newest)
    return count
