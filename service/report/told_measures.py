"""The measures in force, in words: what each asks of whom, and what it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.scoring.composition import DaysFromToday
from service.scoring.rounding import plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from service.scoring.composition import Composition, Condition, Value
    from service.scoring.rule_set import Measure


def asked_of(measure: Measure) -> str:
    """What a measure asks of whom: "rep 25, manager 10 a week"."""
    if measure.kind == "share":
        return f"all of them ({', '.join(measure.roles)})" if measure.roles else "nobody yet"
    numbers, unit = {
        "count": (measure.weekly_minimums, "a week"),
        "money": (measure.monthly_minimums, "a month"),
        "hygiene": (measure.limits, "at most, out of order"),
    }[measure.kind]
    parts = [*_by_role(numbers), *_by_segment(measure.segment_minimums)]
    return f"{', '.join(parts)} {unit}" if parts else "nobody yet"


def counted(what: Composition) -> str:
    """What a measure of the admin's own counts: "Task by OwnerId on CreatedDate, where …"."""
    day = f" on {what.day_field}" if what.day_field else ""
    parts = [f"{what.object_name} by {what.owner_field}{day}"]
    for word, conditions in (("where", what.predicate), ("good where", what.good)):
        if conditions:
            parts.append(f"{word} {' and '.join(map(_condition, conditions))}")
    if what.amount_field:
        parts.append(f"adding up {what.amount_field}")
    return ", ".join(parts)


def _condition(one: Condition) -> str:
    if one.operator == "is_empty":
        return f"{one.field} is {'empty' if one.values == (True,) else 'filled in'}"
    values = " or ".join(map(_value, one.values))
    return f"{one.field} {one.operator.replace('_', ' ')} {values}".strip()


def _value(value: Value) -> str:
    if isinstance(value, DaysFromToday):
        if not value.days:
            return "today"
        days = "1 day" if abs(value.days) == 1 else f"{abs(value.days)} days"
        return f"{days} {'before' if value.days < 0 else 'after'} today"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _by_role(numbers: Mapping[str, Decimal]) -> list[str]:
    return [f"{role} {number(value)}" for role, value in numbers.items()]


def _by_segment(segments: Mapping[str, Mapping[str, Decimal]]) -> list[str]:
    return [
        f"{role} of {segment} customers {number(value)}"
        for role, own in segments.items()
        for segment, value in own.items()
    ]


def number(value: Decimal) -> str:
    """At most two decimals, thousands apart."""
    whole, dot, rest = plain(value).partition(".")
    return f"{int(whole):,}{dot}{rest}"
