"""What the night left for the viewer alone: heads-ups, and the middle of their role.

Both come from the service's broker and not from the org, by the user id that Salesforce signed.
A note written by another version may lack anything: what can be read is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from canvas.plain import clean, mapping, number, read_day, whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from canvas.panel import Panel
    from canvas.shown_score import ShownScore

_FULL = 100


@dataclass(frozen=True, slots=True)
class HeadsUp:
    """A minimum that lies below in one window, or not for long enough that others may know."""

    label: str
    found: Decimal | None
    expected: Decimal | None
    first: date | None
    last: date | None
    decided_on: date | None  #: when the next window is over
    manager_from: date | None  #: the manager sees it from this day on; None: nobody else does
    question: str


@dataclass(frozen=True, slots=True)
class Alike:
    """The score beside people of the same role; `gap` is None within the score's own band."""

    people: int
    median: Decimal
    low: Decimal
    high: Decimal
    value: Decimal
    gap: Decimal | None  #: above the median, or below


@dataclass(frozen=True, slots=True)
class OwnNotes:
    """For the viewer alone."""

    heads_ups: tuple[HeadsUp, ...] = ()
    alike: Alike | None = None


def own_notes(panel: Panel, user_id: str, score: ShownScore) -> OwnNotes:
    """What the broker has for this viewer; nothing where nobody may be named."""
    if not (panel.doors.notes and panel.names_people):
        return OwnNotes()
    notes = panel.doors.notes(user_id, score.role)
    return OwnNotes(
        tuple(_heads_up(mapping(one)) for one in notes.heads_ups),
        _alike(mapping(notes.role), score),
    )


def _heads_up(note: Mapping[str, Any]) -> HeadsUp:
    return HeadsUp(
        label=clean(note.get("label")),
        found=number(note.get("found")),
        expected=number(note.get("expected")),
        first=read_day(note.get("first")),
        last=read_day(note.get("last")),
        decided_on=read_day(note.get("decided_on")),
        manager_from=read_day(note.get("manager_from")),
        question=clean(note.get("question")),
    )


def _alike(note: Mapping[str, Any], score: ShownScore) -> Alike | None:
    median, low, high = (number(note.get(name)) for name in ("median", "low", "high"))
    people = whole(note.get("people"))
    if median is None or low is None or high is None or not people or score.value is None:
        return None
    if not 0 <= low <= median <= high <= _FULL:
        return None
    gap = score.value - median
    is_told = abs(gap) > (score.band or Decimal(0))
    return Alike(people, median, low, high, score.value, gap if is_told else None)
