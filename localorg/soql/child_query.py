"""Child queries: `SELECT Id, (SELECT Id FROM Contacts) FROM Account`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from localorg.errors import SalesforceError
from localorg.soql.parse import malformed, pointed
from localorg.soql.tree import Combined, Comparison, Path, Query, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from localorg.object_type import Field, ObjectType
    from localorg.soql.sql import Compiled
    from localorg.wire import Request

    RunChild = Callable[[Request, Query], tuple[Compiled, list[dict[str, Any]]]]


def add_children(
    request: Request, compiled: Compiled, records: list[dict[str, Any]], run: RunChild
) -> None:
    """Put the children of each record into it: an object like a query's result, or null."""
    for one in compiled.query.select:
        if isinstance(one.what, Query):
            _add(request, compiled, one.what, records, run)


def _add(
    request: Request,
    compiled: Compiled,
    inner: Query,
    records: list[dict[str, Any]],
    run: RunChild,
) -> None:
    if inner.aggregates or any(isinstance(one.what, Query) for one in inner.select):
        raise malformed("only plain fields can be selected in a child query here")
    thing, link = _relationship(request, compiled, inner)
    for record in records:
        parent_id = record["attributes"]["url"].rsplit("/", 1)[1]
        mine = Comparison(Path((link.name,)), "=", (Value("string", parent_id),))
        where = Combined("and", (mine, inner.where)) if inner.where else mine
        _, children = run(request, replace(inner, source=thing.name, where=where))
        listed = {"totalSize": len(children), "done": True, "records": children}
        record[str(link.child_relationship_name)] = listed if children else None


def _relationship(request: Request, compiled: Compiled, inner: Query) -> tuple[ObjectType, Field]:
    parent, wanted = compiled.columns.thing.name, inner.source.lower()
    for thing in request.org.schema:
        for link in thing.fields.values():
            name = (link.child_relationship_name or "").lower()
            if name == wanted and parent in link.reference_to and request.viewer.sees(thing, link):
                return thing, link
    message = (
        f"Didn't understand relationship '{inner.source}' in FROM part of query call. If you are"
        " attempting to use a custom relationship, be sure to append the '__r' after the custom"
        " relationship name. Please reference your WSDL or the describe call for the appropriate"
        " names."
    )
    raise SalesforceError("INVALID_TYPE", pointed(inner.text, inner.from_at, message))
