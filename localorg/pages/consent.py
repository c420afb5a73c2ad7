"""Where a user allows an app to act for them: the page to which OAuth's authorize endpoint leads."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, abort, g, redirect, render_template, request

from localorg.auth.oauth_code import CONSENT

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from localorg.pages.port import ClientApp, PagesOrg

#: What a callback is told of a user who does not want it.
_DENIED = {"error": "access_denied", "error_description": "end-user denied authorization"}


def consent_routes(org: PagesOrg) -> Blueprint:
    """The page, and what its two buttons do: both send the browser to the app's callback."""
    routes = Blueprint("consent", __name__)

    @routes.get(CONSENT)
    def ask() -> ResponseReturnValue:
        if g.viewer is None:
            return redirect("/")
        return render_template("consent.html", app=_asked(org), asked=request.args)

    @routes.post(CONSENT)
    def answer() -> ResponseReturnValue:
        if g.viewer is None:
            return redirect("/")
        _asked(org)
        asked = {key: value for key, value in request.args.items() if value}
        told = _DENIED
        if request.form.get("answer") == "allow":
            told = {"code": org.allow(g.viewer.id, asked)}
        state = {"state": asked["state"]} if "state" in asked else {}
        return redirect(f"{asked['redirect_uri']}?{urlencode({**told, **state})}", 303)

    return routes


def _asked(org: PagesOrg) -> ClientApp:
    app = org.asked_app(request.args)
    if app is None:
        abort(400, "This request for your consent is none that the org can follow.")
    return app
