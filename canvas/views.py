"""The panel's routes: parse, call, render. Scoring happened long before."""

from __future__ import annotations

import re
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import structlog
from flask import Blueprint, Response, g, jsonify, make_response, render_template, request
from redis.exceptions import RedisError

from canvas.acting import BODY_LIMIT, KINDS, perform, told
from canvas.acting import Answer as Acted
from canvas.catalogue import Catalogue, read_catalogue
from canvas.context import ViewerContext, read_context
from canvas.formats import Formats
from canvas.ids import id18
from canvas.panel_token import PanelTokens
from canvas.people_questions import deals_query, escalated_query, people_query, teams_query
from canvas.people_record import read_below, read_own_standing
from canvas.people_screen import leader_screen, parts_of
from canvas.port import ReadingError
from canvas.score_record import own_score_query, read_score
from canvas.screen import score_screen
from canvas.signed_request import RefusedRequestError, verify
from canvas.states import STATES

if TYPE_CHECKING:
    from collections.abc import Callable

    from canvas.panel_token import Store
    from canvas.port import Answer, ViewerActs, ViewerFactory

log = structlog.get_logger("canvas")
_REQUEST_ID: Final = re.compile(r"[0-9A-Za-z-]{8,64}", re.ASCII)
#: Salesforce sends an unapproved viewer by GET with one of these (the guide names the second, the
#: platform's own script the first). It is unsigned, so nothing else in the query is believed.
_APPROVAL: Final = ("_sfdc_canvas_auth", "_sfdc_canvas_authvalue")


@dataclass(frozen=True)
class Doors:
    """What the panel reaches beside itself: the org as a viewer sees and changes it, and a store."""

    viewer_factory: ViewerFactory
    acts: ViewerActs
    store: Store


@dataclass(frozen=True)
class Panel:
    """What the routes need. Several orgs are a set of ids and of secrets."""

    secrets: tuple[str, ...]
    org_ids: frozenset[str]
    doors: Doors
    tokens: PanelTokens
    texts: Catalogue
    asset_url: Callable[[str], str]
    names_people: bool
    opened: Callable[[str, datetime], None] | None = None  #: told who opened the panel


def create_panel(
    *,
    secrets: tuple[str, ...],
    org_ids: tuple[str, ...],
    doors: Doors,
    asset_url: Callable[[str], str],
    names_people: bool = True,
    opened: Callable[[str, datetime], None] | None = None,
) -> Blueprint:
    """The blueprint of `POST /canvas` and of every page that explains.

    `org_ids` may have 15 or 18 characters; a signed request of any other org is refused.
    Without `names_people` a page shows nobody but the viewer. `opened` is told who opened the panel, by user id.
    """
    accepted = frozenset(filter(None, map(id18, org_ids)))
    tokens = PanelTokens(secrets, doors.store)
    panel = Panel(
        secrets, accepted, doors, tokens, read_catalogue(), asset_url, names_people, opened
    )
    routes = Blueprint("panel", __name__, template_folder="templates")
    _name_requests(routes)

    @routes.app_context_processor
    def words() -> dict[str, Any]:
        return {
            "t": panel.texts,
            "asset_url": panel.asset_url,
            "nonce": g.nonce,
            "request_id": g.request_id,
            "parts_of": parts_of,
        }

    @routes.post("/canvas")
    def open_panel() -> Response:
        return _open(panel, request.form.getlist("signed_request"))

    @routes.post("/canvas/act")
    def act() -> Response:
        return _act(panel)

    @routes.get("/canvas")
    @routes.get("/")
    def explain() -> Response:
        asked = any(name in request.args for name in _APPROVAL)
        return state_page("approval_needed" if asked else "not_opened_here")

    @routes.app_errorhandler(RefusedRequestError)
    def refused(error: RefusedRequestError) -> Response:
        return state_page("too_large" if error.reason == "too_large" else "refused", error.reason)

    @routes.app_errorhandler(ReadingError)
    def unread(error: ReadingError) -> Response:
        return state_page(error.state, error.code)

    return routes


def state_page(name: str, reason: str | None = None, status: int | None = None) -> Response:
    """The page that explains a state. Only its name and the reason's code are logged."""
    state = STATES[name]
    answer = make_response(
        render_template("state.html", name=name, state=state), status or state.status
    )
    _log_answer(name, reason)
    return answer


