"""The panel's routes: parse, call, render. Scoring happened long before."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, g, jsonify, make_response, request
from markupsafe import Markup
from redis.exceptions import RedisError

from canvas.acting import BODY_LIMIT, Desk, told
from canvas.acting import Answer as Acted
from canvas.answers import log_answer, log_store, name_requests, sent_json, state_page
from canvas.approval import approval_page, approval_routes
from canvas.assets import style
from canvas.busy import PAGES, is_busy
from canvas.catalogue import read_catalogues
from canvas.context import read_context
from canvas.home import home_page
from canvas.ids import id18
from canvas.panel import Doors, Panel
from canvas.panel_token import PanelTokens
from canvas.people_screen import parts_of
from canvas.port import ReadingError
from canvas.record_pages import record_page
from canvas.signed_request import RefusedRequestError, verify

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from canvas.context import ViewerContext
    from service.finding import Finding

#: Salesforce sends an unapproved viewer by GET with one of these (the guide names the second, the
#: platform's own script the first). It is unsigned, so nothing else in the query is believed.
_APPROVAL: Final = ("_sfdc_canvas_auth", "_sfdc_canvas_authvalue")


def create_panel(
    *,
    secrets: tuple[str, ...],
    org_ids: tuple[str, ...],
    doors: Doors,
    asset_url: Callable[[str], str],
    names_people: bool = True,
    opened: Callable[[str, datetime], None] | None = None,
    examined: Callable[[], Sequence[Finding]] = tuple,
) -> Blueprint:
    """The blueprint of `POST /canvas` and of every page that explains.

    `org_ids` may have 15 or 18 characters; a signed request of any other org is refused.
    Without `names_people` a page shows nobody but the viewer. `opened` is told who opened the panel, by user id;
    `examined` gives what the service says of itself to whoever may read its runs.
    """
    accepted = frozenset(filter(None, map(id18, org_ids)))
    tokens = PanelTokens(secrets, doors.store)
    panel = Panel(
        secrets,
        accepted,
        doors,
        tokens,
        read_catalogues(),
        asset_url,
        names_people,
        opened,
        examined,
    )
    routes = Blueprint("panel", __name__, template_folder="templates")
    name_requests(routes)
    _give_words(routes, panel)
    _explain(routes, panel)
    approval_routes(routes, panel)

    @routes.post("/canvas")
    def open_panel() -> Response:
        return _open(panel, request.form.getlist("signed_request"))

    @routes.post("/canvas/act")
    def act() -> Response:
        return _act(panel)

    return routes


def _give_words(routes: Blueprint, panel: Panel) -> None:
    """What every template may use."""
    look = Markup(style())  # noqa: S704 - two files of ours

    @routes.app_context_processor
    def words() -> dict[str, Any]:
        return {
            "t": panel.texts,
            "asset_url": panel.asset_url,
            "style": look,
            "nonce": g.nonce,
            "request_id": g.request_id,
            "parts_of": parts_of,
        }


def _explain(routes: Blueprint, panel: Panel) -> None:
    """The pages of whoever comes unsigned, and of what is refused or not answered."""

    @routes.get("/canvas")
    @routes.get("/")
    def explain() -> Response:
        asked = any(name in request.args for name in _APPROVAL)
        return approval_page(panel) if asked else state_page("not_opened_here")

    @routes.app_errorhandler(RefusedRequestError)
    def refused(error: RefusedRequestError) -> Response:
        return state_page("too_large" if error.reason == "too_large" else "refused", error.reason)

    @routes.app_errorhandler(ReadingError)
    def unread(error: ReadingError) -> Response:
        return state_page(error.state, error.code)


def _open(panel: Panel, given: list[str]) -> Response:
    """Verify, know the viewer, ask once, render."""
    if not given:
        return state_page("not_opened_here", "no_signed_request")
    if len(given) > 1:
        raise RefusedRequestError("repeated_field")
    context = read_context(verify(given[0], panel.secrets), panel.org_ids)
    g.org_id, g.language = context.org_id, context.language
    if _opens_too_often(panel, context):
        return state_page("too_often")
    page = record_page(panel, context) or home_page(panel, context)
    # Salesforce answered: an old request, sent again when its token is no longer good, is no look.
    if panel.opened:
        panel.opened(context.user_id, datetime.now(UTC))
    return page


def _opens_too_often(panel: Panel, context: ViewerContext) -> bool:
    """Without the store pages are not counted; they are there all the same."""
    try:
        return is_busy(panel.doors.store, PAGES, context.user_id, context.org_id)
    except RedisError as error:
        log_store(error)
        return False


def _act(panel: Panel) -> Response:
    """Record what the viewer of an open page did; the answer is for the page's script."""
    request.max_content_length = BODY_LIMIT
    token = request.headers.get("X-Panel-Token", "")
    try:
        desk = Desk(panel.tokens, panel.doors, panel.texts)
        answer = desk.perform(sent_json(), token)
    except RedisError as error:
        log_store(error)
        answer = Acted(HTTPStatus.SERVICE_UNAVAILABLE, "again")
    log_answer(f"act_{answer.state}", None)
    return make_response(jsonify(told(answer, panel.texts)), answer.status)
