"""The links of a digest: `GET /go/…` counts that one was followed, and leads to Salesforce.

A link names a record and a dashboard by their ids, and the day on which it ends; nothing in it
says who it was sent to. It leads to the org's own address and nowhere else, whatever it says.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, redirect, request

if TYPE_CHECKING:
    from service.look_log import LookLog
    from service.settings import Settings

#: How long a link works.
KEPT = timedelta(days=30)
#: 128 bits of the digest: nobody finds another signature that fits.
_SIGNATURE_BYTES = 16
_ID = re.compile(r"[0-9A-Za-z]{18}", re.ASCII)
_DAY = re.compile(r"\d{8}", re.ASCII)
_DASHBOARD = "01Z"
#: Stands for all dashboards.
HOME = "home"


@dataclass(frozen=True)
class Link:
    """What a signed link says."""

    record_id: str  #: the digest that holds it
    target: str  #: a dashboard's id, or HOME
    ends_on: date  #: the last day on which it works

    def path(self, secret: str) -> str:
        """Give the path, signed."""
        return f"/go/{self.record_id}/{self.target}/{self._day}/{self._signature(secret)}"

    @classmethod
    def read(
        cls, record_id: str, target: str, day: str, signature: str, secret: str
    ) -> Link | None:
        """Give the link of a path; None where it is not one that we signed."""
        if not (_ID.fullmatch(record_id) and _is_target(target) and _DAY.fullmatch(day)):
            return None
        try:
            link = cls(
                record_id, target, datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC).date()
            )
        except ValueError:
            return None
        is_ours = hmac.compare_digest(signature.encode(), link._signature(secret).encode())
        return link if is_ours else None

    @property
    def _day(self) -> str:
        return f"{self.ends_on:%Y%m%d}"

    def _signature(self, secret: str) -> str:
        said = f"{self.record_id}/{self.target}/{self._day}".encode()
        found = hmac.new(secret.encode(), said, hashlib.sha256).digest()[:_SIGNATURE_BYTES]
        return base64.urlsafe_b64encode(found).decode().rstrip("=")


def address_of(instance_url: str, target: str) -> str:
    """Give the page of the org that a target stands for."""
    page = "o/Dashboard/home" if target == HOME else f"r/Dashboard/{target}/view"
    return f"{instance_url}/lightning/{page}"


def create_links(settings: Settings, looks: LookLog) -> Blueprint:
    """404 for what we did not sign, 410 for what has ended; without digests every address is 404.

    A HEAD request counts nothing.
    """
    links = Blueprint("links", __name__)

    @links.get("/go/<record_id>/<target>/<day>/<signature>")
    def follow(record_id: str, target: str, day: str, signature: str) -> Response:
        secret = settings.link_secret
        link = Link.read(record_id, target, day, signature, secret) if secret else None
        if link is None:
            abort(HTTPStatus.NOT_FOUND)
        now = datetime.now(UTC)
        if now.date() > link.ends_on:
            abort(HTTPStatus.GONE)
        if request.method == "GET":
            looks.followed(link.record_id, now)
        where = address_of(settings.instance_url, link.target)
        return redirect(where, HTTPStatus.FOUND)  # type: ignore[return-value] # werkzeug's class

    return links


def _is_target(target: str) -> bool:
    return target == HOME or (target.startswith(_DASHBOARD) and bool(_ID.fullmatch(target)))
