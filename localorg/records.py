"""Creating, changing and deleting one record, with every check that an org makes."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from localorg import derived, ids, multicurrency, object_rules, times, values
from localorg.control_state import NOBODY, OpenTransaction
from localorg.errors import SalesforceError, no_column, not_found
from localorg.record_checks import Checks
from localorg.rights import shares, sharing
from localorg.tables import next_number, quoted

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from localorg.object_type import Field, ObjectType
    from localorg.rights.access import Viewer
    from localorg.schema import Schema

Values = dict[str, Any]


@dataclass(frozen=True)
class Writer:
    """Writes for one viewer inside one transaction."""

    db: sqlite3.Connection
    schema: Schema
    viewer: Viewer
    elsewhere: OpenTransaction = NOBODY

    @property
    def _checks(self) -> Checks:
        return Checks(self.db, self.schema, self.viewer, self.elsewhere.values)

    def create(self, thing: ObjectType, given: Mapping[str, Any]) -> str:
        """Make a record; returns its id."""
        self._refuse_locked(thing)
        if not thing.createable or not self.viewer.right(thing).create:
            raise SalesforceError(
                "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
                f"entity type cannot be inserted: {thing.label}",
                fields=[],
            )
        said = self._read(thing, given, new=True)
        record = derived.defaults(thing.name) | _defaults(thing) | said
        if "OwnerId" in thing.fields and not record.get("OwnerId"):
            record["OwnerId"] = self.viewer.user_id
        if multicurrency.FIELD in thing.fields and not record.get(multicurrency.FIELD):
            record[multicurrency.FIELD] = multicurrency.corporate(self.schema, self.db)
        record |= derived.derive(thing.name, None, record)
        self._checks.required(thing, record)
        self._checks.references(thing, said)
        sharing.check_master(self.db, self.schema, self.viewer, thing, record)
        object_rules.before_create(self, thing, record)
        there = shares.known(self, thing, record) if shares.is_share(thing.name) else None
        if there is not None:
            return there
        record_id = ids.make(thing.key_prefix, next_number(self.db, thing.key_prefix))
        self._number(thing, record)
        self._checks.unique(thing, record, record_id)
        self.insert(thing, record | self._stamps(new=True) | {"Id": record_id})
        object_rules.after_create(self, thing, record | {"Id": record_id})
        return record_id

    def update(self, thing: ObjectType, record_id: str, given: Mapping[str, Any]) -> None:
        """Change a record."""
        self._refuse_locked(thing)
        before = self.get(thing, record_id)
        if not thing.updateable or not self.viewer.right(thing).edit:
            raise sharing.no_access()
        sharing.check_change(self.db, self.schema, self.viewer, thing, record_id)
        said = self._read(thing, given, new=False)
        after = before | said
        said |= derived.derive(thing.name, before, after)
        self._checks.required(thing, before | said, only=said)
        self._checks.references(thing, said)
        object_rules.before_update(self, thing, before, said)
        self._checks.unique(thing, said, record_id)
        self._set(thing, record_id, said | self._stamps(new=False))
        object_rules.after_update(self, thing, before, before | said)

    def delete(self, thing: ObjectType, record_id: str) -> None:
        """Put a record into the bin, or away for good where there is none; children go along."""
        before = self.get(thing, record_id)
        if not thing.deletable or not self.viewer.right(thing).delete:
            raise sharing.no_access()
        sharing.check_change(self.db, self.schema, self.viewer, thing, record_id)
        object_rules.before_delete(self, thing, before)
        self._remove(thing, record_id)
        object_rules.after_change(self, thing, before)

    def get(self, thing: ObjectType, record_id: str) -> Values:
        """All stored values of a record; refuses an unknown or deleted one."""
        row = self.db.execute(
            f'SELECT * FROM {quoted(thing.name)} WHERE "Id" = ?',  # noqa: S608  # quoted
            (record_id,),
        ).fetchone()
        if row is None:
            raise not_found()
        if row["IsDeleted"]:
            raise SalesforceError(
                "ENTITY_IS_DELETED", "entity is deleted", status=HTTPStatus.NOT_FOUND, fields=[]
            )
        return dict(row)

    def insert(self, thing: ObjectType, record: Values) -> None:
        """Store a checked record as it is."""
        known = {name: value for name, value in record.items() if name in thing.fields}
        known["_order"] = zlib.crc32(record["Id"].encode())
        columns = ", ".join(map(quoted, known))
        self.db.execute(
            f"INSERT INTO {quoted(thing.name)} ({columns})"  # noqa: S608  # quoted
            f" VALUES ({', '.join('?' * len(known))})",
            tuple(known.values()),
        )

    def _set(self, thing: ObjectType, record_id: str, said: Values) -> None:
        known = {name: value for name, value in said.items() if name in thing.fields}
        sets = ", ".join(f"{quoted(name)} = ?" for name in known)
        self.db.execute(
            f'UPDATE {quoted(thing.name)} SET {sets} WHERE "Id" = ?',  # noqa: S608  # quoted
            (*known.values(), record_id),
        )

    def _remove(self, thing: ObjectType, record_id: str) -> None:
        if "IsDeleted" in thing.fields and not thing.setup:
            self._set(thing, record_id, {"IsDeleted": 1} | self._stamps(new=False))
        else:
            self.db.execute(
                f'DELETE FROM {quoted(thing.name)} WHERE "Id" = ?',  # noqa: S608  # quoted
                (record_id,),
            )
        for child in self.schema:
            for link in child.fields.values():
                if link.cascade_delete and thing.name in link.reference_to:
                    rows = self.db.execute(
                        f'SELECT "Id" FROM {quoted(child.name)}'  # noqa: S608  # quoted
                        f' WHERE {quoted(link.name)} = ? AND "IsDeleted" = 0',
                        (record_id,),
                    ).fetchall()
                    for (child_id,) in rows:
                        self._remove(child, child_id)

    def _stamps(self, *, new: bool) -> Values:
        moment, user_id = times.text(times.now()), self.viewer.user_id
        stamps = {
            "LastModifiedDate": moment, "LastModifiedById": user_id, "SystemModstamp": moment,
        }  # fmt: skip
        return stamps | ({"CreatedDate": moment, "CreatedById": user_id} if new else {})

    def _refuse_locked(self, thing: ObjectType) -> None:
        if thing.name in self.elsewhere.locks:
            raise SalesforceError(
                "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record", fields=[]
            )

    def _read(self, thing: ObjectType, given: Mapping[str, Any], *, new: bool) -> Values:
        said: Values = {}
        for name, value in given.items():
            if name == "attributes":
                continue
            one = self.viewer.find_field(thing, name)
            if one is None:
                raise no_column(name, thing.name)
            allowed = one.createable if new else one.updateable
            if not allowed or not self.viewer.edits(thing, one):
                raise _read_only(one)
            said[one.name] = values.stored(one, value)
        return said

    def _number(self, thing: ObjectType, record: Values) -> None:
        for one in thing.fields.values():
            if one.auto_number:
                number = next_number(self.db, f"{thing.name}.{one.name}")
                record[one.name] = _auto_number(one.auto_number, number)
        named = thing.name_field
        if named and named.defaulted_on_create and named.name == "Name":
            record.setdefault("Name", None)


def _auto_number(display_format: str, number: int) -> str:
    start, _, rest = display_format.partition("{")
    digits, _, end = rest.partition("}")
    return f"{start}{number:0{len(digits)}d}{end}"


def _defaults(thing: ObjectType) -> Values:
    return {
        one.name: values.stored(one, one.default_value)
        for one in thing.fields.values()
        if one.default_value is not None
    }


def _read_only(one: Field) -> SalesforceError:
    return SalesforceError(
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        f"Unable to create/update fields: {one.name}. Please check the security settings of this"
        " field and verify that it is read/write for your profile or permission set.",
        fields=[one.name],
    )
