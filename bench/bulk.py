"""`make bench-bulk`: an org's rows by query jobs, beside a bare download of the very same bytes.

    python -m bench.bulk [--rows 1000000] [--mbit 100] [--dir DIR] [--json FILE]

A made-up company of one user for each thousand activities lies in a stand-in org, and one process
after the other does its work:

    from the org   what a worker does: query jobs, their pages on disk and proven whole
    bare           the same gzip bytes from a static server to a file, neither unpacked nor looked at
    ours           the worker's own code on these bytes from that server: on disk as they came, and
                   unpacked once, which proves checksum, length, size and header row of each

Rows are unpacked again, and counted, where they are staged: `make bench-night`.

The bytes are those that the org sent for the jobs of the first. `ours / bare` compares like with
like: how long the stand-in takes to make a result is not ours. On one machine a network costs
nothing, so both are done a second time at `--mbit` megabits a second. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import importlib
import json
import shutil
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from bench.company import Company, make
from bench.pages_served import Page, serving, shown
from bench.reading import in_child, measure, org_with, peak_mb
from bench.run import say, work_folder
from jobs.run import NEEDED
from jobs.worker import PRELOADED
from service.salesforce import bulk, reading
from service.salesforce.bulk_job import Job
from service.salesforce.plan import BULK_PAGE_ROWS
from service.salesforce.session import OrgSession, Tally, packed_body
from service.salesforce.token import fetch_token
from service.salesforce.transport import Request, Stream
from service.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable

#: What is to be held: the worker's memory, and its time in times of the bare download's.
MOST_MB, MOST_TIMES = 512, 2
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Replay:
    """The static server in place of the gateway: `bulk.read_table` reads from it."""

    origin: str
    pages: dict[tuple[str, str], Page]  #: by job and locator
    api_calls: int = 0
    most_page_bytes: int = 10**9

    def call(self, request: Request) -> Any:  # noqa: ANN401 - parsed JSON
        """No job is made or looked at: it has run."""
        raise NotImplementedError(request.path)

    def download(self, request: Request, into: Callable[[Stream], Any]) -> Any:  # noqa: ANN401
        """The page, through our own session."""
        job_id = request.path.split("/")[-2]
        page = self.pages[job_id, (request.params or {}).get("locator", "")]
        session = OrgSession(timeout_seconds=600, ca_file=None, tally=Tally())
        with session.open(f"{self.origin}/{page.name}", {"Accept-Encoding": "gzip"}) as reply:
            body = packed_body(reply, self.most_page_bytes)
            return into(Stream(reply.status_code, reply.headers, body, self.most_page_bytes))


def fetched(settings: dict[str, str], jobs: list[Job], folder: Path) -> list[Page]:
    """Every page of the jobs as the org sends it, packed, into files."""
    folder.mkdir()
    read = read_settings(settings, only=NEEDED)
    session = OrgSession(timeout_seconds=600, ca_file=read.ca_file, tally=Tally())
    token = fetch_token(read, session)
    pages: list[Page] = []
    for job in jobs:
        locator: str | None = ""
        while locator is not None:
            page = Page(job.id, locator, f"{job.id}-{len(pages)}.gz")
            params = {"maxRecords": str(BULK_PAGE_ROWS), "locator": locator}
            url = requests.Request(
                "GET",
                f"{read.instance_url}{bulk.JOBS}/{job.id}/results",
                params={name: text for name, text in params.items() if text},
            )
            headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}
            with session.open(str(url.prepare().url), headers) as reply:
                page.keep(folder, reply)
            pages.append(page)
            locator = page.following
    return pages


def bare(origin: str, pages: list[Page], folder: Path) -> dict[str, object]:
    """What `curl -O` would do."""

    def all_of_them() -> None:
        for one in pages:
            _to_file(f"{origin}/{one.name}", folder / one.name)

    return _timed(all_of_them)


def _to_file(url: str, path: Path) -> None:
    session = OrgSession(timeout_seconds=600, ca_file=None, tally=Tally())
    with (
        session.open(url, {"Accept-Encoding": "gzip"}) as reply,
        path.open("wb") as file,
    ):
        shutil.copyfileobj(reply.raw, file, _CHUNK)


def ours(origin: str, pages: list[Page], jobs: list[Job], folder: Path) -> dict[str, object]:
    """The worker's own code on the same bytes."""
    caller = Replay(origin, {(one.job_id, one.locator): one for one in pages})

    def read() -> None:
        for job in jobs:
            fresh = Job(job.object_name, job.columns, job.id, is_run=True, total=job.total)
            table = bulk.read_table(caller, fresh, folder, None)
            if table.rows != job.total:
                raise SystemExit(f"{job.object_name}: {table.rows} of {job.total} rows")

    return _timed(read)


