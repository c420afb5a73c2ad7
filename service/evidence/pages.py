"""The one dialect of our CSV pages, as DuckDB reads it: comma, double quote, a header row.

Nothing is sniffed: a guess that is right for 20,480 rows and wrong for the next would be a
silent error. https://duckdb.org/docs/stable/data/csv/overview lists the options used here.
"""

from __future__ import annotations

import csv
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import duckdb

#: DuckDB's default of 2 MB is less than a record with several long text areas of 131,072
#: characters each may take; the reader's buffers grow with it, so it is not larger than needed.
LONGEST_ROW_BYTES = 4_000_000


@dataclass(frozen=True)
class RaggedRow:
    """A row that has more or fewer fields than the header, or a quote that never ends."""

    row: int  #: counted from 1 below the header
    line: int  #: counts line ends inside quotes too
    why: str


@contextmanager
def long_fields() -> Iterator[None]:
    """Let the csv module read fields as long as DuckDB does; its own limit is 131,072."""
    usual = csv.field_size_limit(LONGEST_ROW_BYTES)
    try:
        yield
    finally:
        csv.field_size_limit(usual)


def quoted(text: str) -> str:
    """The text as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def header(page: Path) -> tuple[str, ...]:
    """The column names of a page in file order; () when the page is empty."""
    with page.open(encoding="utf-8", newline="") as lines, long_fields():
        return tuple(name.strip() for name in next(csv.reader(lines), []))


def scan(pages: Sequence[Path], columns: Sequence[str], *, with_file: bool = False) -> str:
    """SQL that reads pages of one header, every value as VARCHAR and '' as NULL.

    `with_file` adds a column `filename`.
    """
    files = ", ".join(quoted(str(page)) for page in pages)
    # Positions stand in for names, so that a header can hold any text, even the same twice.
    names = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(len(columns)))
    return (
        f"read_csv([{files}], header = true, delim = ',', quote = '\"', escape = '\"',"
        f" nullstr = '', auto_detect = false, max_line_size = {LONGEST_ROW_BYTES},"
        f" filename = {'true' if with_file else 'false'}, columns = {{{names}}})"
    )


def groups(pages: Sequence[Path]) -> Iterator[tuple[tuple[str, ...], list[Path]]]:
    """Pages that share one header, together; parts of an export may differ in their columns.

    A page without a header has no rows and is left out.
    """
    found: dict[tuple[str, ...], list[Path]] = {}
    for page in pages:
        if columns := header(page):
            found.setdefault(columns, []).append(page)
    yield from found.items()


def count_values(
    connection: duckdb.DuckDBPyConnection, page: Path, wanted: Sequence[str]
) -> tuple[int, dict[str, int]]:
    """How many rows a page has, and how many values in each wanted column that it carries.

    Raises duckdb.Error for a page that is not what its header says; ask `find_ragged_row` where.
    """
    columns = header(page)
    present = [name for name in wanted if name in columns]
    counts = "".join(f", count(c{columns.index(name)})" for name in present)
    row = connection.execute(
        f"SELECT count(*){counts} FROM {scan([page], columns)}"  # noqa: S608
    ).fetchone()
    assert row is not None  # noqa: S101 - an aggregate always answers with one row
    return row[0], dict(zip(present, row[1:], strict=True))


def find_ragged_row(page: Path) -> RaggedRow | None:
    """Read the page again with the standard library, only to say exactly which row is wrong."""
    with long_fields():
        return _find_ragged_row(page)


def _find_ragged_row(page: Path) -> RaggedRow | None:
    with page.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines, strict=True)
        width = len(next(rows, []))
        number = 0
        try:
            for number, row in enumerate(rows, start=1):
                if row and len(row) != width:
                    why = f"has {len(row)} fields where the header has {width}"
                    return RaggedRow(number, rows.line_num, why)
        except csv.Error as error:
            return RaggedRow(number + 1, rows.line_num, f"cannot be read: {error}")
    return None
