"""The doorbell: `POST /doorbell/<secret>` says that a deal was won, and nothing else is believed.

The service looks by itself at what changed. Of the body one thing is read, the organization's id;
a bell of another org is not heard. While a look waits that has not begun, further rings add none,
so a thousand rings cost one look; and a day has a number of looks by ringing, because each costs the
org a call, and whoever knows the address might ring without end. The clock looks all the same.
"""

from __future__ import annotations

import hmac
import re
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, Response, abort, request
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis import Redis

#: A hundred notifications of an outbound message, the most in one.
BODY_LIMIT = 200_000
#: A look that was lost is asked for again after this.
WAITS_SECONDS = 60
#: Looks by ringing in a day (UTC): far beyond the big deals of any company.
LOOKS_A_DAY = 5_000
_DAY_SECONDS = 24 * 3600
_ORG_ID = re.compile(rb"<OrganizationId>\s*(00D[A-Za-z0-9]{12,15})\s*</OrganizationId>")
_ACK = """<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>\
<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack>\
</notificationsResponse></soapenv:Body></soapenv:Envelope>
"""
log = structlog.get_logger("doorbell")


class Doorbell:
    """Whether a look is waiting, so that rings are heard once."""

    def __init__(self, connection: Redis, org_id: str) -> None:
        self._connection, self._key = connection, f"bellwether:{org_id[:15]}:doorbell"

    def rings(self) -> bool:
        """Whether this ring asks for a look; False when one waits already, or there were too many."""
        if not self._connection.set(self._key, 1, nx=True, ex=WAITS_SECONDS):
            return False
        today = f"{self._key}:{datetime.now(UTC):%Y-%m-%d}"
        with self._connection.pipeline() as both:
            both.incr(today)
            both.expire(today, _DAY_SECONDS)
            looks, _ = both.execute()
        if looks > LOOKS_A_DAY:
            log.warning("doorbell_rung_too_often", looks=LOOKS_A_DAY)
            return False
        return True

    def answered(self) -> None:
        """A look begins: the next ring asks for another."""
        self._connection.delete(self._key)


def create_doorbell(
    secret: str, org_id: str, connection: Redis, look: Callable[[Redis], None]
) -> Blueprint:
    """`look` enqueues a look. Without a secret every address is 404.

    A good secret is answered with the acknowledgement that an outbound message needs, or 204 to
    anything that is none; 503 where the broker is down, so that the org sends again.
    """
    doorbell = Blueprint("doorbell", __name__)
    bell = Doorbell(connection, org_id)

    @doorbell.post("/doorbell/<said>")
    def ring(said: str) -> Response:
        if not secret or not hmac.compare_digest(said.encode(), secret.encode()):
            abort(HTTPStatus.NOT_FOUND)
        request.max_content_length = BODY_LIMIT
        body = request.get_data(cache=False)  # 413 beyond the limit, whatever the length said
        if _is_ours(body, org_id):
            try:
                if bell.rings():
                    look(connection)
            except RedisError as error:
                log.error("doorbell_not_heard", kind=type(error).__name__)  # noqa: TRY400
                return Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
        else:
            log.warning("doorbell_of_another_org")
        if b"http://soap.sforce.com/2005/09/outbound" in body:
            return Response(_ACK, content_type="text/xml; charset=utf-8")
        return Response(status=HTTPStatus.NO_CONTENT)

    return doorbell


def _is_ours(body: bytes, org_id: str) -> bool:
    """Whether the one organization that the body names is ours; no XML parser reads it."""
    found = {one[:15] for one in _ORG_ID.findall(body)}
    return found == {org_id[:15].encode()}
