"""The one builder of Redis connections and queues, for the web, worker and clock processes."""

from __future__ import annotations

from typing import Any, Final

from redis import Redis
from rq import Queue, Worker
from rq.serializers import JSONSerializer

#: One queue a worker: only then does RQ move jobs through the intermediate queue, so that a
#: worker killed between taking and starting a job does not lose it (rq 3.0 source, worker/base.py).
QUEUE_NAME: Final = "bellwether"


def connect(redis_url: str, *, patience: float | None = None) -> Redis:
    """Connect; Heroku Key-Value Store is rediss:// with a self-signed chain.

    `patience`: seconds to wait for an answer where somebody waits for a page; else the library's.
    Source: https://devcenter.heroku.com/articles/connecting-heroku-redis (ssl_cert_reqs=None).
    """
    options: dict[str, Any] = {}
    if redis_url.startswith("rediss://"):
        options["ssl_cert_reqs"] = None
    if patience is not None:
        options |= {"socket_timeout": patience, "socket_connect_timeout": patience}
    return Redis.from_url(redis_url, **options)


def queue(connection: Redis) -> Queue:
    """The queue of all jobs: JSON only, so that nothing is ever unpickled."""
    return Queue(QUEUE_NAME, connection=connection, serializer=JSONSerializer)


def jobs_by_state(connection: Redis) -> dict[str, int]:
    """How many jobs are queued, running, put off to a later time, and failed in the last week."""
    jobs = queue(connection)
    return {
        "queued": jobs.count,
        "running": jobs.started_job_registry.count,
        "put_off": jobs.scheduled_job_registry.count,
        "failed": jobs.failed_job_registry.count,
    }


def workers_at_work(connection: Redis) -> int:
    """How many workers of our queue say that they live."""
    workers = Worker.all(connection=connection, serializer=JSONSerializer)
    return sum(QUEUE_NAME in worker.queue_names() for worker in workers)
