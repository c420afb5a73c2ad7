"""Loads a weekly data export: a zip with one CSV file per object.

https://help.salesforce.com/s/articleView?id=xcloud.admin_exportdata.htm
Ids are kept. Naive times are read in a stated zone. What the file does not say is filled in as
an insert by the administrator at the time of loading would, except who made and changed a record:
that stays unknown.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import sys
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from localorg import derived, ids, permissions, seed, times
from localorg.access import ADMIN_PROFILE
from localorg.tables import quoted

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

    from localorg.object_type import Field, ObjectType
    from localorg.org import Org

_LONGEST_CELL = 2**27
_NOT_LOADED = frozenset({"Organization", "PermissionSet", "PermissionSetAssignment"})


class LoadError(Exception):
    """A file of the export that cannot be read; the message names file and row."""


def org_id_of(path: Path) -> str | None:
    """The organization's id in the name of an export (`WE_00D…_1.ZIP`), widened; None without."""
    found = re.search(r"(00D\w{12})", path.name)
    return ids.widen(found[1][:15]) if found else None


def load(
    org: Org, db: sqlite3.Connection, path: Path, naive_zone: str, encoding: str = "utf-8"
) -> dict[str, int]:
    """Load every file whose object this org has; returns the records per object."""
    codec = "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding
    csv.field_size_limit(min(sys.maxsize, _LONGEST_CELL))
    counts: dict[str, int] = {}
    with zipfile.ZipFile(path) as archive:
        for member in sorted(archive.namelist()):
            thing = org.schema.find(Path(member).stem)
            if member.lower().endswith(".csv") and thing and thing.name not in _NOT_LOADED:
                with archive.open(member) as raw:
                    loader = _Loader(org, db, thing, ZoneInfo(naive_zone), member)
                    counts[thing.name] = counts.get(thing.name, 0) + loader.load(
                        io.TextIOWrapper(raw, codec, newline="")
                    )
    _tidy(db)
    return counts


class _Loader:
    """Loads one file."""

    def __init__(
        self, org: Org, db: sqlite3.Connection, thing: ObjectType, zone: ZoneInfo, member: str
    ) -> None:
        self._org, self._db, self._thing, self._member = org, db, thing, member
        self._zone, self._now, self._highest = zone, times.text(times.now()), 0

    def load(self, text: io.TextIOWrapper) -> int:
        reader = csv.reader(text)
        header = next(reader, [])
        fields = [self._thing.find(name) for name in header]
        missing = self._fill(header, fields)
        names = [one.name for one in fields if one] + list(missing) + ["_order"]
        sql = (
            f"INSERT INTO {quoted(self._thing.name)} ({', '.join(map(quoted, names))})"  # noqa: S608  # quoted
            f' VALUES ({", ".join("?" * len(names))}) ON CONFLICT ("Id") DO NOTHING'
        )
        added = self._db.executemany(sql, self._rows(reader, fields, missing)).rowcount
        self._start_after(self._highest)
        return added

    def _rows(
        self, reader: Iterator[list[str]], fields: list[Field | None], missing: dict[str, Any]
    ) -> Iterator[tuple[Any, ...]]:
        converters = [self._converter(one) if one else None for one in fields]
        derives = [name for name in missing if name in _DERIVED.get(self._thing.name, ())]
        for number, row in enumerate(reader, start=2):
            if len(row) != len(fields):
                raise LoadError(
                    f"{self._member}, row {number}: {len(row)} cells for {len(fields)} columns"
                )
            values = {}
            for one, convert, cell in zip(fields, converters, row, strict=True):
                if one is not None and convert is not None:
                    values[one.name] = self._convert(one, convert, cell, number)
            record_id = values.get("Id")
            if not record_id:
                raise LoadError(f"{self._member}, row {number}: no Id")
            self._note(record_id)
            filled = missing | values
            if derives:
                made = derived.derive(self._thing.name, None, filled)
                filled |= {name: made[name] for name in derives if name in made}
            keys = [*values, *missing]
            yield (*(filled[key] for key in keys), zlib.crc32(record_id.encode()))

    def _convert(self, one: Field, convert: Callable[[str], Any], cell: str, number: int) -> Any:  # noqa: ANN401
        try:
            return convert(cell)
        except ValueError as error:
            raise LoadError(f"{self._member}, row {number}, {one.name}: {error}") from None

    def _fill(self, header: list[str], fields: list[Field | None]) -> dict[str, Any]:
        """Values for fields that the file has no column for."""
        if "id" not in [name.lower() for name in header]:
            raise LoadError(f"{self._member}: no column Id")
        said = {one.name for one in fields if one}
        filled: dict[str, Any] = derived.defaults(self._thing.name) | {
            "CreatedDate": self._now, "LastModifiedDate": self._now, "SystemModstamp": self._now,
            "OwnerId": seed.ADMIN_ID,
        }  # fmt: skip
        # Who made a record is unknown when the file does not say, and inventing somebody would
        # make footprints that nobody left: an org always knows, so this is the stand-in's own.
        filled |= {"CreatedById": None, "LastModifiedById": None}
        filled |= dict.fromkeys(_DERIVED.get(self._thing.name, ()))
        filled |= {one.name: 0 for one in self._thing.fields.values() if one.type == "boolean"}
        if self._thing.name == "User":
            filled |= {"IsActive": 1}
        known = self._thing.fields
        return {name: value for name, value in filled.items() if name in known and name not in said}

    def _converter(self, one: Field) -> Callable[[str], Any]:
        return self._moment if one.type == "datetime" else _CONVERTERS.get(one.type, _text)

    def _moment(self, cell: str) -> str | None:
        if not cell:
            return None
        if cell[10:11] == " ":
            naive = datetime.fromisoformat(cell)
            return times.text(naive.replace(tzinfo=naive.tzinfo or self._zone).astimezone(UTC))
        return times.text(times.read(cell))

    def _note(self, record_id: str) -> None:
        self._highest = max(self._highest, ids.number_of(record_id))

    def _start_after(self, number: int) -> None:
        self._db.execute(
            "INSERT INTO _number VALUES (?, ?) ON CONFLICT (prefix)"
            " DO UPDATE SET last = MAX(last, excluded.last)",
            (self._thing.key_prefix, number),
        )


