"""The query resources: /query, /queryAll and the pages that follow.

https://developer.salesforce.com/docs/platform/api-rest/guide/resources-query.md
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from localorg import render
from localorg.errors import SalesforceError
from localorg.rights import record_access
from localorg.soql import child_query
from localorg.soql.cursors import Cursor
from localorg.soql.parse import malformed, parse
from localorg.soql.sql import Compiled, Compiler
from localorg.soql.tree import Call, Query
from localorg.wire import Reply, Request

if TYPE_CHECKING:
    from collections.abc import Sequence

#: An aggregate result has no query locator: more groups than this fail the query.
MOST_GROUPS = 2000
_SMALLEST_BATCH = 200
_IDS_AT_ONCE = 500


def get_query(request: Request) -> Reply:
    """GET /query?q=…."""
    return Reply(run(request, _soql(request)))


def get_query_all(request: Request) -> Reply:
    """GET /queryAll?q=…: deleted records too."""
    return Reply(run(request, _soql(request), deleted=True))


def get_more(request: Request, locator: str, start: str) -> Reply:
    """GET /query/<locator>-<start>: a later page."""
    cursor = request.org.cursors.get(locator, request.viewer.user_id)
    if int(start) >= len(cursor.ids):
        raise SalesforceError("INVALID_QUERY_LOCATOR", "invalid query locator")
    compiled = compiler(request).compile(cursor.query, deleted=True)
    return Reply(_page(request, compiled, cursor.ids, int(start), locator))


def run(request: Request, soql: str, *, deleted: bool = False) -> dict[str, Any]:
    """The first page of a query's result, as its JSON object."""
    query = parse(soql)
    if query.source.lower() == record_access.NAME.lower():
        return record_access.answer(request, query)
    compiled = compiler(request).compile(query, deleted=deleted)
    if _counts_only(query):
        return {"totalSize": _count(request, compiled), "done": True, "records": []}
    if query.aggregates:
        return _aggregate(request, compiled)
    found = _matching(request, compiled)
    return _page(request, compiled, found, 0, None)


def everything(request: Request, soql: str) -> list[dict[str, Any]]:
    """All records of a query, without pages."""
    compiled = compiler(request).compile(parse(soql))
    return _records(request, compiled, _matching(request, compiled))


def statement(compiled: Compiled, selected: Sequence[str]) -> tuple[str, list[object]]:
    """SQL and parameters that give the selected values of every record of a query, in its order."""
    tail = f"ORDER BY {compiled.order} {_window(compiled.query)}"
    return _sql(compiled, selected, tail), _bound(compiled)


def compiler(request: Request) -> Compiler:
    """A compiler for this request's viewer, in the viewer's time zone."""
    row = request.db.execute(
        'SELECT "TimeZoneSidKey" FROM "User" WHERE "Id" = ?', (request.viewer.user_id,)
    ).fetchone()
    zone = ZoneInfo((row and row[0]) or "UTC")
    unseen = request.org.control.elsewhere.rows
    return Compiler(request.org.schema, request.viewer, zone, unseen)


def _soql(request: Request) -> str:
    soql = request.params.get("q")
    if not soql:
        raise malformed("A query string has to be specified")
    return soql


def _counts_only(query: Query) -> bool:
    first = query.select[0].what
    return isinstance(first, Call) and first.path is None and first.function == "COUNT"


def _sql(compiled: Compiled, selected: Sequence[str], tail: str = "") -> str:
    return (
        f"SELECT {', '.join(selected)} FROM {compiled.columns.from_sql}"  # noqa: S608  # quoted
        f" WHERE {compiled.where} {tail}"
    )


def _bound(compiled: Compiled) -> list[object]:
    return [*compiled.columns.join_parameters, *compiled.parameters]


def _window(query: Query) -> str:
    limit = query.limit if query.limit is not None else -1
    return f"LIMIT {limit} OFFSET {query.offset or 0}"


def _count(request: Request, compiled: Compiled) -> int:
    inner = _sql(compiled, ["1"], _window(compiled.query))
    row = request.db.execute(f"SELECT COUNT(*) FROM ({inner})", _bound(compiled)).fetchone()  # noqa: S608  # quoted
    return int(row[0])


