"""The web process's composition root: settings in, a WSGI app out. Nothing happens at import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import structlog
from flask import Flask, g
from werkzeug.exceptions import HTTPException

from canvas.answers import state_page
from canvas.assets import create_assets, digests
from canvas.headers import install_headers, unfit_ancestors
from canvas.org_reads import org_approval, org_reads, org_writes
from canvas.packing import install_packing
from canvas.panel import Doors
from canvas.views import create_panel
from jobs.enqueue import enqueue_ring
from service.doctor import here
from service.doorbell import create_doorbell
from service.health import create_health
from service.links import create_links
from service.look_log import LookLog
from service.metrics import create_metrics
from service.night_notes import NightNotes
from service.redis_queue import connect
from service.settings import SettingsError
from service.view_log import ViewLog

if TYPE_CHECKING:
    from flask import Response
    from redis import Redis

    from canvas.panel_token import Store
    from canvas.port import Approval, ViewerActs, ViewerFactory
    from service.doctor import Finding
    from service.settings import Settings

log = structlog.get_logger("app")
#: Room for a signed request of the accepted size once it is form-encoded.
BODY_LIMIT: Final = 300_000
#: A page that waits for Redis longer than this does without; the store is next door.
_PATIENCE: Final = 1.0
_PAGES: Final = {404: "not_found", 405: "not_found", 410: "link_ended", 413: "too_large"}


class PanelApp(Flask):
    """Flask that logs an unforeseen exception by kind and place only: messages may hold data."""

    def log_exception(self, exc_info: Any) -> None:  # noqa: ANN401 - Flask's own signature
        """One line: what kind of exception, raised where, during which request."""
        kind, _, trace = exc_info
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "unknown"
        name = kind.__name__ if kind else "unknown"
        log.error("panel_broke", kind=name, where=where, request_id=g.get("request_id"))


def create_app(
    settings: Settings,
    viewer_factory: ViewerFactory | None = None,
    acts: ViewerActs | None = None,
    store: Store | None = None,
    approval: Approval | None = None,
) -> Flask:
    """The panel with its health check.

    `viewer_factory` opens the org as one viewer sees it, `acts` as one may change it, `store` keeps
    what an open page needs, `approval` asks for a viewer's approval; the real ones when left out.
    Sets no cookie and reads none: in a frame on another site browsers may refuse them.
    Raises SettingsError when a site that may frame the panel is none.
    """
    if unfit := unfit_ancestors(settings.frame_ancestors):
        raise SettingsError(
            f"PANEL_FRAME_ANCESTORS holds {unfit[0]!r}, which is not one site. Name the sites that "
            "may frame the panel, separated by spaces, such as https://*.force.com."
        )
    app = PanelApp(__name__, static_folder=None, template_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=BODY_LIMIT, MAX_FORM_MEMORY_SIZE=BODY_LIMIT)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.url_map.merge_slashes = False  # an odd path is no path, not a redirect
    known = digests()
    redis = connect(settings.redis_url, patience=_PATIENCE)
    looks = LookLog(redis, settings.org_id)
    install_headers(app, settings.frame_ancestors)
    install_packing(app)
    app.register_blueprint(create_assets(known))
    app.register_blueprint(
        create_panel(
            secrets=settings.canvas_secrets,
            org_ids=(settings.org_id,),
            doors=Doors(
                viewer_factory or org_reads(settings),
                acts or org_writes(settings),
                store or cast("Store", redis),
                ViewLog(redis, settings.org_id).saw,
                NightNotes(redis, settings.org_id, settings.private_key).read,
                approval or org_approval(settings),
            ),
            # Decided by the setting alone: what a night decides by itself, this process cannot know.
            names_people=settings.aggregate_only is not True,
            asset_url=lambda name: f"/assets/{known[name]}/{name}",
            opened=looks.opened if settings.sends_digests else None,
            examined=lambda: _examined(settings, redis),
        )
    )
    app.register_blueprint(create_links(settings, looks))
    app.register_blueprint(create_health(settings.redis_url))
    app.register_blueprint(
        create_metrics(settings.redis_url, settings.org_id, settings.metrics_token)
    )
    app.register_blueprint(
        create_doorbell(
            settings.doorbell_secret,
            settings.org_id,
            redis,
            lambda connection: enqueue_ring(connection, settings.org_id),
        )
    )
    app.register_error_handler(HTTPException, _explain)
    return app


def compile_templates(app: Flask) -> None:
    """Compile every page's template now: else the first viewer after a start waits for it."""
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)


def _examined(settings: Settings, redis: Redis) -> list[Finding]:
    """What the doctor can say from here without asking the org."""
    some = filter(None, [here.rules_file(settings), here.approval(settings)])
    return [*some, here.calls(settings), *here.broker(settings, redis)]


def _explain(error: HTTPException) -> Response:
    """Every HTTP error is a page in the same look, its status kept."""
    code = error.code or 500
    return state_page(_PAGES.get(code, "broken"), f"http_{code}", code)
