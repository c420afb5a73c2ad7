"""The newest day of a reading, which is the as-of day unless the admin names one.

A record that says it was made after tomorrow is not believed: one such row would have everybody
scored in a year that has not come. (Clocks differ, and zones: tomorrow may be.)
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from service.evidence import clocks, pages, typed
from service.evidence.spill import open_scratch
from service.tables import Gap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    import duckdb

    from service.evidence.intake import Intake
    from service.evidence.staging import Scope
    from service.tables import Table, Tables


def newest_creation_date(tables: Tables) -> date:
    """The newest day on which any record of the pages was created, in `tables.naive_zone`.

    Raises ValueError when no table carries a CreatedDate.
    """
    with open_scratch() as connection:
        moments = [
            connection.execute(
                f"SELECT max(CreatedDate) FROM ({rows}) WHERE {_has_come('CreatedDate')}"  # noqa: S608
            ).fetchall()[0][0]
            for name, table in tables.by_name.items()
            if tables.has(name, "CreatedDate")
            for rows in _created(name, table, tables.naive_zone)
        ]
        return _newest(connection, moments, tables.naive_zone)


def _created(name: str, table: Table, naive_zone: str) -> Iterator[str]:
    for page in table.pages:
        header = pages.header(page)
        if "CreatedDate" in header:
            value, _ = typed.careful(header, name, ("CreatedDate",), naive_zone)
            yield f"SELECT {value} FROM {pages.scan(page, header)}"  # noqa: S608 - names are ours


def newest_staged(intake: Intake, tables: Tables) -> date:
    """The same of a finished reading."""
    return _newest(intake.connection, _moments(intake, tables, "max"), tables.naive_zone)


def oldest_staged(intake: Intake, tables: Tables) -> date:
    """The oldest day on which any record of a finished reading was created, likewise."""
    known = [one for one in _moments(intake, tables, "min") if one is not None]
    return _newest(intake.connection, [min(known)] if known else [], tables.naive_zone)


def _moments(intake: Intake, tables: Tables, which: str) -> list[datetime | None]:
    return [
        intake.connection.execute(
            f"SELECT {which}(created) FROM staged_{name} WHERE {_has_come('created')}"  # noqa: S608
        ).fetchall()[0][0]
        for name in tables.by_name
        if tables.has(name, "CreatedDate")
    ]


def gaps(scope: Scope) -> list[Gap]:
    """Records that say they were made in the future, one sentence an object."""
    found = []
    for name in scope.tables.by_name:
        if scope.tables.has(name, "CreatedDate"):
            query = f"SELECT count(*) FROM staged_{name} WHERE NOT ({_has_come('created')})"  # noqa: S608
            (count,) = scope.connection.execute(query).fetchall()[0]
            if count:
                why = f"Records made in the future, by their CreatedDate: {count}; they count on no day."
                found.append(Gap(name, "CreatedDate", why))
    return found


def _has_come(column: str) -> str:
    """SQL: a time that lies before the day after tomorrow (clocks differ, and zones)."""
    limit = datetime.now(UTC).date() + timedelta(days=2)
    return f"{column} < TIMESTAMP '{limit}'"


def _newest(
    connection: duckdb.DuckDBPyConnection, moments: list[datetime | None], naive_zone: str
) -> date:
    if not moments:
        raise ValueError("No object in the data has a CreatedDate: name the as-of day yourself.")
    known = [moment for moment in moments if moment is not None]
    if not known:
        raise ValueError("No CreatedDate in the data can be read: name the as-of day yourself.")
    local = clocks.exact_time("?::TIMESTAMP", pages.quoted(naive_zone))
    newest: date = connection.execute(f"SELECT CAST({local} AS DATE)", [max(known)]).fetchall()[0][
        0
    ]
    return newest