def _text(cell: str) -> str | None:
    return cell or None


def _id(cell: str) -> str | None:
    return ids.widen(cell) if cell else None


def _boolean(cell: str) -> int:
    return int(cell.lower() in {"1", "true"})


def _int(cell: str) -> int | None:
    return int(float(cell)) if cell else None


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


def _date(cell: str) -> str | None:
    return times.read_date(cell[:10]).isoformat() if cell else None


_CONVERTERS: dict[str, Callable[[str], Any]] = {
    "id": _id, "reference": _id, "boolean": _boolean, "int": _int, "double": _number,
    "currency": _number, "percent": _number, "date": _date,
}  # fmt: skip
#: What follows from other columns, if the file lacks it.
_DERIVED = {
    "Contact": ("Name",),
    "Lead": ("Name",),
    "User": ("Name",),
    "Opportunity": (
        "IsClosed", "IsWon", "Probability", "ForecastCategory", "ForecastCategoryName",
        "ExpectedRevenue", "FiscalYear", "FiscalQuarter",
    ),
    "Task": ("IsClosed", "IsHighPriority"),
    "Event": ("ActivityDate", "ActivityDateTime", "EndDate", "DurationInMinutes"),
}  # fmt: skip


def _tidy(db: sqlite3.Connection) -> None:
    """Give users what an org would not let them lack: profile, names, alias, time zone."""
    standard = seed.profile_id(db, seed.STANDARD_PROFILE)
    db.execute(
        'UPDATE "User" SET "ProfileId" = ? WHERE "ProfileId" IS NULL'
        ' OR "ProfileId" NOT IN (SELECT "Id" FROM "Profile")',
        (standard,),
    )
    db.execute('UPDATE "User" SET "LastName" = "Name" WHERE "LastName" IS NULL')
    db.execute('UPDATE "User" SET "Email" = "Username" WHERE "Email" IS NULL')
    db.execute('UPDATE "User" SET "Alias" = lower(substr("LastName", 1, 8)) WHERE "Alias" IS NULL')
    db.execute('UPDATE "User" SET "TimeZoneSidKey" = \'UTC\' WHERE "TimeZoneSidKey" IS NULL')
    for (name,) in db.execute('SELECT "Name" FROM "Profile"').fetchall():
        known = {ADMIN_PROFILE, seed.STANDARD_PROFILE, seed.INTEGRATION_PROFILE}
        if name not in known:
            permissions.replace_rights(db, f"profile:{name}", seed.STANDARD_RIGHTS)
