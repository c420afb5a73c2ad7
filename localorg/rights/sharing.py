"""Which records a user sees and may change: org-wide defaults, owners, and those above them.

https://developer.salesforce.com/docs/atlas.en-us.securityImplGuide.meta/securityImplGuide/security_sharing_owd_about.htm
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from localorg.errors import SalesforceError
from localorg.rights.access import OWN_ROWS
from localorg.tables import quoted

if TYPE_CHECKING:
    import sqlite3

    from localorg.object_type import Field, ObjectType
    from localorg.rights.access import Viewer
    from localorg.schema import Schema

Values = dict[str, Any]

#: Users whose role is below the role of the one who asks; one parameter, the asker's id.
_BELOW = """SELECT below."Id" FROM "User" below WHERE below."UserRoleId" IN (
  WITH RECURSIVE lower(role) AS (
    SELECT r."Id" FROM "UserRole" r JOIN "User" me ON me."UserRoleId" = r."ParentRoleId"
     WHERE me."Id" = ?
    UNION SELECT r."Id" FROM "UserRole" r JOIN lower ON r."ParentRoleId" = lower.role)
  SELECT role FROM lower)"""


def visible(
    schema: Schema, viewer: Viewer, thing: ObjectType, alias: str
) -> tuple[str, list[str]] | None:
    """The SQL condition that keeps the records this user sees; None if that is all of them."""
    if viewer.right(thing).view_all:
        return None
    if thing.name == "FeedItem":
        return _posts(schema, viewer, thing, alias)
    if thing.name in OWN_ROWS:
        return f"{alias}.{quoted(OWN_ROWS[thing.name])} = ?", [viewer.user_id]
    if thing.sharing_model in {"Read", "ReadWrite"}:
        return None
    if thing.sharing_model == "ControlledByParent":
        return _by_parent(schema, viewer, thing, alias)
    return _owned(schema, viewer, thing, alias)


def share_of(thing: ObjectType) -> str:
    """The name of an object's share object."""
    return f"{thing.name.removesuffix('__c')}__Share"


def _posts(
    schema: Schema, viewer: Viewer, thing: ObjectType, alias: str
) -> tuple[str, list[str]] | None:
    """Whoever sees a record sees what is posted to it."""
    parts, parameters = [], list[str]()
    for parent in filter(None, map(schema.find, thing.fields["ParentId"].reference_to)):
        if not viewer.right(parent).read:
            condition: tuple[str, list[str]] | None = ("0", [])
        else:
            condition = visible(schema, viewer, parent, "parent")
        if condition is not None:
            parts.append(
                f'(substr({alias}."ParentId", 1, 3) != ? OR EXISTS (SELECT 1'  # noqa: S608  # quoted
                f' FROM {quoted(parent.name)} parent WHERE parent."Id" = {alias}."ParentId"'
                f" AND {condition[0]}))"
            )
            parameters += [parent.key_prefix, *condition[1]]
    return (" AND ".join(parts), parameters) if parts else None


def below() -> str:
    """A SELECT of the users whose role is below the asker's; one parameter, the asker's id."""
    return _BELOW


def check_change(
    db: sqlite3.Connection, schema: Schema, viewer: Viewer, thing: ObjectType, record_id: str
) -> None:
    """Refuse to change a record that the user may not change."""
    right = viewer.right(thing)
    if right.modify_all or (thing.sharing_model == "ReadWrite" and right.edit):
        return
    condition = (
        _by_parent(schema, viewer, thing, "t0", change=True)
        if thing.sharing_model == "ControlledByParent"
        else _owned(schema, viewer, thing, "t0", change=True)
    )
    sql, parameters = condition or ("1", [])
    found = db.execute(
        f'SELECT 1 FROM {quoted(thing.name)} t0 WHERE t0."Id" = ? AND ({sql})',  # noqa: S608  # quoted
        (record_id, *parameters),
    ).fetchone()
    if not found:
        raise no_access()


