"""What was deployed so far, file by file, and the results of deployments."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lxml import etree

from localorg import ids, tables, times
from localorg.metadata import model
from localorg.metadata.model import Component

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

_TABLES = (
    """CREATE TABLE IF NOT EXISTS _component (
       type TEXT, full_name TEXT, file TEXT NOT NULL, xml BLOB NOT NULL, id TEXT NOT NULL,
       made_by TEXT NOT NULL, made_at TEXT NOT NULL, changed_by TEXT NOT NULL,
       changed_at TEXT NOT NULL, PRIMARY KEY (type, full_name))""",
    "CREATE TABLE IF NOT EXISTS _deployment (id TEXT PRIMARY KEY, result TEXT NOT NULL)",
)
#: Ids of components are shown, never looked up; all types share this prefix here.
_COMPONENT_PREFIX = "0DC"
_DEPLOYMENT_PREFIX = "0Af"


@dataclass(frozen=True)
class Stored:
    """A deployed component with who made and changed it, and when."""

    component: Component
    id: str
    made_by: str
    made_at: str
    changed_by: str
    changed_at: str


def create(db: sqlite3.Connection) -> None:
    """Make the tables if this org has none yet."""
    for table in _TABLES:
        db.execute(table)


def stored(db: sqlite3.Connection) -> Iterator[Stored]:
    """Every deployed component, by type and name."""
    rows = db.execute("SELECT * FROM _component ORDER BY type, full_name").fetchall()
    for type_, full_name, file, xml, *about in rows:
        yield Stored(Component(type_, full_name, file, model.parse(xml)), *about)


def state(db: sqlite3.Connection, one: Component) -> str:
    """What deploying it would do: "created", "changed" or "unchanged"."""
    row = db.execute(
        "SELECT xml FROM _component WHERE type = ? AND full_name = ?", one.key
    ).fetchone()
    if row is None:
        return "created"
    return "unchanged" if bytes(row[0]) == _bytes(one) else "changed"


def keep(db: sqlite3.Connection, one: Component, user_id: str) -> str:
    """Store a component; returns its id."""
    made_id = ids.make(_COMPONENT_PREFIX, tables.next_number(db, _COMPONENT_PREFIX))
    now = times.text(times.now())
    row = db.execute(
        "INSERT INTO _component VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (type, full_name) DO UPDATE SET file = excluded.file, xml = excluded.xml,"
        " changed_by = excluded.changed_by, changed_at = excluded.changed_at RETURNING id",
        (*one.key, one.file, _bytes(one), made_id, user_id, now, user_id, now),
    ).fetchone()
    return str(row[0])


def forget(db: sqlite3.Connection, type_: str, full_name: str) -> None:
    """Remove a component, with its fields, list views, layouts and metadata records if it is an object."""
    db.execute("DELETE FROM _component WHERE type = ? AND full_name = ?", (type_, full_name))
    if type_ == "CustomObject":
        parts = (
            ("CustomField", f"{full_name}."),
            ("ListView", f"{full_name}."),
            ("Layout", f"{full_name}-"),
            ("CustomMetadata", f"{full_name.removesuffix('__mdt')}."),
        )
        for part, start in parts:
            db.execute(
                "DELETE FROM _component WHERE type = ? AND substr(full_name, 1, ?) = ?",
                (part, len(start), start),
            )


def new_deployment_id(db: sqlite3.Connection) -> str:
    """The next id of a deployment."""
    return ids.make(_DEPLOYMENT_PREFIX, tables.next_number(db, _DEPLOYMENT_PREFIX))


def keep_result(db: sqlite3.Connection, result: dict[str, Any]) -> None:
    """Store a deployment's result under its id."""
    db.execute("INSERT INTO _deployment VALUES (?, ?)", (result["id"], json.dumps(result)))


def result_of(db: sqlite3.Connection, deployment_id: str) -> dict[str, Any] | None:
    """The result of a deployment; None if the id is unknown."""
    row = db.execute("SELECT result FROM _deployment WHERE id = ?", (deployment_id,)).fetchone()
    found: dict[str, Any] | None = json.loads(row[0]) if row else None
    return found


def _bytes(one: Component) -> bytes:
    return bytes(etree.tostring(one.xml, encoding="utf-8"))
