"""A dashboard's file as plain values, and its components drawn as its running user sees them.

A dashboard of the logged-in user runs as whoever looks; one of a specified user shows every
viewer what that user sees, and a deployed one without a user runs as whoever deployed it.
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_dashboard.htm
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localorg.metadata import model
from localorg.reports import definition, library
from localorg.reports.definition import ROW_COUNT, RefusedError
from localorg.reports.run import run

if TYPE_CHECKING:
    import sqlite3

    from localorg.metadata.model import Component, Element
    from localorg.reports.library import Listed
    from localorg.reports.result import Key, Result
    from localorg.schema import Schema

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
_AGGREGATES = {"s": "Sum", "a": "Average", "x": "Maximum", "m": "Minimum"}


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


@dataclass(frozen=True)
class Drawn:
    """A component with its figures, or with the reason why there are none."""

    part: Part
    report_id: str = ""
    report_name: str = ""
    refused: str = ""
    rows: int = 0  #: records behind it
    total: float | None = None
    points: tuple[tuple[str, float], ...] = ()  #: of a chart: label and value
    heads: tuple[tuple[str, str, int], ...] = ()  #: of a table: label, type, scale
    table: tuple[tuple[tuple[Any, str | None], ...], ...] = ()  #: (value, id behind a name)


def read(one: Component) -> tuple[Part, ...]:
    """The components of a dashboard's file, by rows of the grid."""
    if next(one.every("dashboardFilters"), None) is not None:
        raise RefusedError("This org cannot draw dashboardFilters of a dashboard")
    cells = one.every("dashboardGridLayout", "dashboardGridComponents")
    parts = [_part(cell, next(model.every(cell, "dashboardComponent"))) for cell in cells]
    return tuple(sorted(parts, key=lambda part: part.place))


def running_user(one: Listed, viewer_id: str) -> str:
    """The id of the user as whom the dashboard is drawn for that viewer."""
    type_ = one.component.text("dashboardType") or "SpecifiedUser"
    if type_ == "LoggedInUser":
        return viewer_id
    if type_ == "SpecifiedUser":
        return one.running_user
    raise RefusedError(f"This org cannot draw dashboards of the type {type_}")


def draw(schema: Schema, db: sqlite3.Connection, one: Listed, viewer_id: str) -> tuple[Drawn, ...]:
    """Every component as the dashboard's running user sees it; each report is run once."""
    user_id, parts = running_user(one, viewer_id), read(one.component)
    wanted = {part.report: False for part in parts}
    for part in parts:
        wanted[part.report] |= any(kind == "detail" for _, kind in part.columns)
    found = {
        name: _run(schema, db, name, user_id, details=details) for name, details in wanted.items()
    }
    return tuple(_drawn(part, found[part.report]) for part in parts)


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


def _run(
    schema: Schema, db: sqlite3.Connection, name: str, user_id: str, *, details: bool
) -> tuple[Listed, Result] | RefusedError:
    try:
        report = library.find(db, "Report", name, user_id)
        asked = definition.read(report.component)
        return report, run(schema, db, asked, user_id, details=details)
    except RefusedError as refusal:
        return refusal


def _drawn(part: Part, found: tuple[Listed, Result] | RefusedError) -> Drawn:
    if isinstance(found, RefusedError):
        return Drawn(part, refused=str(found))
    report, result = found
    about: dict[str, Any] = {"report_id": report.id, "report_name": report.name}
    try:
        return Drawn(part, rows=result.total.rows, **about, **_figures(part, result))
    except RefusedError as refusal:
        return Drawn(part, refused=str(refusal))


def _figures(part: Part, result: Result) -> dict[str, Any]:
    if part.kind == "FlexTable":
        is_detailed = any(kind == "detail" for _, kind in part.columns)
        return _detail_table(part, result) if is_detailed else _group_table(part, result)
    total = _summary(part, result, result.total) if result.total.rows else 0
    if part.kind == "Metric":
        return {"total": total}
    level = _level(result, part.grouping)
    points = [
        (result.labels[level][keys[0]], _summary(part, result, tally))
        for keys, tally in result.rolled((level,)).items()
    ]
    if part.by_value:
        points.sort(key=lambda point: point[1] or 0, reverse=part.descending)
    elif part.descending != result.definition.groupings[level].descending:
        points.reverse()
    shown = [(label, value) for label, value in points if value is not None]
    return {"total": total, "points": tuple(shown[: part.most])}


def _level(result: Result, column: str) -> int:
    try:
        return result.level(column)
    except ValueError:
        words = f"The report {result.definition.name} is not grouped by {column}"
        raise RefusedError(words) from None


def _summary(part: Part, result: Result, tally: Any) -> Any:  # noqa: ANN401  # of a Tally
    return _value(result, tally, part.summary[0], part.summary[1])


def _value(result: Result, tally: Any, column: str, kind: str) -> Any:  # noqa: ANN401
    if column == ROW_COUNT:
        return tally.rows
    for at, name, shown in result.aggregates:
        if (shown.name, name) == (column, kind):
            return tally.value(at, kind) if tally.rows else None
    words = f"The report {result.definition.name} has no {kind or 'summary'} of {column}"
    raise RefusedError(words)


def _group_table(part: Part, result: Result) -> dict[str, Any]:
    levels = [_level(result, name) for name, kind in part.columns if kind == "grouping"]
    heads = [(result.groupings[at].label, "string", 0) for at in levels]
    summaries = [_aggregate(name) for name, kind in part.columns if kind == "aggregate"]
    heads += [_head(result, *one) for one in summaries]
    lines = []
    for keys, tally in result.rolled(levels).items():
        said = [_group_cell(result, at, key) for at, key in zip(levels, keys, strict=True)]
        lines.append((*said, *((_value(result, tally, *one), None) for one in summaries)))
    return {"heads": tuple(heads), "table": tuple(lines[: part.most])}


def _group_cell(result: Result, level: int, key: Key) -> tuple[str, str | None]:
    return result.labels[level][key], None


def _aggregate(column: str) -> tuple[str, str]:
    """`RowCount`, or a summarised column as dashboards spell it: `s!AMOUNT`."""
    if column == ROW_COUNT:
        return ROW_COUNT, ""
    kind, _, name = column.partition("!")
    return name, _AGGREGATES.get(kind, kind)


def _head(result: Result, column: str, kind: str) -> tuple[str, str, int]:
    if column == ROW_COUNT:
        return "Record Count", "int", 0
    shown = next((one for _, _, one in result.aggregates if one.name == column), None)
    label = shown.label if shown else column
    return f"{kind} of {label}", "double", max(1, shown.scale if shown else 0)


def _detail_table(part: Part, result: Result) -> dict[str, Any]:
    at = {one.name: place for place, one in enumerate(result.columns)}
    wanted = [(name, kind) for name, kind in part.columns if kind == "grouping" or name in at]
    heads = []
    for name, kind in wanted:
        shown = (
            result.groupings[_level(result, name)]
            if kind == "grouping"
            else result.columns[at[name]]
        )
        heads.append((shown.label, "string" if kind == "grouping" else shown.type, shown.scale))
    lines = []
    for row in result.rows[: part.most]:
        cells: list[tuple[Any, str | None]] = []
        for name, kind in wanted:
            if kind == "grouping":
                level = _level(result, name)
                cells.append((result.labels[level][row.keys[level]], None))
            else:
                cells.append((row.values[at[name]], row.ids[at[name]]))
        lines.append(tuple(cells))
    return {"heads": tuple(heads), "table": tuple(lines)}
