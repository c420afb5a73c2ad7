"""OAuth: the token endpoint with its grants, the JWT bearer verified for real, and userinfo.

https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_jwt_flow.htm
Errors here are objects `{"error", "error_description"}` with status 400.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from localorg.auth import apps, oauth_code, sessions
from localorg.auth.oauth_errors import OAuthError
from localorg.rights import access
from localorg.wire import Reply, Request

if TYPE_CHECKING:
    from localorg.auth.apps import App
    from localorg.auth.sessions import Session

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
#: An assertion may run out this far ahead at most, and may have run out this long ago at most.
LONGEST_SECONDS = 3 * 60
PAST_TOLERANCE_SECONDS = 60
#: Larger than any time in seconds: the sf CLI sends `exp` in milliseconds.
_MILLISECONDS = 10**11
_AUDIENCES = ("https://login.salesforce.com", "https://login.salesforce.com/")
_SCOPE_NAMES = {"Api": "api", "Web": "web", "RefreshToken": "refresh_token", "OpenID": "openid"}


def token(request: Request) -> Reply:
    """POST /services/oauth2/token."""
    form = dict(parse_qsl(request.raw.decode("utf-8", "replace")))
    try:
        if form.get("grant_type") == GRANT:
            return _jwt_bearer(request, form.get("assertion", ""))
        if form.get("grant_type") == oauth_code.GRANT:
            app, session = oauth_code.redeem(request, form)
            return _granted(request, app, session)
    except OAuthError as error:
        return error.reply()
    return OAuthError("unsupported_grant_type", "grant type not supported").reply()


def userinfo(request: Request) -> Reply:
    """GET /services/oauth2/userinfo, with a session in the header."""
    row = request.db.execute(
        'SELECT * FROM "User" WHERE "Id" = ?', (request.viewer.user_id,)
    ).fetchone()
    org_id = request.org.org_id
    return Reply(
        {
            "sub": f"{_AUDIENCES[0]}/id/{org_id}/{row['Id']}", "user_id": row["Id"],
            "organization_id": org_id, "preferred_username": row["Username"],
            "nickname": row["Alias"], "name": row["Name"], "email": row["Email"],
            "email_verified": True, "given_name": row["FirstName"],
            "family_name": row["LastName"], "zoneinfo": row["TimeZoneSidKey"], "urls": {},
            "active": bool(row["IsActive"]), "user_type": "STANDARD",
            "language": row["LanguageLocaleKey"], "locale": row["LocaleSidKey"],
            "is_salesforce_integration_user": False,
        }
    )  # fmt: skip


def _jwt_bearer(request: Request, assertion: str) -> Reply:
    app, claims = _verified(request, assertion)
    user_id = _user(request, claims)
    _check_allowed(request, app, user_id)
    if "RefreshToken" not in app.scopes:
        raise OAuthError(
            "invalid_request",
            "refresh_token scope is required and the connected app should be installed and"
            " preauthorized",
        )
    session = sessions.start(
        request.db, request.org.org_id, user_id, app=app.name, scopes=app.scopes,
        minutes=app.session_timeout_minutes,
    )  # fmt: skip
    return _granted(request, app, session)


def _granted(request: Request, app: App, session: Session) -> Reply:
    scopes = " ".join(_SCOPE_NAMES.get(one, one.lower()) for one in app.scopes)
    about = f"{_AUDIENCES[0]}/id/{request.org.org_id}/{session.user_id}"
    return Reply(
        {
            "access_token": session.token, "scope": scopes, "instance_url": _instance(request),
            "id": about, "token_type": "Bearer",
        }
    )  # fmt: skip


def _verified(request: Request, assertion: str) -> tuple[App, dict[str, Any]]:
    try:
        unverified = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.PyJWTError:
        raise OAuthError("invalid_grant", "invalid assertion") from None
    app = apps.by_consumer_key(request.db, str(unverified.get("iss", "")))
    if app is None or not app.enabled or not app.oauth_enabled:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    try:
        claims: dict[str, Any] = jwt.decode(
            assertion, _public_key(app), algorithms=["RS256"],
            options={"verify_aud": False, "verify_exp": False, "verify_iat": False},
        )  # fmt: skip
    except jwt.PyJWTError:
        raise OAuthError("invalid_client", "invalid client credentials") from None
    _check_audience(request, claims)
    _check_time(claims)
    return app, claims


def _public_key(app: App) -> RSAPublicKey:
    pem = app.certificate.strip()
    if pem and "BEGIN CERTIFICATE" not in pem:
        pem = f"-----BEGIN CERTIFICATE-----\n{pem}\n-----END CERTIFICATE-----"
    try:
        key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    except ValueError:
        raise OAuthError("invalid_client", "invalid client credentials") from None
    if not isinstance(key, RSAPublicKey):
        raise OAuthError("invalid_client", "invalid client credentials")
    return key


def _check_audience(request: Request, claims: dict[str, Any]) -> None:
    settings = request.org.settings
    own = [
        f"{url}{end}" for url in (settings.api_url, settings.cli_url) if url for end in ("", "/")
    ]
    if claims.get("aud") not in {*_AUDIENCES, *own}:
        raise OAuthError("invalid_grant", "audience is invalid")


def _check_time(claims: dict[str, Any]) -> None:
    """`exp` counts seconds, as a number or a numeric text; the sf CLI's milliseconds pass."""
    try:
        expires = float(str(claims.get("exp")))
    except ValueError:
        raise OAuthError("invalid_grant", "invalid assertion") from None
    if expires > _MILLISECONDS:
        expires /= 1000
    ahead = expires - time.time()
    if not -PAST_TOLERANCE_SECONDS <= ahead <= LONGEST_SECONDS + PAST_TOLERANCE_SECONDS:
        raise OAuthError("invalid_grant", "expired authorization code")


def _user(request: Request, claims: dict[str, Any]) -> str:
    row = request.db.execute(
        'SELECT "Id", "IsActive" FROM "User" WHERE "Username" = ?', (str(claims.get("sub", "")),)
    ).fetchone()
    if row is None:
        raise OAuthError("invalid_grant", "user hasn't approved this consumer")
    if not row["IsActive"]:
        raise OAuthError("inactive_user", "user is inactive")
    return str(row["Id"])


def _check_allowed(request: Request, app: App, user_id: str) -> None:
    if not app.admin_approved_only:
        raise OAuthError("invalid_grant", "user hasn't approved this consumer")
    if not is_pre_authorised(request, app, user_id):
        raise OAuthError("invalid_app_access", "user is not admin approved to access this app")


def is_pre_authorised(request: Request, app: App, user_id: str) -> bool:
    """Whether one of the user's permission sets, or the profile, is in the app's policy."""
    held = set(access.assigned_sets(request.db, user_id))
    rows = request.db.execute('SELECT "Id", "Name" FROM "PermissionSet"').fetchall()
    named = {row["Name"] for row in rows if {row["Id"], row["Id"][:15]} & set(app.permission_sets)}
    profile = request.db.execute(
        'SELECT p."Name" FROM "User" u JOIN "Profile" p ON p."Id" = u."ProfileId" WHERE u."Id" = ?',
        (user_id,),
    ).fetchone()
    by_profile = profile is not None and profile[0] in app.profiles
    return by_profile or bool(held & (named | set(app.permission_sets)))


def _instance(request: Request) -> str:
    settings = request.org.settings
    plain = request.headers.get("x-localorg-scheme") == "http"
    return settings.cli_url if plain else settings.api_url
