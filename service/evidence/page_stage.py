"""One page into its staged table: the plain way, and where that will not do, the careful way."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from service.evidence import careful, pages, staging, typed
from service.tables import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import duckdb

    from service.evidence.careful import BrokenRow
    from service.evidence.staging import Plan
    from service.evidence.typed import Form


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
    form: Form | None  #: of the plain way, which is tried first; None: the careful way alone


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
    lost: int = 0  #: rows kept without a value that cannot be read
    first_lost: BadText | None = None
    is_unusual: bool = False  #: the form that was tried suits few of its rows


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
    if task.form is not None:
        found = _insert(connection, task, path, header, task.form)
        if not found.bad and not found.is_broken:
            return Done(found.rows, found.filled)
        _remove(connection, task, "true")
        done = _stage_carefully(connection, task, header, is_broken=found.is_broken)
        return _unusual(done, found)
    return _stage_carefully(connection, task, header, is_broken=False)


def _unusual(done: Done, found: _Inserted) -> Done:
    return replace(done, is_unusual=found.bad - done.unreadable > found.rows // 2)


def _stage_carefully(
    connection: duckdb.DuckDBPyConnection, task: Task, header: tuple[str, ...], *, is_broken: bool
) -> Done:
    path, cleaned = task.page.path, careful.Cleaned(0, 0, None)
    if not is_broken:
        found = _insert(connection, task, path, header, None)
        if found.is_broken:
            _remove(connection, task, "true")
    if is_broken or found.is_broken:
        path = task.page.path.with_suffix(".clean")
        try:
            cleaned = careful.clean(task.page.path, path)
            found = _insert(connection, task, path, header, None)
        finally:
            path.unlink(missing_ok=True)
    lost, first_lost = _lost(connection, task, header)
    example = None
    if found.bad:
        place, at = _first(connection, task, "bad")
        example = _text_at(task, header, place, task.plan.columns[at - 1])
        _remove(connection, task, "bad > 0")
    return Done(
        cleaned.rows or found.rows, found.filled, cleaned.broken, cleaned.first, found.bad, example,
        lost, first_lost,
    )  # fmt: skip


def _insert(
    connection: duckdb.DuckDBPyConnection,
    task: Task,
    path: Path,
    header: tuple[str, ...],
    form: Form | None,
) -> _Inserted:
    name, columns = task.plan.object_name, task.plan.columns
    if form is not None:
        values, bad = typed.plain(header, name, columns, form)
    else:
        values, bad = typed.careful(header, name, columns, task.naive_zone)
    lost = "0::UTINYINT"
    if name in typed.ALONE and form is None:
        lost = typed.lost(header, name, task.naive_zone)
    rows = f"""
        SELECT {values}, ({bad})::UTINYINT AS bad, {lost} AS lost, ({_filled(task, header)})::UBIGINT AS filled
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


def _lost(
    connection: duckdb.DuckDBPyConnection, task: Task, header: tuple[str, ...]
) -> tuple[int, BadText | None]:
    """How many rows are kept without a value that cannot be read, and the first such text."""
    name = task.plan.object_name
    if name not in typed.ALONE:
        return 0, None
    which = f"FROM staged_{name} WHERE page = {task.number} AND bad = 0 AND lost > 0"
    (count,) = connection.execute(f"SELECT count(*) {which}").fetchall()[0]
    if not count:
        return 0, None
    place, bits = _first(connection, task, "(bad = 0)::UTINYINT * lost")
    column = next(one for one in typed.ALONE[name] if bits & typed.lost_bit(name, one))
    return count, _text_at(task, header, place, column)


def _first(connection: duckdb.DuckDBPyConnection, task: Task, expression: str) -> tuple[int, int]:
    """The place in the page of the first staged row whose expression is above 0, and its value."""
    table = f"staged_{task.plan.object_name}"
    place, value = connection.execute(f"""
        SELECT place, value FROM (
            SELECT row_number() OVER (ORDER BY rowid) AS place, {expression} AS value
            FROM {table} WHERE page = {task.number}
        ) WHERE value > 0 ORDER BY place LIMIT 1
    """).fetchall()[0]  # noqa: S608
    return place, value


def _text_at(task: Task, header: tuple[str, ...], place: int, column: str) -> BadText:
    """A text looked up in the page."""
    found = careful.good_row(task.page.path, place)
    return BadText(found.row, found.line, column, found.fields[header.index(column)])
