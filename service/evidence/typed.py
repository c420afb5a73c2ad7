"""What a text in a page means: SQL that casts it by `Column.kind`, and notices what it cannot.

An empty text is no value; a text that its kind does not allow is `bad`, and its whole row is set
aside and counted, because half a row says something else than the row did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.evidence import pages
from service.tables import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from service.tables import Kind, Table

_TYPES: dict[Kind, str] = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "boolean": "BOOLEAN",
    "number": "DECIMAL(18, 2)",
    "rate": "DECIMAL(18, 6)",
    "date": "DATE",
    "datetime": "TIMESTAMP",
}
_UTC_ENDINGS = "('.000Z', '.000+0000', 'Z', '+0000', '+00:00', '.000+00:00')"


def cast(kind: Kind, text: str, naive_zone: str) -> str:
    """SQL that reads the VARCHAR expression `text`; NULL where it cannot be read.

    Ids come out with 15 characters, times as TIMESTAMP in UTC.
    """
    if kind == "text":
        return text
    if kind == "id":
        return f"CASE WHEN length({text}) IN (15, 18) THEN left({text}, 15) END"
    if kind == "boolean":
        return (
            f"CASE WHEN lower({text}) IN ('1', 'true') THEN true"
            f" WHEN lower({text}) IN ('0', 'false') THEN false END"
        )
    if kind == "datetime":
        return _datetime(text, naive_zone)
    if kind == "date":
        return f"CASE WHEN length({text}) = 10 THEN TRY_CAST({text} AS DATE) END"
    return f"TRY_CAST({text} AS {_TYPES[kind]})"


def _datetime(text: str, naive_zone: str) -> str:
    """Every form of `service.tables`, and any other offset.

    A plain cast to TIMESTAMP would silently drop an offset, so only texts without one, and
    those at zero, go that (fast) way.
    """
    naive = _naive(f"TRY_CAST({text} AS TIMESTAMP)", naive_zone)
    rest = f"substr({text}, 20)"
    return (
        f"CASE WHEN length({text}) IN (10, 19) THEN {naive}"
        f" WHEN {rest} IN {_UTC_ENDINGS} THEN TRY_CAST(left({text}, 19) AS TIMESTAMP)"
        f" WHEN regexp_full_match({rest}, '\\.[0-9]{{1,6}}') THEN {naive}"
        f" WHEN regexp_full_match({rest}, '(\\.[0-9]{{1,6}})?(Z|[+-][0-9]{{2}}:?[0-9]{{2}})')"
        f" THEN timezone('UTC', TRY_CAST(regexp_replace({text},"
        f" '([+-][0-9]{{2}})([0-9]{{2}})$', '\\1:\\2') AS TIMESTAMPTZ)) END"
    )


def _naive(timestamp: str, zone: str) -> str:
    if zone == "UTC":
        return timestamp
    return f"timezone('UTC', timezone({pages.quoted(zone)}, {timestamp}))"


def local_time(timestamp: str, zone: str) -> str:
    """SQL: the clock time of a UTC timestamp in the zone that the expression `zone` names."""
    return f"timezone({zone}, timezone('UTC', {timestamp}))"


def local_day(timestamp: str, zone: str) -> str:
    """SQL: the calendar day of a UTC timestamp in the zone that the expression `zone` names."""
    return f"CAST({local_time(timestamp, zone)} AS DATE)"


def select(
    table: Table | None,
    object_name: str,
    names: Sequence[str],
    naive_zone: str,
    *,
    raw: bool = False,
) -> str:
    """SQL of the table's rows with the named columns typed, NULL for those it lacks, and `bad`.

    `bad` is the name of the first column whose text its kind does not allow, else NULL.
    `raw` adds `filename`, and each text as it stands as `raw_<name>`.
    """
    kinds = {column.name: column.kind for column in COLUMNS[object_name]}
    wanted = {name: kinds[name] for name in names}
    parts = [
        _select(columns, group, wanted, naive_zone, raw)
        for columns, group in pages.groups(table.pages if table else ())
    ]
    if not parts:
        return f"SELECT {_nothing(wanted)}, NULL::VARCHAR AS bad WHERE false"
    return " UNION ALL ".join(parts)


def _nothing(wanted: dict[str, Kind]) -> str:
    return ", ".join(f'NULL::{_TYPES[kind]} AS "{name}"' for name, kind in wanted.items())


def _select(
    columns: tuple[str, ...],
    group: list[Path],
    wanted: dict[str, Kind],
    naive_zone: str,
    raw: bool,  # noqa: FBT001
) -> str:
    parts, bad = [], []
    for name, kind in wanted.items():
        if name not in columns:
            parts.append(_nothing({name: kind}) + (f', NULL AS "raw_{name}"' if raw else ""))
            continue
        text = f"c{columns.index(name)}"
        value = cast(kind, text, naive_zone)
        parts.append(f'{value} AS "{name}"' + (f', {text} AS "raw_{name}"' if raw else ""))
        if kind != "text":
            bad.append(f"WHEN {text} IS NOT NULL AND ({value}) IS NULL THEN '{name}'")
    fault = f"CASE {' '.join(bad)} END" if bad else "NULL::VARCHAR"
    if raw:
        parts.append("filename")
    source = pages.scan(group, columns, with_file=raw)
    return f"SELECT {', '.join(parts)}, {fault} AS bad FROM {source}"  # noqa: S608