def _open(panel: Panel, given: list[str]) -> Response:
    """Verify, know the viewer, ask once, render."""
    if not given:
        return state_page("not_opened_here", "no_signed_request")
    if len(given) > 1:
        raise RefusedRequestError("repeated_field")
    context = read_context(verify(given[0], panel.secrets), panel.org_ids)
    g.org_id = context.org_id
    if panel.opened:
        panel.opened(context.user_id, datetime.now(UTC))
    return _page(panel, context, _ask(panel, context))


def _ask(panel: Panel, context: ViewerContext) -> dict[str, Answer]:
    """Everything that a page may show, in one round trip. Raises ReadingError.

    Where somebody may read scores and not what hangs on them, these are asked for once more
    without it: a missing right takes away a part, not the page.
    """
    if context.token is None or context.instance_url is None:
        raise ReadingError("no_token", "no_token" if context.token is None else "no_instance_url")
    questions = _questions(panel, context.user_id)
    org = panel.doors.viewer_factory(context)
    answers = dict(zip(questions, org.query_together([*questions.values()]), strict=True))
    refused = {
        name: query(context.user_id, children=False)
        for name, query in (("own", own_score_query), ("people", people_query))
        if _is_not_visible(answers.get(name))
    }
    if refused:
        again = org.query_together([*refused.values()])
        answers |= dict(zip(refused, again, strict=True))
    return answers


def _questions(panel: Panel, user_id: str) -> dict[str, str]:
    """By name; five at most. Where nobody may be named, nothing of other people is asked."""
    of_people = {
        "people": people_query(user_id),
        "escalated": escalated_query(user_id, datetime.now(UTC).date()),
    }
    return {
        "own": own_score_query(user_id),
        "teams": teams_query(user_id),
        "deals": deals_query(),
        **(of_people if panel.names_people else {}),
    }


def _is_not_visible(answer: Answer | None) -> bool:
    return isinstance(answer, ReadingError) and answer.state == "not_visible"


def _act(panel: Panel) -> Response:
    """Record what the viewer of an open page did; the answer is for the page's script."""
    request.max_content_length = BODY_LIMIT
    token = request.headers.get("X-Panel-Token", "")
    try:
        answer = perform(
            request.get_json(silent=True), token, panel.tokens, panel.doors.store, panel.doors.acts
        )
    except RedisError as error:
        log.warning("panel_store", kind=type(error).__name__, request_id=g.request_id)
        answer = Acted(HTTPStatus.SERVICE_UNAVAILABLE, "again")
    _log_answer(f"act_{answer.state}", None)
    return make_response(jsonify(told(answer, panel.texts)), answer.status)


def _panel_token(panel: Panel, context: ViewerContext) -> str | None:
    """What the page acts with; None where the store is away, and then it offers no acts."""
    try:
        return panel.tokens.issue(context)
    except RedisError as error:
        log.warning("panel_store", kind=type(error).__name__, request_id=g.request_id)
        return None


def _page(panel: Panel, context: ViewerContext, answers: dict[str, Answer]) -> Response:
    """The viewer's own score first, whoever they are; below it what they lead."""
    texts = panel.texts
    own = answers["own"]
    if isinstance(own, ReadingError):
        raise own
    formats = Formats.of(context.locale, context.time_zone)
    leader = leader_screen(read_below(answers), context.user_id, texts, formats)
    if not own and not leader.leads and not leader.is_partly_unread:
        return state_page("no_score")
    record = own[0] if own else {}
    screen = score_screen(read_score(record), context, formats, texts)
    standing = read_own_standing(record)
    answer = make_response(
        render_template(
            "score.html",
            screen=screen,
            f=formats,
            leader=leader,
            own=standing,
            kinds=KINDS,
            panel_token=_panel_token(panel, context) if leader.talk_to else None,
        ),
        HTTPStatus.OK,
    )
    _log_answer(screen.state, None if screen.score.explained else "details_unreadable")
    return answer


def _name_requests(routes: Blueprint) -> None:
    """Every request has an id: the router's where there is one, on the page and in the log."""

    @routes.before_app_request
    def name() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else str(uuid.uuid4())
        g.started = time.monotonic()

    @routes.after_app_request
    def tell(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.request_id
        return response


def _log_answer(state: str, reason: str | None) -> None:
    log.info(
        "panel_answered",
        state=state,
        reason=reason or state,
        request_id=g.request_id,
        org_id=g.get("org_id"),  # of a verified request only
        milliseconds=round((time.monotonic() - g.started) * 1000),
    )
