"""Real worker processes, and ways to kill them: by id, never by name."""

from __future__ import annotations

import os
import signal
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from redis import Redis
from rq.job import JobStatus

from tests.forked import ForkedChild

if TYPE_CHECKING:
    from tests.jobs.live_org import LiveOrg

ENDED = (JobStatus.FINISHED, JobStatus.FAILED, JobStatus.STOPPED, JobStatus.CANCELED)


class Crew:
    """Workers of one org, all stopped at the end."""

    def __init__(self, org: LiveOrg, redis_url: str, folder: Path) -> None:
        self.environment = org.environment(redis_url, folder / "work")
        self.connection = Redis.from_url(redis_url)
        self._folder = folder
        self._stack = ExitStack()
        self._started = 0

    def start(self) -> ForkedChild:
        """What a platform's supervisor does."""
        self._started += 1
        log_file = self._folder / f"worker-{self._started}.log"
        worker = ForkedChild("the worker", "jobs.worker", [], log_file, self.environment)
        self._stack.callback(worker.stop)
        return worker

    def logs(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self._folder.glob("worker-*.log")))

    def wait_for(self, job, seconds: float) -> float:
        """Seconds until the job ended; fails loudly with the workers' own words."""
        begun = time.monotonic()
        while job.get_status() not in ENDED:
            waited = time.monotonic() - begun
            assert waited < seconds, f"not done after {waited:.0f} s:\n{self.logs()[-4000:]}"
            time.sleep(0.1)
        return time.monotonic() - begun

    def stop(self) -> None:
        self._stack.close()
        self.connection.close()


def children_of(pid: int) -> list[int]:
    """Living processes whose parent is this one."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[1]) == pid and fields[0] != "Z":  # Z: ended, and not yet waited for
                found.append(int(entry.name))
    return found


def kill_horse(worker: ForkedChild) -> None:
    (horse,) = children_of(worker.process.pid)
    os.kill(horse, signal.SIGKILL)


def kill_both(worker: ForkedChild) -> None:
    """The parent first, so that it cannot put the job back."""
    horses = children_of(worker.process.pid)
    os.kill(worker.process.pid, signal.SIGKILL)
    for horse in horses:
        os.kill(horse, signal.SIGKILL)
    worker.process.wait()
    assert len(horses) == 1


def wait_until_held(org: LiveOrg, hold_id: int, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while org.control("GET", f"holds/{hold_id}")["state"] != "held":
        assert time.monotonic() < end, "the request never came"
        time.sleep(0.05)
