"""A report's file as plain values. What this org cannot draw is refused by name, never left out.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_report.htm
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from localorg.metadata import model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from localorg.metadata.model import Component, Element

ROW_COUNT = "RowCount"
FORMATS = frozenset({"Tabular", "Summary", "Matrix"})
OPERATORS = frozenset({
    "equals", "notEqual", "lessThan", "greaterThan", "lessOrEqual", "greaterOrEqual", "contains",
    "notContain", "startsWith",
})  # fmt: skip
AGGREGATES = frozenset({"Sum", "Average", "Maximum", "Minimum"})
GRANULARITIES = frozenset({"Day", "Month", "Year"})
_READ = frozenset({
    "columns", "description", "filter", "format", "groupingsAcross", "groupingsDown", "name",
    "params", "reportType", "scope", "showDetails", "showGrandTotal", "showSubTotals",
    "sortColumn", "sortOrder", "timeFrameFilter",
})  # fmt: skip
_PARTS = {
    "columns": frozenset({"field", "aggregateTypes"}),
    "groupingsDown": frozenset({"field", "dateGranularity", "sortOrder"}),
    "groupingsAcross": frozenset({"field", "dateGranularity", "sortOrder"}),
    "filter": frozenset({"booleanFilter", "criteriaItems"}),
    "timeFrameFilter": frozenset({"dateColumn", "interval", "startDate", "endDate"}),
}


class RefusedError(Exception):
    """A report or dashboard that this org cannot draw, or not for this user; says why."""


@dataclass(frozen=True)
class Grouping:
    """One level of groups."""

    column: str
    granularity: str = "Day"  #: of dates; `Day` is also the filler for everything else
    descending: bool = False


@dataclass(frozen=True)
class Criterion:
    """One line of the filter, as the file says it."""

    column: str
    operator: str
    value: str


@dataclass(frozen=True)
class Definition:
    """What a report asks for."""

    full_name: str  #: `Adoption_Reports/Scores_by_Word`
    name: str
    description: str
    format: str
    report_type: str
    scope: str
    columns: tuple[str, ...]  #: of the details, without the row count
    aggregates: tuple[tuple[str, str], ...]  #: (column, `Sum` …) in the order of the file
    down: tuple[Grouping, ...] = ()
    across: tuple[Grouping, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    boolean_filter: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    time_column: str = ""
    time_span: tuple[str, str] = ("", "")  #: first and last day; empty: no limit
    sort_column: str = ""
    sort_descending: bool = False
    show_details: bool = True

    @property
    def groupings(self) -> tuple[Grouping, ...]:
        """All levels, down before across."""
        return (*self.down, *self.across)


def read(one: Component) -> Definition:
    """Read a report's file; `RefusedError` names the first thing that this org cannot draw."""
    _refuse_unknown(one)
    columns = [model.text(element, "field") for element in one.every("columns")]
    time = next(one.every("timeFrameFilter"), None)
    return Definition(
        full_name=one.full_name,
        name=one.text("name"),
        description=one.text("description"),
        format=_one_of("format", one.text("format"), FORMATS),
        report_type=one.text("reportType"),
        scope=one.text("scope") or "organization",
        columns=tuple(name for name in columns if name != ROW_COUNT),
        aggregates=tuple(_aggregates(one)),
        down=tuple(_grouping(element) for element in one.every("groupingsDown")),
        across=tuple(_grouping(element) for element in one.every("groupingsAcross")),
        criteria=tuple(_criterion(element) for element in one.every("filter", "criteriaItems")),
        boolean_filter=one.text("filter", "booleanFilter"),
        params={model.text(e, "name"): model.text(e, "value") for e in one.every("params")},
        time_column=_time_column(time),
        time_span=("", "")
        if time is None
        else (model.text(time, "startDate"), model.text(time, "endDate")),
        sort_column=one.text("sortColumn"),
        sort_descending=one.text("sortOrder") == "Desc",
        show_details=one.is_true("showDetails"),
    )


def _refuse_unknown(one: Component) -> None:
    for element in one.xml:
        name = model.local_name(element)
        if name not in _READ:
            raise RefusedError(f"This org cannot draw {name} of a report")
        for part in element:
            inner = model.local_name(part)
            if name in _PARTS and inner not in _PARTS[name]:
                raise RefusedError(f"This org cannot draw {inner} in {name} of a report")


def _one_of(what: str, said: str, known: frozenset[str]) -> str:
    if said not in known:
        raise RefusedError(f"This org cannot draw the {what} {said} of a report")
    return said


def _aggregates(one: Component) -> list[tuple[str, str]]:
    return [
        (model.text(column, "field"), _one_of("aggregate", kind.text or "", AGGREGATES))
        for column in one.every("columns")
        for kind in model.every(column, "aggregateTypes")
    ]


def _grouping(element: Element) -> Grouping:
    said = model.text(element, "dateGranularity") or "Day"
    granularity = _one_of("dateGranularity", said, GRANULARITIES)
    return Grouping(
        model.text(element, "field"), granularity, model.text(element, "sortOrder") == "Desc"
    )


def _criterion(element: Element) -> Criterion:
    if model.text(element, "columnToColumn") == "true":
        raise RefusedError("This org cannot draw columnToColumn in the filter of a report")
    operator = _one_of("filter operator", model.text(element, "operator"), OPERATORS)
    return Criterion(model.text(element, "column"), operator, model.text(element, "value"))


def _time_column(time: Element | None) -> str:
    if time is None:
        return ""
    if model.text(time, "interval") != "INTERVAL_CUSTOM":
        raise RefusedError(f"This org cannot draw the interval {model.text(time, 'interval')}")
    return model.text(time, "dateColumn")
