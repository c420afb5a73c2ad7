"""What objects and fields this org has.

`Schema` is the one answer to "does this exist?": queries, writes, describes and deployments
all ask it. It lives in memory and is written through to SQLite, so that a restarted org knows
what was deployed to it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from localorg import tables
from localorg.ids import free_prefix
from localorg.object_type import (
    Field,
    FieldType,
    ObjectType,
    SchemaError,
    SharingModel,
    new_field,
)
from localorg.rights.shares import share_object
from localorg.rights.sharing import share_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

__all__ = [
    "Field",
    "FieldType",
    "ObjectType",
    "Schema",
    "SchemaError",
    "SharingModel",
    "new_field",
]


class Schema:
    """All objects of the org. Every change takes the connection of the running transaction.

    After a transaction that changed the schema rolls back, call `load` again
    (`Org.write` does).
    """

    def __init__(self) -> None:
        self._objects: dict[str, ObjectType] = {}
        self.changed = False  #: since the last `load` or commit

    def load(self, db: sqlite3.Connection) -> None:
        """Forget everything and read what is stored."""
        self._objects = {one.name.lower(): one for one in tables.read_objects(db)}
        self.changed = False

    def __iter__(self) -> Iterator[ObjectType]:
        return iter(self._objects.values())

    def find(self, name: str) -> ObjectType | None:
        """The object of that API name, in any case."""
        return self._objects.get(name.lower())

    def by_prefix(self, prefix: str) -> ObjectType | None:
        """The object whose ids start with these three characters."""
        return next((one for one in self if one.key_prefix == prefix), None)

    def add_object(
        self, db: sqlite3.Connection, wanted: ObjectType, *, anew: bool = False
    ) -> ObjectType:
        """Add an object with its table, or change what a known one says of itself.

        A known object keeps its key prefix and the fields that `wanted` does not name, and, unless
        `anew`, what no deployment can say: whether the hierarchy grants access.
        """
        known = self.find(wanted.name)
        prefix = wanted.key_prefix or free_prefix({one.key_prefix for one in self}, wanted.name)
        fields = dict(wanted.fields)
        if known:
            prefix, fields = known.key_prefix, {**known.fields, **fields}
        grants = known.hierarchy_access if known and not anew else wanted.hierarchy_access
        made = replace(
            wanted, key_prefix=prefix, fields={} if not known else known.fields,
            hierarchy_access=grants,
        )  # fmt: skip
        self._keep(db, made)
        for one in fields.values():
            if made.fields.get(one.name) != one:
                tables.put_field(db, made, made.fields.get(one.name), one)
        self._keep(db, replace(made, fields=fields))
        if wanted.feed_enabled:
            self._let_post(db, wanted.name)
        if made.custom and made.sharing_model == "Private":
            self.add_object(db, share_object(made))
        return self.get(wanted.name)

    def add_field(self, db: sqlite3.Connection, object_name: str, wanted: Field) -> None:
        """Add a field with its column and indexes, or change a known one.

        Raises `SchemaError` if values in the org contradict the change.
        """
        thing = self.get(object_name)
        tables.put_field(db, thing, thing.fields.get(wanted.name), wanted)
        self._keep(db, replace(thing, fields={**thing.fields, wanted.name: wanted}))

    def remove_field(self, db: sqlite3.Connection, object_name: str, name: str) -> None:
        """Remove a custom field with its values."""
        thing = self.get(object_name)
        if name not in thing.fields:
            raise SchemaError(f"No field {object_name}.{name} found")
        tables.drop_field(db, thing, thing.fields[name])
        kept = {key: one for key, one in thing.fields.items() if key != name}
        self._keep(db, replace(thing, fields=kept))

    def remove_object(self, db: sqlite3.Connection, name: str) -> None:
        """Remove a custom object with its records."""
        thing = self.get(name)
        if not thing.custom:
            raise SchemaError(f"The standard object {name} cannot be removed")
        for each in (self.find(share_of(thing)), thing):
            if each is not None:
                tables.drop_object(db, each)
                del self._objects[each.name.lower()]
        self.changed = True

    def _let_post(self, db: sqlite3.Connection, name: str) -> None:
        """An object whose feed is enabled may be the parent of a FeedItem."""
        item = self.find("FeedItem")
        parent = item.fields["ParentId"] if item else None
        if parent and name not in parent.reference_to:
            kinds = (*parent.reference_to, name)
            self.add_field(db, "FeedItem", replace(parent, reference_to=kinds))

    def get(self, name: str) -> ObjectType:
        """The object of that name; `SchemaError` if the org lacks it."""
        found = self.find(name)
        if found is None:
            raise SchemaError(f"There is no object {name} in this org")
        return found

    def _keep(self, db: sqlite3.Connection, thing: ObjectType) -> None:
        tables.write_object(db, thing)
        self._objects[thing.name.lower()] = thing
        self.changed = True
