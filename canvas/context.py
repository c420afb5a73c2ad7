"""Who looks, from where, at what: the verified envelope as one frozen value.

Real envelopes differ from the documented one, so reading is tolerant: any section may be missing
(a lifecycle handler can exclude it), `record` and `parameters` may be empty, ids have 15 or 18
characters, and `issuedAt` means nothing (documented "for internal use only"). Source:
https://developer.salesforce.com/docs/platform/canvas/guide/canvas-request-object.html
"""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from canvas.ids import id18
from canvas.plain import clean, currency_of, mapping
from canvas.signed_request import RefusedRequestError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_USER_PREFIX, _ORG_PREFIX = "005", "00D"


@dataclass(frozen=True, slots=True)
class ViewerContext:
    """The viewer, as Salesforce signed it. The token never shows in `repr`."""

    user_id: str  #: 18 characters
    org_id: str  #: 18 characters
    instance_url: str | None  #: https://NAME.my.salesforce.com, no trailing slash
    target_origin: str | None  #: origin that frames the panel; links to records start with it
    token: str | None = field(repr=False)  #: the viewer's own; None when Salesforce sent none
    full_name: str = field(default="", repr=False)
    org_name: str = field(default="", repr=False)
    locale: str = "en_US"
    language: str = "en_US"
    time_zone: str = "UTC"  #: IANA name, always one that exists here
    currency: str = ""  #: ISO code of the org's own currency; "" where the envelope tells none
    has_many_currencies: bool = False
    record_id: str | None = None  #: the record whose page shows the panel; re-authorise before use
    object_name: str | None = None  #: the record's object, as the page's wrapper tells it
    display_location: str | None = None
    api_version: str | None = None


def read_context(envelope: Mapping[str, Any], org_ids: Collection[str]) -> ViewerContext:
    """The context of a *verified* envelope; only users of `org_ids` (18 characters) pass.

    Raises RefusedRequestError with reason `no_organization`, `other_org` or `no_user`.
    """
    context = mapping(envelope.get("context"))
    user, client = mapping(context.get("user")), mapping(envelope.get("client"))
    environment = mapping(context.get("environment"))
    organization = mapping(context.get("organization"))
    return ViewerContext(
        org_id=_org_id(organization, org_ids),
        user_id=_user_id(user.get("userId"), envelope.get("userId")),
        instance_url=origin(client.get("instanceUrl")),
        target_origin=origin(client.get("targetOrigin")),
        token=_token(client.get("oauthToken")),
        full_name=clean(user.get("fullName")),
        org_name=clean(organization.get("name")),
        locale=clean(user.get("locale")) or "en_US",
        language=clean(user.get("language")) or "en_US",
        time_zone=_time_zone(user.get("timeZone")),
        currency=currency_of(organization.get("currencyIsoCode")),
        has_many_currencies=organization.get("multicurrencyEnabled") is True,
        record_id=_record_id(environment),
        object_name=clean(mapping(environment.get("parameters")).get("sObjectName")) or None,
        display_location=clean(environment.get("displayLocation")) or None,
        api_version=clean(mapping(environment.get("version")).get("api")) or None,
    )


def origin(text: object) -> str | None:
    """`scheme://host[:port]` of a URL that may be linked to: https, or http on loopback only."""
    try:
        parts = urlsplit(clean(text))
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    allowed = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    if not host or not allowed or not host.replace(".", "").replace("-", "").isalnum():
        return None
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}"


def _org_id(organization: Mapping[str, Any], org_ids: Collection[str]) -> str:
    org_id = id18(organization.get("organizationId"))
    if org_id is None or not org_id.startswith(_ORG_PREFIX):
        raise RefusedRequestError("no_organization")
    if org_id not in org_ids:
        raise RefusedRequestError("other_org")
    return org_id


def _user_id(*candidates: object) -> str:
    """The user section may be excluded; the id at the top of the envelope then remains."""
    for candidate in candidates:
        user_id = id18(candidate)
        if user_id is not None and user_id.startswith(_USER_PREFIX):
            return user_id
    raise RefusedRequestError("no_user")


def _token(value: object) -> str | None:
    """A token fit for a header: printable ASCII. The SDK writes "null" where there is none."""
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        return None
    return None if value in ("", "null") else value


def _time_zone(value: object) -> str:
    name = clean(value)
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"
    return name


def _record_id(environment: Mapping[str, Any]) -> str | None:
    """From the record (Visualforce) or the wrapper's parameter `recordId` (Aura, where it is {})."""
    record, parameters = mapping(environment.get("record")), mapping(environment.get("parameters"))
    return id18(record.get("Id")) or id18(parameters.get("recordId"))
