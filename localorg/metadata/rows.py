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
    now = times.text(times.now())
    said = {**values, key[0]: key[1], "LastModifiedDate": now, "LastModifiedById": user_id}
    said["SystemModstamp"] = now
    row = db.execute(f"SELECT Id FROM {table} WHERE {column} = ?", (key[1],)).fetchone()  # noqa: S608  # quoted
    if row is None:
        said |= {"CreatedDate": now, "CreatedById": user_id}
    written = {name: value for name, value in said.items() if name in thing.fields}
    if row is not None:
        changes = ", ".join(f"{tables.quoted(name)} = ?" for name in written)
        db.execute(f"UPDATE {table} SET {changes} WHERE Id = ?", (*written.values(), row[0]))  # noqa: S608  # quoted
        return str(row[0])
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
