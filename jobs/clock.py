"""The clock process: `python -m jobs.clock` enqueues a look at the deals every 15 minutes.

And, four times a day, a look at whose weekly digest is due, and on Saturdays the deletion of what
is too old. Two clocks at once do no harm: a job's name is its quarter of an hour, its quarter of a
day or its week, and a name is enqueued once. A clock that was down has missed nothing: each look
begins where the last one ended.
"""

from __future__ import annotations

import signal
import sys
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog
from redis.exceptions import RedisError

from jobs.enqueue import enqueue_deal_look, enqueue_digest, enqueue_purge
from service import logs
from service.redis_queue import connect
from service.settings import SettingsError, read_settings
from service.weeks import week_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from redis import Redis
    from rq.job import Job

    Enqueue = Callable[[Redis, str, str], Job]

EVERY_SECONDS = 15 * 60
DIGEST_SECONDS = 6 * 3600
SATURDAY = 5  #: a day on which hardly a digest is due
log = structlog.get_logger(__name__)


def run_key(at: datetime) -> str:
    """Name the look of the quarter of an hour that holds this moment."""
    begins = datetime.fromtimestamp(at.timestamp() // EVERY_SECONDS * EVERY_SECONDS, UTC)
    return f"deals-{begins:%Y-%m-%dT%H%M}"


def digest_key(at: datetime) -> str:
    """Name the look for digests of the quarter of a day that holds this moment."""
    begins = datetime.fromtimestamp(at.timestamp() // DIGEST_SECONDS * DIGEST_SECONDS, UTC)
    return f"digest-{begins:%Y-%m-%dT%H%M}"


def purge_key(at: datetime) -> str:
    """Name the deletion of the week that holds this moment."""
    return f"purge-{week_of(at)}"


def also_due(at: datetime, *, sends_digests: bool) -> dict[str, Enqueue]:
    """Give what is due besides deals, by its name; enqueued once while the clock runs."""
    due: dict[str, Enqueue] = {}
    if sends_digests:
        due[digest_key(at)] = enqueue_digest
    if at.weekday() == SATURDAY:
        due[purge_key(at)] = enqueue_purge
    return due


def seconds_left(at: datetime) -> float:
    """Seconds until the next quarter of an hour begins."""
    return EVERY_SECONDS - at.timestamp() % EVERY_SECONDS


def tick(
    redis_url: str, org_id: str, at: datetime, also: Mapping[str, Enqueue] | None = None
) -> bool:
    """Enqueue the look of this quarter of an hour; False, and a line in the log, if that failed.

    `also` is what else to enqueue, by its name.
    """
    try:
        connection = connect(redis_url)
        enqueue_deal_look(connection, org_id, run_key(at))
        for name, enqueue in (also or {}).items():
            enqueue(connection, org_id, name)
    except RedisError as error:
        log.error("clock_could_not_enqueue", kind=type(error).__name__)  # noqa: TRY400
        return False
    return True


def main() -> None:
    """Tick at once and then at every quarter of an hour, until told to stop."""
    logs.configure()
    try:
        settings = read_settings(only=("org_id", "redis_url"))
    except SettingsError as error:
        sys.exit(f"The clock cannot start, settings are missing or wrong:\n{error}")
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    log.info("clock_started", org_id=settings.org_id, every_seconds=EVERY_SECONDS)
    enqueued: set[str] = set()
    while not stopping.is_set():
        now = datetime.now(UTC)
        due = also_due(now, sends_digests=settings.sends_digests)
        fresh = {name: enqueue for name, enqueue in due.items() if name not in enqueued}
        is_done = tick(settings.redis_url, settings.org_id, now, fresh)
        enqueued = set(due) if is_done else enqueued
        stopping.wait(seconds_left(now) if is_done else 10)


if __name__ == "__main__":
    main()
