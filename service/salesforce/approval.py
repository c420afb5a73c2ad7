"""A user approves the panel's app for themselves: OAuth's web server flow with PKCE, at the org.

The code is redeemed, because only then the platform is sure to keep the approval; the token that
comes with it is dropped unread. The panel gets its own with the next signed request.
https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_web_server_flow.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import requests

from service.salesforce.errors import (
    AdminActionNeededError,
    SalesforceError,
    TransientSalesforceError,
)
from service.salesforce.refusals import classify, first_error
from service.salesforce.session import OrgSession, Tally
from service.salesforce.viewer import MOST_SECONDS

if TYPE_CHECKING:
    from service.settings import Settings

#: Where the org sends the browser back to; the external client app must list it.
CALLBACK_PATH: Final = "/canvas/approved"
_WRONG_CLIENT: Final = frozenset({"invalid_client", "invalid_client_id"})


class Approval:
    """The org's consent, asked for at its own address: nothing that a browser sends says where."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._callback = f"{settings.public_url}{CALLBACK_PATH}"

    def address(self, state: str, challenge: str) -> str:
        """Where the user is asked. `challenge` is the S256 of the verifier."""
        asked = {
            "response_type": "code",
            "client_id": self._settings.canvas_key,
            "redirect_uri": self._callback,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._settings.instance_url}/services/oauth2/authorize?{urlencode(asked)}"

    def redeem(self, code: str, verifier: str) -> None:
        """Turn the code into the approval that it stands for. Raises SalesforceError.

        While the app's secret is being rotated either of two may be the right one: a wrong secret
        is found before the code is looked at, so the next one is tried.
        """
        refused: SalesforceError | None = None
        for secret in self._settings.canvas_secrets:
            refused = self._redeem(code, verifier, secret)
            if refused is None or refused.code not in _WRONG_CLIENT:
                break
        if refused is not None:
            raise refused

    def _redeem(self, code: str, verifier: str, secret: str) -> SalesforceError | None:
        """Why the org did not take it; None where it did."""
        settings = self._settings
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": settings.canvas_key,
            "client_secret": secret,
            "redirect_uri": self._callback,
            "code_verifier": verifier,
        }
        seconds = min(settings.timeout_seconds, MOST_SECONDS)
        try:
            with OrgSession(
                timeout_seconds=seconds, ca_file=settings.ca_file, tally=Tally()
            ) as session:
                url = f"{settings.instance_url}/services/oauth2/token"
                reply = session.request("POST", url, data=form)
        except requests.exceptions.RequestException as error:
            return TransientSalesforceError(f"no answer to the code ({type(error).__name__})")
        return None if reply.status_code == requests.codes.ok else _refusal(reply)


def _refusal(reply: requests.Response) -> SalesforceError:
    """An object of OAuth, not the array of the API; its words stay out of every log."""
    try:
        body = reply.json()
    except ValueError:
        body = reply.text
    error = str(first_error(body).get("error") or "")
    if not error:
        return classify(reply.status_code, body)
    return AdminActionNeededError(
        "the org did not take the code", code=error, status=reply.status_code
    )
