"""Putting jobs into the queue: names of functions, ids and plain data, never code or secrets."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from rq import Retry
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job, JobStatus

from service.redis_queue import queue

if TYPE_CHECKING:
    from redis import Redis

NIGHT: Final = "jobs.night.run_night"
BIG_DEALS: Final = "jobs.big_deals.run_big_deals"
DEAL_LOOK: Final = "jobs.deal_look.run_deal_look"
DIGEST: Final = "jobs.digest.run_digest"
PURGE: Final = "jobs.purge.run_purge"
#: The only functions that a worker will ever run.
ALLOWED: Final = frozenset({NIGHT, BIG_DEALS, DEAL_LOOK, DIGEST, PURGE})

#: How often a job may die under its worker (a dyno restart, a kill) before it counts as failed.
#: Errors do not draw on it: see jobs/worker.py.
DEATHS = 20
JOB_SECONDS = 4 * 3600
#: Results are plain counts; the run record in the org is what lasts.
RESULT_SECONDS = 3600
FAILURE_SECONDS = 7 * 24 * 3600

_RUN_KEY = re.compile(r"[A-Za-z0-9_-]{1,80}")
_ENDED = (JobStatus.FAILED, JobStatus.STOPPED, JobStatus.CANCELED)


def enqueue_night(connection: Redis, org_id: str, run_key: str, as_of: str | None = None) -> Job:
    """Enqueue the night's run of an org. Same org and key: the same job, never a second one.

    `run_key` names the run in the org (1 to 80 letters, digits, - and _), `as_of` is a date
    as YYYY-MM-DD; None leaves it to the day on which the job runs. A job that failed or was stopped is enqueued anew.
    """
    return _enqueue(connection, NIGHT, "night", (org_id, run_key, as_of))


def enqueue_big_deals(
    connection: Redis, org_id: str, run_key: str, as_of: str | None = None
) -> Job:
    """Enqueue a look at the big deals alone, without scoring."""
    return _enqueue(connection, BIG_DEALS, "big-deals", (org_id, run_key, as_of))


def enqueue_deal_look(connection: Redis, org_id: str, run_key: str) -> Job:
    """Enqueue a look at the opportunities won since the last one."""
    return _enqueue(connection, DEAL_LOOK, "deal-look", (org_id, run_key, None))


def enqueue_digest(connection: Redis, org_id: str, run_key: str) -> Job:
    """Enqueue a look at whose weekly digest is due."""
    return _enqueue(connection, DIGEST, "digest", (org_id, run_key, None))


def enqueue_purge(connection: Redis, org_id: str, run_key: str) -> Job:
    """Enqueue the deletion of what is older than it may get."""
    return _enqueue(connection, PURGE, "purge", (org_id, run_key, None))


def enqueue_ring(connection: Redis, org_id: str) -> None:
    """Enqueue the look that a ring of the doorbell asks for; each has a name of its own."""
    now = datetime.now(UTC)
    enqueue_deal_look(connection, org_id, f"ring-{now:%Y-%m-%dT%H%M%S-%f}")


def job_id(kind: str, org_id: str, run_key: str) -> str:
    """Give the job's id; it carries the org, so that several orgs can share a broker."""
    if not _RUN_KEY.fullmatch(run_key):
        raise ValueError("A run key has 1 to 80 letters, digits, - or _.")
    return f"{kind}-{org_id}-{run_key}"


def _enqueue(
    connection: Redis, function: str, kind: str, arguments: tuple[str, str, str | None]
) -> Job:
    jobs = queue(connection)
    name = job_id(kind, arguments[0], arguments[1])

    def put() -> Job:
        return jobs.enqueue_call(
            function,
            args=arguments,
            job_id=name,
            unique=True,
            retry=Retry(max=DEATHS),
            timeout=JOB_SECONDS,
            result_ttl=RESULT_SECONDS,
            failure_ttl=FAILURE_SECONDS,
        )

    try:
        return put()
    except DuplicateJobError:
        try:
            found = Job.fetch(name, connection=connection, serializer=jobs.serializer)
        except NoSuchJobError:
            # A broker that was emptied, and the heartbeat of a worker that had not noticed.
            connection.delete(Job.key_for(name))
            return put()
        if found.get_status() not in _ENDED:
            return found
        found.delete()
        return put()
