"""The viewer's own page: asked for in one round trip, shown with what they lead below it."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response, make_response, render_template
from redis.exceptions import RedisError

from canvas.act import CAUSES, KINDS
from canvas.answers import log_answer, log_store, state_page
from canvas.asking import ask, records
from canvas.formats import Formats
from canvas.managers_read import managers_query
from canvas.own_notes import own_notes
from canvas.panel_token import SECONDS
from canvas.people_questions import deals_query, people_query, teams_query
from canvas.people_record import read_below, read_habit, read_own_standing
from canvas.people_screen import leader_screen
from canvas.port import ReadingError
from canvas.review import RATINGS
from canvas.score_record import own_score_query, read_score
from canvas.screen import score_screen
from canvas.trend import read_trend

if TYPE_CHECKING:
    from datetime import date

    from canvas.context import ViewerContext
    from canvas.panel import Panel
    from canvas.people_record import Below, OwnStanding
    from canvas.people_screen import LeaderScreen
    from canvas.screen import ScoreScreen


def home_page(panel: Panel, context: ViewerContext) -> Response:
    """Ask once, and show the viewer's own score first, whoever they are; below it what they lead."""
    user_id, today = context.user_id, datetime.now(UTC).date()
    questions = _questions(panel, user_id, today)
    answers = ask(panel, context, questions, _less(panel, user_id, today))
    texts = panel.texts
    own = answers["own"]
    if isinstance(own, ReadingError):
        raise own
    formats = formats_of(panel, context)
    below = read_below(answers, user_id, formats.today())
    leader = leader_screen(below, user_id, texts, formats)
    if not own and not leader.leads and not leader.is_partly_unread:
        return state_page("no_score")
    record = own[0] if own else {}
    screen = score_screen(read_score(record), context, formats, texts)
    standing = read_own_standing(record, user_id)
    _tell_looks(panel, context, below, formats)
    answer = make_response(
        render_template(
            "score.html",
            screen=screen,
            f=formats,
            url_of=screen.url,
            leader=leader,
            trend=read_trend(records(answers["teams"])) if leader.company else None,
            own=standing,
            habit=read_habit(record, formats.today()) if panel.names_people else None,
            notes=own_notes(panel, user_id, screen.score),
            kinds=KINDS,
            causes=CAUSES,
            ratings=RATINGS,
            viewer_id=context.user_id,
            panel_token=panel_token(panel, context, screen.score.record_id)
            if panel.names_people and _offers_acts(leader, standing, screen)
            else None,
        ),
        HTTPStatus.OK,
    )
    log_answer(screen.state, None if screen.score.explained else "details_unreadable")
    return answer


def formats_of(panel: Panel, context: ViewerContext) -> Formats:
    """How this viewer writes."""
    months = panel.texts.lines("months")
    return Formats.of(context.locale, context.time_zone, context.currency, months)


def _offers_acts(leader: LeaderScreen, standing: OwnStanding, screen: ScoreScreen) -> bool:
    """Whether there is anybody to act about, anything to answer, or a deal to congratulate on."""
    below = leader.leads and (leader.deals or leader.escalated)
    to_answer = standing.exceptions or standing.unrated or screen.asked_away
    return bool(leader.talk_to or leader.asked_away or to_answer or below)


def _tell_looks(panel: Panel, context: ViewerContext, below: Below, formats: Formats) -> None:
    """Whoever is named on the page was looked at."""
    shown = {one.record_id for one in below.people} | {one.score_id for one in below.escalated}
    panel.tell_looks(context.user_id, shown, formats.today())


def panel_token(
    panel: Panel, context: ViewerContext, own_score_id: str | None, seconds: int = SECONDS
) -> str | None:
    """What the page acts with; None where the store is away, and then it offers no acts."""
    try:
        return panel.tokens.issue(context, own_score_id, seconds)
    except RedisError as error:
        log_store(error)
        return None


def _less(panel: Panel, user_id: str, today: date) -> dict[str, list[str]]:
    """What is asked for where a right to the whole is missing."""
    people = [people_query(user_id, children=False)] if panel.names_people else []
    return {
        "own": [own_score_query(user_id, looks=False), own_score_query(user_id, children=False)],
        "teams": [teams_query(user_id, today, habits=False)],
        "people": people,
    }


def _questions(panel: Panel, user_id: str, today: date) -> dict[str, str]:
    """By name; five at most. Where nobody may be named, nothing of other people is asked."""
    of_people = {
        "people": people_query(user_id),
        "managers": managers_query(user_id, today),
    }
    return {
        "own": own_score_query(user_id),
        "teams": teams_query(user_id, today),
        "deals": deals_query(),
        **(of_people if panel.names_people else {}),
    }
