"""The weekly Data Export as typed tables: streamed to pages on disk, never held in memory."""

from __future__ import annotations

import zoneinfo
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn, Protocol

import duckdb

from service.evidence import pages
from service.evidence.spill import open_scratch
from service.export.errors import ExportError, HeaderError, RowError
from service.export.members import Limits, Member, find_members
from service.export.unpack import check_encoding, unpack
from service.tables import COLUMNS, Gap, Table, Tables, telling

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path


#: An object has at most about 900 fields; a header of 100,000 would cost 600 MB to look at.
MOST_COLUMNS = 2_000


class Progress(Protocol):
    """Called after each megabyte and each file: how far the reading is.

    `rows` is exact for files that are done and counts lines in the one under way.
    """

    def __call__(self, rows: int, bytes_done: int, bytes_total: int) -> None:
        """Show it."""


@dataclass
class _Meter:
    progress: Progress | None
    total: int
    rows: int = 0
    done: int = 0
    lines: int = 0

    def chunk(self, size: int, lines: int) -> None:
        self.done += size
        self.lines += lines
        self._tell()

    def file_done(self, rows: int) -> None:
        self.rows += rows
        self.lines = 0
        self._tell()

    def _tell(self) -> None:
        if self.progress is not None:
            self.progress(self.rows + self.lines, self.done, self.total)


@dataclass
class _Found:
    """What the pages of one object hold."""

    pages: list[Path] = field(default_factory=list)
    rows: int = 0
    present: set[str] = field(default_factory=set)
    filled: set[str] = field(default_factory=set)


def read_export(
    paths: Sequence[Path],
    work_dir: Path,
    *,
    encoding: str = "utf-8-sig",
    naive_zone: str = "UTC",
    progress: Progress | None = None,
    limits: Limits | None = None,
    objects: Collection[str] = COLUMNS,
) -> Tables:
    """Read the zips of one weekly export (one, or its parts `WE_…_1.ZIP`, `WE_…_2.ZIP`).

    Pages land in `work_dir` (made if missing) and stay until the caller removes it; after an
    error none are left. `encoding` is the one chosen for the export; times without an offset
    are read in the IANA zone `naive_zone`. Extra objects and columns are ignored; missing ones
    become gaps. `objects` are those that are wanted at all. Raises ExportError with file, row and remedy.
    Source of the layout: https://help.salesforce.com/s/articleView?id=xcloud.admin_exportdata.htm
    """
    codec = check_encoding(encoding)
    if naive_zone not in zoneinfo.available_timezones():
        raise ExportError(f"The time zone {naive_zone!r} is not known. Use one such as UTC.")
    work_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    members = find_members(paths, limits or Limits(), work_dir, objects)
    meter = _Meter(progress, sum(member.info.file_size for member in members))
    made: list[Path] = []
    try:
        found = _read_members(members, work_dir, codec, meter, made)
    except BaseException:
        for page in made:
            page.unlink(missing_ok=True)
        raise
    return Tables(_tables(found), telling(_gaps(found, objects)), naive_zone)


def _read_members(
    members: Sequence[Member], work_dir: Path, codec: str, meter: _Meter, made: list[Path]
) -> dict[str, _Found]:
    found: dict[str, _Found] = defaultdict(_Found)
    with open_scratch() as connection:
        for number, member in enumerate(members, start=1):
            page = work_dir / f"{member.object_name}-{number}.csv"
            made.append(page)
            unpack(member, page, codec, meter.chunk)
            rows = _take(connection, member, page, found[member.object_name])
            meter.file_done(rows)
    return found


def _take(connection: duckdb.DuckDBPyConnection, member: Member, page: Path, found: _Found) -> int:
    wanted = [column.name for column in COLUMNS[member.object_name]]
    _check_header(member, pages.header(page))
    try:
        rows, values = pages.count_values(connection, page, wanted)
    except duckdb.Error as error:
        _say_which_row(member, page, error)
    found.pages.append(page)
    found.rows += rows
    found.present.update(values)
    found.filled.update(name for name, count in values.items() if count)
    return rows


def _check_header(member: Member, names: tuple[str, ...]) -> None:
    if not any(names):
        raise HeaderError(f"{member.label}: has no header row. Export it again.")
    if len(names) > MOST_COLUMNS:
        raise HeaderError(f"{member.label}: has {len(names):,} columns. Export it again.")
    wanted = {column.name for column in COLUMNS[member.object_name]}
    twice = sorted(name for name in wanted if names.count(name) > 1)
    if twice:
        raise HeaderError(f"{member.label}: names {', '.join(twice)} twice. Export it again.")
    if "Id" not in names:
        raise HeaderError(
            f"{member.label}: the first line has no column Id, so it is not a header row. "
            "Export it again, and do not edit the files inside the zip."
        )


def _say_which_row(member: Member, page: Path, error: duckdb.Error) -> NoReturn:
    ragged = pages.find_ragged_row(page)
    what = (
        f"row {ragged.row} (line {ragged.line}) {ragged.why}"
        if ragged
        else "cannot be read: " + str(error).splitlines()[0]
    )
    raise RowError(
        f"{member.label}: {what}. Export it again, and do not edit the files inside the zip."
    ) from error


def _tables(found: dict[str, _Found]) -> dict[str, Table]:
    return {
        name: Table(name, tuple(one.pages), frozenset(one.filled), one.rows)
        for name, one in sorted(found.items())
    }


def _gaps(found: dict[str, _Found], objects: Collection[str]) -> list[Gap]:
    gaps = []
    for name in objects:
        columns = COLUMNS[name]
        if name not in found:
            gaps.append(Gap(name, None, f"The export has no {name}.csv."))
        elif not found[name].rows:
            gaps.append(Gap(name, None, f"{name}.csv has no rows."))
        else:
            one = found[name]
            gaps.extend(
                Gap(name, column.name, _why(name, column.name, present=column.name in one.present))
                for column in columns
                if column.name not in one.filled
            )
    return gaps


def _why(name: str, column: str, *, present: bool) -> str:
    if present:
        return f"{name}.csv has the column {column}, but it is empty in every row."
    return f"{name}.csv has no column {column}."
