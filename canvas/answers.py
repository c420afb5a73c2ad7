"""What every answer of the panel has: an id, a line in the log, and a page for each state."""

from __future__ import annotations

import re
import time
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import structlog
from flask import g, make_response, render_template, request

from canvas.states import STATES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Blueprint, Response

log = structlog.get_logger("canvas")
_REQUEST_ID: Final = re.compile(r"[0-9A-Za-z-]{8,64}", re.ASCII)


def sent_json() -> object:
    """What a script of a page sent; None where it is no JSON, or nested without end."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def state_page(
    name: str, reason: str | None = None, status: int | None = None, **values: object
) -> Response:
    """The page that explains a state. Only its name and the reason's code are logged."""
    state = STATES[name]
    answer = make_response(
        render_template("state.html", name=name, state=state, **values), status or state.status
    )
    log_answer(name, reason)
    return answer


def name_requests(routes: Blueprint) -> None:
    """Every request has an id: the router's where there is one, on the page and in the log."""

    @routes.before_app_request
    def name() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else str(uuid.uuid4())
        g.started = time.monotonic()
        g.org_seconds = 0.0

    @routes.after_app_request
    def tell(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.request_id
        total = time.monotonic() - g.started
        response.headers["Server-Timing"] = (
            f"org;dur={1000 * g.org_seconds:.1f}, total;dur={1000 * total:.1f}"
        )
        return response


@contextmanager
def timed_org() -> Iterator[None]:
    """Counts what happens inside as waiting for Salesforce, for the header Server-Timing."""
    begun = time.monotonic()
    try:
        yield
    finally:
        g.org_seconds += time.monotonic() - begun


def log_answer(state: str, reason: str | None) -> None:
    """One line for each answer: which state it was, why, and how long it took."""
    log.info(
        "panel_answered",
        state=state,
        reason=reason or state,
        request_id=g.request_id,
        org_id=g.get("org_id"),  # of a verified request only
        milliseconds=round((time.monotonic() - g.started) * 1000),
    )


def log_store(error: Exception) -> None:
    """The store did not answer: its kind of error, never its words."""
    log.warning("panel_store", kind=type(error).__name__, request_id=g.request_id)
