"""`make bench-night`: whole nights of a large org, by the worker that a dyno runs, and what they hold.

    python -m bench.night [--rows 10000000] [--sharing hierarchy-accepted] [--dir DIR] [--json FILE]

A made-up company of one user for each thousand activities lies in a stand-in org (ten million take
ten minutes to load, and 20 GB of disk). The worker process is the real one, and works two nights: the
first writes everything; the second is of the day after, so it knows everybody's records from before
and most scores differ. Memory is that of the worker, of its work horse and of their helpers together
(PSS, several times a second), which is what a dyno counts. Ends with 1 above 512 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.company import AS_OF, Company, make
from bench.memory import watched
from bench.reading import org_with
from bench.run import say, work_folder
from jobs.enqueue import enqueue_night
from service.broker import start_broker
from service.processes import Child, ChildError, wait_until
from service.redis_queue import connect, workers_at_work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rq.job import Job

#: What a dyno of 512 MB may hold.
MOST_MB = 512
_NIGHT_SECONDS = 4 * 3600
_POLL_SECONDS = 0.5
#: What is printed of a run's record.
_TOLD = ("status", "users", "scored", "records_written", "records_rejected", "api_calls", "peak_mb")


@dataclass(frozen=True)
class Night:
    """One night of the worker."""

    as_of: str
    seconds: float
    mb_before: int  #: of the worker that waits
    mb_peak: int  #: of the worker and all that it started, together
    told: dict[str, Any]


@contextmanager
def worker_of(settings: dict[str, str], folder: Path) -> Iterator[tuple[Child, str]]:
    """A worker at work, and the address of its broker."""
    with ExitStack() as stack:
        redis_url, broker = start_broker(folder / "broker", {})
        if broker:
            stack.callback(broker.stop)
        environment = {**os.environ, **settings, "REDIS_URL": redis_url}
        command = [sys.executable, "-m", "jobs.worker"]
        worker = Child("the worker", command, folder / "worker.log", environment)
        stack.callback(worker.stop)
        wait_until(lambda: _is_up(redis_url), worker, seconds=60, what="it to begin")
        yield worker, redis_url


def _is_up(redis_url: str) -> bool:
    with connect(redis_url) as connection:
        return workers_at_work(connection) > 0


def night(worker: Child, redis_url: str, org_id: str, as_of: date) -> Night:
    """Let the worker do one night. Raises ChildError where it does not finish."""
    with connect(redis_url) as connection:
        with watched(worker.process.pid) as waiting:
            time.sleep(2 * _POLL_SECONDS)
        begun = time.monotonic()
        with watched(worker.process.pid) as memory:
            job = enqueue_night(connection, org_id, f"night-{as_of}", as_of.isoformat())
            told = _finished(job, worker)
        return Night(
            as_of.isoformat(), round(time.monotonic() - begun, 1), waiting.peak_mb(0), memory.peak_mb(0),
            {name: told[name] for name in _TOLD if name in told},
        )  # fmt: skip


def _finished(job: Job, worker: Child) -> dict[str, Any]:
    end = time.monotonic() + _NIGHT_SECONDS
    while not job.is_finished:
        if job.is_failed or not worker.is_running or time.monotonic() > end:
            raise ChildError(f"the night is {job.get_status()}:\n{worker.tail(30)}")
        time.sleep(_POLL_SECONDS)
    return dict(job.return_value() or {})


def run(folder: Path, export: Path, sharing: str) -> list[Night]:
    """Both nights, in one org."""
    last = date.fromisoformat(AS_OF)
    say("loading the stand-in org")
    with (
        org_with(folder, export) as settings,
        worker_of(settings | {"BELLWETHER_SHARING": sharing}, folder) as (worker, redis_url),
    ):
        found = []
        for as_of in (last - timedelta(days=1), last):
            say(f"night of {as_of}")
            found.append(night(worker, redis_url, settings["SALESFORCE_ORG_ID"], as_of))
            say(shown(found[-1]))
        return found


def shown(one: Night) -> str:
    """A night as a line."""
    told = ", ".join(f"{name} {value}" for name, value in one.told.items())
    return (
        f"  {one.seconds:7.1f} s, {one.mb_peak} MB at the peak (at most {MOST_MB}), "
        f"{one.mb_before} before; {told}"
    )


def main() -> int:
    """Parse the command line, run, print; give the exit code."""
    options = argparse.ArgumentParser("bench.night", description=__doc__.splitlines()[0])
    options.add_argument("--rows", type=int, default=10_000_000, help="activities (10000000)")
    options.add_argument(
        "--sharing", default="hierarchy-accepted", help="BELLWETHER_SHARING (hierarchy-accepted)"
    )
    options.add_argument("--dir", type=Path, help="keep the export here and use it again")
    options.add_argument("--json", type=Path, help="write the figures here too")
    asked = options.parse_args()
    with work_folder(asked.dir) as kept:
        export = make(kept, Company(asked.rows))
        folder = kept / "night"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            nights = run(folder, export, asked.sharing)
        finally:
            shutil.rmtree(folder)
    if asked.json:
        asked.json.write_text(json.dumps([asdict(one) for one in nights], indent=2) + "\n")
    return int(any(one.mb_peak > MOST_MB for one in nights))


if __name__ == "__main__":
    sys.exit(main())
