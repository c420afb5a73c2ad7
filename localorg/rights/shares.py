"""Shares: `X__Share` beside each private custom object.

A share gives one user a record that the org-wide default and the hierarchy would not:
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_associated_objects_share.htm
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from localorg import system_fields
from localorg.errors import SalesforceError
from localorg.object_type import ObjectType, new_field
from localorg.rights import sharing
from localorg.tables import quoted

if TYPE_CHECKING:
    import sqlite3

    from localorg.records import Writer
    from localorg.schema import Schema

Values = dict[str, Any]
_LEVELS = ("Read", "Edit")


def share_object(of: ObjectType) -> ObjectType:
    """The share object of a private custom object. Whoever may see a record sees its shares."""
    parent = new_field(
        "ParentId", "reference", "Record ID", length=18, nillable=False, updateable=False,
        reference_to=(of.name,), relationship_name="Parent", child_relationship_name="Shares",
        cascade_delete=True,
    )  # fmt: skip
    whom = new_field(
        "UserOrGroupId", "reference", "User/Group ID", length=18, nillable=False, updateable=False,
        reference_to=("User", "Group"), relationship_name="UserOrGroup",
    )  # fmt: skip
    level = new_field(
        "AccessLevel", "picklist", "Access Level", length=40, nillable=False, restricted=True,
        picklist=_LEVELS,
    )  # fmt: skip
    cause = new_field(
        "RowCause", "picklist", "Row Cause", length=40, restricted=True, picklist=("Manual",),
        updateable=False, default_value="Manual", defaulted_on_create=True,
    )  # fmt: skip
    own = (parent, whom, level, cause)
    every = (*system_fields.identity(), *own, *system_fields.audit()[2:4])
    return ObjectType(
        name=sharing.share_of(of), label=f"Share: {of.label}", label_plural=f"Share: {of.label}",
        sharing_model="ControlledByParent", rights_of=of.name, key_prefix=f"s{of.key_prefix[1:]}",
        fields={one.name: one for one in every},
    )  # fmt: skip


def is_share(name: str) -> bool:
    """Whether an object is the share object of another."""
    return name.endswith("__Share")


def before_create(writer: Writer, record: Values) -> None:
    """Refuse a share for somebody who cannot have one."""
    group = writer.schema.find("Group")
    if group and record["UserOrGroupId"].startswith(group.key_prefix):
        raise SalesforceError(
            "FIELD_INTEGRITY_EXCEPTION", "this org only shares with users",
            fields=["UserOrGroupId"],
        )  # fmt: skip
    row = writer.db.execute(
        'SELECT "IsActive" FROM "User" WHERE "Id" = ?', (record["UserOrGroupId"],)
    ).fetchone()
    if row and not row[0]:
        raise SalesforceError(
            "INACTIVE_OWNER_OR_USER",
            f"operation performed with inactive user [{record['UserOrGroupId'][:15]}]",
            fields=[],
        )


def known(writer: Writer, thing: ObjectType, record: Values) -> str | None:
    """The id of the share that is there already: a second one of the same only raises its level."""
    row = writer.db.execute(
        f'SELECT "Id", "AccessLevel" FROM {quoted(thing.name)} WHERE "ParentId" = ?'  # noqa: S608  # quoted
        ' AND "UserOrGroupId" = ? AND "RowCause" = ? AND "IsDeleted" = 0',
        (record["ParentId"], record["UserOrGroupId"], record["RowCause"]),
    ).fetchone()
    if row is None:
        return None
    if record["AccessLevel"] == "Edit" != row[1]:
        writer.db.execute(
            f'UPDATE {quoted(thing.name)} SET "AccessLevel" = \'Edit\' WHERE "Id" = ?',  # noqa: S608  # quoted
            (row[0],),
        )
    return str(row[0])


def owner_changed(writer: Writer, thing: ObjectType, record: Values) -> None:
    """Manual shares go when a record gets another owner."""
    share = writer.schema.find(sharing.share_of(thing))
    if share is not None:
        writer.db.execute(
            f'DELETE FROM {quoted(share.name)} WHERE "ParentId" = ? AND "RowCause" = \'Manual\'',  # noqa: S608  # quoted
            (record["Id"],),
        )


def set_hierarchy(db: sqlite3.Connection, schema: Schema, name: str, *, grants: bool) -> None:
    """Tick or untick "Grant Access Using Hierarchies" of a custom object, as Setup does."""
    thing = schema.get(name)
    if not thing.name.endswith("__c"):
        raise ValueError(f"the hierarchy always grants access to {name}")
    schema.add_object(db, replace(thing, hierarchy_access=grants), anew=True)
