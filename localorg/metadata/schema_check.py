"""Checks one component against the schema: known elements, required ones, enums, simple types.

The texts are those that orgs answer with, as far as they are publicly known.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from localorg.metadata.kinds import NAMESPACE
from localorg.metadata.model import local_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localorg.metadata.model import Component, Element, Problem

_XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
SIMPLE = {
    "xsd:boolean": re.compile(r"true|false|1|0"),
    "xsd:int": re.compile(r"[+-]?\d{1,10}"),
    "xsd:long": re.compile(r"[+-]?\d{1,19}"),
    "xsd:double": re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?"),
    "xsd:date": re.compile(r"\d{4}-\d\d-\d\d"),
    "xsd:dateTime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"),
}


@cache
def table() -> dict[str, Any]:
    """The table that `derive_table` wrote: element types and enums of API 66.0."""
    found: dict[str, Any] = json.loads(
        (files("localorg.metadata") / "schema_v66.json").read_text("utf-8")
    )
    return found


def check_schema(component: Component) -> Iterator[Problem]:
    """Everything in the component that the schema does not allow."""
    yield from _check_type(component, component.xml, component.type)


def _check_type(component: Component, element: Element, type_: str) -> Iterator[Problem]:
    allowed = table()["types"][type_]
    seen: list[str] = []
    for child in element:
        name = local_name(child)
        if name not in allowed or child.tag != f"{{{NAMESPACE}}}{name}":
            words = (
                f"Error parsing file: Element {child.tag} invalid at this location in type {type_}"
            )
            yield component.problem(words, child)
            continue
        if name in seen and "m" not in allowed[name][1]:
            yield component.problem(
                f"Error parsing file: Duplicate element {name} in type {type_}", child
            )
        seen.append(name)
        yield from _check_value(component, child, allowed[name][0])
    for name, (_, flags) in allowed.items():
        if "r" in flags and name not in seen:
            yield component.problem(f"Required field is missing: {name}", element)
    yield from _check_order(component, element, list(allowed), seen)


def _check_value(component: Component, element: Element, type_: str) -> Iterator[Problem]:
    value = (element.text or "").strip()
    if type_ in table()["types"]:
        yield from _check_type(component, element, type_)
    elif element.get(_XSI_NIL) == "true":
        return
    elif len(element):
        words = (
            f"Error parsing file: Element {element[0].tag} invalid at this location in type {type_}"
        )
        yield component.problem(words, element)
    elif type_ in table()["enums"]:
        if value not in table()["enums"][type_]:
            yield component.problem(
                f"'{value}' is not a valid value for the enum '{type_}'", element
            )
    elif type_ in SIMPLE and not SIMPLE[type_].fullmatch(value):
        yield component.problem(f"'{value}' is not a valid value for the type {type_}", element)


def _check_order(
    component: Component, element: Element, allowed: list[str], seen: list[str]
) -> Iterator[Problem]:
    """Orgs write fullName, then alphabetically. They read any order, some app settings excepted."""
    wanted = sorted(seen, key=allowed.index)
    if seen != wanted:
        first = next(mine for mine, theirs in zip(seen, wanted, strict=True) if mine != theirs)
        yield component.problem(
            f"Element {first} is out of its canonical order", element, style=True
        )
