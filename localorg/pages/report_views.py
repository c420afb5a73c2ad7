"""The pages of reports and dashboards, at the addresses that Lightning has for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, g, redirect, render_template

from localorg.pages import charts, report_lines
from localorg.reports.definition import RefusedError
from localorg.reports.part import CHARTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from localorg.pages.port import PagesOrg, Person
    from localorg.reports.dashboard import Drawn

REPORTS, DASHBOARDS = "/lightning/o/Report/home", "/lightning/o/Dashboard/home"


def report_routes(org: PagesOrg) -> Blueprint:
    """Lists, a report, a dashboard; each as whoever is logged in."""
    routes = Blueprint("reports", __name__)

    @routes.get(REPORTS)
    def reports() -> ResponseReturnValue:
        found = org.reports(_viewer().id)
        return render_template("library.html", kind="Report", title="Reports", found=found)

    @routes.get(DASHBOARDS)
    def dashboards() -> ResponseReturnValue:
        found = org.dashboards(_viewer().id)
        return render_template("library.html", kind="Dashboard", title="Dashboards", found=found)

    @routes.get("/lightning/r/Report/<key>/view")
    def report(key: str) -> ResponseReturnValue:
        viewer = _viewer()
        try:
            one, result = org.run_report(viewer.id, key)
        except RefusedError as refusal:
            abort(403, str(refusal))
        return render_template(
            "report.html",
            one=one,
            result=result,
            heads=report_lines.heads(result),
            matrix=report_lines.matrix(result) if result.definition.across else None,
            lines=list(report_lines.lines(result, viewer)),
        )

    @routes.get("/lightning/r/Dashboard/<key>/view")
    def dashboard(key: str) -> ResponseReturnValue:
        viewer = _viewer()
        try:
            one, runs_as, parts = org.draw_dashboard(viewer.id, key)
        except RefusedError as refusal:
            abort(403, str(refusal))
        person = org.person(runs_as)
        return render_template(
            "dashboard.html",
            one=one,
            runs_as=person.name if person else "nobody",
            is_dynamic=one.component.text("dashboardType") == "LoggedInUser",
            components=[
                _part(viewer, part) | {"rows_from": first, "high": high}
                for part, (first, high) in zip(
                    parts, _rows_of([one.part.place for one in parts]), strict=True
                )
            ],
        )

    return routes


def _viewer() -> Person:
    if g.viewer is None:
        abort(redirect("/"))
    viewer: Person = g.viewer
    return viewer


def _rows_of(places: Sequence[tuple[int, int, int, int]]) -> list[tuple[int, int]]:
    """First row and number of rows of each component, in a grid without the rows between them.

    A dashboard's grid has rows of one height; here every row is as high as what is in it.
    """
    starts = sorted({row for row, *_ in places})
    return [
        (starts.index(row) + 1, max(1, sum(row <= one < row + height for one in starts)))
        for row, _, _, height in places
    ]


def _part(viewer: Person, drawn: Drawn) -> dict[str, object]:
    """A component with its drawing or its table."""
    is_chart = drawn.part.kind in CHARTS and drawn.points
    rows = [
        [
            report_lines.cell(viewer, type_, scale, value, key)
            for (_, type_, scale), (value, key) in zip(drawn.heads, line, strict=True)
        ]
        for line in drawn.table
    ]
    return {
        "drawn": drawn,
        "chart": charts.chart(drawn.part.kind, drawn.points) if is_chart else None,
        "points": [(label, figure(value)) for label, value in drawn.points],
        "total": figure(drawn.total),
        "rows": rows,
    }


def figure(value: float | None) -> str:
    """A number beside a chart: whole, or with one digit."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
