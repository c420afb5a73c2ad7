"""What the parent script asks of the org on behalf of a frame.

``PUT …/platformconnect/signedrequest`` and ``…/canvascontext`` have the shapes that Salesforce's
own parent script sends and reads: the request body tells the frame's environment and client, the
answer is ``{"response": "<signed request>", "auxiliary": …}``, an error an array of
``{"errorCode", "message"}``. The shape of the context's answer is assumed. Every other call
under ``/services/`` is handed to the org's REST API with the caller's own Authorization header.
"""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, jsonify, request

from localorg.pages import policy, signed_request
from localorg.pages.signed_request import API_VERSION, Placement

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from localorg.pages.port import ClientApp, PagesOrg, Person

#: What real envelopes carry in turn: cut milliseconds, nothing, and an overflow of another year.
_OVERFLOWN = -1882588807


def canvas_routes(org: PagesOrg) -> Blueprint:
    """The routes under ``/services/`` of the page's origin."""
    routes = Blueprint("canvas", __name__)
    oddity = itertools.count()
    base = f"/services/data/v{API_VERSION}/platformconnect"

    @routes.put(f"{base}/signedrequest")
    def signed() -> ResponseReturnValue:
        if g.viewer is None:
            return _error("INVALID_SESSION_ID", "Session expired or invalid", 401)
        body = request.get_json()["canvasRequest"]
        placement = _placement(body["context"]["environment"], body["client"])
        try:
            answer = _signed(org, g.viewer, placement, _issued_at(next(oddity)))
        except policy.RefusedError as refusal:
            return _error(refusal.code, refusal.message, 403)
        return jsonify(response=answer, auxiliary=None)

    @routes.put(f"{base}/canvascontext")
    def context() -> ResponseReturnValue:
        user_id = org.user_of_token(_bearer())
        viewer = org.person(user_id) if user_id else None
        if viewer is None:
            return _error("INVALID_SESSION_ID", "Session expired or invalid", 401)
        placement = _placement(request.get_json()["environment"], {})
        try:
            app = _app(org, viewer, placement)
        except policy.RefusedError as refusal:
            return _error(refusal.code, refusal.message, 403)
        return jsonify(signed_request.context(org, app, viewer, placement))

    @routes.route(
        "/services/<path:path>", methods=["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]
    )
    def api(path: str) -> ResponseReturnValue:  # noqa: ARG001  # the whole request is handed on
        kept = {key: value for key, value in request.environ.items() if key != "HTTP_COOKIE"}
        return Response.from_app(org.api, kept, buffered=True)

    return routes


def _signed(org: PagesOrg, viewer: Person, placement: Placement, issued_at: int | None) -> str:
    app = _app(org, viewer, placement)
    approved = policy.has_approval(org, app, viewer)
    token = org.open_session(viewer.id, app) if approved else None
    told = signed_request.envelope(org, app, viewer, placement, token=token, issued_at=issued_at)
    return signed_request.sign(told, app.consumer_secret)


def _app(org: PagesOrg, viewer: Person, placement: Placement) -> ClientApp:
    name = request.args.get("canvas", "")
    return policy.find_app(org, name, viewer, placement.display_location)


def _issued_at(turn: int) -> int | None:
    cut = signed_request.truncated_milliseconds(time.time_ns() // 1_000_000)
    return (cut, None, _OVERFLOWN)[turn % 3]


def _placement(environment: dict[str, Any], client: dict[str, Any]) -> Placement:
    dimensions = environment.get("dimensions") or {}
    return Placement(
        instance_id=str(client.get("instanceId", "")),
        target_origin=request.host_url.rstrip("/"),
        location_url=request.headers.get("Referer"),
        display_location=str(environment.get("displayLocation")),
        sublocation=environment.get("sublocation"),
        parameters=environment.get("parameters") or {},
        dimensions={key: str(value) for key, value in dimensions.items() if value is not None},
    )


def _bearer() -> str:
    _, _, token = request.headers.get("Authorization", "").partition(" ")
    return token


def _error(code: str, message: str, status: int) -> ResponseReturnValue:
    return jsonify([{"errorCode": code, "message": message}]), status
