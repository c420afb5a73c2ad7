"""Reads how minimums change and how exceptions are handled from a rule set."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from service.scoring.measure_rules import SEGMENTS, WITH_MINIMUMS, most_asked
from service.scoring.rule_set import ExceptionRules, MinimumChange

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from service.scoring.mapping import Table
    from service.scoring.rule_set import Measure

_CHANGE_KEYS = (
    "measure", "role", "segment", "weekly_minimum", "monthly_minimum", "announced_on",
    "effective_on", "reason",
)  # fmt: skip
_KEY_OF_KIND: Mapping[str, str] = {"count": "weekly_minimum", "money": "monthly_minimum"}
#: Key of `[exceptions]` -> the least and the most that make sense.
_BOUNDS: Mapping[str, tuple[int, int]] = {
    "notice_days": (0, 365),
    "asked_after_days": (1, 60),
    "deals_at_least": (1, 100),
    "rep_first_days": (0, 20),
    "ignored_after_days": (1, 90),
    "recurs_within_weeks": (1, 52),
}


def exception_rules_of(top: Table) -> ExceptionRules:
    """The rules of exceptions; what is not said is as in docs/exceptions.md."""
    table = top.table("exceptions", _BOUNDS)
    usual = ExceptionRules()
    return ExceptionRules(
        **{
            key: table.whole(key, getattr(usual, key), least=least, most=most)
            for key, (least, most) in _BOUNDS.items()
        }
    )


def changes_of(
    top: Table, measures: Collection[Measure], roles: Collection[str]
) -> tuple[MinimumChange, ...]:
    """The changes of minimums, in the order of the days from which they are meant to hold."""
    known = {measure.name: measure for measure in measures if measure.kind in WITH_MINIMUMS}
    found = [_change(table, known, roles) for table in top.tables("minimum_changes", _CHANGE_KEYS)]
    top.refuse_twice("minimum_changes", [_name(change) for change in found])
    return tuple(sorted(found, key=_in_order))


def _in_order(one: MinimumChange) -> tuple[date, bool, str, str, str]:
    """Every change of a day has its place, wherever the rules have it."""
    return (one.effective_on, one.segment is not None, one.measure, one.role, one.segment or "")


def _name(change: MinimumChange) -> str:
    who = f"{change.role} ({change.segment})" if change.segment else change.role
    return f"{change.measure} of {who} from {change.effective_on}"


def _change(table: Table, known: Mapping[str, Measure], roles: Collection[str]) -> MinimumChange:
    measure, role = table.text("measure"), table.text("role")
    if measure and measure not in known:
        names = ", ".join(known)
        table.refuse("measure", f"{measure!r} is no measure with a minimum; use one of {names}")
    if role and role not in roles:
        table.refuse("role", f"no role name is mapped to {role!r}; add one to roles.names")
    segment = table.text("segment") if "segment" in table.data else None
    if segment and segment not in SEGMENTS:
        table.refuse("segment", f"is no segment; use {' or '.join(SEGMENTS)}")
    return MinimumChange(
        measure=measure,
        role=role,
        minimum=_minimum(table, known.get(measure)),
        announced_on=_day(table, "announced_on"),
        effective_on=_day(table, "effective_on"),
        reason=table.text("reason"),
        segment=segment,
    )


def _minimum(table: Table, measure: Measure | None) -> Decimal:
    if measure is None:
        return Decimal(1)
    own = _KEY_OF_KIND[measure.kind]
    for key in _KEY_OF_KIND.values():
        if key in table.data and key != own:
            table.refuse(key, f"{measure.name} has a {own}; write that instead")
    return table.number(own, most=most_asked(measure.name, measure.kind))


def _day(table: Table, key: str) -> date:
    day = table.day(key)
    if day is None and key not in table.data:
        table.refuse(key, "is missing: add a date like 2026-11-23")
    return day or date.min
