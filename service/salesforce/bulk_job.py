"""A query job and what of its result lies on disk already, kept in a file beside it.

The locator of a page stays good for the life of the job, so a reading that broke off goes on at
the page it was at: nothing is lost, nothing is read twice. What is whole stays good, too.
Source: https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_get_job_results.htm
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING

from service.salesforce.transport import API_VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from service.salesforce.bulk_page import PageRead

#: An older job shows an org that has moved on; a new one is made instead.
FRESH_SECONDS = 4 * 3600


@dataclass
class Job:
    """One query job. What changes it keeps it on disk."""

    object_name: str
    columns: tuple[str, ...]
    id: str
    version: str = API_VERSION  #: results must be asked for in the version that made the job
    made_at: float = field(default_factory=time.time)  #: seconds since 1970
    is_run: bool = False  #: the org has run it; only then it has results
    total: int | None = None  #: rows of the whole result; None when the org does not say
    locator: str = ""  #: of the next page; "" is the first
    is_whole: bool = False  #: every page is on disk
    files: list[str] = field(default_factory=list)  #: names, in order
    page_rows: list[int] = field(default_factory=list)  #: that each of them says it has

    @property
    def rows(self) -> int:
        """Rows of the pages on disk."""
        return sum(self.page_rows)

    @property
    def pages(self) -> list[tuple[str, int]]:
        """The pages on disk: name and rows."""
        return list(zip(self.files, self.page_rows, strict=True))

    def ran(self, folder: Path, total: int | None) -> None:
        """Note that the org has run it; without rows there is nothing to fetch."""
        self.is_run, self.total, self.is_whole = True, total, total == 0
        self.save(folder)

    def page_done(self, folder: Path, page: PageRead) -> None:
        """Count a page that is on disk now."""
        self.files.append(page.file)
        self.page_rows.append(page.rows)
        self.locator, self.is_whole = page.locator or "", page.locator is None
        self.save(folder)

    def save(self, folder: Path) -> None:
        """Keep it: whole or not at all."""
        path = _path(folder, self.object_name)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(asdict(self)), encoding="utf-8")
        part.replace(path)

    def forget(self, folder: Path) -> None:
        """Remove what was kept of it."""
        forget(folder, self.object_name)
        for name in self.files:
            (folder / name).unlink(missing_ok=True)


def kept(folder: Path, object_name: str, columns: tuple[str, ...]) -> Job | None:
    """Give the job that an earlier reading into this folder left unfinished, if it still fits."""
    try:
        found = json.loads(_path(folder, object_name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if found.keys() != {one.name for one in fields(Job)}:
        return None  # an earlier version of this program kept it
    job = Job(**{**found, "columns": tuple(found["columns"])})
    fits = job.columns == columns and job.version == API_VERSION
    return job if fits and 0 <= time.time() - job.made_at < FRESH_SECONDS else None


def forget(folder: Path, object_name: str) -> None:
    """Remove what was kept of an object's job; a new one is made instead."""
    _path(folder, object_name).unlink(missing_ok=True)


def _path(folder: Path, object_name: str) -> Path:
    return folder / f"{object_name}.job"
