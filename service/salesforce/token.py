"""The JWT bearer grant: a signed assertion for an access token. Nothing of it is ever logged.

Source: https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_jwt_flow.htm
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import jwt
import requests

from service.salesforce.errors import (
    AdminActionNeededError,
    SalesforceError,
    TransientSalesforceError,
)
from service.salesforce.refusals import classify, first_error
from service.salesforce.trust import is_untrusted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.salesforce.session import OrgSession
    from service.settings import Settings

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
#: The assertion must expire within three minutes; less leaves room for a clock that is off.
ASSERTION_SECONDS = 150

_PRE_AUTHORISE = (
    "In the external client app Bellwether_Jobs set permitted users to Admin approved users are "
    "pre-authorized and add the permission set Adoption_Integration to it; assign that "
    "permission set to the integration user. A change takes minutes to be felt."
)
_CLOCK_AND_NAME = (
    "Check SALESFORCE_USERNAME, that the user is active and not locked, SALESFORCE_AUDIENCE "
    "(https://login.salesforce.com, or https://test.salesforce.com for a sandbox) and this "
    "machine's clock."
)

#: OAuth `error` -> remedy; the description decides first where it says more.
REMEDIES: Mapping[str, str] = {
    "invalid_app_access": _PRE_AUTHORISE,
    "invalid_client": "SALESFORCE_PRIVATE_KEY does not belong to the certificate that the "
    "external client app Bellwether_Jobs holds: upload the matching certificate.",
    "invalid_client_id": "SALESFORCE_CONSUMER_KEY is not the consumer key of the external "
    "client app Bellwether_Jobs in this org.",
    "invalid_request": "Add the scopes Api and RefreshToken to the external client app "
    "Bellwether_Jobs.",
    "invalid_grant": _CLOCK_AND_NAME,
}
_BY_DESCRIPTION: Mapping[str, str] = {
    "hasn't approved this consumer": _PRE_AUTHORISE,
    "audience": _CLOCK_AND_NAME,
    "ip restricted": "Relax the IP restrictions of the external client app, or of the "
    "integration user's profile: a cloud's addresses vary.",
    "inactive": "Activate the integration user.",
    "locked": "Unlock the integration user.",
}


def assertion(settings: Settings, now: float) -> str:
    """Sign the claims with RS256: who we are (iss), for whom (sub), to whom (aud), until (exp)."""
    claims = {
        "iss": settings.consumer_key,
        "sub": settings.username,
        "aud": settings.audience,
        "exp": int(now) + ASSERTION_SECONDS,
    }
    try:
        return jwt.encode(claims, settings.private_key, algorithm="RS256")
    except (jwt.exceptions.InvalidKeyError, ValueError, TypeError):  # their texts may quote the key
        raise AdminActionNeededError(
            "SALESFORCE_PRIVATE_KEY cannot be read as a private key.",
            remedy="It must be the whole PEM file of an RSA key without a password, with real or "
            "\\n line breaks.",
        ) from None


def fetch_token(settings: Settings, session: OrgSession) -> str:
    """Exchange an assertion for an access token at the org's own My Domain.

    The audience stays the login host even though the request goes to My Domain.
    Raises AdminActionNeededError with a remedy, or TransientSalesforceError. A repeated grant
    may return the very same token; there is no expires_in, so we use it until a 401.
    """
    form = {"grant_type": GRANT, "assertion": assertion(settings, time.time())}
    try:
        reply = session.request("POST", f"{settings.instance_url}/services/oauth2/token", data=form)
    except requests.exceptions.RequestException as error:
        raise _unanswered(error) from None
    body = _json(reply)
    token = body.get("access_token") if isinstance(body, dict) else None
    if reply.status_code == requests.codes.ok and isinstance(token, str) and token:
        return token
    raise refusal(reply.status_code, body)


def _unanswered(error: requests.exceptions.RequestException) -> SalesforceError:
    if is_untrusted(error):
        return AdminActionNeededError(
            "the org's certificate is not trusted",
            remedy="Check SALESFORCE_INSTANCE_URL; set SALESFORCE_CA_FILE only for an org "
            "behind a private certificate.",
        )
    return TransientSalesforceError(f"the token endpoint did not answer ({type(error).__name__})")


def refusal(status: int, body: object) -> SalesforceError:
    """Turn the token endpoint's refusal (an object, not an array) into a remedy."""
    found = first_error(body)
    error = str(found.get("error") or "")
    if not error:
        return classify(status, body)
    description = str(found.get("error_description") or "")
    remedy = next(
        (text for part, text in _BY_DESCRIPTION.items() if part in description.lower()),
        REMEDIES.get(error, "Compare the external client app Bellwether_Jobs with the guide."),
    )
    return AdminActionNeededError(
        description or "no description", code=error, status=status, remedy=remedy
    )


def _json(reply: requests.Response) -> Any:  # noqa: ANN401 - parsed JSON
    try:
        return reply.json()
    except ValueError:
        return reply.text
