"""One page into its staged table: the plain way, and where that will not do, the careful way."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.evidence import careful, pages, staging, typed
from service.tables import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import duckdb

    from service.evidence.careful import BrokenRow
    from service.evidence.staging import Plan


def _only_header() -> int:
    return 1


@dataclass(frozen=True)
class Page:
    """A CSV file with a header row and all or a part of one object's rows."""

    object_name: str
    path: Path
    label: str  #: the file that it is (a part of), as messages name it
    lines_before: Callable[[], int] = _only_header  #: lines of that file before its first row
    restore: Callable[[], object] | None = None  #: writes the file anew; None: it stays


@dataclass(frozen=True)
class Task:
    """What is to be done with a page."""

    page: Page
    number: int  #: pages are numbered in the order of the reading
    plan: Plan
    naive_zone: str
    filled: int  #: bits of the object's columns that are known to have a value
    is_plain: bool  #: whether to try the plain way first


@dataclass(frozen=True)
class BadText:
    """A text that its column's kind does not allow, and where it stands in the page."""

    row: int
    line: int
    column: str
    text: str


@dataclass(frozen=True)
class Done:
    """What a page held."""

    rows: int
    filled: int = 0
    broken: int = 0
    first_broken: BrokenRow | None = None
    unreadable: int = 0
    first_unreadable: BadText | None = None
    is_unusual: bool = False  #: the plain way suits few of its rows


@dataclass(frozen=True)
class _Inserted:
    rows: int
    bad: int
    filled: int
    is_broken: bool


@contextmanager
def again(page: Page, *, is_broken: bool) -> Iterator[Path]:
    """A page that was staged, once more; without its broken rows where it had any."""
    if page.restore:
        page.restore()
    cleaned = page.path.with_suffix(".clean")
    try:
        if is_broken:
            careful.clean(page.path, cleaned)
        yield cleaned if is_broken else page.path
    finally:
        cleaned.unlink(missing_ok=True)
        if page.restore:
            page.path.unlink()


def stage(connection: duckdb.DuckDBPyConnection, task: Task) -> Done:
    """Add the page's readable rows to the staged table; say what else it held."""
    path, header = task.page.path, pages.header(task.page.path)
    if not header:
        return Done(0)
    if task.is_plain:
        found = _insert(connection, task, path, header, is_plain=True)
        if not found.bad and not found.is_broken:
            return Done(found.rows, found.filled)
        _remove(connection, task, "true")
        done = _stage_carefully(connection, task, header, is_broken=found.is_broken)
        return _unusual(done, found)
    return _stage_carefully(connection, task, header, is_broken=False)


def _unusual(done: Done, found: _Inserted) -> Done:
    is_unusual = found.bad - done.unreadable > found.rows // 2
    return Done(
        done.rows, done.filled, done.broken, done.first_broken, done.unreadable,
        done.first_unreadable, is_unusual,
    )  # fmt: skip


def _stage_carefully(
    connection: duckdb.DuckDBPyConnection, task: Task, header: tuple[str, ...], *, is_broken: bool
) -> Done:
    path, cleaned = task.page.path, careful.Cleaned(0, 0, None)
    if not is_broken:
        found = _insert(connection, task, path, header, is_plain=False)
        if found.is_broken:
            _remove(connection, task, "true")
    if is_broken or found.is_broken:
        path = task.page.path.with_suffix(".clean")
        try:
            cleaned = careful.clean(task.page.path, path)
            found = _insert(connection, task, path, header, is_plain=False)
        finally:
            path.unlink(missing_ok=True)
    example = None
    if found.bad:
        example = _first_unreadable(connection, task, header)
        _remove(connection, task, "bad > 0")
    rows = cleaned.rows or found.rows
    return Done(rows, found.filled, cleaned.broken, cleaned.first, found.bad, example)


def _insert(
    connection: duckdb.DuckDBPyConnection,
    task: Task,
    path: Path,
    header: tuple[str, ...],
    *,
    is_plain: bool,
) -> _Inserted:
    name, columns = task.plan.object_name, task.plan.columns
    if is_plain:
        values, bad = typed.plain(header, name, columns)
    else:
        values, bad = typed.careful(header, name, columns, task.naive_zone)
    rows = f"""
        SELECT {values}, ({bad})::UTINYINT AS bad, ({_filled(task, header)})::UBIGINT AS filled
        FROM {pages.scan(path, header)}
    """  # noqa: S608 - names are ours, values are quoted
    chosen = staging.select(task.plan, rows, task.number)
    connection.execute(f"INSERT INTO staged_{name} {chosen}")
    is_broken = pages.any_rejected(connection)
    counted = connection.execute(f"""
        SELECT count(*), count(*) FILTER (bad > 0), coalesce(bit_or(filled), 0)
        FROM staged_{name} WHERE page = {task.number}
    """).fetchall()  # noqa: S608
    rows_found, bad_found, bits = counted[0]
    return _Inserted(rows_found, bad_found, bits, is_broken)


def _filled(task: Task, header: tuple[str, ...]) -> str:
    """SQL: one bit for each column with a value, of those that are not known to have any."""
    bits = [
        f"(c{header.index(column.name)} IS NOT NULL)::UBIGINT * {1 << at}"
        for at, column in enumerate(COLUMNS[task.plan.object_name])
        if column.name in header and not task.filled >> at & 1
    ]
    return " + ".join(bits) or "0"


def _remove(connection: duckdb.DuckDBPyConnection, task: Task, which: str) -> None:
    table = f"staged_{task.plan.object_name}"
    connection.execute(f"DELETE FROM {table} WHERE page = {task.number} AND {which}")  # noqa: S608


def _first_unreadable(
    connection: duckdb.DuckDBPyConnection, task: Task, header: tuple[str, ...]
) -> BadText:
    """The first row that could not be read, looked up in the page."""
    table = f"staged_{task.plan.object_name}"
    place, bad = connection.execute(f"""
        SELECT place, bad FROM (
            SELECT row_number() OVER (ORDER BY rowid) AS place, bad FROM {table} WHERE page = {task.number}
        ) WHERE bad > 0 ORDER BY place LIMIT 1
    """).fetchall()[0]  # noqa: S608
    column = task.plan.columns[bad - 1]
    found = careful.good_row(task.page.path, place)
    return BadText(found.row, found.line, column, found.fields[header.index(column)])
