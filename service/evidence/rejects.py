"""Rows that cannot be read are set aside, counted, and shown by an example: file, row, text."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.evidence import pages, typed
from service.tables import COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from service.evidence.staging import Plan, Scope

#: A text in the wrong column may be personal or long; the beginning is enough to find it.
SHOWN_CHARACTERS = 30
_KIND_HINTS = {
    "id": "an id of 15 or 18 characters",
    "boolean": "0 or 1",
    "number": "a number with a decimal point and no grouping, below 10^16",
    "rate": "a number with a decimal point and no grouping, below 10^12",
    "date": "a date such as 2021-04-15",
    "datetime": "a time such as 2021-04-15 00:02:00 or 2021-04-15T00:02:00.000Z",
}


@dataclass(frozen=True)
class Rejected:
    """How many rows of one object were set aside, and a sentence that shows one of them."""

    object_name: str
    rows: int
    example: str


def set_aside(scope: Scope, plan: Plan) -> Rejected | None:
    """Take the unreadable rows out of the staged table; None when there are none."""
    name = plan.object_name
    count = _count_bad(scope.connection, f"staged_{name}")
    if not count:
        return None
    scope.connection.execute(f"DELETE FROM staged_{name} WHERE bad IS NOT NULL")  # noqa: S608
    return Rejected(name, count, example(scope, name, plan.columns))


def _count_bad(connection: duckdb.DuckDBPyConnection, source: str) -> int:
    query = f"SELECT count(*) FROM {source} WHERE bad IS NOT NULL"  # noqa: S608
    return int(connection.execute(query).fetchall()[0][0])


def count_unreadable(scope: Scope, name: str, columns: tuple[str, ...]) -> Rejected | None:
    """The same for an object that is not staged (users, roles)."""
    table = scope.tables.by_name.get(name)
    rows = typed.select(table, name, columns, scope.tables.naive_zone)
    count = _count_bad(scope.connection, f"({rows})")
    return Rejected(name, count, example(scope, name, columns)) if count else None


def example(scope: Scope, name: str, columns: tuple[str, ...]) -> str:
    """The first unreadable row in the order of files and ids, found again by reading its file."""
    wanted = tuple(dict.fromkeys(("Id", *columns)))
    rows = typed.select(scope.tables.by_name[name], name, wanted, scope.tables.naive_zone, raw=True)
    texts = " ".join(f"WHEN '{column}' THEN raw_{column}" for column in wanted)
    file, column, text, record = scope.connection.execute(f"""
        SELECT filename, bad, CASE bad {texts} END AS text, raw_Id FROM ({rows})
        WHERE bad IS NOT NULL ORDER BY filename, raw_Id, text LIMIT 1
    """).fetchall()[0]  # noqa: S608
    kind = next(one.kind for one in COLUMNS[name] if one.name == column)
    page = next(one for one in scope.tables.by_name[name].pages if str(one) == file)
    return (
        f"{page.name} row {_row_number(page, record, column, text)}: {column} is {text[:SHOWN_CHARACTERS]!r}, "
        f"not {_KIND_HINTS[kind]}"
    )


def _row_number(page: Path, record: str | None, column: str, text: str) -> int:
    columns = pages.header(page)
    at, id_at = columns.index(column), columns.index("Id")
    with page.open(encoding="utf-8", newline="") as lines, pages.long_fields():
        rows = csv.reader(lines)
        next(rows)
        for number, row in enumerate(rows, start=1):
            if row and row[at] == text and row[id_at] == (record or ""):
                return number
    raise LookupError(f"{page.name}: the row with {column} {text!r} was there a moment ago")
