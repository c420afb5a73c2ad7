"""On the page of an opportunity: its deal reviews so far, and the form of a new one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from canvas.acts_record import read_acts
from canvas.asking import records, unread
from canvas.home import panel_token
from canvas.ids import id18
from canvas.review import PAGE_SECONDS
from service.salesforce.fields import AdoptionScore as Score

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from canvas.acts_record import ShownAct
    from canvas.port import Answer
    from canvas.record_asked import Asked

#: Days ahead that the form proposes for its tasks; the manager changes them at will.
_PROPOSED = (2, 7, 14)


@dataclass(frozen=True, slots=True)
class ReviewScreen:
    """`panel_token` is None where this viewer has no review to hold here."""

    acts: tuple[ShownAct, ...]  #: reviews and ratings, the latest first
    panel_token: str | None
    due: tuple[date, ...]  #: what is proposed for each task


def review_screen(asked: Asked, answers: Mapping[str, Answer], *, is_open: bool) -> ReviewScreen:
    """A form for whoever sees the score of the owner of an open deal, and is not the owner."""
    owner = next(iter(records(answers.get("owner"))), {})
    is_others = bool(owner) and id18(owner.get(Score.USER)) != asked.context.user_id
    token = None
    if is_open and is_others and "own" not in unread(answers):
        own = next(iter(records(answers["own"])), {})
        token = panel_token(asked.panel, asked.context, id18(own.get("Id")), PAGE_SECONDS)
    due = tuple(asked.today + timedelta(days=ahead) for ahead in _PROPOSED)
    return ReviewScreen(read_acts(owner), token, due)
