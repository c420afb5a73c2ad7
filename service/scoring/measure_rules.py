"""Reads the measures of a rule set: names that can be measured, and minimums of known roles."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal, cast

from service.scoring.credit import FOOTPRINT_DAYS
from service.scoring.rule_set import Measure

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from service.scoring.mapping import Table

#: The measures that evidence can be gathered for, and their kinds. A measure nobody can gather
#: would be a credit of 0 that no one deserved, so an unknown name is refused.
MEASURES: Mapping[str, str] = {
    "footprint_days": "count",
    "calls": "count",
    "meetings": "count",
    "healthy_opportunities": "share",
    "required_fields": "share",
    "leads_answered": "share",
    "tasks_on_time": "share",
}
ALL_POINTS = Decimal(100)
_DAYS_OF_A_WEEK = Decimal(5)

_MEASURE_KEYS = (
    "name", "label", "explanation", "component", "kind", "weight", "roles", "weekly_minimums",
    "minutes", "act", "set_aside",
)  # fmt: skip


def measures_of(
    top: Table, components: Collection[str], roles: Collection[str]
) -> tuple[Measure, ...]:
    """The measures of a rule set, given the components and roles that it defines."""
    tables = top.tables("measures", _MEASURE_KEYS)
    if not tables:
        top.refuse("measures", "is empty: nothing could be scored; add a measure")
    found = tuple(_measure(table, components, roles) for table in tables)
    top.refuse_twice("measures", [measure.name for measure in found])
    return found


def _measure(table: Table, components: Collection[str], roles: Collection[str]) -> Measure:
    name, component = table.text("name"), table.text("component")
    kind = _kind(table, name)
    if component and component not in components:
        table.refuse("component", f"there is no component {component!r}; add it to components")
    minimums = _minimums(table, name, kind)
    asked_of = tuple(minimums) if kind == "count" else table.texts("roles")
    for role in asked_of:
        if role not in roles:
            key = "weekly_minimums" if kind == "count" else "roles"
            table.refuse(key, f"no role name is mapped to {role!r}; add one to roles.names")
    return Measure(
        name=name,
        label=table.text("label"),
        explanation=table.text("explanation", longest=1000),
        component=component,
        kind=kind,
        weight=table.number("weight", most=ALL_POINTS),
        roles=asked_of,
        weekly_minimums=minimums,
        minutes=table.whole("minutes"),
        act=table.text("act"),
        set_aside=table.text("set_aside", ""),
    )


def _kind(table: Table, name: str) -> Literal["count", "share"]:
    kind = table.text("kind")
    if name and name not in MEASURES:
        table.refuse("name", f"{name!r} cannot be measured; use one of {', '.join(MEASURES)}")
    elif kind and kind != MEASURES.get(name, kind):
        table.refuse("kind", f"{name} is a {MEASURES[name]} measure; write {MEASURES[name]!r}")
    return cast('Literal["count", "share"]', MEASURES.get(name, kind))


def _minimums(table: Table, name: str, kind: str) -> dict[str, Decimal]:
    most = _DAYS_OF_A_WEEK if name == FOOTPRINT_DAYS else Decimal(1000)
    minimums = table.numbers("weekly_minimums", most)
    if kind == "count":
        if not minimums:
            table.refuse("weekly_minimums", "is missing: say the minimum of each role asked")
        if "roles" in table.data:
            table.refuse("roles", "a count measure takes its roles from weekly_minimums; remove it")
    elif minimums:
        table.refuse("weekly_minimums", "a share measure has no minimum; list its roles instead")
    return minimums
