"""The checks of a record before it is stored: required values, references, unique values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localorg.errors import SalesforceError
from localorg.rights import sharing
from localorg.rights.access import viewer_of
from localorg.tables import quoted

if TYPE_CHECKING:
    import sqlite3

    from localorg.object_type import Field, ObjectType
    from localorg.rights.access import Viewer
    from localorg.schema import Schema

Values = dict[str, Any]


@dataclass(frozen=True)
class Checks:
    """Checks on behalf of one viewer."""

    db: sqlite3.Connection
    schema: Schema
    viewer: Viewer
    taken: frozenset[str] = frozenset()  #: values that a transaction elsewhere holds

    def required(self, thing: ObjectType, record: Values, only: Values | None = None) -> None:
        """Refuse a record that lacks what it must have; `only` names what a change touches."""
        missing = [
            one.name
            for one in thing.fields.values()
            if not one.nillable
            and one.type not in {"boolean", "id"}
            and (one.createable or one.updateable)
            and record.get(one.name) is None
            and (only is None or one.name in only)
            and not (one.name_field and one.defaulted_on_create)
        ]
        if missing:
            raise SalesforceError(
                "REQUIRED_FIELD_MISSING",
                f"Required fields are missing: [{', '.join(missing)}]",
                fields=missing,
            )

    def references(self, thing: ObjectType, said: Values) -> None:
        """Refuse ids of the wrong kind, of no record, or of an owner who cannot own."""
        for one in thing.fields.values():
            if one.type == "reference" and said.get(one.name) is not None:
                self._check_reference(one, said[one.name])
        if "OwnerId" in said and "OwnerId" in thing.fields and said["OwnerId"]:
            self._check_owner(thing, said["OwnerId"])

    def _check_reference(self, one: Field, target: str) -> None:
        kind = self.schema.by_prefix(target[:3])
        if kind is None or kind.name not in one.reference_to:
            raise SalesforceError(
                "FIELD_INTEGRITY_EXCEPTION",
                f"{one.label}: id value of incorrect type: {target}",
                fields=[one.name],
            )
        found = self.db.execute(
            f'SELECT "IsDeleted" FROM {quoted(kind.name)} WHERE "Id" = ?',  # noqa: S608  # quoted
            (target,),
        ).fetchone()
        if found is None:
            raise SalesforceError(
                "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", fields=[one.name]
            )
        if found[0]:
            raise SalesforceError("ENTITY_IS_DELETED", "entity is deleted", fields=[one.name])

    def _check_owner(self, thing: ObjectType, owner_id: str) -> None:
        row = self.db.execute(
            'SELECT "IsActive" FROM "User" WHERE "Id" = ?', (owner_id,)
        ).fetchone()
        if row is None:
            return
        if not row[0]:
            raise SalesforceError(
                "INACTIVE_OWNER_OR_USER",
                f"operation performed with inactive user [{owner_id[:15]}] as owner of"
                f" {thing.label.lower()}",
                fields=[],
            )
        if thing.custom and not viewer_of(self.db, owner_id).right(thing).read:
            raise SalesforceError(
                "TRANSFER_REQUIRES_READ", "The new owner must have read permission", fields=[]
            )

    def unique(self, thing: ObjectType, record: Values, record_id: str) -> None:
        """Refuse a value that another record has where values are unique."""
        for one in thing.fields.values():
            value = record.get(one.name) if one.unique else None
            if value is None:
                continue
            if value in self.taken:
                raise _duplicate(one, "<unknown>")
            found = self.db.execute(
                f'SELECT "Id" FROM {quoted(thing.name)} WHERE {quoted(one.name)} = ?'  # noqa: S608  # quoted
                ' AND "Id" != ? AND "IsDeleted" = 0',
                (value, record_id),
            ).fetchone()
            if found:
                raise _duplicate(one, self._known(thing, found[0]))

    def _known(self, thing: ObjectType, record_id: str) -> str:
        seen = sharing.visible(self.schema, self.viewer, thing, "t0")
        if seen is None:
            return record_id[:15]
        row = self.db.execute(
            f'SELECT 1 FROM {quoted(thing.name)} t0 WHERE "Id" = ? AND {seen[0]}',  # noqa: S608  # quoted
            (record_id, *seen[1]),
        ).fetchone()
        return record_id[:15] if row else "<unknown>"


def _duplicate(one: Field, of: str) -> SalesforceError:
    return SalesforceError(
        "DUPLICATE_VALUE",
        f"duplicate value found: {one.name} duplicates value on record with id: {of}",
        fields=[],
    )
