"""The signed request: what Salesforce posts into the frame of a canvas app.

``<base64 signature>.<base64 envelope>``: the signature is HMAC-SHA256 with the consumer secret
over the *encoded* envelope, both in the standard Base64 alphabet with padding.
https://developer.salesforce.com/docs/platform/canvas-framework/guide/canvas-app-signed-req-authentication.html

The envelope is the one of
https://developer.salesforce.com/docs/platform/canvas-framework/guide/canvas-request-object.html
with what real envelopes show and the page does not: ``issuedAt`` is null or epoch milliseconds
cut to 32 signed bits, ``displayLocation`` is "Aura", ``record`` is empty under Aura,
``sublocation`` is spelt so, ``profileId`` and ``roleId`` have 15 characters, dimensions are
strings, some Chatter links are stuck at v31.0, and the currency is ``currencyISOCode`` of the
user but ``currencyIsoCode`` of the organization.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from localorg.pages.port import ClientApp, PagesOrg, Person

API_VERSION = "66.0"
SEASON = "SPRING"  #: the release of API 66.0 is Spring '26
_SHORT_ID = 15
_WORD = 1 << 32
_NO_LIMIT = "infinite"
#: Scopes that come with a refresh token.
_OFFLINE = frozenset({"RefreshToken", "OfflineAccess"})


@dataclass(frozen=True)
class Placement:
    """Where and how the frame is drawn; the parent page tells it with each request."""

    instance_id: str
    target_origin: str  #: scheme, host and port of the page
    location_url: str | None = None
    display_location: str = "Aura"
    sublocation: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    dimensions: Mapping[str, str] = field(default_factory=dict)


def sign(envelope: Mapping[str, Any], consumer_secret: str) -> str:
    """The text of the form field ``signed_request``."""
    encoded = base64.b64encode(json.dumps(envelope).encode()).decode()
    digest = hmac.digest(consumer_secret.encode(), encoded.encode(), hashlib.sha256)
    return f"{base64.b64encode(digest).decode()}.{encoded}"


def truncated_milliseconds(milliseconds: int) -> int:
    """Epoch milliseconds as a signed 32-bit number, the way real envelopes carry them."""
    low = milliseconds % _WORD
    return low - _WORD if low >= _WORD // 2 else low


def envelope(
    org: PagesOrg,
    app: ClientApp,
    viewer: Person,
    placement: Placement,
    *,
    token: str | None,
    issued_at: int | None,
) -> dict[str, Any]:
    """What gets signed. `token` is None while the user has not approved the app."""
    return {
        "algorithm": "HMACSHA256",
        "issuedAt": issued_at,
        "userId": viewer.id,
        "client": _client(org, app, placement, token),
        "context": context(org, app, viewer, placement),
    }


def context(org: PagesOrg, app: ClientApp, viewer: Person, placement: Placement) -> dict[str, Any]:
    """The ``context`` part, which the SDK's `ctx` call gives alone."""
    return {
        "user": _user(org, viewer),
        "links": _links(org, viewer),
        "application": _application(app),
        "organization": {
            "organizationId": org.org_id,
            "name": org.name,
            "multicurrencyEnabled": False,
            "namespacePrefix": None,
            "currencyIsoCode": viewer.currency,
        },
        "environment": _environment(placement),
    }


def _client(
    org: PagesOrg, app: ClientApp, placement: Placement, token: str | None
) -> dict[str, Any]:
    has_refresh = token is not None and bool(_OFFLINE.intersection(app.scopes))
    return {
        # The stand-in has no refresh flow; a text that no endpoint takes keeps readers honest.
        "refreshToken": "5Aep861-stand-in-without-a-refresh-flow" if has_refresh else None,
        "instanceId": placement.instance_id,
        "targetOrigin": placement.target_origin,
        "instanceUrl": org.api_url,
        "oauthToken": token,
    }


def _user(org: PagesOrg, viewer: Person) -> dict[str, Any]:
    return {
        "userId": viewer.id,
        "userName": viewer.username,
        "firstName": viewer.first_name,
        "lastName": viewer.last_name,
        "email": viewer.email,
        "fullName": viewer.name,
        "locale": viewer.locale,
        "language": viewer.language,
        "timeZone": viewer.time_zone,
        "profileId": viewer.profile_id[:_SHORT_ID],
        "roleId": viewer.role_id[:_SHORT_ID] if viewer.role_id else None,
        "userType": viewer.user_type.upper(),
        "currencyISOCode": viewer.currency,
        "profilePhotoUrl": f"{org.api_url}/profilephoto/005/F",
        "profileThumbnailUrl": f"{org.api_url}/profilephoto/005/T",
        "siteUrl": None,
        "siteUrlPrefix": None,
        "networkId": None,
        "accessibilityModeEnabled": False,
        "isDefaultNetwork": True,
    }


def _links(org: PagesOrg, viewer: Person) -> dict[str, Any]:
    data = f"/services/data/v{API_VERSION}"
    soap = "/services/Soap"
    organization = org.org_id[:_SHORT_ID]
    return {
        "loginUrl": org.api_url,
        "enterpriseUrl": f"{soap}/c/{API_VERSION}/{organization}",
        "metadataUrl": f"{soap}/m/{API_VERSION}/{organization}",
        "partnerUrl": f"{soap}/u/{API_VERSION}/{organization}",
        "restUrl": f"{data}/",
        "sobjectUrl": f"{data}/sobjects/",
        "searchUrl": f"{data}/search/",
        "queryUrl": f"{data}/query/",
        "recentItemsUrl": f"{data}/recent/",
        "userUrl": f"/{viewer.id}",
        "chatterFeedsUrl": "/services/data/v31.0/chatter/feeds",
        "chatterFeedItemsUrl": "/services/data/v31.0/chatter/feed-items",
        "chatterGroupsUrl": f"{data}/chatter/groups",
        "chatterUsersUrl": f"{data}/chatter/users",
    }


def _application(app: ClientApp) -> dict[str, Any]:
    return {
        "applicationId": app.application_id,
        "authType": "SIGNED_REQUEST" if app.access_method == "Post" else "OAUTH",
        "canvasUrl": app.canvas_url,
        "developerName": app.developer_name,
        "isInstalledPersonalApp": False,
        "name": app.label,
        "namespace": "",
        "options": list(app.options),
        "referenceId": app.reference_id,
        "samlInitiationMethod": "None",
        "version": "1.0",
    }


def _environment(placement: Placement) -> dict[str, Any]:
    dimensions = {
        "width": "100%",
        "height": "480px",
        "maxWidth": _NO_LIMIT,
        "maxHeight": "2000px",
        "clientWidth": "800px",
        "clientHeight": "480px",
        **placement.dimensions,
    }
    return {
        "referer": None,
        "locationUrl": placement.location_url,
        "displayLocation": placement.display_location,
        "sublocation": placement.sublocation,
        "uiTheme": "Theme3",
        "dimensions": dimensions,
        "parameters": dict(placement.parameters),
        "record": {},
        "version": {"season": SEASON, "api": API_VERSION},
    }
