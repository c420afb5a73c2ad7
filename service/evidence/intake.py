"""Takes pages in, each parsed once, while the next one is still on its way.

Two threads stage pages, each in a transaction of its own that lasts as long as one object's pages
keep coming, so that whole row groups go to disk, compressed, and none twice. Whoever brings the
pages may be a few ahead of them. A page is read by one thread, so the order of `rowid` within a
page is that of its rows. Appends to one table do not conflict:
https://duckdb.org/docs/stable/connect/concurrency
"""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from service.evidence import ids, repeats, staging
from service.evidence.packed_pages import pages_of
from service.evidence.page_stage import Done, Page, Task, stage
from service.evidence.people import NoUsersError, load_users
from service.evidence.rejects import Register
from service.evidence.spill import THREADS, open_database
from service.evidence.typed import FORMS
from service.tables import COLUMNS, Table, Tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

    from service.evidence.staging import Plan
    from service.evidence.typed import Form
    from service.scoring.rule_set import RuleSet

#: Pages that may wait or be worked on: more would only take room.
_PAGES_AT_ONCE = THREADS + 1
#: Ids in both lengths, with the number that stands for them in the staged tables.
_KEYS = (
    "CREATE TABLE user_keys (id VARCHAR, u INTEGER); CREATE TABLE lead_keys (id VARCHAR, k INTEGER)"
)


