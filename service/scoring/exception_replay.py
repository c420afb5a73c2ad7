"""The exception of one person and measure, replayed from the weekly checks of a quarter."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING

from service.scoring.exception_state import Event, Kind, advance
from service.scoring.ladder import ladder
from service.scoring.rounding import plain, published
from service.scoring.standing_result import ExceptionResult
from service.scoring.weekly_checks import chance, check_days, confirmed_by
from service.scoring.windows import flag_result, percent, window_result

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from service.scoring.calendar import Calendar
    from service.scoring.exception_state import ExceptionState
    from service.scoring.exception_told import Told
    from service.scoring.ladder import Ladder
    from service.scoring.look import Look
    from service.scoring.rule_set import Measure
    from service.scoring.standing_result import WindowResult
    from service.scoring.weekly_checks import Asked, Span

_TWICE = {
    "count": "{found}, and too few in the four weeks before as well. What got in the way, and are some of "
    "them recorded elsewhere?",
    "money": "{found}, and too little in the thirteen weeks before as well. What would help, and is some of "
    "it recorded elsewhere?",
}
_ONCE = "{found}. Is anything in the way?"


def exception_of(
    look: Look, as_of: date, calendar: Calendar, told: Told | None = None
) -> ExceptionResult | None:
    """What the weekly checks up to a day come to; None: neither an exception nor a heads-up.

    `told` is an exception that is known already: it is taken up where it stood.
    """
    asking, flags = look.asking, look.flags(as_of)
    if told is None and True not in flags:
        return None
    ends = check_days(as_of, asking.measure.kind)
    now, pair = replay(flags, ends, asking, told)
    if now is None or _is_past(now, as_of, asking):
        return None
    judged = [on for on, flag in zip(ends, flags, strict=True) if flag is not None]
    last = judged[-1] if judged else now.flagged_on
    if now.opened_on is None:
        return _result(now, look, (ends[_pending(flags, asking)], None, last), calendar)
    if pair is not None:
        return _result(now, look, (ends[pair[0]], ends[pair[1]], last), calendar)
    before = now.opened_on - timedelta(weeks=asking.weeks)
    return _result(now, look, (before, now.opened_on, last), calendar, is_known=True)


def replay(
    flags: Sequence[bool | None],
    ends: Sequence[date],
    asking: Asked,
    told: Told | None = None,
) -> tuple[ExceptionState | None, tuple[int, int] | None]:
    """The state after all checks, and which two of them opened the exception, if they did.

    A check that could not be judged says nothing, nor does one that is in what was told. A window
    that begins before an excuse confirms nothing: what was excused is not held against anybody.
    """
    weeks, days, rules = asking.weeks, 7 * asking.weeks, asking.rules.exceptions
    now = None if told is None else told.begun
    pair: tuple[int, int] | None = None
    forgiven = date.min  #: windows that end before it are
    for at, flag in enumerate(flags):
        if flag is None or (told is not None and ends[at] <= told.judged_until):
            continue
        if told is not None:
            now = told.after_acts(now, ends[at], days, rules)
        if now is not None and now.excuse is not None:
            forgiven = now.excuse.on + timedelta(days=days)
        confirms = confirmed_by(flags, at, weeks)
        if confirms is not None and ends[confirms] < forgiven:
            confirms = None
        kind: Kind = "met" if not flag else "flagged" if confirms is None else "confirmed"
        now = advance(now, Event(ends[at], kind), days, rules)
        if confirms is not None and now is not None and now.opened_on == ends[at]:
            pair = (confirms, at)
    return (now if told is None else told.after_acts(now, None, days, rules)), pair


def _is_past(now: ExceptionState, as_of: date, asking: Asked) -> bool:
    """Cleared for so long that it would be a new one."""
    kept = timedelta(weeks=asking.rules.exceptions.recurs_within_weeks)
    return now.state == "cleared" and now.cleared_on is not None and now.cleared_on + kept < as_of


def _pending(flags: Sequence[bool | None], asking: Asked) -> int:
    """The first flagged check whose next window is not over yet, else the last one.

    After that one nothing could be judged, so its next window is still to come.
    """
    flagged = [at for at, flag in enumerate(flags) if flag]
    start = len(flags) - asking.weeks
    return next((at for at in flagged if at >= start), flagged[-1])


def _result(
    now: ExceptionState,
    look: Look,
    days: tuple[date, date | None, date],
    calendar: Calendar,
    *,
    is_known: bool = False,
) -> ExceptionResult:
    """`is_known`: it opened before, and the evidence may no longer reach back to its windows."""
    flagged = window_result if is_known else flag_result
    asking, measure = look.asking, look.asking.measure
    first, latest = look.span(days[0]), look.span(days[2])
    second = None if days[1] is None else look.span(days[1])
    shown = window_result(second or first, asking)
    text = _ONCE if second is None else _TWICE[measure.kind]
    return ExceptionResult(
        measure=measure.name,
        label=measure.label,
        kind=measure.kind,
        state=now.state,
        first=flagged(first, asking),
        second=None if second is None else flagged(second, asking),
        latest=window_result(latest, asking),
        decided_on=second.last if second else first.last + timedelta(weeks=asking.weeks),
        ladder=_ladder(now, asking, calendar),
        cleared_on=now.cleared_on if now.state == "cleared" else None,
        recurred_on=now.recurred_on,
        life=now,
        false_exception=None if is_known else _both(first, second),
        question=text.format(found=_found(shown, measure)),
    )


def _found(shown: WindowResult, measure: Measure) -> str:
    """What was done of what was asked; of one act no word needs to be bent."""
    actual, minimum = (said(one, measure.kind) for one in (shown.actual, shown.minimum))
    if measure.kind == "money":
        return f"{measure.label} of {actual} where {minimum} were asked"
    label = measure.label.lower()
    if actual == "1":
        return f"1 of {minimum} {label} that were asked"
    return f"{actual} {label} where {minimum} were asked"


def _ladder(now: ExceptionState, asking: Asked, calendar: Calendar) -> Ladder:
    person = asking.person
    return ladder(now, calendar, person.country, asking.rules.exceptions, person.away_on)


def said(number: Decimal, kind: str) -> str:
    """A count as it is, an amount in whole units of its currency."""
    return f"{published(Fraction(number), 0):,f}" if kind == "money" else plain(number)


def _both(first: Span, second: Span | None) -> Decimal | None:
    """The weeks of the two windows are different ones, so their chances multiply."""
    chances = [chance(span) for span in (first, second) if span is not None]
    known = [one.dispersed for one in chances if one is not None]
    return percent(prod(known)) if second is not None and len(known) == len(chances) else None
