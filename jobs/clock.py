"""The clock process: `python -m jobs.clock` enqueues a look at the deals every 15 minutes.

And, four times a day, a look at whose weekly digest is due. Two clocks at once do no harm: the
job's name is its quarter of an hour, or of a day, and a name is enqueued once. A clock that was
down has missed nothing: each look begins where the last one ended.
"""

from __future__ import annotations

import signal
import sys
import threading
from datetime import UTC, datetime

import structlog
from redis.exceptions import RedisError

from jobs.enqueue import enqueue_deal_look, enqueue_digest
from service import logs
from service.redis_queue import connect
from service.settings import SettingsError, read_settings

EVERY_SECONDS = 15 * 60
DIGEST_SECONDS = 6 * 3600
log = structlog.get_logger(__name__)


def run_key(at: datetime) -> str:
    """Name the look of the quarter of an hour that holds this moment."""
    begins = datetime.fromtimestamp(at.timestamp() // EVERY_SECONDS * EVERY_SECONDS, UTC)
    return f"deals-{begins:%Y-%m-%dT%H%M}"


def digest_key(at: datetime) -> str:
    """Name the look for digests of the quarter of a day that holds this moment."""
    begins = datetime.fromtimestamp(at.timestamp() // DIGEST_SECONDS * DIGEST_SECONDS, UTC)
    return f"digest-{begins:%Y-%m-%dT%H%M}"


def seconds_left(at: datetime) -> float:
    """Seconds until the next quarter of an hour begins."""
    return EVERY_SECONDS - at.timestamp() % EVERY_SECONDS


def tick(redis_url: str, org_id: str, at: datetime, digest: str | None = None) -> bool:
    """Enqueue the look of this quarter of an hour; False, and a line in the log, if that failed.

    `digest` names the look for digests that is to be enqueued, too.
    """
    try:
        enqueue_deal_look(connect(redis_url), org_id, run_key(at))
        if digest:
            enqueue_digest(connect(redis_url), org_id, digest)
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
    looked_for = None  # the last quarter of a day in which digests were looked for
    while not stopping.is_set():
        now = datetime.now(UTC)
        wanted = digest_key(now) if settings.sends_digests else None
        digest = wanted if wanted != looked_for else None
        is_done = tick(settings.redis_url, settings.org_id, now, digest)
        looked_for = wanted if is_done else looked_for
        stopping.wait(seconds_left(now) if is_done else 10)


if __name__ == "__main__":
    main()
