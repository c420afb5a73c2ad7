"""The Analytics REST API, as far as it runs a report that is there.

https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/sforce_analytics_rest_api_getreportrundata.htm
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from localorg.errors import SalesforceError
from localorg.reports import definition, library
from localorg.reports.definition import RefusedError
from localorg.reports.run import run
from localorg.wire import Reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from localorg.reports.result import Key, Result, Row, Tally
    from localorg.wire import Request


def every_report(request: Request) -> Reply:
    """GET /analytics/reports: name and id of each report that the user may open."""
    found = library.listed(request.db, "Report", request.viewer.user_id)
    base = f"{request.base}/analytics/reports"
    return Reply([{"name": one.name, "id": one.id, "url": f"{base}/{one.id}"} for one in found])


def run_report(request: Request, report: str) -> Reply:
    """GET /analytics/reports/{id}?includeDetails=true: the report run now as this user."""
    details = request.params.get("includeDetails", "false") == "true"
    user_id = request.viewer.user_id
    try:
        one = library.find(request.db, "Report", report, user_id)
    except RefusedError as refusal:
        raise SalesforceError("NOT_FOUND", str(refusal), status=HTTPStatus.NOT_FOUND) from refusal
    try:
        asked = definition.read(one.component)
        result = run(request.org.schema, request.db, asked, user_id, details=details)
    except RefusedError as refusal:
        raise SalesforceError("BAD_REQUEST", str(refusal)) from refusal
    return Reply(_body(one.id, one.name, result, details=details))


def _body(report_id: str, name: str, result: Result, *, details: bool) -> dict[str, Any]:
    asked = result.definition
    groups = [one.column for one in asked.groupings]
    return {
        "attributes": {"type": "Report", "reportId": report_id, "reportName": name},
        "allData": result.complete,
        "factMap": _fact_map(result, details=details),
        "groupingsDown": {"groupings": _groups(result, range(len(asked.down)))},
        "groupingsAcross": {"groupings": _groups(result, range(len(asked.down), len(groups)))},
        "hasDetailRows": details,
        "reportMetadata": {
            "id": report_id, "name": name, "developerName": asked.full_name.partition("/")[2],
            "reportFormat": asked.format.upper(), "reportType": {"type": asked.report_type},
            "scope": asked.scope, "detailColumns": [one.name for one in result.columns],
            "aggregates": [*(f"{kind[0].lower()}!{one.name}" for _, kind, one in result.aggregates),
                           "RowCount"],
        },
        "reportExtendedMetadata": {
            "detailColumnInfo": {
                one.name: {"label": one.label, "dataType": one.type} for one in result.columns
            },
            "groupingColumnInfo": {
                one.name: {"label": one.label, "groupingLevel": level}
                for level, one in enumerate(result.groupings)
            },
        },
    }  # fmt: skip


def _groups(
    result: Result, levels: Sequence[int], above: str = "", path: tuple[Key, ...] = ()
) -> list[dict[str, Any]]:
    if not levels:
        return []
    found = []
    first = levels[0] - len(path)
    shown = [keys for keys in result.rolled(range(first, levels[0] + 1)) if keys[:-1] == path]
    for number, keys in enumerate(shown):
        key = f"{above}_{number}" if above else str(number)
        found.append({
            "key": key, "label": result.labels[levels[0]][keys[-1]], "value": keys[-1],
            "groupings": _groups(result, levels[1:], key, keys),
        })  # fmt: skip
    return found


def _numbered(result: Result, levels: Sequence[int]) -> dict[tuple[Key, ...], str]:
    """The fact map's spelling of every path of groups, totals included: `0_1`, `T`."""
    named: dict[tuple[Key, ...], str] = {(): "T"}

    def walk(groups: list[dict[str, Any]], path: tuple[Key, ...]) -> None:
        for group in groups:
            named[*path, group["value"]] = group["key"]
            walk(group["groupings"], (*path, group["value"]))

    walk(_groups(result, levels), ())
    return named


def _fact_map(result: Result, *, details: bool) -> dict[str, Any]:
    many = len(result.definition.down)
    down = _numbered(result, range(many))
    across = _numbered(result, range(many, len(result.groupings)))
    facts: dict[str, Any] = {}
    for path, left in down.items():
        for other, right in across.items():
            levels = (*range(len(path)), *range(many, many + len(other)))
            tally = result.rolled(levels).get((*path, *other))
            if tally is not None or not (path or other):
                facts[f"{left}!{right}"] = {
                    "aggregates": _aggregates(result, tally or result.total)
                }
    for row in result.rows if details else ():
        key = f"{down[row.keys[:many]]}!{across[row.keys[many:]]}"
        facts[key].setdefault("rows", []).append(_row(row))
    return facts


def _aggregates(result: Result, tally: Tally) -> list[dict[str, Any]]:
    values = [tally.value(at, kind) if tally.rows else None for at, kind, _ in result.aggregates]
    return [{"label": _text(one), "value": one} for one in (*values, tally.rows)]


def _row(row: Row) -> dict[str, Any]:
    pairs = zip(row.values, row.ids, strict=True)
    return {"dataCells": [{"label": _text(one), "value": behind or one} for one, behind in pairs]}


def _text(value: object) -> str:
    return "-" if value is None else str(value)
