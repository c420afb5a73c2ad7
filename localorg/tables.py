"""The schema's own tables, and the table of each object, in SQLite.

Every object has one table named after it. Besides the described fields each table has the
column `_order`, a fixed pseudo-random number: without ORDER BY, Salesforce promises no order.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from localorg.object_type import Field, ObjectType, SchemaError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

_TABLES = """
CREATE TABLE IF NOT EXISTS _object (name TEXT PRIMARY KEY, said TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS _number (prefix TEXT PRIMARY KEY, last INTEGER NOT NULL);
"""


def create(db: sqlite3.Connection) -> None:
    """Make the schema's tables if this is a new org."""
    db.executescript(_TABLES)


def quoted(name: str) -> str:
    """An API name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def read_objects(db: sqlite3.Connection) -> Iterator[ObjectType]:
    """Every stored object, in the order of its making."""
    for (said,) in db.execute("SELECT said FROM _object ORDER BY rowid"):
        about: dict[str, Any] = json.loads(said)
        fields = (Field(**_tuples(one)) for one in about.pop("fields"))
        yield ObjectType(**about, fields={one.name: one for one in fields})


def write_object(db: sqlite3.Connection, thing: ObjectType) -> None:
    """Store what the object says of itself; make its table if it has none."""
    said = {**vars(thing), "fields": [vars(one) for one in thing.fields.values()]}
    db.execute(
        "INSERT INTO _object VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET said = excluded.said",
        (thing.name, json.dumps(said)),
    )
    db.execute(
        f"CREATE TABLE IF NOT EXISTS {quoted(thing.name)}"
        ' ("Id" TEXT PRIMARY KEY, "IsDeleted" INTEGER NOT NULL DEFAULT 0,'
        ' "_order" INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID'
    )


def drop_object(db: sqlite3.Connection, thing: ObjectType) -> None:
    """Remove an object and its records."""
    db.execute(f"DROP TABLE {quoted(thing.name)}")
    db.execute("DELETE FROM _object WHERE name = ?", (thing.name,))


def put_field(
    db: sqlite3.Connection, thing: ObjectType, known: Field | None, wanted: Field
) -> None:
    """Bring the column and the unique index of a field into the wanted state."""
    if wanted.name not in {"Id", "IsDeleted"}:
        if known is not None and known.storage != wanted.storage:
            _refuse_if_used(db, thing, known)
            drop_field(db, thing, known)
            known = None
        if known is None:
            column = f"{quoted(wanted.name)} {wanted.storage}"
            if wanted.type == "boolean":
                column += " NOT NULL DEFAULT 0"
            db.execute(f"ALTER TABLE {quoted(thing.name)} ADD COLUMN {column}")
    _put_index(db, thing, wanted)


def drop_field(db: sqlite3.Connection, thing: ObjectType, known: Field) -> None:
    """Remove a column and its index."""
    db.execute(f"DROP INDEX IF EXISTS {_index(thing, known)}")
    db.execute(f"ALTER TABLE {quoted(thing.name)} DROP COLUMN {quoted(known.name)}")


@contextmanager
def without_indexes(db: sqlite3.Connection, thing: ObjectType) -> Iterator[None]:
    """Many records are added faster without the object's indexes, which are then made in one go.

    Those that keep values unique stay.
    """
    made = db.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ?"
        " AND sql LIKE 'CREATE INDEX %'",
        (thing.name,),
    ).fetchall()
    for name, _ in made:
        db.execute(f"DROP INDEX {quoted(name)}")
    yield
    for _, sql in made:
        db.execute(sql)


def next_number(db: sqlite3.Connection, prefix: str) -> int:
    """Count up the ids of a key prefix; returns the new number."""
    row = db.execute(
        "INSERT INTO _number VALUES (?, 1)"
        " ON CONFLICT (prefix) DO UPDATE SET last = last + 1 RETURNING last",
        (prefix,),
    ).fetchone()
    return int(row[0])


def _put_index(db: sqlite3.Connection, thing: ObjectType, wanted: Field) -> None:
    name = _index(thing, wanted)
    db.execute(f"DROP INDEX IF EXISTS {name}")
    if wanted.unique and wanted.name != "Id":
        _refuse_if_doubled(db, thing, wanted)
        db.execute(
            f"CREATE UNIQUE INDEX {name} ON {quoted(thing.name)} ({quoted(wanted.name)})"
            ' WHERE "IsDeleted" = 0'
        )
    elif wanted.external_id or wanted.type == "reference":
        db.execute(f"CREATE INDEX {name} ON {quoted(thing.name)} ({quoted(wanted.name)})")


def _refuse_if_used(db: sqlite3.Connection, thing: ObjectType, known: Field) -> None:
    used = f"SELECT 1 FROM {quoted(thing.name)} WHERE {quoted(known.name)} IS NOT NULL LIMIT 1"  # noqa: S608  # quoted
    if db.execute(used).fetchone():
        raise SchemaError(f"Cannot change the type of {thing.name}.{known.name}: it holds values")


def _refuse_if_doubled(db: sqlite3.Connection, thing: ObjectType, wanted: Field) -> None:
    column = quoted(wanted.name)
    twice = db.execute(
        f'SELECT 1 FROM {quoted(thing.name)} WHERE "IsDeleted" = 0 AND {column} IS NOT NULL'  # noqa: S608  # quoted
        f" GROUP BY {column} HAVING COUNT(*) > 1 LIMIT 1"
    ).fetchone()
    if twice:
        raise SchemaError(f"Cannot make {thing.name}.{wanted.name} unique: values occur twice")


def _index(thing: ObjectType, one: Field) -> str:
    return quoted(f"index {thing.name}.{one.name}")


def _tuples(about: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in about.items()}
