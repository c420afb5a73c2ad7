"""Patterns that make numbers larger and no work better, and what robots load.

Each is planted on top of an ordinary life by a chance of its own: leave a habit out, and the same
person does the same work without it. That is how tests know what a pattern gains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.sample.activities import add_event, add_task, finished, log_calls
from service.sample.calendar import DAY_SECONDS, local, midnight, stamp
from service.sample.habits import ASKED
from service.sample.life import audit

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from service.sample.life import Life

_BURST_CALLS, _BURST_GAP_SECONDS = 24, 9
_AFTER_WORK = 386 * 60  #: six minutes after the last call of the day, so that none is in the burst
_REPEATS = 9
_CLOSED_TASKS = 12
_LACKING_OF_ASKED = 12  #: weeks that lack more than a twelfth are not worth the trouble
_STUFFED = 10  #: meetings of one moment
_LOADED_CALLS, _LOADED_MEETINGS, _LOADED_DAYS = 30, 12, (26, 19, 12, 5)


def play(life: Life) -> None:
    """Plant what the person's habit adds, unless it is left out."""
    plant = _PATTERNS.get(life.person.habit)
    if plant is not None and life.active and not life.is_left_out(life.person.habit):
        plant(life)


def _log_in_bursts(life: Life) -> None:
    """Two dozen calls within four minutes, at the end of the last working day of each week."""
    for week in life.weeks:
        active = [day for day in week if day in life.active_days]
        seconds = [_AFTER_WORK + at * _BURST_GAP_SECONDS for at in range(_BURST_CALLS)]
        if active:
            whom = life.contacts[:_BURST_CALLS]
            _extra_calls(life, active[-1], "burst_logging", seconds, whom)


def _call_one_contact(life: Life) -> None:
    """Calls to whom they called that day already, again and again."""
    for day in life.active:
        if not life.calls_on(day):
            continue
        seconds = [1000 + 2400 * at for at in range(_REPEATS)]
        _extra_calls(life, day, "one_contact", seconds, life.contacts[:1] * _REPEATS)


def _extra_calls(life: Life, day: date, pattern: str, seconds: list[int], whom: list[str]) -> None:
    """Calls that are logged and earn nothing."""
    log_calls(life, [life.moment(day, at) for at in seconds], whom)
    life.mark(day)
    life.count("calls_seen", day, len(whom))
    _note(life, pattern, len(whom))


def _create_and_close(life: Life) -> None:
    """A series of tasks on each active day, each finished within half a minute of its making."""
    for day in life.active:
        for at in range(_CLOSED_TASKS):
            second = 15_000 + 40 * at
            done = finished(life, life.moment(day, second), day, second + 25)
            add_task(life, day, second, day, Subject="Check the list", **done)
        _note(life, "create_and_close", _CLOSED_TASKS)


def _stuff_the_calendar(life: Life) -> None:
    """Ten meetings of one and the same moment on the last active day of each week."""
    for week in life.weeks:
        active = [day for day in week if day in life.active_days]
        if active:
            start = life.moment(active[-1], _AFTER_WORK)
            for at in range(_STUFFED):
                add_event(life, start + at, start, Subject="Meeting", WhoId=life.contacts[at])
            life.mark(active[-1])
            _note(life, "stuffed_calendar", _STUFFED)


def _call_leads_in_bursts(life: Life) -> None:
    """Every lead of the night that was not called is called within two minutes, and so are contacts."""
    for day, leads in life.neglected_leads.items():
        whom = [*leads, *life.contacts[: max(0, _BURST_CALLS - len(leads))]]
        seconds = [_AFTER_WORK + at * _BURST_GAP_SECONDS // 2 for at in range(len(whom))]
        _extra_calls(life, day, "burst_logging", seconds, whom)


def _log_just_enough(life: Life) -> None:
    """Weeks that lack a few calls are filled up to what is asked, to the very number."""
    asked = ASKED[life.person.kind]["calls"]
    for week in life.weeks:
        done = sum(life.calls_on(day) for day in week)
        active = [day for day in week if day in life.active_days]
        lacking = round(asked * len(week) / 5) - done
        if not active or not 0 < lacking <= asked // _LACKING_OF_ASKED:
            continue
        for at in range(lacking):
            day = active[at % len(active)]
            _pad(life, day, at // len(active))
    _note(life, "counts_at_limit", 0)


def _pad(life: Life, day: date, number: int) -> None:
    """A call to a contact whom nobody calls otherwise, so that it counts."""
    log_calls(life, [life.moment(day, 700 + 900 * number)], [life.spare_contacts[number]])
    life.mark(day)
    life.count("calls", day)
    life.count("calls_seen", day)
    _note(life, "counts_at_limit", 1)


def _note(life: Life, pattern: str, rows: int) -> None:
    life.truth.gaming[pattern] = life.truth.gaming.get(pattern, 0) + rows


def _load_once(life: Life) -> None:
    """Calls of a former system, loaded by the robot for somebody who calls little."""
    _load_calls(life, _LOADED_DAYS[:1])


def _load_every_week(life: Life) -> None:
    """The same every week, and meetings of the days before."""
    _load_calls(life, _LOADED_DAYS)
    for back in _LOADED_DAYS:
        night = midnight(life.days.as_of, hour=3) - DAY_SECONDS * back
        for at in range(_LOADED_MEETINGS):
            start = night + 5 * 3600 - DAY_SECONDS * (2 + at % 4)
            add_event(
                life, night + at, start + 3600 * (at // 4), life.world.robot,
                Subject="Imported meeting", WhoId=life.contacts[at],
            )  # fmt: skip
    life.truth.loaded["Event"] = _LOADED_MEETINGS * len(_LOADED_DAYS)


def _load_calls(life: Life, days_back: tuple[int, ...]) -> None:
    for back in days_back:
        night = midnight(life.days.as_of, hour=3) - DAY_SECONDS * back
        for at in range(_LOADED_CALLS):
            moment = night + 600 * at
            life.sheets["Task"].add(
                OwnerId=life.person.user_id, Subject="Imported call", Status="Completed", IsClosed="1",
                TaskSubtype="Call", WhoId=life.contacts[at], ActivityDate=stamp(night)[:10],
                IsRecurrence="0", **audit(moment, life.world.robot),
            )  # fmt: skip
            life.count("calls_seen", local(moment, life.person.time_zone).date())
        life.truth.loaded["Task"] = life.truth.loaded.get("Task", 0) + _LOADED_CALLS


_PATTERNS: dict[str, Callable[[Life], None]] = {
    "burst_logger": _log_in_bursts, "one_contact": _call_one_contact,
    "task_closer": _create_and_close, "just_enough": _log_just_enough, "lazy": _load_once,
    "loaded": _load_every_week, "meeting_stuffer": _stuff_the_calendar,
    "lead_burster": _call_leads_in_bursts,
}  # fmt: skip
