"""The jobs of an org of one kind, by id; each is there for the user who made it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from localorg import ids

if TYPE_CHECKING:
    from collections.abc import Callable


class Made(Protocol):
    """What is known of a job of any kind."""

    job_id: str
    user_id: str


Job = TypeVar("Job", bound=Made)


class JobList(Generic[Job]):
    """Forgotten when the org is stopped."""

    def __init__(self, prefix: str) -> None:
        self._prefix, self._lock = prefix, threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._made = 0

    def add(self, make: Callable[[str], Job]) -> Job:
        """Make one of the next id."""
        with self._lock:
            self._made += 1
            job = make(ids.make(self._prefix, self._made))
            self._jobs[job.job_id] = job
        return job

    def find(self, job_id: str, user_id: str) -> Job | None:
        """The job of that id, for the user who made it."""
        job = self._jobs.get(ids.widen(job_id)) if ids.is_id(job_id) else None
        return job if job and job.user_id == user_id else None

    def forget(self, job: Job) -> None:
        """It is there no longer."""
        with self._lock:
            del self._jobs[job.job_id]
