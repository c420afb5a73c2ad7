"""A dashboard's components, drawn as its running user sees them.

A dashboard of the logged-in user runs as whoever looks; one of a specified user shows every
viewer what that user sees, and a deployed one without a user runs as whoever deployed it.
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_dashboard.htm
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localorg.reports import definition, library
from localorg.reports.definition import RefusedError
from localorg.reports.figures import figures
from localorg.reports.part import Part, read
from localorg.reports.run import run

if TYPE_CHECKING:
    import sqlite3

    from localorg.reports.library import Listed
    from localorg.reports.result import Result
    from localorg.schema import Schema


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
        return Drawn(part, rows=result.total.rows, **about, **figures(part, result))
    except RefusedError as refusal:
        return Drawn(part, refused=str(refusal))
