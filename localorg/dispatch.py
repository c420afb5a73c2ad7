"""From a request to its reply: session, route, transaction, refusals."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from localorg import extensions, routes
from localorg.auth import sessions
from localorg.composite import composite
from localorg.errors import SalesforceError, expired_session, not_found
from localorg.rights import access
from localorg.wire import Reply, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from localorg.org import Org


def answer(
    org: Org,
    method: str,
    path: str,
    params: Mapping[str, str],
    headers: Mapping[str, str],
    raw: bytes,
) -> Reply:
    """Answer one request of the API, in one transaction of its own."""
    extension = extensions.find(path)
    if extension is not None:
        return extension(org, method, path, headers, raw)
    try:
        return _in_transaction(org, method, path, params, headers, raw)
    except SalesforceError as error:
        return Reply(error.body(), error.status)


def _in_transaction(
    org: Org,
    method: str,
    path: str,
    params: Mapping[str, str],
    headers: Mapping[str, str],
    raw: bytes,
) -> Reply:
    is_composite = _is_composite(method, path)
    route = routes.find(method, path)
    writes = is_composite or bool(route and route[0].writes)
    with org.write() if writes else org.read() as db:
        request = Request(org, db, method, path, params, headers, raw)
        if route is None or route[0].access != "open":
            request = _with_session(request, needs_api=not route or route[0].access == "api")
        if is_composite:
            version = routes.version_of(path)
            return composite(replace(request, version=version or request.version), _dispatch)
        return _dispatch(request)


def _dispatch(request: Request) -> Reply:
    """Run a route inside the transaction of the request; raises what is refused."""
    found = routes.find(request.method, request.path)
    if found is None:
        raise _unknown(request)
    route, parts = found
    version = routes.version_of(request.path) or request.version
    return route.resource(replace(request, version=version), **parts)


def _unknown(request: Request) -> SalesforceError:
    allowed = routes.methods(request.path)
    request.org.control.enter(
        kind="refused", method=request.method, path=request.path, why="no such resource"
    )
    if allowed:
        return SalesforceError(
            "METHOD_NOT_ALLOWED",
            f"HTTP Method '{request.method}' not allowed. Allowed are {','.join(allowed)}",
            status=HTTPStatus.METHOD_NOT_ALLOWED,
        )
    return not_found()


def _is_composite(method: str, path: str) -> bool:
    version = routes.version_of(path)
    wanted = f"/services/data/v{version}{routes.COMPOSITE}"
    return method == "POST" and version is not None and path.rstrip("/") == wanted


def _with_session(request: Request, *, needs_api: bool) -> Request:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    session = None
    if scheme.lower() in {"bearer", "oauth"}:
        session = sessions.find(request.db, token.strip())
    if session is None:
        raise expired_session()
    viewer = access.viewer_of(request.db, session.user_id)
    if needs_api and not viewer.has("ApiEnabled"):
        raise SalesforceError(
            "API_DISABLED_FOR_ORG",
            "API is not enabled for this Organization or Partner",
            status=HTTPStatus.FORBIDDEN,
        )
    return replace(request, viewer=viewer, app=session.app)
