"""What a text in a page means: SQL that casts it by `Column.kind`, and notices what it cannot.

An empty text is no value; a text that its kind does not allow is `bad`, and its whole row is set
aside and counted, because half a row says something else than the row did. A user is more than one
row: an unreadable day of a last login must not take the person out of the reading, so of `ALONE`
only the value is set aside and counted.

There are two ways. The *plain* one knows one form of times only, and ids of 18 characters; it says of
a row that it does not fit, and takes half of the time that the *careful* one does, which knows every
form and says which column is bad. Where both take a text they read the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from service.evidence.pages import quoted
from service.tables import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.tables import Kind

TYPES: dict[Kind, str] = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "boolean": "BOOLEAN",
    "number": "DECIMAL(18, 2)",
    "rate": "DECIMAL(18, 6)",
    "date": "DATE",
    "datetime": "TIMESTAMP",
}
#: Columns of which only the value is set aside. The bit of each in `lost` is its place here.
ALONE: dict[str, tuple[str, ...]] = {
    "User": ("LastLoginDate", "CreatedDate", "ManagerId", "UserRoleId", "ProfileId")
}
_UTC_ENDINGS = "('.000Z', '.000+0000', 'Z', '+0000', '+00:00', '.000+00:00')"
_ID, _DATE = 18, 10  #: lengths of the plain forms
#: SQL of whether a text has one form of times in UTC.
Form = Literal["export", "api"]
FORMS: dict[Form, str] = {
    "export": "strlen({0}) = 19",  # 2021-04-15 00:02:00
    "api": "strlen({0}) = 24 AND suffix({0}, 'Z')",  # 2021-04-15T00:02:00.000Z
}
#: Most records were never changed; equal texts need no reading (see `staging`: `modified`).
_SAME_TEXT = {"LastModifiedDate": "CreatedDate"}


def kinds(object_name: str) -> dict[str, Kind]:
    """Column name -> kind, in the order of `COLUMNS`."""
    return {column.name: column.kind for column in COLUMNS[object_name]}


def kind_of(object_name: str, column: str) -> Kind:
    """The kind of a column; text for those that only the rules name."""
    return kinds(object_name).get(column, "text")


def careful(
    header: Sequence[str], object_name: str, names: Sequence[str], naive_zone: str
) -> tuple[str, str]:
    """SQL of the named columns of a page (`c0`, `c1` … stand for its header's), and of `bad`.

    `bad` is the place in `names`, from 1, of the first column whose text its kind does not allow,
    else 0. Columns that the page lacks are NULL.
    """
    parts, bad = [], []
    for place, name in enumerate(names, 1):
        kind = kind_of(object_name, name)
        if name not in header:
            parts.append(f'NULL::{TYPES[kind]} AS "{name}"')
            continue
        text = f"c{header.index(name)}"
        value = cast(kind, text, naive_zone)
        parts.append(f'{value} AS "{name}"')
        if kind != "text" and name not in ALONE.get(object_name, ()):
            bad.append(f"WHEN {text} IS NOT NULL AND ({value}) IS NULL THEN {place}")
    return ", ".join(parts), f"CASE {' '.join(bad)} ELSE 0 END" if bad else "0"


def lost(header: Sequence[str], object_name: str, naive_zone: str) -> str:
    """SQL: the bits of the values of `ALONE` that a row has and that cannot be read."""
    bits = []
    for at, name in enumerate(ALONE[object_name]):
        if name in header:
            text = f"c{header.index(name)}"
            value = cast(kind_of(object_name, name), text, naive_zone)
            bits.append(f"({text} IS NOT NULL AND ({value}) IS NULL)::UTINYINT * {1 << at}")
    return f"({' + '.join(bits) or 0})::UTINYINT"


def lost_bit(object_name: str, column: str) -> int:
    """The bit of a column in `lost`."""
    return 1 << ALONE[object_name].index(column)


def plain(
    header: Sequence[str], object_name: str, names: Sequence[str], form: Form
) -> tuple[str, str]:
    """The same the fast way; `bad` is 1 for rows that need the careful way."""
    parts, fits = [], ["true"]
    for name in names:
        kind = kind_of(object_name, name)
        if name not in header:
            parts.append(f'NULL::{TYPES[kind]} AS "{name}"')
            continue
        text = f"c{header.index(name)}"
        value = _plain_value(kind, text, header, name)
        parts.append(f'{value} AS "{name}"')
        fits.extend(_fits(kind, text, value, form))
    return ", ".join(parts), f"CASE WHEN {' AND '.join(fits)} THEN 0 ELSE 1 END"


def _plain_value(kind: Kind, text: str, header: Sequence[str], name: str) -> str:
    if kind in ("text", "id"):
        return text
    value = f"TRY_CAST({text} AS {TYPES[kind]})"
    other = _SAME_TEXT.get(name)
    if other in header:
        return f"CASE WHEN {text} <> c{header.index(other)} THEN {value} END"
    return value


def _fits(kind: Kind, text: str, value: str, form: Form) -> list[str]:
    # DuckDB compares lengths for next to nothing; IN and CASE are dear.
    forms = {
        "id": f"strlen({{0}}) = {_ID}",
        "date": f"strlen({{0}}) = {_DATE}",
        "datetime": FORMS[form],
    }
    found = [f"({text} IS NULL OR {forms[kind].format(text)})"] if kind in forms else []
    if kind in ("id", "text"):
        return found
    if value.startswith("CASE"):
        same = value.removeprefix("CASE WHEN ").partition(" THEN")[0]
        return [*found, f"coalesce({value} IS NOT NULL OR NOT ({same}), true)"]
    return [*found, f"({text} IS NULL) = ({value} IS NULL)"]


def cast(kind: Kind, text: str, naive_zone: str) -> str:
    """SQL that reads the VARCHAR expression `text` carefully; NULL where it cannot be read.

    Times come out as TIMESTAMP in UTC.
    """
    if kind == "text":
        return text
    if kind == "id":
        return f"CASE WHEN length({text}) IN (15, 18) THEN {text} END"
    if kind == "datetime":
        return _datetime(text, naive_zone)
    if kind == "date":
        return f"CASE WHEN length({text}) = 10 THEN TRY_CAST({text} AS DATE) END"
    return f"TRY_CAST({text} AS {TYPES[kind]})"


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
    return f"timezone('UTC', timezone({quoted(zone)}, {timestamp}))"
