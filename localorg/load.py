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
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from localorg import derived, ids, kept_by_org, multicurrency, seed, splits, times
from localorg.cells import CONVERTERS, REMEMBERED, text
from localorg.multicurrency import CURRENCY
from localorg.rights import permissions
from localorg.rights.access import ADMIN_PROFILE
from localorg.tables import quoted, without_indexes

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

    from localorg.object_type import Field, ObjectType
    from localorg.org import Org

_LONGEST_CELL = 2**27
_Cell = tuple[int, "Field", "Callable[[str], Any]"]
#: What an org has that gave out a file of such objects.
_FEATURES = {CURRENCY: multicurrency.turn_on, splits.TYPE: splits.add_objects}
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
        # Currencies first: the records that follow are in one of them.
        members = sorted(archive.namelist(), key=lambda one: (not _is(one, CURRENCY), one))
        for name, turn_on in _FEATURES.items():
            if any(_is(member, name) for member in members):
                turn_on(org.schema, db)
        for member in members:
            thing = org.schema.find(Path(member).stem)
            if member.lower().endswith(".csv") and thing and thing.name not in _NOT_LOADED:
                with archive.open(member) as raw:
                    loader = _Loader(org, db, thing, naive_zone, member)
                    counts[thing.name] = counts.get(thing.name, 0) + loader.load(
                        io.TextIOWrapper(raw, codec, newline="")
                    )
    _tidy(db)
    kept_by_org.fill(org.schema, db)
    return counts


def _is(member: str, object_name: str) -> bool:
    return Path(member).name.lower() == f"{object_name}.csv".lower()


class _Loader:
    """Loads one file."""

    def __init__(
        self, org: Org, db: sqlite3.Connection, thing: ObjectType, naive_zone: str, member: str
    ) -> None:
        self._org, self._db, self._thing, self._member = org, db, thing, member
        self._zone, self._now = ZoneInfo(naive_zone), times.text(times.now())
        self._highest = ""
        self._is_utc = naive_zone == "UTC"
        self._moments = lru_cache(REMEMBERED)(self._moment)

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
        with without_indexes(self._db, self._thing):
            added = self._db.executemany(sql, self._rows(reader, fields, missing)).rowcount
        self._start_after(self._highest)
        return added

    def _rows(
        self, reader: Iterator[list[str]], fields: list[Field | None], missing: dict[str, Any]
    ) -> Iterator[tuple[Any, ...]]:
        cells = [
            (at, one, self._converter(one)) for at, one in enumerate(fields) if one is not None
        ]
        names = [one.name for _, one, _ in cells]
        id_at = names.index("Id")
        derive = self._deriving(names, missing)
        rest, highest = tuple(missing.values()), ""
        for number, row in enumerate(reader, start=2):
            if len(row) != len(fields):
                raise LoadError(
                    f"{self._member}, row {number}: {len(row)} cells for {len(fields)} columns"
                )
            try:
                values = [convert(row[at]) for at, _, convert in cells]
            except ValueError:
                values = self._convert_each(cells, row, number)
            if not (record_id := values[id_at]):
                raise LoadError(f"{self._member}, row {number}: no Id")
            highest = max(highest, record_id[ids.NUMBER])
            if derive:
                rest = derive(values)
            yield (*values, *rest, zlib.crc32(record_id.encode()))
        self._highest = highest

    def _convert_each(self, cells: list[_Cell], row: list[str], number: int) -> list[Any]:
        """Convert once more, to say which cell is wrong."""
        values = []
        for at, one, convert in cells:
            try:
                values.append(convert(row[at]))
            except ValueError as error:
                raise LoadError(f"{self._member}, row {number}, {one.name}: {error}") from None
        return values

    def _deriving(
        self, names: list[str], missing: dict[str, Any]
    ) -> Callable[[list[Any]], tuple[Any, ...]] | None:
        """What fills in the missing fields by a row's own values; None: nothing follows from them.

        Rows that agree in what it follows from are worked out once.
        """
        rule = derived.FOLLOWS.get(self._thing.name)
        derives = frozenset(rule.fields) & missing.keys() if rule else frozenset()
        if rule is None or not derives:
            return None
        places = [at for at, name in enumerate(names) if name in rule.from_]
        known = [names[at] for at in places]

        @lru_cache(REMEMBERED)
        def derived_from(own: tuple[Any, ...]) -> tuple[Any, ...]:
            after = missing | dict(zip(known, own, strict=True))
            made = derived.derive(self._thing.name, None, after)
            return tuple(
                made[name] if name in derives and name in made else value
                for name, value in missing.items()
            )

        return lambda values: derived_from(tuple(values[at] for at in places))

    def _fill(self, header: list[str], fields: list[Field | None]) -> dict[str, Any]:
        """Values for fields that the file has no column for."""
        if "id" not in [name.lower() for name in header]:
            raise LoadError(f"{self._member}: no column Id")
        said = {one.name for one in fields if one}
        filled: dict[str, Any] = derived.defaults(self._thing.name) | {
            "CreatedDate": self._now, "LastModifiedDate": self._now, "SystemModstamp": self._now,
            "OwnerId": seed.ADMIN_ID,
            multicurrency.FIELD: multicurrency.corporate(self._org.schema, self._db),
        }  # fmt: skip
        # Who made a record is unknown when the file does not say, and inventing somebody would
        # make footprints that nobody left: an org always knows, so this is the stand-in's own.
        filled |= {"CreatedById": None, "LastModifiedById": None}
        if self._thing.name in derived.FOLLOWS:
            filled |= dict.fromkeys(derived.FOLLOWS[self._thing.name].fields)
        filled |= {one.name: 0 for one in self._thing.fields.values() if one.type == "boolean"}
        if self._thing.name == "User":
            filled |= {"IsActive": 1}
        known = self._thing.fields
        return {name: value for name, value in filled.items() if name in known and name not in said}

    def _converter(self, one: Field) -> Callable[[str], Any]:
        return self._moments if one.type == "datetime" else CONVERTERS.get(one.type, text)

    def _moment(self, cell: str) -> str | None:
        if not cell:
            return None
        if cell[10:11] == " ":
            naive = datetime.fromisoformat(cell)
            if self._is_utc and naive.tzinfo is None:
                return naive.isoformat()[:19] + ".000+0000"  # as times.text, in a third of the time
            return times.text(naive.replace(tzinfo=naive.tzinfo or self._zone).astimezone(UTC))
        return times.text(times.read(cell))

    def _start_after(self, core: str) -> None:
        self._db.execute(
            "INSERT INTO _number VALUES (?, ?) ON CONFLICT (prefix)"
            " DO UPDATE SET last = MAX(last, excluded.last)",
            (self._thing.key_prefix, ids.number_of(core)),
        )


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
