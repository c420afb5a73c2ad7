"""Reads what a measure counts: an object, its owner and day, and conditions that fit their fields.

A field is one that is read (`service.columns`), or a custom field of the org (`Next_Meeting__c`),
which is read because the rules name it. A custom field holds what its condition is about: true or
false, a number, a day or text; `kind` says so where the condition does not.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, cast, get_args

from service.columns import COLUMNS
from service.scoring.composition import (
    Composition,
    Condition,
    DaysFromToday,
    FieldKind,
    Operator,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from service.scoring.mapping import Table
    from service.scoring.rule_set import Kind

#: The objects that a person owns rows of, and the fields that say who that is.
OWNERS: Mapping[str, tuple[str, ...]] = {
    name: ("Id",)
    if name == "User"
    else tuple(
        one.name for one in COLUMNS[name]
        if one.name in ("OwnerId", "CreatedById", "LastModifiedById")
    )
    for name in ("User", "Account", "Contact", "Lead", "Opportunity", "Task", "Event")
}  # fmt: skip
#: The only amount that is known in corporate currency.
AMOUNTS: Mapping[str, tuple[str, ...]] = {"Opportunity": ("Amount",)}
KEYS = ("object", "owner_field", "day_field", "predicate", "good", "amount_field")
_OPERATORS = get_args(Operator)
_FITS: Mapping[str, tuple[str, ...]] = {
    "id": ("is", "is_not", "in", "is_empty"),
    "text": ("is", "is_not", "in", "is_empty"),
    "boolean": ("is", "is_not"),
    "number": ("is", "is_not", "in", "at_least", "at_most", "is_empty"),
    "rate": ("is", "is_not", "in", "at_least", "at_most", "is_empty"),
    "date": ("is", "is_not", "in", "at_least", "at_most", "is_empty"),
    "datetime": ("is", "is_not", "in", "at_least", "at_most", "is_empty"),
}
#: Salesforce's own form of a custom field's API name, at most 80 characters in all:
#: https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/customfield.htm
_CUSTOM = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,76}__c", re.ASCII)
_TODAY = re.compile(r"today(?:([+-])([0-9]{1,4}))?", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?", re.ASCII)
_A_DAY = 'a date like 2026-11-23, "today", "today-30" or "today+14"'
_WANTED = {
    "id": "an id of 15 or 18 characters", "text": "text that is not empty",
    "boolean": "true or false", "number": "a number", "rate": "a number", "date": _A_DAY,
    "datetime": _A_DAY,
}  # fmt: skip
_MOST_CONDITIONS = 20


def composition_of(table: Table, kind: Kind) -> Composition | None:
    """What the measure in a table counts; errors are kept in the table."""
    name = table.text("object")
    if name not in OWNERS:
        if name:
            table.refuse("object", f"{name!r} is not read; use one of {', '.join(OWNERS)}")
        return None
    days = [one.name for one in COLUMNS[name] if one.kind in ("date", "datetime")]
    return Composition(
        object_name=name,
        owner_field=_one_of(table, "owner_field", OWNERS[name]),
        predicate=_conditions(table, "predicate", name),
        day_field=_only_for(table, "day_field", kind, ("count", "money"), days),
        good=_good(table, name, kind),
        amount_field=_only_for(table, "amount_field", kind, ("money",), AMOUNTS.get(name, ())),
    )


def _one_of(table: Table, key: str, allowed: Collection[str]) -> str:
    value = table.text(key)
    if value and value not in allowed:
        what = f"use {' or '.join(allowed)}" if allowed else "this object has none that can be used"
        table.refuse(key, f"{value!r} is not allowed; {what}")
    return value


def _only_for(
    table: Table, key: str, kind: Kind, kinds: Collection[str], allowed: Collection[str]
) -> str | None:
    """A field that some kinds of measures need and the others must not have."""
    if kind in kinds:
        return _one_of(table, key, allowed)
    if key in table.data:
        table.refuse(key, f"belongs to {' and '.join(kinds)} measures; remove it")
    return None


def _good(table: Table, name: str, kind: Kind) -> tuple[Condition, ...]:
    if kind == "share":
        return _conditions(table, "good", name, least=1)
    if "good" in table.data:
        table.refuse("good", "belongs to share measures; remove it")
    return ()


def _conditions(table: Table, key: str, name: str, least: int = 0) -> tuple[Condition, ...]:
    found = table.tables(key, ("field", "kind", *_OPERATORS))
    if not least <= len(found) <= _MOST_CONDITIONS:
        table.refuse(key, f"must have from {least} to {_MOST_CONDITIONS} conditions")
    conditions = (_condition(one, name) for one in found)
    return tuple(one for one in conditions if one is not None)


def _condition(table: Table, name: str) -> Condition | None:
    field, before = table.text("field"), len(table.errors)
    operators = [one for one in _OPERATORS if one in table.data]
    if len(operators) != 1:
        table.refuse("", f"must have exactly one of {', '.join(_OPERATORS)}")
        return None
    operator = cast("Operator", operators[0])
    kind = _kind(table, name, field, operator)
    if kind is None:
        return None
    if operator not in _FITS[kind]:
        table.refuse(operator, f"does not fit a {kind} field; use {', '.join(_FITS[kind])}")
        return None
    values = _values(table, operator, kind)
    return Condition(field, kind, operator, values) if len(table.errors) == before else None


def _kind(table: Table, name: str, field: str, operator: Operator) -> FieldKind | None:
    """What a field holds: as it is read, or as the condition on a custom field has it."""
    known = {one.name: one.kind for one in COLUMNS[name]}
    if field in known:
        if "kind" in table.data:
            table.refuse("kind", f"{field} is known to be {known[field]}; remove it")
        return known[field]
    if not _CUSTOM.fullmatch(field):
        near = get_close_matches(field, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"read are {', '.join(sorted(known))}"
        table.refuse("field", f"{name}.{field} is neither read nor a custom field (…__c); {hint}")
        return None
    if "kind" in table.data:
        kind = _one_of(table, "kind", _FITS)
        return cast("FieldKind", kind) if kind in _FITS else None
    return "text" if operator == "is_empty" else _kind_of(table.data[operator])


def _kind_of(value: object) -> FieldKind:
    """What a field holds that is compared with a value."""
    first = value[0] if isinstance(value, (list, tuple)) and value else value
    if isinstance(first, bool):
        return "boolean"
    if isinstance(first, (int, float, Decimal)):
        return "number"
    if isinstance(first, date) or (isinstance(first, str) and _TODAY.fullmatch(first)):
        return "date"
    return "text"


def _values(table: Table, operator: Operator, kind: FieldKind) -> tuple[Value, ...]:
    given = table.data[operator]
    if operator == "is_empty":
        if not isinstance(given, bool):
            table.refuse(operator, f"must be true or false, not {given!r}")
        return (bool(given),)
    several = given if operator == "in" and isinstance(given, (list, tuple)) else None
    if operator == "in" and not several:
        table.refuse(operator, "must be a list with at least one value")
        return ()
    values = [_value(kind, one) for one in (several if several is not None else [given])]
    if None in values:
        table.refuse(operator, f"must be {_WANTED[kind]}, not {given!r}")
    return tuple(one for one in values if one is not None)


def _value(kind: FieldKind, given: object) -> Value | None:
    if kind == "boolean":
        return given if isinstance(given, bool) else None
    if kind in ("number", "rate"):
        return _number(given)
    if kind in ("date", "datetime"):
        return _day(given)
    if not isinstance(given, str) or not given.strip() or not given.isprintable():
        return None
    return given if kind == "text" or _ID.fullmatch(given) else None


def _number(given: object) -> Decimal | None:
    if isinstance(given, bool) or not isinstance(given, (int, float, Decimal)):
        return None
    number = Decimal(str(given))
    return number if number.is_finite() and abs(number) < Decimal(10**16) else None


def _day(given: object) -> Value | None:
    if type(given) is date:
        return given
    found = _TODAY.fullmatch(given) if isinstance(given, str) else None
    if found is None:
        return None
    return DaysFromToday(int((found[1] or "+") + (found[2] or "0")))
