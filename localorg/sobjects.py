"""Single records: /sobjects/X, /sobjects/X/id, /sobjects/X/ExternalId/value.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_basic_info.htm
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from localorg import ids, values
from localorg.errors import SalesforceError, no_column, not_found
from localorg.records import Writer
from localorg.soql import query
from localorg.tables import quoted
from localorg.wire import Reply, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from localorg.object_type import Field, ObjectType


def create(request: Request, name: str) -> Reply:
    """POST /sobjects/X."""
    record_id = writer(request).create(find(request, name), request.json())
    location = f"{request.base}/sobjects/{name}/{record_id}"
    return Reply(done(record_id), HTTPStatus.CREATED, {"Location": location})


def read(request: Request, name: str, key: str) -> Reply:
    """GET /sobjects/X/id[?fields=A,B]."""
    thing = find(request, name)
    record_id = _id(thing, key)
    asked = request.params.get("fields")
    fields = asked.split(",") if asked else _readable(request, thing)
    for one in fields:
        if request.viewer.find_field(thing, one) is None:
            raise no_column(one, thing.name)
    soql = f"SELECT {', '.join(fields)} FROM {thing.name} WHERE Id = '{record_id}'"  # noqa: S608  # checked
    found = query.run(request, soql)["records"]
    if not found:
        writer(request).get(thing, record_id)
        raise not_found()
    return Reply(found[0])


def update(request: Request, name: str, key: str) -> Reply:
    """PATCH /sobjects/X/id: 204, no body."""
    thing = find(request, name)
    writer(request).update(thing, _id(thing, key), request.json())
    return Reply(None, HTTPStatus.NO_CONTENT)


def delete(request: Request, name: str, key: str) -> Reply:
    """DELETE /sobjects/X/id: 204, no body."""
    thing = find(request, name)
    writer(request).delete(thing, _id(thing, key))
    return Reply(None, HTTPStatus.NO_CONTENT)


def upsert(request: Request, name: str, field: str, key: str) -> Reply:
    """PATCH /sobjects/X/ExternalId__c/value: 201 created, 200 updated, 300 ambiguous."""
    thing = find(request, name)
    external = external_field(request, thing, field)
    body = request.json()
    if any(one.lower() == external.name.lower() for one in body):
        raise SalesforceError(
            "INVALID_FIELD",
            f"The {external.name} field should not be specified in the sobject data.",
        )
    matches = matching(request, thing, external, key)
    if len(matches) > 1:
        base = f"{request.base}/sobjects/{thing.name}"
        return Reply([f"{base}/{one}" for one in matches], HTTPStatus.MULTIPLE_CHOICES)
    if not matches and request.params.get("updateOnly") == "true":
        raise not_found()
    record_id, created = upsert_one(request, thing, external, key, body)
    status = HTTPStatus.CREATED if created else HTTPStatus.OK
    return Reply(done(record_id) | {"created": created}, status)


def upsert_one(
    request: Request, thing: ObjectType, external: Field, key: str, body: Mapping[str, Any]
) -> tuple[str, bool]:
    """Change the record with that external id, or make it; returns its id and whether it is new."""
    matches = matching(request, thing, external, key)
    if len(matches) > 1:
        raise SalesforceError(
            "DUPLICATE_EXTERNAL_ID",
            f"{external.name}: more than one record found for external id field:"
            f" [{', '.join(one[:15] for one in matches)}]",
            fields=[external.name],
        )
    if matches:
        writer(request).update(thing, matches[0], body)
        return matches[0], False
    if external.name == "Id":
        raise not_found()
    return writer(request).create(thing, {**body, external.name: key}), True


def external_field(request: Request, thing: ObjectType, name: str) -> Field:
    """An external id field of the object, or its Id."""
    found = request.viewer.find_field(thing, name)
    if found is None or not (found.external_id or found.name == "Id"):
        raise not_found(f"Provided external ID field does not exist or is not accessible: {name}")
    return found


def matching(request: Request, thing: ObjectType, external: Field, key: str) -> list[str]:
    """Ids of the records that carry an external id, whoever may see them."""
    rows = request.db.execute(
        f'SELECT "Id" FROM {quoted(thing.name)} WHERE {quoted(external.name)} = ?'  # noqa: S608  # quoted
        ' AND "IsDeleted" = 0',
        (values.stored(external, key),),
    )
    return [row[0] for row in rows]


def find(request: Request, name: str) -> ObjectType:
    """The object in a URL; 404 if it does not exist for the viewer."""
    found = request.viewer.find_object(request.org.schema, name)
    if found is None:
        raise not_found()
    return found


def writer(request: Request) -> Writer:
    """A writer for this request."""
    elsewhere = request.org.control.elsewhere
    return Writer(request.db, request.org.schema, request.viewer, elsewhere)


def done(record_id: str) -> dict[str, Any]:
    """The body of a write that worked."""
    return {"id": record_id, "success": True, "errors": []}


def _id(thing: ObjectType, key: str) -> str:
    if not ids.is_id(key) or key[:3] != thing.key_prefix:
        raise not_found(
            f"Provided external ID field does not exist or is not accessible: {key}"
            if not ids.is_id(key)
            else "The requested resource does not exist"
        )
    return ids.widen(key)


def _readable(request: Request, thing: ObjectType) -> list[str]:
    return [one.name for one in thing.fields.values() if request.viewer.sees(thing, one)]