@dataclass
class Intake:
    """The staged tables of one reading while it is read. Make it with `open_intake`.

    Objects come one after the other in the order of `COLUMNS`: rows point to users and to leads.
    """

    connection: duckdb.DuckDBPyConnection
    rules: RuleSet
    naive_zone: str
    work_dir: Path  #: where parts of packed pages lie until they are staged
    memory_limit_mb: int  #: of the database's buffers
    rejects: Register = field(default_factory=Register)
    rows: dict[str, int] = field(default_factory=dict)  #: by object, rejected ones included
    _filled: dict[str, int] = field(default_factory=dict)  #: bits of columns that have a value
    _forms: list[Form] = field(default_factory=lambda: list(FORMS))  #: the likeliest one first
    _unusual: dict[str, set[Form]] = field(
        default_factory=dict
    )  #: forms that do not suit an object
    _plan: Plan | None = None
    _has_users: bool = False
    _has_lead_keys: bool = False
    _pages: int = 0
    _running: list[Future[None]] = field(default_factory=list)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS))
    _room: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(_PAGES_AT_ONCE))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _local: threading.local = field(default_factory=threading.local)
    _cursors: list[duckdb.DuckDBPyConnection] = field(default_factory=list)

    def take(self, page: Page) -> None:
        """Stage a page soon. Waits while several are on their way; raises what went wrong with one.

        Raises NoUsersError when others than users come and there are none.
        """
        if self._plan is None or self._plan.object_name != page.object_name:
            self._begin(page.object_name)
        self._room.acquire()
        self._pages += 1
        future = self._pool.submit(self._stage, page, self._pages)
        future.add_done_callback(lambda _: self._room.release())
        self._running.append(future)
        self._raise_failures(wait=False)

    def take_pages(self, tables: Tables) -> None:
        """Take every page of a reading. Raises PackedError where one is not whole."""
        for name in COLUMNS:
            for path in tables.by_name[name].pages if name in tables.by_name else ():
                for page in pages_of(name, path, self.work_dir):
                    self.take(page)

    def finish(self) -> Tables:
        """The reading, without gaps, when all pages were taken; its tables have no pages."""
        self._end()
        self._load_users()
        self.connection.execute(f"SET threads = {THREADS}")
        return self._tables()

    def close(self) -> None:
        """Stop what is under way and end the threads."""
        for cursor in self._cursors:
            cursor.interrupt()
        self._pool.shutdown(cancel_futures=True)
        cursors, self._cursors = self._cursors, []
        for cursor in cursors:
            cursor.close()

    def _begin(self, name: str) -> None:
        self._end()
        if name not in staging.PEOPLE:
            self._load_users()
        self._plan = staging.plan_of(name, self.rules)
        if "WhoId" in self._plan.columns:
            self._load_lead_keys()
        self.rows[name] = self._filled[name] = 0

    def _end(self) -> None:
        """All of an object's pages are staged, and seen by everybody."""
        self._raise_failures(wait=True)
        self._local = threading.local()
        cursors, self._cursors = self._cursors, []
        for cursor in cursors:
            cursor.execute("COMMIT")
            cursor.close()
        if self._plan is not None:
            name = self._plan.object_name
            repeats.set_aside(self.connection, name, self.rows[name], self.rejects)
        self._plan = None

    def _raise_failures(self, *, wait: bool) -> None:
        for future in [one for one in self._running if wait or one.done()]:
            self._running.remove(future)
            future.result()

    def make_tables(self) -> None:
        """Every table, empty."""
        statements = [_KEYS]
        for name in COLUMNS:
            plan = staging.plan_of(name, self.rules)
            shape = staging.select(plan, staging.empty(plan), 0)
            statements.append(f"CREATE TABLE staged_{name} AS {shape}")
        self.connection.execute(f"BEGIN; {'; '.join(statements)}; COMMIT")

    def _load_users(self) -> None:
        if not self._has_users:
            self._has_users = True
            self._check_users()
            load_users(self.connection, self._tables(), self.rules)
            self.connection.execute(f"""
                INSERT INTO user_keys
                SELECT id, u FROM users UNION SELECT {ids.sql_to_18("id")}, u FROM users
                UNION SELECT s.text_Id, p.u FROM staged_User s JOIN users p ON p.id = s.Id
            """)  # noqa: S608 - an expression of ours

    def _check_users(self) -> None:
        """Raises NoUsersError where there are users, but none that can be read."""
        readable = "SELECT 1 FROM staged_User WHERE Id IS NOT NULL LIMIT 1"
        rows = self.rows.get("User", 0)
        if not rows or self.connection.execute(readable).fetchone():
            return
        set_aside = [one.place for one in self.rejects.rejected() if one.object_name == "User"]
        why = set_aside[0] if set_aside else "the column Id is empty in every row"
        raise NoUsersError(
            f"None of the {rows:,} users can be read: {why}. Export again, and do not edit the "
            "files: a spreadsheet program changes ids and dates."
        )

    def _load_lead_keys(self) -> None:
        """Leads, and the contacts that they were converted to."""
        if self._has_lead_keys:
            return
        self._has_lead_keys = True
        self.connection.execute(f"""
            INSERT INTO lead_keys
            WITH texts AS (
                SELECT Id AS id, text_Id AS text FROM staged_Lead WHERE Id IS NOT NULL UNION
                SELECT ConvertedContactId, text_ConvertedContactId FROM staged_Lead
                WHERE ConvertedContactId IS NOT NULL
            ), keys AS (
                SELECT id, row_number() OVER ()::INTEGER AS k FROM (SELECT DISTINCT id FROM texts)
            )
            SELECT id, k FROM keys UNION SELECT {ids.sql_to_18("id")}, k FROM keys
            UNION SELECT t.text, k.k FROM texts t JOIN keys k ON k.id = t.id
        """)  # noqa: S608 - names are ours

    def _tables(self) -> Tables:
        found = {
            name: Table(name, (), _columns(name, self._filled[name]), rows)
            for name, rows in self.rows.items()
        }
        return Tables(found, (), self.naive_zone)

    def _stage(self, page: Page, number: int) -> None:
        name, plan = page.object_name, self._plan
        assert plan is not None  # noqa: S101 - `take` began it
        task = Task(
            page, number, plan, self.naive_zone,
            filled=self._filled[name],
            form=self._form(name),
        )  # fmt: skip
        done = stage(self._cursor(), task)
        if page.restore:
            page.path.unlink()
        with self._lock:
            if done.is_unusual and task.form is not None:
                self._set_aside(name, task.form)
            self._note(name, number, page, done)

    def _form(self, name: str) -> Form | None:
        """The form in which a page of the object is tried; none where times are not in UTC."""
        tried = self._unusual.setdefault(name, set())
        left = (one for one in self._forms if one not in tried)
        return next(left, None) if self.naive_zone == "UTC" else None

    def _set_aside(self, name: str, form: Form) -> None:
        """Not for this object, and for others last: one door writes one form."""
        self._unusual[name].add(form)
        self._forms = [*(one for one in self._forms if one != form), form]

    def _note(self, name: str, number: int, page: Page, done: Done) -> None:
        self.rows[name] += done.rows
        self._filled[name] |= done.filled
        self.rejects.note(page, number, done)

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        """This thread's connection, within its transaction."""
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._local, "cursor", None)
        if cursor is None:
            self._local.cursor = cursor = self.connection.cursor()
            with self._lock:
                self._cursors.append(cursor)
            cursor.execute("BEGIN")
        return cursor


def _columns(name: str, filled: int) -> frozenset[str]:
    return frozenset(column.name for at, column in enumerate(COLUMNS[name]) if filled >> at & 1)


@contextmanager
def open_intake(
    rules: RuleSet, naive_zone: str, *, work_dir: Path, memory_limit_mb: int
) -> Iterator[Intake]:
    """Staged tables in a database of their own under `work_dir`, which is gone after the block.

    Connects inside the call, so it may run in a forked worker. `memory_limit_mb` bounds DuckDB's
    buffers; the process needs about 150 MB more.
    """
    with open_database(work_dir, memory_limit_mb) as connection:
        # Each page is one thread's: see above.
        connection.execute("SET threads = 1")
        intake = Intake(connection, rules, naive_zone, work_dir, memory_limit_mb)
        intake.make_tables()
        try:
            yield intake
        finally:
            intake.close()