def _aggregate(request: Request, compiled: Compiled) -> dict[str, Any]:
    group = f"GROUP BY {compiled.group}" if compiled.group else ""
    having = f"HAVING {compiled.having}" if compiled.having else ""
    order = f"ORDER BY {compiled.order}" if compiled.order else ""
    tail = f"{group} {having} {order} {_window(compiled.query)}"
    bound = [*_bound(compiled), *compiled.having_parameters]
    rows = request.db.execute(_sql(compiled, compiled.selected, tail), bound).fetchall()
    if len(rows) > MOST_GROUPS:
        raise SalesforceError(
            "EXCEEDED_ID_LIMIT",
            "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a"
            " single batch",
        )
    records = []
    for row in rows:
        record: dict[str, Any] = {"attributes": {"type": "AggregateResult"}}
        for output, stored in zip(compiled.outputs, row, strict=True):
            record[output.name] = render.value(output.field, stored)
        records.append(record)
    return {"totalSize": len(records), "done": True, "records": records}


def _matching(request: Request, compiled: Compiled) -> tuple[str, ...]:
    tail = f"ORDER BY {compiled.order} {_window(compiled.query)}"
    column = f'{compiled.columns.alias}."Id"'
    return tuple(
        row[0] for row in request.db.execute(_sql(compiled, [column], tail), _bound(compiled))
    )


def _page_size(request: Request) -> int:
    most = request.org.settings.page_size
    wanted = re.search(r"batchSize=(\d+)", request.headers.get("sforce-query-options", ""))
    return min(most, max(_SMALLEST_BATCH, int(wanted[1]))) if wanted else most


def _page(
    request: Request,
    compiled: Compiled,
    found: tuple[str, ...],
    start: int,
    locator: str | None,
) -> dict[str, Any]:
    size = _page_size(request)
    end = min(start + size, len(found))
    if compiled.query.offset is not None:
        found, end = found[:size], min(size, len(found))
    records = _records(request, compiled, found[start:end])
    if end >= len(found):
        return {"totalSize": len(found), "done": True, "records": records}
    if locator is None:
        cursor = Cursor(request.viewer.user_id, compiled.query, found)
        locator = request.org.cursors.keep(cursor)
    after = f"{request.base}/query/{locator}-{end}"
    return {
        "totalSize": len(found),
        "done": False,
        "nextRecordsUrl": after,
        "records": records,
    }


def _records(request: Request, compiled: Compiled, page: tuple[str, ...]) -> list[dict[str, Any]]:
    parents = list(compiled.columns.parents.values())
    hidden = [f'{compiled.columns.alias}."Id"']
    for parent in parents:
        hidden += [parent.id_sql, parent.type_sql]
    rows: dict[str, Any] = {}
    for at in range(0, len(page), _IDS_AT_ONCE):
        ids = page[at : at + _IDS_AT_ONCE]
        sql = (
            f"SELECT {', '.join([*hidden, *compiled.selected])} FROM {compiled.columns.from_sql}"  # noqa: S608  # quoted
            f" WHERE {hidden[0]} IN ({', '.join('?' * len(ids))})"
        )
        bound = [*compiled.columns.join_parameters, *ids]
        rows |= {row[0]: tuple(row) for row in request.db.execute(sql, bound)}
    records = [_record(request, compiled, rows[one]) for one in page if one in rows]
    child_query.add_children(request, compiled, records, run_child)
    return records


def run_child(request: Request, query: Query) -> tuple[Compiled, list[dict[str, Any]]]:
    """A child query with its condition already in place: all of its records."""
    compiled = compiler(request).compile(query)
    return compiled, _records(request, compiled, _matching(request, compiled))


def _record(request: Request, compiled: Compiled, row: tuple[Any, ...]) -> dict[str, Any]:
    record_id, parents = row[0], list(compiled.columns.parents.values())
    record: dict[str, Any] = {
        "attributes": render.attributes(request.base, compiled.columns.thing.name, record_id)
    }
    found = {parent.path: (row[1 + 2 * at], row[2 + 2 * at]) for at, parent in enumerate(parents)}
    values = row[1 + 2 * len(parents) :]
    for output, stored in zip(compiled.outputs, values, strict=True):
        inside = _inside(request, record, output.parent, found)
        if inside is not None:
            inside[output.name] = render.value(output.field, stored)
    return record


def _inside(
    request: Request,
    record: dict[str, Any],
    path: tuple[str, ...],
    found: dict[tuple[str, ...], tuple[str | None, str | None]],
) -> dict[str, Any] | None:
    """The nested object of a parent; None (and a null in the record) if there is no parent."""
    inside = record
    for depth, name in enumerate(path, start=1):
        parent_id, kind = found[path[:depth]]
        if parent_id is None or kind is None:
            inside[name] = None
            return None
        if name not in inside:
            inside[name] = {"attributes": render.attributes(request.base, kind, parent_id)}
        inside = inside[name]
    return inside
