"""What report types and reports must agree on with the objects and with each other.

The names of standard columns are those seen in 900 reports that real orgs gave out
(`standard_report_types.json`); of the others this check cannot know.
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_report.htm
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_reporttype.htm
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from localorg.metadata import model
from localorg.metadata.check_report_shape import check_report_shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localorg.metadata.model import Component, Element, Problem
    from localorg.metadata.universe import Universe

MOST_OBJECTS = 4
LONGEST_NAME = 40
LONGEST_DESCRIPTION = 255
_COMPUTED = re.compile(r"RowCount|FORMULA\d+|CDF\d+|BucketField_\w+")
_CUSTOM_ENTITY = re.compile(r"CustomEntity\$(?P<object>\w+__c)(@(?P=object)\.\w+__c)?")
_CUSTOM_ENTITY_COLUMNS = frozenset({
    "CUST_ID", "CUST_NAME", "CUST_OWNER_NAME", "CUST_OWNER_ID", "CUST_CREATED_DATE",
    "CUST_CREATED_NAME", "CUST_LAST_UPDATE", "CUST_LAST_UPDATE_NAME", "FK_NAME", "CHILD_NAME",
})  # fmt: skip
_SUMS = {"Sum", "Average", "Median"}
_NUMBERS = frozenset({
    "Number", "Currency", "Percent", "Summary", "int", "double", "currency", "percent",
})  # fmt: skip
_OWN_SCOPES = {"organization", "user", "team"}
#: Where a report names a column.
_COLUMN_PLACES = (
    ("columns", "field"),
    ("groupingsDown", "field"),
    ("groupingsAcross", "field"),
    ("filter", "criteriaItems", "column"),
    ("timeFrameFilter", "dateColumn"),
    ("chart", "chartSummaries", "column"),
    ("chart", "groupingColumn"),
    ("formattingRules", "columnName"),
    ("buckets", "sourceColumnName"),
)


@cache
def standard_types() -> dict[str, Any]:
    """`{report type: {"columns": […], "scope": […]}}` of the standard report types."""
    found: dict[str, Any] = json.loads(
        (files("localorg.metadata") / "standard_report_types.json").read_text("utf-8")
    )
    return found


def check_report_type(one: Component, universe: Universe) -> Iterator[Problem]:
    """Base object, joins and columns of a custom report type."""
    base = one.text("baseObject")
    if not universe.has_object(base):
        yield one.problem(f"In field: baseObject - no CustomObject named {base} found")
        return
    thing = universe.find("CustomObject", base)
    if thing is not None and not thing.is_true("enableReports"):
        yield one.problem(f"Reports are not enabled for {base}: enableReports must be true")
    if len(one.text("label")) > LONGEST_NAME:
        yield one.problem(f"Value too long for field: label maximum length is:{LONGEST_NAME}")
    tables = {base: base}
    yield from _check_joins(one, one.xml, base, tables, universe, outer=False)
    if len(tables) > MOST_OBJECTS:
        yield one.problem(f"A report type joins at most {MOST_OBJECTS} objects: {len(tables)}")
    for column in one.every("sections", "columns"):
        table, name = model.text(column, "table"), model.text(column, "field")
        if table not in tables or universe.walk(tables[table], name) is None:
            yield one.problem(f"Could not find field {name} in table {table}", column)


def _check_joins(
    one: Component,
    element: Element,
    path: str,
    tables: dict[str, str],
    universe: Universe,
    *,
    outer: bool,
) -> Iterator[Problem]:
    """Follow the joins; `tables` gets each joined path with its object."""
    for join in model.every(element, "join"):
        relationship = model.text(join, "relationship")
        child = universe.child_object(tables[path], relationship)
        if child is None:
            yield one.problem(f"Could not find relationship {relationship} of {tables[path]}", join)
            continue
        is_outer = model.text(join, "outerJoin") == "true"
        if outer and not is_outer:
            yield one.problem(f"An inner join must not follow an outer one: {relationship}", join)
        deeper = f"{path}.{relationship}"
        tables[deeper] = child
        yield from _check_joins(one, join, deeper, tables, universe, outer=is_outer)


def check_report(one: Component, universe: Universe) -> Iterator[Problem]:
    """A report's folder, type, scope, columns and groupings."""
    yield from check_folder(one, "ReportFolder", universe)
    for name, most in (("name", LONGEST_NAME), ("description", LONGEST_DESCRIPTION)):
        if len(one.text(name)) > most:
            yield one.problem(f"Value too long for field: {name} maximum length is:{most}")
    type_ = one.text("reportType")
    known = _columns(type_, universe)
    if known is None:
        yield one.problem(f"invalid report type: {type_}")
        return
    standard = standard_types().get(type_)
    scopes = _OWN_SCOPES if standard is None else set(standard["scope"])
    if one.text("scope") and one.text("scope") not in scopes:
        yield one.problem(f"Invalid scope for the report type {type_}: {one.text('scope')}")
    for place in _COLUMN_PLACES:
        for element in one.every(*place):
            name = (element.text or "").strip()
            if name not in known and not _COMPUTED.fullmatch(name):
                yield one.problem(f"Invalid field name: {name}", element)
    yield from _check_shape(one)
    yield from check_report_shape(one)
    yield from _check_sums(one, universe)


