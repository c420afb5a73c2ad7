"""Whether the process is alive (`GET /healthz`) and ready (`GET /readyz`).

A platform restarts what is not alive and sends nobody to what is not ready: a broker that is
down is no reason to restart the panel. Names what failed, tells no secret.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, jsonify
from redis.exceptions import RedisError

from service.redis_queue import connect

if TYPE_CHECKING:
    from flask import Response

log = structlog.get_logger("health")


def create_health(redis_url: str) -> Blueprint:
    """Ready is 200 `{"status": "ok"}` when the broker answers, else 503 with what failed.

    An error's message may hold the broker's address and password, so its kind alone is told.
    """
    health = Blueprint("health", __name__)
    broker = connect(redis_url)

    @health.get("/healthz")
    def is_alive() -> Response:
        return jsonify(status="ok")

    @health.get("/readyz")
    def is_ready() -> tuple[Response, int]:
        checks = {"broker": "ok"}
        try:
            broker.ping()
        except RedisError as error:
            checks["broker"] = f"failed: {type(error).__name__}"
            log.error("health_failed", check="broker", kind=type(error).__name__)  # noqa: TRY400
        failed = [name for name, result in checks.items() if result != "ok"]
        status = HTTPStatus.SERVICE_UNAVAILABLE if failed else HTTPStatus.OK
        return jsonify(status="failed" if failed else "ok", checks=checks), status

    return health
