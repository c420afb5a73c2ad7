"""What dashboards and folders must agree on with the reports.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_dashboard.htm
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_folder.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localorg.metadata import model
from localorg.metadata.check_reports import check_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localorg.metadata.model import Component, Element, Problem
    from localorg.metadata.universe import Universe

MOST_COMPONENTS = 20
MOST_GRID_COLUMNS = 12


def check_dashboard(one: Component, universe: Universe) -> Iterator[Problem]:
    """Every report exists, filters fit, nothing overlaps, and nobody's name is written in."""
    yield from check_folder(one, "DashboardFolder", universe)
    if one.text("runningUser"):
        yield one.problem("runningUser names a user of one org; leave it out")
    filters = len(list(one.every("dashboardFilters")))
    parts = list(one.xml.iter(f"{{{one.xml.nsmap[None]}}}dashboardComponent"))
    if len(parts) > MOST_COMPONENTS:
        yield one.problem(f"A dashboard has at most {MOST_COMPONENTS} components: {len(parts)}")
    for part in parts:
        report = model.text(part, "report")
        if report and universe.find("Report", report) is None:
            yield one.problem(f"In field: report - no Report named {report} found", part)
        if len(list(model.every(part, "dashboardFilterColumns"))) != filters:
            yield one.problem(f"Every component needs {filters} dashboardFilterColumns", part)
    yield from _check_grid(one)


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
    """A folder shared with a username breaks in every other org."""
    for share in one.every("folderShares"):
        if model.text(share, "sharedToType") == "User":
            yield one.problem(f"no User named {model.text(share, 'sharedTo')} found", share)
