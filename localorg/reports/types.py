"""Which records a report type is about, and which field is behind the name of a column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from localorg.metadata import model
from localorg.reports.definition import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from localorg.metadata.model import Component, Element

_HEAD = re.compile(r"(?P<type>\w+) = (?P<object>\w+)\Z")
_LINE = re.compile(r"  (?P<name>\S+) (?P<path>[\w.]+) (?P<label>.+)\Z")


@dataclass(frozen=True)
class Place:
    """Where a column is: the joined table (empty: the type's own object), and the path from it."""

    table: str
    path: str
    label: str = ""  #: empty: the field's own


@dataclass(frozen=True)
class Join:
    """A child object that a report type joins to a table."""

    table: str  #: the dotted path that columns name: `User.Account$OwnerId`
    parent: str  #: the table that it hangs on
    relationship: str  #: `Account$OwnerId`, `Adoption_Exceptions__r`
    outer: bool


@dataclass(frozen=True)
class ReportType:
    """A report type: its object, its joins, its columns."""

    name: str
    object: str
    columns: Mapping[str, Place]
    joins: tuple[Join, ...] = ()
    standard: bool = False


@cache
def standard_types() -> dict[str, ReportType]:
    """The standard report types that this org draws, by name."""
    text = (files("localorg.reports") / "standard_columns.txt").read_text("utf-8")
    blocks = re.split(r"\n\s*\n", re.sub(r"(?m)^#.*\n?", "", text).strip())
    return {one.name: one for one in map(_standard, blocks)}


def _standard(block: str) -> ReportType:
    head, *lines = block.splitlines()
    said = _HEAD.match(head)
    columns = [_LINE.match(line) for line in lines]
    if said is None or not all(columns):
        raise ValueError(f"standard_columns.txt: cannot read {head!r}")
    places = {one["name"]: Place("", one["path"], one["label"]) for one in columns if one}
    return ReportType(said["type"], said["object"], places, standard=True)


def custom_type(one: Component) -> ReportType:
    """The report type of a deployed file."""
    base = one.text("baseObject")
    joins = tuple(_joins(one.xml, base))
    columns = {}
    for column in one.every("sections", "columns"):
        table, path = model.text(column, "table"), model.text(column, "field")
        columns[f"{table}${path}"] = Place("" if table == base else table, path)
    return ReportType(f"{one.full_name}__c", base, columns, joins)


def _joins(element: Element, table: str) -> list[Join]:
    found = []
    for join in model.every(element, "join"):
        relationship = model.text(join, "relationship")
        deeper = f"{table}.{relationship}"
        outer = model.text(join, "outerJoin") == "true"
        found.append(Join(deeper, table, relationship, outer))
        found += _joins(join, deeper)
    return found


def find(name: str, deployed: Mapping[tuple[str, str], Component]) -> ReportType:
    """The report type of that name; `RefusedError` if this org has none."""
    if name in standard_types():
        return standard_types()[name]
    one = deployed.get(("ReportType", name.removesuffix("__c")))
    if one is None or not name.endswith("__c"):
        raise RefusedError(f"This org cannot draw reports of the type {name}")
    return custom_type(one)
