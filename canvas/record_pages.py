"""The page of the record on whose page the panel is: an opportunity, an account, a user.

The record's id is signed, but a page's code chose it: whether the viewer may see the record is
asked of Salesforce, with the viewer's own token, like everything else here.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from canvas import account_read, admin_read, opportunity_read
from canvas.account_read import account_questions, account_screen, bare_account_query
from canvas.act import KINDS
from canvas.admin_page import admin_page
from canvas.answers import state_page
from canvas.asking import ask, records, unread
from canvas.home import formats_of, panel_token
from canvas.ids import id18
from canvas.opportunity_read import (
    history_query,
    opportunity_query,
    owner_score_query,
    read_opportunity,
    read_saves,
    steps_query,
)
from canvas.opportunity_screen import History, opportunity_screen, points_of
from canvas.people_questions import score_of_query
from canvas.people_record import read_own_standing
from canvas.plain import clean, read_moment
from canvas.record_asked import Asked, first_of, page_of
from canvas.review import MINUTES
from canvas.review_screen import review_screen
from canvas.score_record import details_of, own_score_query, read_score
from canvas.screen import score_screen
from canvas.yardstick import find_yardstick
from service.salesforce.fields import AdoptionScore as Score

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal

    from flask import Response

    from canvas.context import ViewerContext
    from canvas.panel import Panel
    from canvas.port import Answer

_USER: Final = "005"


def record_page(panel: Panel, context: ViewerContext) -> Response | None:
    """The page of the record; None where the panel is not on one that has a page here.

    Nobody's but the viewer's own page is a person's where nobody may be named; and one's own page is
    the panel's ordinary one. Raises ReadingError.
    """
    record_id = context.record_id or ""
    page = admin_page if context.object_name == admin_read.OBJECT else _PAGES.get(record_id[:3])
    is_own = record_id == context.user_id
    if not record_id or page is None or is_own or (page is _user_page and not panel.names_people):
        return None
    formats = formats_of(panel, context)
    return page(Asked(panel, context, record_id, formats, formats.today()))


def _opportunity_page(asked: Asked) -> Response:
    record_id, zone = asked.record_id, asked.formats.zone
    of_owner = {"owner": owner_score_query(record_id)} if asked.panel.names_people else {}
    questions = {
        "record": opportunity_query(record_id, asked.today, own=asked.own_fields),
        "history": history_query(record_id),
        "steps": steps_query(record_id),
        "own": score_of_query(asked.context.user_id, Score.DETAILS),
        **of_owner,
    }
    less = {"record": [opportunity_query(record_id, asked.today, whole_record=False)]}
    if of_owner:
        less["owner"] = [owner_score_query(record_id, reviews=False)]
    answers = ask(asked.panel, asked.context, questions, less)
    record = first_of(answers["record"])
    if record is None:
        return state_page("no_record")
    steps = [read_moment(one.get("CreatedDate")) for one in records(answers["steps"])]
    history = History(read_saves(records(answers["history"])), next(iter(steps), None))
    scores = [*records(answers["own"]), *records(answers.get("owner"))]
    screen = opportunity_screen(
        read_opportunity(record, zone, asked.today, asked.usual_currency),
        history,
        find_yardstick(scores),
        asked.today,
        (asked.panel.texts, asked.formats),
        is_all_read=not unread(answers),
    )
    points = _points(asked, answers) if screen.todo else None
    screen = replace(screen, points=points)
    reviews = review_screen(asked, answers, is_open=not screen.shown.is_closed)
    return page_of(
        "opportunity",
        asked,
        f"opportunity_{screen.state}",
        answers,
        screen=screen,
        reviews=reviews,
        panel_token=reviews.panel_token,
        minutes=MINUTES,
    )


def _points(asked: Asked, answers: Mapping[str, Answer]) -> Decimal | None:
    """What putting it right adds to its owner's score; somebody else's score is a look at it."""
    for name in ("own", "owner"):
        for score in records(answers.get(name)):
            points = points_of(details_of(score), asked.record_id)
            if points is not None:
                if name == "owner":
                    asked.panel.tell_looks(
                        asked.context.user_id, [id18(score.get("Id"))], asked.today
                    )
                return points
    return None


def _account_page(asked: Asked) -> Response:
    now = datetime.now(UTC)
    questions = account_questions(asked.record_id, asked.today, now, asked.own_fields)
    less = {"account": [bare_account_query(asked.record_id)]}
    answers = ask(asked.panel, asked.context, questions, less)
    record = first_of(answers["account"])
    if record is None:
        return state_page("no_record")
    lists = {name: one if isinstance(one, list) else None for name, one in answers.items()}
    zone, currency = asked.formats.zone, asked.usual_currency
    screen = account_screen(record, lists, zone, asked.today, currency)
    return page_of("account", asked, "account", answers, screen=screen, listed=account_read.LISTED)


def _user_page(asked: Asked) -> Response:
    """The score of somebody else, as far as Salesforce shows it to the viewer."""
    questions = {
        "score": own_score_query(asked.record_id, looks=False),
        "name": f"SELECT Name FROM User WHERE Id = '{asked.record_id}'",  # noqa: S608 - a checked id
        "own": score_of_query(asked.context.user_id),
    }
    less = {"score": [own_score_query(asked.record_id, children=False)]}
    answers = ask(asked.panel, asked.context, questions, less)
    record = first_of(answers["score"])
    if record is None:
        return state_page("no_score_of_user")
    asked.panel.tell_looks(asked.context.user_id, [id18(record.get("Id"))], asked.today)
    context = replace(asked.context, full_name=_name(answers["name"]))
    screen = score_screen(read_score(record), context, asked.formats, asked.panel.texts)
    return page_of(
        "user",
        asked,
        f"user_{screen.state}",
        answers,
        screen=screen,
        score=screen.score,
        own=read_own_standing(record, asked.record_id),
        kinds=KINDS,
        # Without knowing whose score is their own nobody gets to act: about oneself one may not.
        panel_token=None
        if "own" in unread(answers)
        else panel_token(asked.panel, asked.context, _id(answers["own"])),
    )


def _name(answer: Answer) -> str:
    found = first_of(answer) if isinstance(answer, list) else None
    return clean(found.get("Name")) if found else ""


def _id(answer: Answer) -> str | None:
    found = records(answer)
    return id18(found[0].get("Id")) if found else None


_PAGES: Final[Mapping[str, Callable[[Asked], Response]]] = {
    opportunity_read.PREFIX: _opportunity_page,
    account_read.PREFIX: _account_page,
    _USER: _user_page,
}
