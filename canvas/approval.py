"""Whoever must approve the app for themselves: asked in a window of the org, and back in the frame.

Salesforce sends such a viewer by GET, unsigned, so nothing of that request is believed but that it
came. The page holds a sealed ticket in its memory; what ties window and frame together is the state
in the address, what ties the code to this ticket is PKCE. There is no cookie, nothing is stored, and
no token passes a browser. (docs/decisions/0058-approving-for-oneself.md)
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from cryptography.fernet import InvalidToken
from flask import Blueprint, Response, abort, jsonify, make_response, request
from redis.exceptions import RedisError

from canvas.answers import log_answer, log_store, sent_json, state_page, timed_org
from canvas.busy import APPROVALS, is_busy, name_of
from canvas.plain import mapping
from canvas.port import ReadingError
from service.sealing import box_of, keys_of

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

    from canvas.panel import Panel

#: As long as somebody may take to log in and to make up their mind.
SECONDS: Final = 10 * 60
_BODY_LIMIT: Final = 10_000
_LONGEST: Final = 4_000
_PURPOSE: Final = b"bellwether approval ticket 1"


def approval_routes(routes: Blueprint, panel: Panel) -> None:
    """Where the org's window comes back to, and where the frame brings what it was told."""

    @routes.get("/canvas/approved")
    def back() -> Response:
        if panel.doors.approval is None:
            abort(HTTPStatus.NOT_FOUND)
        return state_page("approved", ends_approval=True)

    @routes.post("/canvas/approved")
    def approved() -> Response:
        if panel.doors.approval is None:
            abort(HTTPStatus.NOT_FOUND)
        request.max_content_length = _BODY_LIMIT
        status, state = _approved(panel, mapping(sent_json()))
        log_answer(f"approval_{state}", None)
        return make_response(jsonify(state=state, text=panel.texts(f"approval.{state}")), status)


def approval_page(panel: Panel) -> Response:
    """Offer to ask, where this service may; else say whom to ask."""
    door = panel.doors.approval
    if door is None:
        return state_page("approval_needed")
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    ticket = _box(panel.secrets[0]).encrypt(json.dumps([state, verifier]).encode()).decode()
    approval = {"state": state, "ticket": ticket, "address": door.address(state, _s256(verifier))}
    return state_page("approval_offered", approval=approval)


def _approved(panel: Panel, told: object) -> tuple[int, str]:
    """Redeem the code of a window that this page opened; once for each ticket."""
    state, code, ticket = (_plain(mapping(told).get(name)) for name in ("state", "code", "ticket"))
    verifier = _verifier(panel.secrets, ticket, state)
    if verifier is None or not code:
        return HTTPStatus.FORBIDDEN, "ended"
    try:
        if is_busy(panel.doors.store, APPROVALS, _caller(), "".join(sorted(panel.org_ids))):
            return HTTPStatus.TOO_MANY_REQUESTS, "busy"
        if not _take(panel, ticket):
            return HTTPStatus.FORBIDDEN, "ended"
    except RedisError as error:
        log_store(error)
        return HTTPStatus.SERVICE_UNAVAILABLE, "again"
    try:
        with timed_org():
            panel.doors.approval.redeem(code, verifier)  # type: ignore[union-attr]  # asked above
    except ReadingError as error:
        log_answer("approval_refused", error.code)
        return HTTPStatus.BAD_GATEWAY, "again"
    return HTTPStatus.OK, "done"


def _plain(value: object) -> str:
    is_plain = isinstance(value, str) and len(value) <= _LONGEST and value.isascii()
    return str(value) if is_plain else ""


def _caller() -> str:
    """Whom the router heard: it adds the address to what a caller may have written before it.

    https://devcenter.heroku.com/articles/http-routing#heroku-headers
    """
    heard = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return heard or request.remote_addr or ""


def _take(panel: Panel, ticket: str) -> bool:
    """Whether the ticket was still good; it is not any more. Raises RedisError."""
    name = name_of("approval", ticket)
    return bool(panel.doors.store.set(name, b"used", SECONDS, nx=True))


def _verifier(app_secrets: tuple[str, ...], ticket: str, state: str) -> str | None:
    """What the code was asked for with; None where the ticket is not ours, has ended, or is another."""
    for secret in app_secrets:
        try:
            kept, verifier = json.loads(_box(secret).decrypt(ticket.encode(), SECONDS))
        except InvalidToken:
            continue
        return str(verifier) if hmac.compare_digest(str(kept), state) else None
    return None


def _box(secret: str) -> Fernet:
    return box_of(*keys_of(secret, b"", _PURPOSE))


def _s256(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
