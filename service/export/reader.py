"""The weekly Data Export as typed tables: streamed from the zip, never held in memory.

`stage_export` hands each part of a file over to the staged tables while the next one is inflated;
nothing is left of a part once it is staged. `read_export` keeps the parts as pages in a folder, for
those who want the rows as they are.
"""

from __future__ import annotations

import zoneinfo
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol

from service.evidence import careful, pages
from service.evidence.part_pages import PartPages
from service.evidence.parts import parts
from service.evidence.spill import open_scratch
from service.export.errors import ExportError
from service.export.headers import Headers
from service.export.members import Limits, find_members
from service.export.unpack import UTF_8, check_encoding, check_utf_8, count_lines, texts
from service.tables import COLUMNS, Table, Tables, telling

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    import duckdb

    from service.evidence.intake import Intake
    from service.evidence.page_stage import Page
    from service.evidence.parts import Part
    from service.export.members import Member

#: Staged, rows take about a quarter of their CSV, and evidence and sorting take some more.
_STAGED_SHARE = 0.5


class Progress(Protocol):
    """Called after each megabyte and each file: how far the reading is.

    `rows` counts those that were taken in so far; it is exact at the end.
    """

    def __call__(self, rows: int, bytes_done: int, bytes_total: int) -> None:
        """Show it."""


@dataclass
class _Reading:
    """One reading under way."""

    members: Sequence[Member]
    folder: Path
    codec: str
    progress: Progress | None
    rows: Callable[[], int]  #: taken in so far
    headers: Headers = field(default_factory=Headers)
    done: int = 0

    def pages(self) -> Iterator[Page]:
        """The export's pages, object by object in the order of `COLUMNS`; each is a new file."""
        for number, member in enumerate(self.members, start=1):
            source = PartPages(
                member.object_name,
                member.label,
                self.folder / f"{member.object_name}-{number}",
                partial(_parts, member, self.codec),
                partial(count_lines, member, self.codec),
            )
            for place, (page, part) in enumerate(source.pages(parts(self._texts(member))), start=1):
                if self.codec == UTF_8 and not part.is_ascii:
                    check_utf_8(member, part.text, part.offset)
                if place == 1:
                    self.headers.add(member.object_name, member.label, pages.header(page.path))
                yield page
                self.tell()

    def _texts(self, member: Member) -> Iterator[bytes]:
        for text, size in texts(member, self.codec):
            self.done += size
            self.tell()
            yield text

    def tell(self) -> None:
        """Show how far it is."""
        if self.progress is not None:
            total = sum(member.info.file_size for member in self.members)
            self.progress(self.rows(), self.done, total)


def _parts(member: Member, codec: str) -> Iterator[Part]:
    return parts(text for text, _ in texts(member, codec))


def stage_export(
    paths: Sequence[Path],
    intake: Intake,
    work_dir: Path,
    *,
    encoding: str = "utf-8-sig",
    progress: Progress | None = None,
    limits: Limits | None = None,
) -> Tables:
    """Read the zips of one weekly export into staged tables and finish them.

    `encoding` is the one chosen for the export. Pages pass through `work_dir` (made if missing).
    Extra objects and columns are ignored; missing ones become gaps. Raises ExportError with file,
    line and remedy, and NoUsersError.
    Source of the layout: https://help.salesforce.com/s/articleView?id=xcloud.admin_exportdata.htm
    """

    def rows() -> int:
        return sum(intake.rows.values())

    wish = _Wish(encoding, progress, limits or Limits(), COLUMNS, _STAGED_SHARE)
    with _open(paths, work_dir, wish, rows) as reading:
        for page in reading.pages():
            intake.take(page)
        found = intake.finish()
        reading.tell()
    gaps = telling(reading.headers.gaps(found.by_name, COLUMNS))
    return Tables(found.by_name, gaps, intake.naive_zone)


def read_export(
    paths: Sequence[Path],
    work_dir: Path,
    *,
    objects: Collection[str] = COLUMNS,
    encoding: str = "utf-8-sig",
    naive_zone: str = "UTC",
    progress: Progress | None = None,
    limits: Limits | None = None,
) -> Tables:
    """Read the zips of one weekly export into pages in `work_dir`.

    The pages stay until the caller removes them; after an error none are left. Times without an
    offset are read in the IANA zone `naive_zone`. `objects` are those that are wanted at all. For
    the rest see `stage_export`.
    """
    check_zone(naive_zone)
    found: defaultdict[str, _Kept] = defaultdict(_Kept)

    def rows() -> int:
        return sum(one.rows for one in found.values())

    wish = _Wish(encoding, progress, limits or Limits(), objects)
    with _open(paths, work_dir, wish, rows) as reading:
        with open_scratch() as connection:
            for page in reading.pages():
                found[page.object_name].add(connection, page)
        reading.tell()
    tables = {name: one.table(name) for name, one in found.items()}
    gaps = telling(reading.headers.gaps(tables, objects))
    rejected = {name: one.rejected for name, one in found.items() if one.rejected}
    return Tables(tables, gaps, naive_zone, rejected)


def check_zone(name: str) -> None:
    """Raises ExportError when a time zone is not known."""
    if name not in zoneinfo.available_timezones():
        raise ExportError(f"The time zone {name!r} is not known. Use one such as UTC.")


@dataclass(frozen=True)
class _Wish:
    """How a reading is to be done."""

    encoding: str
    progress: Progress | None
    limits: Limits
    objects: Collection[str]
    share: float = 1  #: of what is unpacked, as much will lie in the folder


@contextmanager
def _open(
    paths: Sequence[Path], work_dir: Path, wish: _Wish, rows: Callable[[], int]
) -> Iterator[_Reading]:
    """A reading of which no page is left after an error."""
    codec = check_encoding(wish.encoding)
    work_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    members = find_members(paths, wish.limits, work_dir, wish.objects, wish.share)
    try:
        yield _Reading(members, work_dir, codec, wish.progress, rows)
    except BaseException:
        for page in work_dir.glob("*.csv"):
            page.unlink(missing_ok=True)
        raise


@dataclass
class _Kept:
    """The pages of one object that are kept."""

    paths: list[Path] = field(default_factory=list)
    rows: int = 0
    rejected: int = 0
    filled: set[str] = field(default_factory=set)

    def add(self, connection: duckdb.DuckDBPyConnection, page: Page) -> None:
        wanted = [column.name for column in COLUMNS[page.object_name]]
        counted = pages.count_values(connection, page.path, wanted)
        if counted is None:
            cleaned = page.path.with_suffix(".clean")
            broken = careful.clean(page.path, cleaned).broken
            cleaned.replace(page.path)
            self.rejected += broken
            self.rows += broken
            counted = pages.count_values(connection, page.path, wanted) or (0, {})
        rows, values = counted
        self.rows += rows
        self.filled.update(name for name, count in values.items() if count)
        self.paths.append(page.path)

    def table(self, name: str) -> Table:
        return Table(name, tuple(self.paths), frozenset(self.filled), self.rows)