def _timed(work: Callable[[], object]) -> dict[str, object]:
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return {
        "seconds": round(time.perf_counter() - clock, 2),
        "processor_seconds": round(time.process_time() - processor, 2),
        "mb_peak": peak_mb(),
    }


def side_by_side(
    folder: Path, pages: list[Page], jobs: list[Job], mbit: float | None
) -> dict[str, Any]:
    """Bare, then ours, from one static server; both in processes of their own."""
    found: dict[str, Any] = {"mbit": mbit}
    with serving(folder / "packed", pages, mbit) as origin:
        for name, work in (
            ("bare", lambda into: bare(origin, pages, into)),
            ("ours", lambda into: ours(origin, pages, jobs, into)),
        ):
            into = folder / name
            into.mkdir()
            found[name] = in_child(lambda work=work, into=into: work(into), folder / "answer.json")  # type: ignore[misc]
            shutil.rmtree(into)
    found["times"] = round(found["ours"]["seconds"] / found["bare"]["seconds"], 2)
    return found


def run(folder: Path, export: Path, mbit: float) -> dict[str, Any]:
    """Everything, one after the other."""
    for name in PRELOADED:
        importlib.import_module(name)  # a worker's memory begins with these
    # The jobs stay in the org: their pages are fetched once more.
    reading.READING_CALLS = 0  # type: ignore[attr-defined] # of plan.py; this module reads it
    with org_with(folder, export) as settings:
        say("reading from the org")
        from_org = in_child(lambda: measure(folder, settings), folder / "answer.json")
        jobs = [_job(path) for path in sorted((folder / "pages").glob("*.job"))]
        say("fetching the same pages as they are")
        pages = fetched(settings, jobs, folder / "packed")
    shutil.rmtree(folder / "pages")
    return {
        "from_org": from_org,
        "rows": sum(job.rows for job in jobs),
        "gzip_bytes": sum(page.bytes for page in pages),
        "runs": [side_by_side(folder, pages, jobs, speed) for speed in (None, mbit)],
    }


def _job(path: Path) -> Job:
    found = json.loads(path.read_text(encoding="utf-8"))
    return Job(**{**found, "columns": tuple(found["columns"])})


def main() -> None:
    """Parse the command line, run, print."""
    options = argparse.ArgumentParser("bench.bulk", description=__doc__.splitlines()[0])
    options.add_argument("--rows", type=int, default=1_000_000, help="activities (1000000)")
    options.add_argument("--mbit", type=float, default=100, help="of the second pair (100)")
    options.add_argument("--dir", type=Path, help="keep the export here and use it again")
    options.add_argument("--json", type=Path, help="write the figures here too")
    asked = options.parse_args()
    with work_folder(asked.dir) as kept:
        company = Company(asked.rows)
        export = make(kept, company)
        folder = kept / "bulk"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        figures = run(folder, export, asked.mbit)
        shutil.rmtree(folder)
    sys.stdout.write(shown(figures, asdict(company) | {"users": company.people}))
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
