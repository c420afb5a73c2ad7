"""`GET /metrics` in Prometheus' text form: the queue, the workers and the last runs. No person.

Everything is asked of the broker at the moment of the scrape, so that any web process gives the
same answer. Only for whoever has the token; without the setting the page does not exist.
https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

import hmac
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from flask import Blueprint, Response, abort, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from redis.exceptions import RedisError

from service.last_runs import recall
from service.redis_queue import connect, jobs_by_state, workers_at_work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis import Redis

log = structlog.get_logger("metrics")
#: Figures of a run -> what they are.
_OF_A_RUN = {
    "ended_at": "When the last run ended, in seconds since 1970",
    "ok": "1 if the last run ended well, 0 if it failed or was stopped",
    "seconds": "How long the last run took",
    "api_calls": "API calls that the last run spent",
    "peak_mb": "The most memory that the last run's process held, in MB",
    "records_written": "Records that the last run wrote",
    "records_rejected": "Records that the org refused in the last run",
    "posts_made": "Posts that the last run made",
}


class Collector:
    """Asks the broker; see https://prometheus.github.io/client_python/collector/custom/."""

    def __init__(self, connection: Redis, org_id: str) -> None:
        self._connection, self._org_id = connection, org_id

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give every family of figures. Raises RedisError."""
        states = GaugeMetricFamily("bellwether_jobs", "Jobs by state", labels=["state"])
        for state, count in jobs_by_state(self._connection).items():
            states.add_metric([state], count)
        yield states
        at_work = workers_at_work(self._connection)
        yield GaugeMetricFamily("bellwether_workers", "Workers that live", value=at_work)
        yield from self._of_runs()

    def _of_runs(self) -> Iterator[GaugeMetricFamily]:
        runs: dict[str, dict[str, Any]] = recall(self._connection, self._org_id)
        for name, what in _OF_A_RUN.items():
            family = GaugeMetricFamily(f"bellwether_run_{name}", what, labels=["kind"])
            for kind, figures in sorted(runs.items()):
                if name in figures:
                    family.add_metric([kind], figures[name])
            yield family


def create_metrics(redis_url: str, org_id: str, token: str) -> Blueprint:
    """401 without the token, 503 while the broker does not answer, 404 where no token is set."""
    metrics = Blueprint("metrics", __name__)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Collector(connect(redis_url), org_id))

    @metrics.get("/metrics")
    def scrape() -> Response:
        if not token:
            abort(HTTPStatus.NOT_FOUND)
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            return Response(status=HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})
        try:
            return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
        except RedisError as error:
            log.error("metrics_failed", kind=type(error).__name__)  # noqa: TRY400 - may hold a password
            return Response(status=HTTPStatus.SERVICE_UNAVAILABLE)

    return metrics
