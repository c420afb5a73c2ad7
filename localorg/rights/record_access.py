"""`UserRecordAccess`: what a user may do with records, whatever gives it to them.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_userrecordaccess.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localorg import ids
from localorg.errors import SalesforceError, no_column
from localorg.rights import sharing
from localorg.rights.access import viewer_of
from localorg.soql.parse import malformed
from localorg.soql.tree import Combined, Comparison, Path
from localorg.tables import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localorg.object_type import ObjectType
    from localorg.rights.access import Viewer
    from localorg.soql.tree import Condition, Query
    from localorg.wire import Request

NAME = "UserRecordAccess"
#: Records that one question may be about.
_MOST_RECORDS = 200
_MAY = ("HasReadAccess", "HasEditAccess")


def answer(request: Request, query: Query) -> dict[str, Any]:
    """What one user may do with up to 200 records: a query of UserRecordAccess.

    Records that the caller does not see are left out.
    """
    fields = list(_fields_asked(query))
    user_id, record_ids = _asked(query)
    viewer = viewer_of(request.db, user_id)
    records = []
    for record_id in record_ids:
        thing = request.org.schema.by_prefix(record_id[:3])
        if thing is None or not _sees(request, request.viewer, thing, record_id):
            continue
        may = {
            "RecordId": record_id,
            "HasReadAccess": _sees(request, viewer, thing, record_id),
            "HasEditAccess": _edits(request, viewer, thing, record_id),
        }
        records.append(
            {"attributes": {"type": NAME}, **{name: may[name] for name in fields}}
        )  # fmt: skip
    return {"totalSize": len(records), "done": True, "records": records}


def _fields_asked(query: Query) -> Iterator[str]:
    known = {name.lower(): name for name in ("RecordId", *_MAY)}
    for one in query.select:
        name = known.get(str(one.what).lower()) if isinstance(one.what, Path) else None
        if name is None:
            raise no_column(str(one.what), NAME)
        yield name


def _asked(query: Query) -> tuple[str, list[str]]:
    said = {str(one.operand): one for one in _parts(query.where)}
    if said.keys() != {"UserId", "RecordId"}:
        raise malformed("UserRecordAccess is asked by UserId and RecordId, and by nothing else")
    user, records = said["UserId"], said["RecordId"]
    if user.operator != "=" or records.operator not in {"=", "IN"}:
        raise malformed("UserRecordAccess takes one UserId and a list of RecordId")
    values = records.values if isinstance(records.values, tuple) else ()
    if not values or len(values) > _MOST_RECORDS or not isinstance(user.values, tuple):
        raise malformed(f"UserRecordAccess takes 1 to {_MOST_RECORDS} RecordId")
    return ids.widen(user.values[0].text), [ids.widen(one.text) for one in values]


def _parts(condition: Condition | None) -> Iterator[Comparison]:
    if isinstance(condition, Comparison):
        yield condition
    elif isinstance(condition, Combined) and condition.how == "and":
        for one in condition.parts:
            yield from _parts(one)
    else:
        raise malformed("UserRecordAccess is asked by UserId and RecordId, joined by AND")


def _sees(request: Request, viewer: Viewer, thing: ObjectType, record_id: str) -> bool:
    if not viewer.right(thing).read:
        return False
    condition = sharing.visible(request.org.schema, viewer, thing, "t0")
    sql, parameters = condition or ("1", [])
    found = request.db.execute(
        f'SELECT 1 FROM {quoted(thing.name)} t0 WHERE t0."Id" = ? AND ({sql})',  # noqa: S608  # quoted
        (record_id, *parameters),
    ).fetchone()
    return found is not None


def _edits(request: Request, viewer: Viewer, thing: ObjectType, record_id: str) -> bool:
    if not viewer.right(thing).edit:
        return False
    try:
        sharing.check_change(request.db, request.org.schema, viewer, thing, record_id)
    except SalesforceError:
        return False
    return True
