"""What every run has around its work: settings, gateway, lock, a folder of its own, a stopwatch.

And the one place that decides what an error means for the job: passing ones come back later as
a returned Retry, the rest are recorded in the org and raised.
"""

from __future__ import annotations

import resource
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import structlog
from rq import Retry, get_current_job

from jobs import run_record
from jobs.run_lock import LockHeldError, RunLock
from jobs.work_folder import work_folder
from service.redis_queue import connect
from service.salesforce.errors import SalesforceError, TransientSalesforceError
from service.salesforce.gateway import Gateway
from service.settings import Settings, SettingsError, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: What a run needs; the panel's secrets are not among it.
NEEDED = (
    "org_id", "instance_url", "audience", "username", "consumer_key", "private_key", "redis_url",
)  # fmt: skip
#: Seconds until the next try; together more than ten minutes, because a transaction in flight
#: may take that long to fail.
BACK_OFF = (5, 10, 20, 40, 60, 60, 90, 120, 120, 180)
LOCK_HELD = (15,) * 240
#: RQ's own ceiling; ours, by reason, is the length of the intervals.
MOST_RETRIES = 1000
log = structlog.get_logger(__name__)

Result = dict[str, Any]


class GivenUpError(Exception):
    """A run that was put off as often as makes sense. The next night looks again."""


@dataclass
class Run:
    """One run under way."""

    kind: str  #: "Night" or "Big deals", as in Adoption_Run__c
    org_id: str
    run_key: str
    as_of: date
    settings: Settings
    gateway: Gateway
    folder: Path
    started_at: datetime
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step and say its end in the log."""
        begun = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - begun, 3)
        log.info("step", step=name, seconds=self.seconds[name], api_calls=self.gateway.api_calls)


def peak_mb() -> int:
    """Give the most memory that this process has held, in MB (Linux counts kB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def work_as(
    kind: str, org_id: str, run_key: str, as_of: str | None, work: Callable[[Run], Result]
) -> Result | Retry:
    """Do the work of a run, alone in its org. Gives its result, or a Retry for later.

    Raises SettingsError, and SalesforceError when a person must act (recorded in the org first).
    """
    settings = read_settings(only=NEEDED)
    if settings.org_id[:15] != org_id[:15]:
        raise SettingsError(f"This worker serves the org {settings.org_id}, not {org_id}.")
    structlog.contextvars.bind_contextvars(org_id=org_id, run_key=run_key, kind=kind)
    now = datetime.now(UTC)
    day = date.fromisoformat(as_of) if as_of else now.date()
    lock = RunLock(connect(settings.redis_url), org_id[:15], run_key)
    try:
        with lock, work_folder(settings.work_dir / org_id[:15]) as folder:
            run = Run(kind, org_id, run_key, day, settings, Gateway(settings), folder, now)
            return _recorded(run, work)
    except LockHeldError:
        return _later("another_run_is_under_way", LOCK_HELD)
    except TransientSalesforceError as error:
        return _later("org_not_ready", BACK_OFF, error=str(error))


def _recorded(run: Run, work: Callable[[Run], Result]) -> Result:
    log.info("run_started", as_of=run.as_of.isoformat())
    try:
        result = work(run)
    except TransientSalesforceError:
        raise
    except SalesforceError as error:
        log.error("run_failed", error=str(error), code=error.code)  # noqa: TRY400 - the text says it all
        run_record.write_failure(run, error)
        raise
    log.info("run_finished", **{key: result[key] for key in ("status", "alerts", "posts_made")})
    return result


def _later(why: str, intervals: tuple[int, ...], **details: str) -> Retry:
    """Come back later, each time a little later; raises GivenUpError when that was long enough."""
    job = get_current_job()
    tries = job.meta.get(why, 0) if job else 0
    if tries >= len(intervals):
        log.error("run_given_up", why=why, tries=tries, **details)
        raise GivenUpError(f"{why}: tried {tries} times. {details.get('error', '')}")
    if job:
        job.meta[why] = tries + 1
        job.save_meta()  # type: ignore[no-untyped-call] # rq has no annotation here
    log.warning("run_put_off", why=why, tries=tries, seconds=intervals[tries], **details)
    return Retry(max=MOST_RETRIES, interval=intervals[tries])


def try_again_later(why: str, **details: str) -> Retry:
    """Give the Retry of work that is done except for what is in doubt."""
    return _later(why, BACK_OFF, **details)
