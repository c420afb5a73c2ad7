"""The one dialect of our CSV pages, as DuckDB reads it: comma, double quote, a header row.

Nothing is sniffed: a guess that is right for 20,480 rows and wrong for the next would be a
silent error. https://duckdb.org/docs/stable/data/csv/overview lists the options used here.
"""

from __future__ import annotations

import csv
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import duckdb

#: DuckDB's default of 2 MB is less than a record with several long text areas of 131,072
#: characters each may take; the reader's buffers grow with it, so it is not larger than needed.
LONGEST_ROW_BYTES = 4_000_000
#: DuckDB reads a page through one buffer of at most this size.
_LARGEST_BUFFER = 64_000_000
_NOT_A_VALUE = b'",\r\n'


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


def row_end(text: bytes | bytearray) -> int:
    """Where the last row that surely ends does, in text whose values are quoted; 0 where none does.

    A quote after a line end begins a row, unless a quote, a comma or a line end follows it: inside of
    a value it would be doubled, or end the value.
    """
    at = text.rfind(b'\n"', 0, -1)
    while at >= 0 and text[at + 2] in _NOT_A_VALUE:
        at = text.rfind(b'\n"', 0, at)
    return at + 1


def header(page: Path) -> tuple[str, ...]:
    """The column names of a page in file order; () when the page is empty."""
    with page.open(encoding="utf-8", newline="") as lines, long_fields():
        return tuple(name.strip() for name in next(csv.reader(lines), []))


def scan(page: Path, columns: Sequence[str]) -> str:
    """SQL that reads a page, every value as VARCHAR (`c0`, `c1` …) and '' as NULL.

    A row that is not what the header says is left out and noted in `reject_errors`.
    """
    # Positions stand in for names, so that a header can hold any text, even the same twice.
    names = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(len(columns)))
    buffer = min(max(page.stat().st_size + 1, LONGEST_ROW_BYTES), _LARGEST_BUFFER)
    return (
        f"read_csv({quoted(str(page))}, header = true, delim = ',', quote = '\"', escape = '\"',"
        f" nullstr = '', auto_detect = false, max_line_size = {LONGEST_ROW_BYTES},"
        f" buffer_size = {buffer}, store_rejects = true, columns = {{{names}}})"
    )


def any_rejected(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the scans since the last call left rows out."""
    query = "SELECT 1 FROM reject_errors LIMIT 1"
    if connection.execute(query).fetchone() is None:
        return False
    connection.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
    return True


def count_values(
    connection: duckdb.DuckDBPyConnection, page: Path, wanted: Sequence[str]
) -> tuple[int, dict[str, int]] | None:
    """How many rows a page has, and how many values in each wanted column that it carries.

    None where some of its rows are not what its header says.
    """
    columns = header(page)
    present = [name for name in wanted if name in columns]
    counts = "".join(f", count(c{columns.index(name)})" for name in present)
    (row,) = connection.execute(f"SELECT count(*){counts} FROM {scan(page, columns)}").fetchall()  # noqa: S608
    if any_rejected(connection):
        return None
    return row[0], dict(zip(present, row[1:], strict=True))
