"""OAuth's web server flow with PKCE: the way to the user's consent, and the grant of its code.

https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_web_server_flow.htm
"""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from localorg.auth import apps, sessions
from localorg.auth.oauth_errors import OAuthError
from localorg.rights import grants
from localorg.wire import Reply

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from localorg.auth.apps import App
    from localorg.auth.sessions import Session
    from localorg.wire import Request

GRANT = "authorization_code"
#: Where the org's own pages ask the user.
CONSENT = "/setup/RemoteAccessAuthorization"
#: Of a verifier's SHA-256.
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def authorize(request: Request) -> Reply:
    """GET /services/oauth2/authorize: a well-formed request is led to the page that asks the user."""
    try:
        asked_app(request.db, request.params)
    except OAuthError as error:
        return error.reply()
    where = f"{request.org.settings.page_url}{CONSENT}?{urlencode(dict(request.params))}"
    return Reply(None, 302, {"Location": where})


def asked_app(db: sqlite3.Connection, asked: Mapping[str, str]) -> App:
    """The app that a request for consent is about; OAuthError where the org does not go on."""
    app = apps.by_consumer_key(db, asked.get("client_id", ""))
    if app is None or not app.enabled or not app.oauth_enabled:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    if asked.get("redirect_uri", "") not in app.callback_url.split():
        raise OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration")
    if asked.get("response_type") != "code":
        raise OAuthError("unsupported_response_type", "response type not supported")
    is_s256 = asked.get("code_challenge_method") == "S256"
    if not is_s256 or not _CHALLENGE.fullmatch(asked.get("code_challenge", "")):
        raise OAuthError("invalid_request", "missing required code challenge")
    return app


def redeem(request: Request, form: Mapping[str, str]) -> tuple[App, Session]:
    """The session of the user who allowed it. Raises OAuthError; a code that was shown is used up."""
    app = _client(request, form)
    code = grants.take(request.db, form.get("code", ""))
    if code is None or code.app != app.name:
        raise OAuthError("invalid_grant", "expired authorization code")
    if code.callback != form.get("redirect_uri"):
        raise OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration")
    if not grants.fits(code.challenge, form.get("code_verifier", "")):
        raise OAuthError("invalid_grant", "invalid code verifier")
    session = sessions.start(
        request.db, request.org.org_id, code.user_id, app=app.name, scopes=app.scopes,
        minutes=app.session_timeout_minutes,
    )  # fmt: skip
    return app, session


def _client(request: Request, form: Mapping[str, str]) -> App:
    app = apps.by_consumer_key(request.db, form.get("client_id", ""))
    if app is None or not app.enabled or not app.oauth_enabled:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    if not hmac.compare_digest(form.get("client_secret", ""), app.consumer_secret):
        raise OAuthError("invalid_client", "invalid client credentials")
    return app