def _check_sums(one: Component, universe: Universe) -> Iterator[Problem]:
    """Only numbers have a sum or an average; of custom report types the fields are known."""
    custom = universe.find("ReportType", one.text("reportType").removesuffix("__c"))
    for column in one.every("columns"):
        kinds = {kind.text for kind in model.every(column, "aggregateTypes")} & _SUMS
        table, _, name = model.text(column, "field").rpartition("$")
        field = universe.walk(table, name) if custom is not None else None
        if kinds and field is not None and field.type not in _NUMBERS:
            words = f"{name} of type {field.type} has no {' or '.join(sorted(map(str, kinds)))}"
            yield one.problem(words, column)


def check_folder(one: Component, folder_type: str, universe: Universe) -> Iterator[Problem]:
    """The folder of a report or dashboard is in the org or in the package."""
    folder = one.full_name.partition("/")[0]
    if universe.find(folder_type, folder) is None:
        yield one.problem(f"Cannot find folder:{folder}")


def _columns(type_: str, universe: Universe) -> set[str] | None:
    """Every column of a report type, or None if there is no such type."""
    custom = universe.find("ReportType", type_.removesuffix("__c"))
    if type_.endswith("__c") and custom is not None:
        return {
            f"{model.text(column, 'table')}${model.text(column, 'field')}"
            for column in custom.every("sections", "columns")
        }
    if type_ in standard_types():
        fields = [*universe.fields("User").values(), *universe.fields(type_).values()]
        own = {f"{one.object}.{one.name}" for one in fields if one.custom}
        return own | set(standard_types()[type_]["columns"])
    if (said := _CUSTOM_ENTITY.fullmatch(type_)) and universe.has_object(said["object"]):
        fields_ = universe.fields(said["object"]).values()
        return {
            f"{one.object}.{one.name}" for one in fields_ if one.custom
        } | _CUSTOM_ENTITY_COLUMNS
    return None


def _check_shape(one: Component) -> Iterator[Problem]:
    """What held in all of the reports that real orgs gave out."""
    down = [e.text for e in one.every("groupingsDown", "field")]
    across = [e.text for e in one.every("groupingsAcross", "field")]
    columns = [e.text for e in one.every("columns", "field")]
    needs = {
        "Summary": bool(down),
        "Matrix": bool(down and across),
        "Tabular": not (down or across),
    }
    if not needs.get(one.text("format"), True):
        yield one.problem(f"The groupings do not fit the format {one.text('format')}")
    for name in sorted({name for name in (*down, *across) if name in columns}):
        yield one.problem(f"A grouping must not be a column too: {name}")
    for name in sorted({name for name in columns if columns.count(name) > 1}):
        yield one.problem(f"Duplicate column: {name}")
    if one.text("sortColumn") and one.text("sortColumn") not in columns:
        yield one.problem(f"The sortColumn is no column of the report: {one.text('sortColumn')}")
    if one.text("chart", "groupingColumn") and one.text("chart", "groupingColumn") not in (
        *down,
        *across,
    ):
        yield one.problem(
            f"The chart's groupingColumn is no grouping: {one.text('chart', 'groupingColumn')}"
        )
    criteria = len(list(one.every("filter", "criteriaItems")))
    numbers = [int(said) for said in re.findall(r"\d+", one.text("filter", "booleanFilter"))]
    if any(not 1 <= number <= criteria for number in numbers):
        yield one.problem(
            f"The booleanFilter names a filter that is not there: {one.text('filter', 'booleanFilter')}"
        )