def check_master(
    db: sqlite3.Connection, schema: Schema, viewer: Viewer, thing: ObjectType, record: Values
) -> None:
    """Refuse a new detail of a master that the user may not change, or read where that is enough."""
    link = _link_to_master(thing)
    if link is None or viewer.right(thing).modify_all:
        return
    master = schema.get(link.reference_to[0])
    condition = _of_master(schema, viewer, master, "t0", change=not link.read_of_master)
    sql, parameters = condition or ("1", [])
    found = db.execute(
        f'SELECT 1 FROM {quoted(master.name)} t0 WHERE t0."Id" = ? AND ({sql})',  # noqa: S608  # quoted
        (record[link.name], *parameters),
    ).fetchone()
    if not found:
        raise SalesforceError(
            "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
            f"insufficient access rights on cross-reference id: {record[link.name][:15]}",
            fields=[],
        )


def no_access() -> SalesforceError:
    """The user may not change this record."""
    return SalesforceError(
        "INSUFFICIENT_ACCESS_OR_READONLY",
        "insufficient access rights on object id",
        status=HTTPStatus.FORBIDDEN,
        fields=[],
    )


def _link_to_master(thing: ObjectType) -> Field | None:
    return next((one for one in thing.fields.values() if one.cascade_delete), None)


def _of_master(
    schema: Schema, viewer: Viewer, master: ObjectType, alias: str, *, change: bool
) -> tuple[str, list[str]] | None:
    """The condition that keeps the masters whose details this user sees, or may write."""
    right = viewer.right(master)
    if not change or right.modify_all or (master.sharing_model == "ReadWrite" and right.edit):
        return visible(schema, viewer, master, alias)
    return _owned(schema, viewer, master, alias, change=True) if right.edit else ("0", [])


def _owned(
    schema: Schema, viewer: Viewer, thing: ObjectType, alias: str, *, change: bool = False
) -> tuple[str, list[str]]:
    """What is the user's own, shared with them, or one's below them where the hierarchy grants it."""
    if "OwnerId" not in thing.fields:
        return f'{alias}."CreatedById" = ?', [viewer.user_id]
    owned, parameters = _of_user(f'{alias}."OwnerId"', viewer, thing)
    share = schema.find(share_of(thing)) if thing.custom else None
    if share is None:
        return owned, parameters
    shared, more = _of_user('share."UserOrGroupId"', viewer, thing)
    level = " AND share.\"AccessLevel\" = 'Edit'" if change else ""
    exists = (
        f'EXISTS (SELECT 1 FROM {quoted(share.name)} share WHERE share."ParentId" = {alias}."Id"'  # noqa: S608  # quoted
        f' AND share."IsDeleted" = 0{level} AND {shared})'
    )
    return f"({owned} OR {exists})", [*parameters, *more]


def _of_user(column: str, viewer: Viewer, thing: ObjectType) -> tuple[str, list[str]]:
    if not thing.hierarchy_access:
        return f"{column} = ?", [viewer.user_id]
    return f"({column} = ? OR {column} IN ({_BELOW}))", [viewer.user_id, viewer.user_id]


def _by_parent(
    schema: Schema, viewer: Viewer, thing: ObjectType, alias: str, *, change: bool = False
) -> tuple[str, list[str]] | None:
    link = _link_to_master(thing)
    if link is None:
        return "0", []
    master = schema.get(link.reference_to[0])
    inner = f"{alias}m"
    condition = _of_master(schema, viewer, master, inner, change=change and not link.read_of_master)
    if condition is None:
        return None
    sql, parameters = condition
    column = f"{alias}.{quoted(link.name)}"
    exists = (
        f"EXISTS (SELECT 1 FROM {quoted(master.name)} {inner}"  # noqa: S608  # quoted
        f' WHERE {inner}."Id" = {column} AND {sql})'
    )
    return exists, parameters
