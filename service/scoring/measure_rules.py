"""Reads the measures of a rule set: names that can be measured, and minimums of known roles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, cast

from service.scoring import composition_rules
from service.scoring.credit import FOOTPRINT_DAYS
from service.scoring.rule_set import Kind, Measure

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from service.scoring.composition import Composition
    from service.scoring.mapping import Table

#: The measures that are counted in a way of their own, and their kinds. Any other says in the
#: rules what it counts.
MEASURES: Mapping[str, Kind] = {
    "footprint_days": "count",
    "calls": "count",
    "meetings": "count",
    "healthy_opportunities": "share",
    "required_fields": "share",
    "leads_answered": "share",
    "tasks_on_time": "share",
}
ALL_POINTS = Decimal(100)
SEGMENTS = ("field", "corporate")  #: by the size of the customers, never of the deal
_DAYS_OF_A_WEEK = Decimal(5)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)


@dataclass(frozen=True)
class _AskedBy:
    """How a kind of measure says what it asks, and of whom."""

    key: str  #: role = number; "roles" is a list of roles alone
    most: Decimal = Decimal(0)
    may_be_scored: bool = True


_ASKED_BY: Mapping[Kind, _AskedBy] = {
    "count": _AskedBy("weekly_minimums", Decimal(1000)),
    "share": _AskedBy("roles"),
    "hygiene": _AskedBy("limits", Decimal(10_000), may_be_scored=False),
    "money": _AskedBy("monthly_minimums", Decimal(10**12), may_be_scored=False),
}
#: The kinds that have minimums, which may differ by segment and change.
WITH_MINIMUMS = ("count", "money")
_ASKING_KEYS = tuple(asked_by.key for asked_by in _ASKED_BY.values())
_MEASURE_KEYS = (
    "name", "label", "explanation", "component", "kind", "weight", *_ASKING_KEYS,
    "segment_minimums", "minutes", "act", "set_aside", "effective_from", "effective_to",
    *composition_rules.KEYS,
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
    name = table.text("name")
    kind = _kind(table, name)
    asked = _asked(table, name, kind, roles)
    by_segment = _by_segment(table, name, kind, roles)
    weight, component = _weight(table, kind, components)
    is_scored = "weight" in table.data
    return Measure(
        name=name,
        label=table.text("label"),
        explanation=table.text("explanation", longest=1000),
        component=component,
        kind=kind,
        weight=weight,
        roles=_share_roles(table, roles) if kind == "share" else _once(roles, *asked, *by_segment),
        weekly_minimums=asked if kind == "count" else {},
        minutes=table.whole("minutes", None if is_scored else 0),
        act=table.text("act", None if is_scored else ""),
        set_aside=table.text("set_aside", ""),
        monthly_minimums=asked if kind == "money" else {},
        limits=asked if kind == "hygiene" else {},
        segment_minimums=by_segment,
        counts=_counts(table, name, kind),
        **_in_force(table),
    )


def _once(roles: Collection[str], *names: str) -> tuple[str, ...]:
    """In the order of the roles, whatever order the rules ask them in."""
    return tuple(role for role in roles if role in names)


def _in_force(table: Table) -> dict[str, date | None]:
    begins, ends = table.day("effective_from"), table.day("effective_to")
    if begins and ends and begins > ends:
        table.refuse("effective_to", "must not be before effective_from")
    return {"effective_from": begins, "effective_to": ends}


def _kind(table: Table, name: str) -> Kind:
    kind = table.text("kind")
    if name in MEASURES and kind and kind != MEASURES.get(name, kind):
        table.refuse("kind", f"{name} is a {MEASURES[name]} measure; write {MEASURES[name]!r}")
    elif kind and kind not in _ASKED_BY:
        table.refuse("kind", f"{kind!r} is none; use one of {', '.join(_ASKED_BY)}")
    return MEASURES.get(name, cast("Kind", kind if kind in _ASKED_BY else "count"))


def _counts(table: Table, name: str, kind: Kind) -> Composition | None:
    """What a measure counts; None for those that are counted in a way of their own."""
    given = [key for key in composition_rules.KEYS if key in table.data]
    if name in MEASURES:
        for key in given:
            table.refuse(key, f"{name} is counted in a way of its own; remove it")
        return None
    if name and not given:
        near = get_close_matches(name, MEASURES, n=1)
        hint = f"did you mean {near[0]}?" if near else f"or use one of {', '.join(MEASURES)}"
        table.refuse("object", f"is missing: say what {name!r} counts, {hint}")
        return None
    if name and not _NAME.fullmatch(name):
        table.refuse("name", "must be small letters, digits and _, beginning with a letter")
    return composition_rules.composition_of(table, kind)


def _weight(table: Table, kind: Kind, components: Collection[str]) -> tuple[Decimal, str]:
    """Weight and component; 0 and "" for a measure that is not scored."""
    if "weight" not in table.data:
        if "component" in table.data:
            table.refuse("component", "goes with a weight: add the weight, or remove it")
        return Decimal(0), ""
    if not _ASKED_BY[kind].may_be_scored:
        table.refuse("weight", f"a {kind} measure is never scored; remove it")
    component = table.text("component")
    if component and component not in components:
        table.refuse("component", f"there is no component {component!r}; add it to components")
    return table.number("weight", most=ALL_POINTS), component


def _asked(table: Table, name: str, kind: Kind, roles: Collection[str]) -> dict[str, Decimal]:
    """Role -> minimum or limit, by the key that belongs to the kind; other keys are refused."""
    asked_by = _ASKED_BY[kind]
    for key in _ASKING_KEYS:
        if key in table.data and key != asked_by.key:
            table.refuse(key, f"a {kind} measure says what it asks in {asked_by.key}; remove it")
    if kind == "share":
        return {}
    found = table.numbers(asked_by.key, most_asked(name, kind))
    is_asked = asked_by.key in table.data or "segment_minimums" in table.data
    if not is_asked and "weight" in table.data:
        table.refuse(asked_by.key, "is missing: say the minimum of each role asked")
    _refuse_unknown(table, asked_by.key, found, roles)
    return found


def most_asked(name: str, kind: Kind) -> Decimal:
    """The highest minimum that makes sense."""
    return _DAYS_OF_A_WEEK if name == FOOTPRINT_DAYS else _ASKED_BY[kind].most


def _by_segment(
    table: Table, name: str, kind: Kind, roles: Collection[str]
) -> dict[str, dict[str, Decimal]]:
    """Role -> segment -> minimum."""
    key = "segment_minimums"
    if key in table.data and kind not in WITH_MINIMUMS:
        table.refuse(key, f"a {kind} measure has no minimum; remove it")
    inner = table.table(key)
    _refuse_unknown(table, key, inner.data, roles)
    found = {role: inner.numbers(role, most_asked(name, kind)) for role in inner.data}
    for role, minimums in found.items():
        for segment in minimums:
            if segment not in SEGMENTS:
                inner.refuse(f"{role}.{segment}", f"is no segment; use {' or '.join(SEGMENTS)}")
    return found


def most_weight(measures: Iterable[Measure]) -> Decimal:
    """The most weight that is in force on any day: measures may follow one another."""
    own = list(measures)
    turns = {one.effective_from or date.min for one in own} or {date.min}
    return max(
        sum((one.weight for one in own if one.is_in_force(day)), Decimal(0)) for day in turns
    )


def _share_roles(table: Table, roles: Collection[str]) -> tuple[str, ...]:
    found = table.texts("roles", None if "weight" in table.data else ())
    _refuse_unknown(table, "roles", found, roles)
    return found


def _refuse_unknown(table: Table, key: str, found: Collection[str], roles: Collection[str]) -> None:
    for role in found:
        if role not in roles:
            table.refuse(key, f"no role name is mapped to {role!r}; add one to roles.names")
