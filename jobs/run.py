"""What every run has around its work: settings, gateway, lock, a folder of its own, a stopwatch.

And the one place that decides what an error means for the job: passing ones come back later as
a returned Retry, the rest are recorded in the org and raised.
"""

from __future__ import annotations

import resource
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from redis.exceptions import RedisError
from rq.exceptions import ShutDownImminentException

from jobs import run_record
from jobs.put_off import ORG_NOT_READY, OTHER_RUN, GivenUpError, put_off
from jobs.run_lock import LockHeldError, RunLock
from jobs.work_folder import work_folder
from service.evidence.people import NoUsersError
from service.last_runs import remember
from service.redis_queue import connect
from service.rules_file import RulesError
from service.salesforce.errors import (
    LimitReachedError,
    SalesforceError,
    TransientSalesforceError,
)
from service.salesforce.gateway import Gateway
from service.salesforce.in_log import in_log
from service.settings import Settings, SettingsError, read_settings
from service.sheet import SheetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from rq import Retry

#: What a run needs; the panel's secrets are not among it.
NEEDED = (
    "org_id", "instance_url", "audience", "username", "consumer_key", "private_key", "redis_url",
)  # fmt: skip
log = structlog.get_logger(__name__)

Result = dict[str, Any]


#: Errors whose text tells a person what to do; of any other the org gets the name alone.
TELLING = (SalesforceError, NoUsersError, RulesError, SheetError, GivenUpError)
#: After these the job comes back.
COMING_BACK = (TransientSalesforceError, ShutDownImminentException)
#: After these the next attempt goes on with what was read: where no calls are left, whenever
#: somebody enqueues the run again that day.
GOING_ON = (*COMING_BACK, LimitReachedError)


@dataclass
class Run:
    """One run under way."""

    kind: str  #: "Night", "Big deals", "Digest" or "Purge", as in Adoption_Run__c
    org_id: str
    run_key: str
    as_of: date  #: the last day that is scored
    deals_until: date  #: the last close date that is announced
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


def _remember(run: Run, figures: dict[str, int]) -> None:
    """Tell whoever watches how the run ended; a broker that is down spoils no run."""
    ended = datetime.now(UTC)
    own = {
        "ended_at": round(ended.timestamp()),
        "seconds": round((ended - run.started_at).total_seconds(), 1),
        "api_calls": run.gateway.api_calls,
        "peak_mb": peak_mb(),
    }
    try:
        remember(connect(run.settings.redis_url), run.org_id, run.kind, own | figures)
    except RedisError as error:
        log.warning("run_not_remembered", error=type(error).__name__)


def peak_mb() -> int:
    """Give the most memory that this process has held, in MB (Linux counts kB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def work_as(
    kind: str,
    org_id: str,
    run_key: str,
    as_of: str | None,
    work: Callable[[Run], Result | Retry],
) -> Result | Retry:
    """Do the work of a run, alone in its org. Gives its result, or a Retry for later.

    Raises SettingsError, and whatever else needs a person, after recording it in the org.
    """
    settings = read_settings(only=NEEDED)
    if settings.org_id[:15] != org_id[:15]:
        raise SettingsError(f"This worker serves the org {settings.org_id}, not {org_id}.")
    structlog.contextvars.bind_contextvars(org_id=org_id, run_key=run_key, kind=kind)
    now = datetime.now(UTC)
    scored_until, deals_until = _days(as_of, now)
    lock = RunLock(connect(settings.redis_url), org_id[:15], run_key)
    try:
        with lock, work_folder(settings.work_dir / org_id[:15], run_key, GOING_ON) as folder:
            gateway = Gateway(settings)
            days = (scored_until, deals_until)
            return _recorded(
                Run(kind, org_id, run_key, *days, settings, gateway, folder, now), work
            )
    except LockHeldError:
        return put_off(OTHER_RUN)
    except TransientSalesforceError as error:
        return put_off(ORG_NOT_READY, str(error))


def _days(as_of: str | None, now: datetime) -> tuple[date, date]:
    """Give the last day to score and the last close date to announce.

    A day that has only begun would ask for work that nobody could have done yet, so it is not
    scored; a deal that closed today is announced today.
    """
    if as_of:
        return date.fromisoformat(as_of), date.fromisoformat(as_of)
    return now.date() - timedelta(days=1), now.date()


def _recorded(run: Run, work: Callable[[Run], Result | Retry]) -> Result | Retry:
    log.info("run_started", as_of=run.as_of.isoformat())
    try:
        result = work(run)
    except COMING_BACK:
        raise
    except Exception as error:
        told = str(error) if isinstance(error, TELLING) else f"{type(error).__name__}."
        log.error("run_failed", error=in_log(error) if isinstance(error, TELLING) else told)  # noqa: TRY400 - RQ logs the traceback
        run_record.write_failure(run, told, is_stopped=isinstance(error, LimitReachedError))
        _remember(run, {"ok": 0})
        raise
    if isinstance(result, dict):
        counts = ("records_written", "records_rejected", "posts_made")
        is_ok = int(result["status"] == "Finished")
        _remember(run, {"ok": is_ok, **{name: result[name] for name in counts}})
        log.info("run_finished", **{key: result[key] for key in ("status", "alerts", "posts_made")})
    return result
