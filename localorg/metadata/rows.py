"""Records that only a deployment writes: custom metadata records and permission sets."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from localorg import ids, tables, times

if TYPE_CHECKING:
    import sqlite3

    from localorg.object_type import ObjectType


def put(
    db: sqlite3.Connection,
    thing: ObjectType,
    key: tuple[str, str],
    values: dict[str, Any],
    user_id: str,
) -> str:
    """Make or update the record whose field `key[0]` is `key[1]`; returns its id."""
    table, column = tables.quoted(thing.name), tables.quoted(key[0])
    row = db.execute(f"SELECT Id FROM {table} WHERE {column} = ?", (key[1],)).fetchone()  # noqa: S608  # quoted
    said = {**values, key[0]: key[1]}
    if row is None:
        return add(db, thing, said, user_id)
    written = _known(thing, said | _changed(user_id))
    changes = ", ".join(f"{tables.quoted(name)} = ?" for name in written)
    db.execute(f"UPDATE {table} SET {changes} WHERE Id = ?", (*written.values(), row[0]))  # noqa: S608  # quoted
    return str(row[0])


def add(db: sqlite3.Connection, thing: ObjectType, values: dict[str, Any], user_id: str) -> str:
    """Make a record; returns its id."""
    changed = _changed(user_id)
    created = {"CreatedDate": changed["LastModifiedDate"], "CreatedById": user_id}
    written = _known(thing, values | changed | created)
    table = tables.quoted(thing.name)
    made = ids.make(thing.key_prefix, tables.next_number(db, thing.key_prefix))
    names = ", ".join(tables.quoted(name) for name in ("Id", "_order", *written))
    marks = ", ".join("?" * (len(written) + 2))
    insert = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608  # quoted
    db.execute(insert, (made, zlib.crc32(made.encode()), *written.values()))
    return made


def remove(db: sqlite3.Connection, thing: ObjectType, key: tuple[str, str]) -> None:
    """Remove the record whose field `key[0]` is `key[1]`."""
    table, column = tables.quoted(thing.name), tables.quoted(key[0])
    db.execute(f"DELETE FROM {table} WHERE {column} = ?", (key[1],))  # noqa: S608  # quoted


def _changed(user_id: str) -> dict[str, Any]:
    now = times.text(times.now())
    return {"LastModifiedDate": now, "LastModifiedById": user_id, "SystemModstamp": now}


def _known(thing: ObjectType, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in thing.fields}
