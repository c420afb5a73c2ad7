"""The org as one object: its store, its schema, its settings and what it counts."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from localorg import actions_api, control_state, ids, posting, tables
from localorg.auth import apps, sessions
from localorg.bulk.ingest import Ingests
from localorg.bulk.jobs import Jobs
from localorg.rights import grants, permissions
from localorg.schema import Schema
from localorg.soql.cursors import Cursors
from localorg.standard_objects import standard_objects
from localorg.store import Store

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: The organization's id when no export names one.
DEFAULT_ORG_ID = ids.widen("00D5g000000000A")
_TABLE = "CREATE TABLE IF NOT EXISTS _setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);"


@dataclass
class Settings:
    """What may differ between runs."""

    page_size: int = 2000  #: the most records of one query page
    bulk_page_size: int = (
        50_000  #: the most rows of one page of a query job, unless asked otherwise
    )
    api_limit: int = 100_000  #: calls a day, said in Sforce-Limit-Info
    cursor_seconds: int = 2 * 24 * 3600  #: how long a query locator lives
    api_url: str = ""  #: filled in when the ports are known
    cli_url: str = ""
    page_url: str = ""


@dataclass
class Usage:
    """How many API calls were made since the start."""

    api_calls: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self) -> int:
        """Count one call; returns the new number."""
        with self._lock:
            self.api_calls += 1
            return self.api_calls


class Org:
    """Open (or make) the org in `directory`. Close it when done."""

    def __init__(self, directory: Path, settings: Settings | None = None) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.directory = directory
        self.settings = settings or Settings()
        self.usage = Usage()
        self.control = control_state.Control()
        self.cursors = Cursors(self.settings.cursor_seconds)
        self.jobs = Jobs(directory)
        self.ingests = Ingests()
        self.schema = Schema()
        self.on_apps_changed: Callable[[], None] = _nothing
        self.store = Store(directory / "org.sqlite")
        with self.store.read() as db:
            known = db.execute("SELECT 1 FROM sqlite_master WHERE name = '_setting'").fetchone()
        if not known:
            self._make()
        with self.write() as db:
            posting.create(db)
            actions_api.create(db)
            grants.create(db)
        with self.read() as db:
            self.schema.load(db)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """One state of the org, to read."""
        with self.store.read() as db:
            yield db

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction over records, schema, rights and apps."""
        with self.store.write() as db:
            try:
                yield db
            except BaseException:
                if self.schema.changed:
                    db.execute("ROLLBACK")
                    db.execute("BEGIN")
                    self.schema.load(db)
                raise
            self.schema.changed = False

    @property
    def org_id(self) -> str:
        """The 18-character id of the organization."""
        with self.read() as db:
            return get_setting(db, "org_id") or DEFAULT_ORG_ID

    def close(self) -> None:
        """Let go of the file."""
        self.store.close()

    def _make(self) -> None:
        with self.store.read() as db:
            db.execute("ROLLBACK")
            for part in (tables, permissions, apps, sessions):
                part.create(db)
            db.executescript(_TABLE)
            db.execute("BEGIN")
        with self.write() as db:
            for thing in standard_objects():
                self.schema.add_object(db, thing)


def get_setting(db: sqlite3.Connection, name: str) -> str | None:
    """A setting that the org keeps with its records."""
    row = db.execute("SELECT value FROM _setting WHERE name = ?", (name,)).fetchone()
    return str(row[0]) if row else None


def put_setting(db: sqlite3.Connection, name: str, value: str) -> None:
    """Keep a setting."""
    db.execute(
        "INSERT INTO _setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )


def _nothing() -> None:
    """What happens after apps changed, until somebody says otherwise."""
