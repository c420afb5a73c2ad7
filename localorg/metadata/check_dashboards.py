"""What dashboards and folders must agree on with the reports.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_dashboard.htm
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_folder.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localorg.metadata import model
from localorg.metadata.check_reports import check_folder
from localorg.metadata.check_running_user import check_running_user

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localorg.metadata.model import Component, Element, Problem
    from localorg.metadata.universe import Universe

MOST_COMPONENTS = 20
MOST_GRID_COLUMNS = 12
LONGEST_TITLE = 80
LONGEST_DESCRIPTION = 255
_CHARTS = frozenset({"Bar", "Column", "Donut", "Funnel", "Line", "Pie"})
_ROW_COUNT = "RowCount"


def check_dashboard(one: Component, universe: Universe) -> Iterator[Problem]:
    """Every report exists, filters fit, nothing overlaps, and nobody's name is written in."""
    yield from check_folder(one, "DashboardFolder", universe)
    for name, most in (("title", LONGEST_TITLE), ("description", LONGEST_DESCRIPTION)):
        if len(one.text(name)) > most:
            yield one.problem(f"Value too long for field: {name} maximum length is:{most}")
    if one.text("runningUser"):
        yield one.problem("runningUser names a user of one org; leave it out")
    parts = list(one.xml.iter(f"{{{one.xml.nsmap[None]}}}dashboardComponent"))
    if len(parts) > MOST_COMPONENTS:
        yield one.problem(f"A dashboard has at most {MOST_COMPONENTS} components: {len(parts)}")
    for part in parts:
        yield from _check_part(one, part, universe)
    yield from _check_grid(one)
    yield from check_running_user(one, parts, universe)


def _check_part(one: Component, part: Element, universe: Universe) -> Iterator[Problem]:
    filters = len(list(one.every("dashboardFilters")))
    if len(list(model.every(part, "dashboardFilterColumns"))) != filters:
        yield one.problem(f"Every component needs {filters} dashboardFilterColumns", part)
    name = model.text(part, "report")
    report = universe.find("Report", name)
    if report is not None:
        yield from _check_columns(one, part, report)
        yield from _check_open_to_viewers(one, part, name, universe)
    elif name:
        yield one.problem(f"In field: report - no Report named {name} found", part)


def _check_columns(one: Component, part: Element, report: Component) -> Iterator[Problem]:
    """A component shows what its report has, and a chart has groups."""
    groups = {
        element.text
        for place in ("groupingsDown", "groupingsAcross")
        for element in report.every(place, "field")
    }
    columns = {element.text for element in report.every("columns", "field")} | {_ROW_COUNT}
    kind = model.text(part, "componentType")
    uses_chart = model.text(part, "useReportChart") == "true"
    if uses_chart and next(report.every("chart"), None) is None:
        yield one.problem(f"useReportChart: the report {report.full_name} has no chart", part)
    grouping = [element.text for element in model.every(part, "groupingColumn")]
    if kind in _CHARTS and not grouping and not uses_chart:
        yield one.problem(f"A {kind} needs a groupingColumn", part)
    for name in grouping:
        if name not in groups:
            yield one.problem(
                f"The groupingColumn is no grouping of {report.full_name}: {name}", part
            )
    for name in (element.text for element in model.every(part, "chartSummary", "column")):
        if name not in columns and not str(name).startswith("FORMULA"):
            yield one.problem(f"The chartSummary is no column of {report.full_name}: {name}", part)
    yield from _check_table(one, part, report, groups, columns)


def _check_table(
    one: Component, part: Element, report: Component, groups: set[Any], columns: set[Any]
) -> Iterator[Problem]:
    for column in model.every(part, "flexComponentProperties", "flexTableColumn"):
        name, type_ = model.text(column, "reportColumn"), model.text(column, "type")
        known = groups if type_ == "grouping" else columns
        if name.partition("!")[2] not in columns and name not in known:
            yield one.problem(
                f"The {type_} of a table is not in {report.full_name}: {name}", column
            )


def _check_open_to_viewers(
    one: Component, part: Element, name: str, universe: Universe
) -> Iterator[Problem]:
    """Whoever may open a dashboard must be able to open its reports."""
    board = universe.find("DashboardFolder", one.full_name.partition("/")[0])
    folder = universe.find("ReportFolder", name.partition("/")[0])
    if board is not None and folder is not None and _viewers(board) - _viewers(folder):
        words = f"The folder of the report {name} is not shared with whom the dashboard's is"
        yield one.problem(words, part)


def _viewers(folder: Component) -> set[tuple[str, str]]:
    return {
        (model.text(share, "sharedToType"), model.text(share, "sharedTo"))
        for share in folder.every("folderShares")
    }


def _check_grid(one: Component) -> Iterator[Problem]:
    columns = int(one.text("dashboardGridLayout", "numberOfColumns") or MOST_GRID_COLUMNS)
    taken: set[tuple[int, int]] = set()
    for part in one.every("dashboardGridLayout", "dashboardGridComponents"):
        left, width, top, height = (
            _number(part, name) for name in ("columnIndex", "colSpan", "rowIndex", "rowSpan")
        )
        if left + width > columns:
            yield one.problem(f"A component reaches over the {columns} columns of the grid", part)
        cells = {(x, y) for x in range(left, left + width) for y in range(top, top + height)}
        if cells & taken:
            yield one.problem("Two components overlap in the grid", part)
        taken |= cells


def _number(part: Element, name: str) -> int:
    said = model.text(part, name)
    return int(said) if said.isdigit() else 0


def check_shares(one: Component, _universe: Universe) -> Iterator[Problem]:
    """A folder shared with a username breaks in every other org; everybody only looks."""
    for share in one.every("folderShares"):
        type_, level = model.text(share, "sharedToType"), model.text(share, "accessLevel")
        if type_ == "User":
            yield one.problem(f"no User named {model.text(share, 'sharedTo')} found", share)
        if type_ == "Organization" and level != "View":
            yield one.problem(f"Everybody gets {level} on this folder; View is enough", share)
