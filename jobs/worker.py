"""The worker process: `python -m jobs.worker [--burst]`.

RQ's worker, made to recover within a minute and to run nothing but our own jobs. With RQ's
defaults the job of a dead worker waits for more than nine minutes, and any importable function
may be named in Redis. Source: https://python-rq.org/docs/workers/ and rq 3.0's worker/base.py.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import sys
import traceback
from typing import TYPE_CHECKING, Any

import structlog
from redis.exceptions import RedisError
from rq import worker_registration
from rq.exceptions import ShutDownImminentException
from rq.job import Job
from rq.queue import Queue
from rq.registry import clean_registries
from rq.scheduler import RQScheduler
from rq.serializers import JSONSerializer
from rq.utils import now
from rq.worker.worker_classes import HerokuWorker

from jobs.enqueue import ALLOWED
from jobs.run import NEEDED, TELLING
from service import logs
from service.redis_queue import QUEUE_NAME, connect
from service.salesforce.in_log import in_log
from service.settings import SettingsError, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis import Redis

log = structlog.get_logger(__name__)

#: How often a worker says that it lives, and how long its silence is believed.
HEARTBEAT_SECONDS = 5
SILENCE_SECONDS = 15
#: How often dead workers' jobs are looked for, and jobs whose time has come.
MAINTENANCE_SECONDS = 5
#: A worker waits this long for a job before it looks around (RQ takes 15 off its time to live).
WORKER_SECONDS = 15 + MAINTENANCE_SECONDS

#: Imported once in the parent, so that a job starts in milliseconds. Pure imports: a DuckDB
#: connection or a session to an org made here would be shared by forked children.
PRELOADED = ("jobs.night", "jobs.big_deals", "jobs.deal_look", "jobs.digest")


class ForbiddenJobError(Exception):
    """Redis names something to run that is not one of our jobs."""


class OwnJob(Job):
    """A job that is one of ALLOWED. JSON stops unpickling; this stops `os.system`."""

    @property
    def func(self) -> Callable[..., Any]:
        """Give the function to run, or raise ForbiddenJobError."""
        name = self.func_name
        hooks = (self._success_callback_name, self._failure_callback_name)
        if name not in ALLOWED or self.instance or any(hooks):
            raise ForbiddenJobError(f"{name} is not a job of this worker.")
        function: Callable[..., Any] = super().func
        return function

    @property
    def success_callback(self) -> None:
        """No function that Redis names is ever called beside the job."""
        return

    failure_callback = stopped_callback = success_callback

    def send_webhooks(self, *_: object, **__: object) -> None:
        """Call no address that Redis names."""


class FastRecoverWorker(HerokuWorker):
    """Says every few seconds that it lives, and takes up what dead workers left."""

    _promoter: RQScheduler | None = None

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:  # noqa: ARG002 - RQ's signature
        """Seconds after which a silent worker's job is taken from it."""
        return SILENCE_SECONDS

    def clean_registries(self) -> None:
        """Requeue the jobs of dead workers and enqueue those whose time has come.

        RQ's own lock around this is held for 15 minutes by a worker that dies inside it; ours
        lasts for less than one interval and is never released.
        """
        for queue in self.queues:
            lock = f"{queue.registry_cleaning_key}:{MAINTENANCE_SECONDS}s"
            if not self.connection.set(lock, 1, nx=True, ex=MAINTENANCE_SECONDS - 1):
                continue
            clean_registries(queue, self._exc_handlers)
            worker_registration.clean_worker_registry(queue)
            queue.intermediate_queue.cleanup(self, queue)
            self._promote_due_jobs()
        self.last_cleaned_at = now()  # type: ignore[assignment] # rq annotates its None only

    def _promote_due_jobs(self) -> None:
        """Do the scheduler's work here: no second process that would outlive a killed worker."""
        if self._promoter is None:
            self._promoter = RQScheduler(
                self.queues,
                connection=self.connection,
                serializer=self.serializer,
                logging_level=logging.WARNING,  # else a line every few seconds
            )
        self._promoter.acquire_locks()  # type: ignore[no-untyped-call]
        if self._promoter.acquired_locks:
            self._promoter.enqueue_scheduled_jobs()  # type: ignore[no-untyped-call]
            self._promoter.release_locks()  # type: ignore[no-untyped-call]

    def handle_exception(self, job: Job, *exc_info: Any) -> None:  # noqa: ANN401 - RQ's signature
        """Spend retries on deaths alone: an error that was raised would be raised again.

        What passes by itself is a returned Retry (jobs/run.py), which has a count of its own.
        """
        if not isinstance(exc_info[1], (ShutDownImminentException, RedisError)):
            job.retries_left = 0
        log.error("job_failed", job_id=job.id, trace=_untold(exc_info[1]))

    def handle_job_failure(self, job: Job, queue: Queue, *args: Any, **options: Any) -> None:  # noqa: ANN401 - RQ's signature
        """Keep the kind and the place of an error in Redis, not its message.

        RQ would keep the message for a week, and it may quote a record.
        """
        if error := sys.exc_info()[1]:
            options["exc_string"] = _untold(error)
        super().handle_job_failure(job, queue, *args, **options)


def _untold(error: BaseException) -> str:
    """Say what was raised where; of errors that may quote a record the name alone."""
    told = isinstance(error, (*TELLING, SettingsError, ForbiddenJobError))
    what = f"{type(error).__name__}: {in_log(error)}" if told else type(error).__name__
    return "".join([*traceback.format_tb(error.__traceback__), what])


def make_worker(connection: Redis) -> FastRecoverWorker:
    """Make a worker of our one queue. One queue only: see service/redis_queue.py."""
    queue = Queue(QUEUE_NAME, connection=connection, serializer=JSONSerializer, job_class=OwnJob)
    return FastRecoverWorker(
        [queue],
        connection=connection,
        serializer=JSONSerializer,
        job_class=OwnJob,
        worker_ttl=WORKER_SECONDS,
        job_monitoring_interval=HEARTBEAT_SECONDS,
        maintenance_interval=MAINTENANCE_SECONDS,
        log_job_description=False,
    )


def main() -> None:
    """Read the settings, preload, and work until told to stop (or until there is no work)."""
    parser = argparse.ArgumentParser(prog="python -m jobs.worker", description="Runs the jobs.")
    parser.add_argument("--burst", action="store_true", help="stop when the queue is empty")
    arguments = parser.parse_args()
    logs.configure()
    try:
        settings = read_settings(only=NEEDED)
    except SettingsError as error:
        sys.exit(f"The worker cannot start, settings are missing or wrong:\n{error}")
    for name in PRELOADED:
        importlib.import_module(name)
    worker = make_worker(connect(settings.redis_url))
    log.info("worker_started", org_id=settings.org_id, worker=worker.name)
    worker.work(burst=arguments.burst, logging_level="WARNING")


if __name__ == "__main__":
    main()
