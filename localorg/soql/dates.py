"""Date literals: `TODAY`, `LAST_N_DAYS:30` … as a range of whole days in the asker's time zone.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from localorg.soql.parse import malformed

if TYPE_CHECKING:
    from collections.abc import Callable

    from localorg.soql.tree import Value

_DAYS = {"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}
_UNIT = re.compile(r"(LAST|THIS|NEXT)_(WEEK|MONTH|QUARTER|YEAR)\Z")
_COUNTED = re.compile(r"(LAST|NEXT)_N_(DAY|WEEK|MONTH|QUARTER|YEAR)S\Z")
_AGO = re.compile(r"N_(DAY|WEEK|MONTH|QUARTER|YEAR)S_AGO\Z")
_STEP = {"LAST": -1, "THIS": 0, "NEXT": 1}
_MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}


def span(literal: Value, today: date) -> tuple[date, date]:
    """The first day of the literal's range, and the day after its last.

    A week starts on Sunday (locale en_US). `LAST_N_DAYS:n` includes today; the counted weeks,
    months, quarters and years leave the current one out.
    """
    name, number = literal.text, literal.number
    if number is None:
        return _plain(name, today)
    counted, ago = _COUNTED.match(name), _AGO.match(name)
    if counted and counted[2] == "DAY":
        return _days(counted[1], number, today)
    if counted:
        return _units(counted[1], counted[2], number, today)
    if ago:
        start = _start(ago[1], today)
        return _add(ago[1], start, -number), _add(ago[1], start, 1 - number)
    raise malformed(f"unexpected token: '{name}'")


def _plain(name: str, today: date) -> tuple[date, date]:
    if name in _DAYS:
        start = today + timedelta(days=_DAYS[name])
        return start, start + timedelta(days=1)
    if name in {"LAST_90_DAYS", "NEXT_90_DAYS"}:
        return _days(name[:4], 90, today)
    unit = _UNIT.match(name)
    if not unit:
        raise malformed(f"unexpected token: '{name}'")
    start = _add(unit[2], _start(unit[2], today), _STEP[unit[1]])
    return start, _add(unit[2], start, 1)


def _days(direction: str, number: int, today: date) -> tuple[date, date]:
    tomorrow = today + timedelta(days=1)
    if direction == "LAST":
        return today - timedelta(days=number), tomorrow
    return tomorrow, tomorrow + timedelta(days=number)


def _units(direction: str, unit: str, number: int, today: date) -> tuple[date, date]:
    start = _start(unit, today)
    if direction == "LAST":
        return _add(unit, start, -number), start
    after = _add(unit, start, 1)
    return after, _add(unit, after, number)


def _start(unit: str, day: date) -> date:
    starts: dict[str, Callable[[], date]] = {
        "DAY": lambda: day,
        "WEEK": lambda: day - timedelta(days=(day.weekday() + 1) % 7),
        "MONTH": lambda: day.replace(day=1),
        "QUARTER": lambda: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
        "YEAR": lambda: day.replace(month=1, day=1),
    }
    return starts[unit]()


def _add(unit: str, start: date, number: int) -> date:
    if unit in {"DAY", "WEEK"}:
        return start + timedelta(days=number * (7 if unit == "WEEK" else 1))
    months = start.year * 12 + start.month - 1 + number * _MONTHS[unit]
    return start.replace(year=months // 12, month=months % 12 + 1)
