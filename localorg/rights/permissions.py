"""What permission sets and profiles allow. Deployments write it; sessions are judged by it.

A permission set is named by its API name (`Adoption_Panel_User`). It is also a record of the
PermissionSet object. A deployment first makes that record, then calls `replace_rights` with
everything that the file grants; queries see it as ObjectPermissions and FieldPermissions.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_permissionset.htm
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zlib import crc32

from localorg import ids, tables

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

_TABLES = """
CREATE TABLE IF NOT EXISTS _object_right (
  holder TEXT, object TEXT, can_read INTEGER, can_create INTEGER, can_edit INTEGER,
  can_delete INTEGER, view_all INTEGER, modify_all INTEGER, PRIMARY KEY (holder, object));
CREATE TABLE IF NOT EXISTS _field_right (
  holder TEXT, field TEXT, readable INTEGER, editable INTEGER, PRIMARY KEY (holder, field));
CREATE TABLE IF NOT EXISTS _user_right (
  holder TEXT, name TEXT, PRIMARY KEY (holder, name));
"""
#: The fields of ObjectPermissions, in the order of `ObjectRight`.
_OBJECT_COLUMNS = (
    "PermissionsRead", "PermissionsCreate", "PermissionsEdit", "PermissionsDelete",
    "PermissionsViewAllRecords", "PermissionsModifyAllRecords",
)  # fmt: skip


@dataclass(frozen=True)
class ObjectRight:
    """What one holder may do with one object (`objectPermissions` of a permission set)."""

    read: bool = False
    create: bool = False
    edit: bool = False
    delete: bool = False
    view_all: bool = False
    modify_all: bool = False

    def __or__(self, other: ObjectRight) -> ObjectRight:
        return ObjectRight(
            *(
                mine or theirs
                for mine, theirs in zip(self.as_tuple(), other.as_tuple(), strict=True)
            )
        )

    def as_tuple(self) -> tuple[bool, ...]:
        """In the order of the fields."""
        return (self.read, self.create, self.edit, self.delete, self.view_all, self.modify_all)


@dataclass(frozen=True)
class Rights:
    """All that one permission set or profile grants, or the sum over several."""

    objects: Mapping[str, ObjectRight] = field(default_factory=dict)  #: by object API name
    fields: Mapping[str, tuple[bool, bool]] = field(default_factory=dict)
    """`Object.Field` to (readable, editable)."""
    user: frozenset[str] = frozenset()  #: user permissions: "ApiEnabled", "ViewAllData" …

    def __or__(self, other: Rights) -> Rights:
        objects = dict(self.objects)
        for name, right in other.objects.items():
            objects[name] = objects.get(name, ObjectRight()) | right
        fields = dict(self.fields)
        for name, (readable, editable) in other.fields.items():
            mine = fields.get(name, (False, False))
            fields[name] = (mine[0] or readable, mine[1] or editable)
        return Rights(objects, fields, self.user | other.user)


def create(db: sqlite3.Connection) -> None:
    """Make the tables if this is a new org."""
    db.executescript(_TABLES)


def replace_rights(db: sqlite3.Connection, holder: str, rights: Rights) -> None:
    """Make `rights` the whole of what `holder` grants.

    `holder` is the API name of a permission set, or `profile:` and the name of a profile.
    Custom metadata types are objects too: `customMetadataTypeAccesses` become an `ObjectRight`
    with `read`, and their fields are all readable.
    """
    for table in ("_object_right", "_field_right", "_user_right"):
        db.execute(f"DELETE FROM {table} WHERE holder = ?", (holder,))  # noqa: S608  # names from above
    db.executemany(
        "INSERT INTO _object_right VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        ((holder, name, *right.as_tuple()) for name, right in rights.objects.items()),
    )
    db.executemany(
        "INSERT INTO _field_right VALUES (?, ?, ?, ?)",
        ((holder, name, *right) for name, right in rights.fields.items()),
    )
    db.executemany(
        "INSERT INTO _user_right VALUES (?, ?)", ((holder, name) for name in rights.user)
    )
    _show(db, holder, rights)


def _show(db: sqlite3.Connection, holder: str, rights: Rights) -> None:
    """Keep the records that tell what a permission set grants."""
    found = db.execute('SELECT "Id" FROM "PermissionSet" WHERE "Name" = ?', (holder,)).fetchone()
    if found is None:
        return
    for table in ("ObjectPermissions", "FieldPermissions"):
        db.execute(f'DELETE FROM "{table}" WHERE "ParentId" = ?', (found[0],))  # noqa: S608  # names from above
    said: dict[str, object]
    for name, right in rights.objects.items():
        said = {"SobjectType": name} | dict(zip(_OBJECT_COLUMNS, right.as_tuple(), strict=True))
        _insert(db, "ObjectPermissions", "110", found[0], said)
    for name, (readable, editable) in rights.fields.items():
        said = {"SobjectType": name.partition(".")[0], "Field": name}
        said |= {"PermissionsRead": readable, "PermissionsEdit": editable}
        _insert(db, "FieldPermissions", "01k", found[0], said)


def _insert(
    db: sqlite3.Connection, table: str, prefix: str, parent_id: str, values: Mapping[str, object]
) -> None:
    record_id = ids.make(prefix, tables.next_number(db, prefix))
    row = {"Id": record_id, "_order": crc32(record_id.encode()), "ParentId": parent_id, **values}
    columns = ", ".join(map(tables.quoted, row))
    marks = ", ".join("?" * len(row))
    db.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(row.values()))  # noqa: S608  # quoted


def rights_of(db: sqlite3.Connection, holder: str) -> Rights:
    """What one permission set or profile grants."""
    objects = {
        name: ObjectRight(*map(bool, right))
        for name, *right in db.execute(
            "SELECT object, can_read, can_create, can_edit, can_delete, view_all, modify_all"
            " FROM _object_right WHERE holder = ?",
            (holder,),
        )
    }
    fields = {
        name: (bool(readable), bool(editable))
        for name, readable, editable in db.execute(
            "SELECT field, readable, editable FROM _field_right WHERE holder = ?", (holder,)
        )
    }
    user = db.execute("SELECT name FROM _user_right WHERE holder = ?", (holder,))
    return Rights(objects, fields, frozenset(name for (name,) in user))
