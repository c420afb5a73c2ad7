"""The life of an exception, as a pure function of what happened to it.

heads_up > open > seen > acted > cleared, or recurred within 8 weeks of that, or excused (a reason).

A *heads-up* is the first window below a minimum: the person alone sees it. It *opens* when the
next window that does not overlap it is below the same minimum, and so was the one half-way
between; otherwise it ends by itself.
Whether an exception opened is worked out from the evidence; who saw it and acted is told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from service.scoring.rule_set import ExceptionRules

Kind = Literal["flagged", "confirmed", "met", "seen", "acted", "excused"]
State = Literal["heads_up", "open", "seen", "acted", "cleared", "recurred", "excused"]
#: Others may see these; a heads-up is between Salesforce and the person.
STANDING: tuple[State, ...] = ("open", "seen", "acted", "recurred")


@dataclass(frozen=True, slots=True)
class Event:
    """What happened on a day.

    A weekly check says `flagged`, `confirmed` (flagged, and so was the window before that does
    not overlap, see `weekly_checks.confirmed_by`) or `met`; people say `seen`, `acted` or `excused`.
    """

    on: date
    kind: Kind
    by: str | None = None  #: user id
    how: str | None = None  #: what was done, or the reason of an excuse


@dataclass(frozen=True, slots=True)
class ExceptionState:
    """Where an exception stands."""

    state: State
    heads_up_on: date  #: the check that flagged first
    flagged_on: date  #: the last check that flagged
    opened_on: date | None = None
    seen_on: date | None = None
    cleared_on: date | None = None
    recurred_on: date | None = None
    actions: tuple[Event, ...] = ()  #: who acted, when and how, the oldest first
    excuse: Event | None = None

    @property
    def stands(self) -> bool:
        """Whether it is open in any way."""
        return self.state in STANDING


class ExceptionStateError(ValueError):
    """Somebody did to an exception what cannot be done in its state; the message says why."""


def advance(
    now: ExceptionState | None, event: Event, window_days: int, rules: ExceptionRules
) -> ExceptionState | None:
    """The state after an event; None: there is no exception, and no heads-up either.

    Events come by ascending day. `window_days` is the length of the measure's window. Raises
    ExceptionStateError for an act on an exception that is not open.
    """
    if event.kind in ("seen", "acted", "excused"):
        return _told(now, event)
    if event.kind == "met":
        return _met(now, event.on, window_days)
    if now is None or _is_over(now, event.on, window_days, rules):
        now = ExceptionState("heads_up", event.on, event.on)
    return _flagged(replace(now, flagged_on=event.on), event)


def _is_over(now: ExceptionState, on: date, window_days: int, rules: ExceptionRules) -> bool:
    """Whether a flag begins something new.

    An excuse covers every window that overlaps the days before it.
    """
    if now.state == "excused" and now.excuse is not None:
        return on >= now.excuse.on + timedelta(days=window_days)
    if now.state == "cleared" and now.cleared_on is not None:
        return on > now.cleared_on + timedelta(weeks=rules.recurs_within_weeks)
    return False


def _flagged(now: ExceptionState, event: Event) -> ExceptionState:
    if now.state == "cleared":
        return replace(now, state="recurred", recurred_on=event.on)
    if now.state == "heads_up" and event.kind == "confirmed":
        return replace(now, state="open", opened_on=event.on)
    return now


def _met(now: ExceptionState | None, on: date, window_days: int) -> ExceptionState | None:
    if now is None or now.state in ("cleared", "excused"):
        return now
    if now.state == "heads_up":
        is_decided = on >= now.flagged_on + timedelta(days=window_days)
        return None if is_decided else now
    return replace(now, state="cleared", cleared_on=on)


def _told(now: ExceptionState | None, event: Event) -> ExceptionState:
    if now is None or not now.stands:
        found = "there is none" if now is None else f"it is {now.state}"
        raise ExceptionStateError(
            f"No open exception could be {event.kind} on {event.on}: {found}."
        )
    if event.kind == "excused":
        if not event.how:
            raise ExceptionStateError(f"An excuse needs a reason ({event.on}).")
        return replace(now, state="excused", excuse=event)
    if event.kind == "acted":
        if not (event.by and event.how):
            raise ExceptionStateError(f"An act needs who did it, and how ({event.on}).")
        return replace(now, state="acted", actions=(*now.actions, event))
    return replace(now, state="acted" if now.actions else "seen", seen_on=now.seen_on or event.on)
