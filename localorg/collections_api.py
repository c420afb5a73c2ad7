"""sObject Collections: up to 200 records in one call, one outcome each, in request order.

https://developer.salesforce.com/docs/platform/api-rest/guide/resources-composite-sobjects-collections-update.html
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from localorg import ids, sobjects
from localorg.errors import SalesforceError, no_column
from localorg.soql import query
from localorg.store import savepoint
from localorg.wire import Reply, Request, bad_json, need_list

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from localorg.object_type import ObjectType

MOST_RECORDS = 200
MOST_CHUNKS = 10
MOST_RETRIEVED = 2000
_ROLLED_BACK = SalesforceError(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone"
    " header",
)

Outcome = dict[str, Any]


class _RolledBackError(Exception):
    """An all-or-none call had a failing row; carries the outcomes to answer with."""

    def __init__(self, outcomes: list[Outcome]) -> None:
        super().__init__()
        self.outcomes = outcomes


def create(request: Request) -> Reply:
    """POST /composite/sobjects."""
    return _each(request, lambda one: _create(request, one))


def update(request: Request) -> Reply:
    """PATCH /composite/sobjects."""
    return _each(request, lambda one: _update(request, one))


def upsert(request: Request, name: str, field: str) -> Reply:
    """PATCH /composite/sobjects/X/ExternalId__c."""
    thing = sobjects.find(request, name)
    external = sobjects.external_field(request, thing, field)

    def one(record: dict[str, Any]) -> Outcome:
        if _type_of(request, record) != thing:
            raise SalesforceError(
                "INVALID_TYPE", f"all records of this call must be of type {thing.name}"
            )
        body = {key: value for key, value in record.items() if key.lower() != field.lower()}
        keys = [value for key, value in record.items() if key.lower() == field.lower()]
        if not keys or keys[0] is None:
            raise SalesforceError(
                "MISSING_ARGUMENT", f"{external.name} not specified", fields=[external.name]
            )
        record_id, created = sobjects.upsert_one(request, thing, external, keys[0], body)
        return sobjects.done(record_id) | {"created": created}

    return _each(request, one)


def delete(request: Request) -> Reply:
    """DELETE /composite/sobjects?ids=a,b&allOrNone=false."""
    listed = [one for one in request.params.get("ids", "").split(",") if one]
    records = [{"id": one} for one in listed]
    every = request.params.get("allOrNone", "false") == "true"
    return _run(request, records, lambda one: _delete(request, one["id"]), all_or_none=every)


def retrieve(request: Request, name: str) -> Reply:
    """POST /composite/sobjects/X {"ids", "fields"}: null where there is no such record."""
    body = request.json()
    wanted, fields = body.get("ids"), body.get("fields")
    if not isinstance(wanted, list) or not isinstance(fields, list) or not fields:
        raise bad_json("ids and fields must be lists")
    thing = sobjects.find(request, name)
    if len(wanted) > MOST_RETRIEVED:
        raise SalesforceError("EXCEEDED_ID_LIMIT", "too many ids: the limit is 2,000")
    for one in fields:
        if request.viewer.find_field(thing, str(one)) is None:
            raise no_column(str(one), thing.name)
    wide = [ids.widen(one) if ids.is_id(one) else "" for one in wanted]
    found: dict[str, Any] = {}
    listed = ", ".join(f"'{one}'" for one in wide if one)
    if listed:
        soql = f"SELECT {', '.join(fields)} FROM {thing.name} WHERE Id IN ({listed})"  # noqa: S608  # checked
        for record in query.everything(request, soql):
            found[record["attributes"]["url"].rsplit("/", 1)[1]] = record
    return Reply([found.get(one) for one in wide])


def _each(request: Request, do: Callable[[dict[str, Any]], Outcome]) -> Reply:
    body = request.json()
    every = body.get("allOrNone", False) is True
    return _run(request, need_list(body, "records"), do, all_or_none=every)


def _run(
    request: Request,
    records: Sequence[dict[str, Any]],
    do: Callable[[dict[str, Any]], Outcome],
    *,
    all_or_none: bool,
) -> Reply:
    if not records:
        raise SalesforceError("REQUIRED_FIELD_MISSING", "At least 1 record is required")
    if len(records) > MOST_RECORDS:
        raise SalesforceError(
            "EXCEEDED_ID_LIMIT", f"record limit reached. cannot submit more than {MOST_RECORDS}"
        )
    _check_chunks(request, records)
    try:
        with savepoint(request.db):
            outcomes = [_one(request, record, do) for record in records]
            _check_all_done(outcomes, all_or_none=all_or_none)
    except _RolledBackError as undone:
        outcomes = [one if not one["success"] else _ROLLED_BACK.row() for one in undone.outcomes]
    return Reply(outcomes)


def _check_all_done(outcomes: list[Outcome], *, all_or_none: bool) -> None:
    if all_or_none and not all(one["success"] for one in outcomes):
        raise _RolledBackError(outcomes)


def _one(
    request: Request, record: dict[str, Any], do: Callable[[dict[str, Any]], Outcome]
) -> Outcome:
    try:
        with savepoint(request.db):
            return do(record)
    except SalesforceError as error:
        return error.row()


def _check_chunks(request: Request, records: Sequence[dict[str, Any]]) -> None:
    """At most ten runs of one type; objects of Setup are not mixed with others."""
    names = [_type_name(one) for one in records]
    chunks = 1 + sum(here != there for here, there in pairwise(names))
    if chunks > MOST_CHUNKS:
        raise SalesforceError(
            "LIMIT_EXCEEDED", f"the request has {chunks} chunks of records; the limit is 10"
        )
    found = [request.org.schema.find(name) for name in set(names)]
    setup = {one.setup for one in found if one}
    if len(setup) > 1:
        raise SalesforceError(
            "MIXED_DML_OPERATION",
            "DML operation on setup object is not permitted after you have updated a non-setup"
            " object (or vice versa)",
        )


def _type_name(record: dict[str, Any]) -> str:
    about = record.get("attributes")
    return str(about.get("type", "")) if isinstance(about, dict) else ""


def _type_of(request: Request, record: dict[str, Any]) -> ObjectType:
    name = _type_name(record)
    if not name:
        raise SalesforceError(
            "INVALID_TYPE", "The attributes of each record must name its type", fields=[]
        )
    found = request.viewer.find_object(request.org.schema, name)
    if found is None:
        raise SalesforceError("INVALID_TYPE", f"sObject type '{name}' is not supported.", fields=[])
    return found


def _create(request: Request, record: dict[str, Any]) -> Outcome:
    thing = _type_of(request, record)
    return sobjects.done(sobjects.writer(request).create(thing, record))


def _update(request: Request, record: dict[str, Any]) -> Outcome:
    thing = _type_of(request, record)
    keys = [value for key, value in record.items() if key.lower() == "id"]
    if not keys or not keys[0]:
        raise SalesforceError("MISSING_ARGUMENT", "Id not specified in an update call", fields=[])
    body = {key: value for key, value in record.items() if key.lower() != "id"}
    if not ids.is_id(keys[0]) or keys[0][:3] != thing.key_prefix:
        raise SalesforceError(
            "MALFORMED_ID",
            f"{thing.label} ID: id value of incorrect type: {keys[0]}",
            fields=["Id"],
        )
    record_id = ids.widen(keys[0])
    sobjects.writer(request).update(thing, record_id, body)
    return sobjects.done(record_id)


def _delete(request: Request, key: str) -> Outcome:
    thing = request.org.schema.by_prefix(key[:3]) if ids.is_id(key) else None
    if thing is None or not request.viewer.right(thing).read:
        raise SalesforceError("MALFORMED_ID", f"malformed id {key}", fields=[])
    record_id = ids.widen(key)
    sobjects.writer(request).delete(thing, record_id)
    return sobjects.done(record_id)
