"""The pages as one WSGI application."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, abort, g, redirect, render_template, request

from localorg.pages import report_views, setup_views, show, views
from localorg.pages.canvas_routes import canvas_routes
from localorg.pages.consent import consent_routes
from localorg.pages.sessions import PageSessions

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue

    from localorg.pages.port import PagesOrg

#: The one name under which pages are served. A canvas app on localhost is thereby another site.
HOST = "127.0.0.1"
_MAX_BODY = 1 << 20


def pages_of(org: PagesOrg) -> Flask:
    """The Flask application that serves the org's pages over loopback HTTP.

    It answers to 127.0.0.1 only: other names of this machine are led there, foreign ones are
    refused, because whoever reaches the pages may log in as anybody.
    """
    pages = Flask(__name__)
    pages.config.update(MAX_CONTENT_LENGTH=_MAX_BODY)
    pages.jinja_env.globals.update(
        org_name=org.name, tabs=lambda: views.tabs(org), page_tabs=lambda: views.page_tabs(org)
    )
    pages.jinja_env.filters["segments"] = lambda text: show.segments(text, org.api_url)
    pages.jinja_env.filters["moment"] = lambda at: show.moment(at, g.viewer)
    pages.jinja_env.filters["figure"] = report_views.figure
    sessions = PageSessions()

    @pages.before_request
    def guard() -> ResponseReturnValue | None:
        name = request.host.partition(":")[0]
        if name == "localhost" and request.method == "GET":
            return redirect(request.url.replace("//localhost", f"//{HOST}", 1))
        if name != HOST:
            abort(400, "These pages are served under 127.0.0.1 only.")
        _refuse_other_sites()
        user_id = sessions.user_id(request)
        g.viewer = org.person(user_id) if user_id else None
        return None

    @pages.after_request
    def headers(response: Response) -> Response:
        return _secured(response, org)

    @pages.errorhandler(400)
    @pages.errorhandler(403)
    @pages.errorhandler(404)
    def refused(error: Exception) -> ResponseReturnValue:
        status = getattr(error, "code", 404)
        told = getattr(error, "description", None) if status != 404 else None  # noqa: PLR2004
        return render_template("refused.html", told=told), status

    pages.register_blueprint(views.page_routes(org, sessions))
    pages.register_blueprint(report_views.report_routes(org))
    pages.register_blueprint(setup_views.setup_routes(org))
    pages.register_blueprint(consent_routes(org))
    pages.register_blueprint(canvas_routes(org))
    return pages


def _refuse_other_sites() -> None:
    """A request that changes something must come from our own origin."""
    origin = request.headers.get("Origin")
    if request.method not in {"GET", "HEAD"} and origin not in {None, request.host_url.rstrip("/")}:
        abort(403, "This request comes from another site.")


def canvas_origins(org: PagesOrg) -> list[str]:
    """Scheme, host and port of every deployed canvas app."""
    urls = (urlsplit(app.canvas_url) for app in org.client_apps() if app.canvas_url)
    return sorted({f"{url.scheme}://{url.netloc}" for url in urls})


def _secured(response: Response, org: PagesOrg) -> Response:
    apps = " ".join(canvas_origins(org))
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        f" connect-src 'self'; frame-src 'self' {apps}; form-action 'self' {apps};"
        " base-uri 'none'; frame-ancestors 'none'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
