"""A dashboard's file as plain values: its components, and where they stand in the grid.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_dashboard.htm
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from localorg.metadata import model
from localorg.reports.definition import ROW_COUNT, RefusedError

if TYPE_CHECKING:
    from localorg.metadata.model import Component, Element

CHARTS = frozenset({"Bar", "Column", "Donut", "Line"})
KINDS = CHARTS | {"Metric", "FlexTable"}
#: What a component may say here; other elements are refused by name.
_READ = frozenset({
    "autoselectColumnsFromReport", "chartSummary", "componentType", "decimalPrecision",
    "displayUnits", "drillEnabled", "drillToDetailEnabled", "enableHover", "expandOthers",
    "flexComponentProperties", "footer", "groupingColumn", "groupingSortProperties", "header",
    "indicatorHighColor", "indicatorLowColor", "indicatorMiddleColor", "legendPosition",
    "maxValuesDisplayed", "metricLabel", "report", "showPercentage", "showTotal", "showValues",
    "sortBy", "title", "useReportChart", "chartAxisRange", "showPicturesOnCharts",
})  # fmt: skip
#: Lightning tables show 200 rows at most.
MOST_TABLE_ROWS = 200


@dataclass(frozen=True)
class Part:
    """One component: what it shows, of which report, and where it stands in the grid."""

    kind: str
    report: str
    header: str
    title: str
    footer: str
    grouping: str
    summary: tuple[str, str]  #: (column, `Average` … or empty for the row count)
    columns: tuple[tuple[str, str], ...]  #: of a table: (column, `detail`, `grouping`, `aggregate`)
    by_value: bool
    descending: bool
    most: int
    place: tuple[int, int, int, int]  #: row, column, width, height


def read(one: Component) -> tuple[Part, ...]:
    """The components of a dashboard's file, by rows of the grid."""
    if next(one.every("dashboardFilters"), None) is not None:
        raise RefusedError("This org cannot draw dashboardFilters of a dashboard")
    cells = one.every("dashboardGridLayout", "dashboardGridComponents")
    parts = [_part(cell, next(model.every(cell, "dashboardComponent"))) for cell in cells]
    return tuple(sorted(parts, key=lambda part: part.place))


def _part(cell: Element, said: Element) -> Part:
    for element in said:
        if model.local_name(element) not in _READ:
            raise RefusedError(
                f"This org cannot draw {model.local_name(element)} of a dashboard's component"
            )
    kind = model.text(said, "componentType")
    if kind not in KINDS:
        raise RefusedError(f"This org cannot draw components of the type {kind}")
    summary = next(model.every(said, "chartSummary"), None)
    sort = model.text(said, "sortBy")
    return Part(
        kind=kind,
        report=model.text(said, "report"),
        header=model.text(said, "header"),
        title=model.text(said, "title"),
        footer=model.text(said, "footer"),
        grouping=model.text(said, "groupingColumn"),
        summary=(ROW_COUNT, "")
        if summary is None
        else (model.text(summary, "column"), model.text(summary, "aggregate")),
        columns=_columns(said),
        by_value=sort.startswith("RowValue"),
        descending=sort.endswith("Descending"),
        most=int(model.text(said, "maxValuesDisplayed") or MOST_TABLE_ROWS),
        place=tuple(  # type: ignore[arg-type]  # four of them
            int(model.text(cell, name))
            for name in ("rowIndex", "columnIndex", "colSpan", "rowSpan")
        ),
    )


def _columns(said: Element) -> tuple[tuple[str, str], ...]:
    if next(model.every(said, "flexComponentProperties", "flexTableSortInfo"), None) is not None:
        raise RefusedError("This org cannot draw flexTableSortInfo: the report's order holds")
    listed = model.every(said, "flexComponentProperties", "flexTableColumn")
    return tuple((model.text(one, "reportColumn"), model.text(one, "type")) for one in listed)
