"""What every page of a record is made of: who asks about which record, and how its page is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Response, make_response, render_template

from canvas.answers import log_answer
from canvas.asking import unread
from canvas.plain import CURRENCY
from canvas.port import ReadingError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from canvas.context import ViewerContext
    from canvas.formats import Formats
    from canvas.panel import Panel
    from canvas.port import Answer


@dataclass(frozen=True, slots=True)
class Asked:
    """What a record's page is made of."""

    panel: Panel
    context: ViewerContext
    record_id: str
    formats: Formats
    today: date  #: on the viewer's clock

    @property
    def own_fields(self) -> tuple[str, ...]:
        """What records have in this viewer's org alone: with many currencies each says its own."""
        return (CURRENCY,) if self.context.has_many_currencies else ()

    @property
    def usual_currency(self) -> str:
        """That of a record which does not say its own."""
        return "" if self.context.has_many_currencies else self.context.currency

    def url(self, record_id: str | None) -> str | None:
        """Where a record opens in Salesforce, or None when it cannot be linked."""
        origin = self.context.target_origin or self.context.instance_url
        return f"{origin}/{record_id}" if origin and record_id else None


def first_of(answer: Answer) -> Mapping[str, Any] | None:
    """The one record; None where it is not there or not to be seen. Raises any other error."""
    if isinstance(answer, ReadingError):
        if answer.state == "not_visible":
            return None
        raise answer
    return answer[0] if answer else None


def page_of(
    name: str, asked: Asked, state: str, answers: Mapping[str, Answer], **values: object
) -> Response:
    """Draw the template of that name, and log which state it is in.

    It is told which questions met an error that is no missing right (`unread`): the page says so.
    """
    failed = unread(answers)
    page = render_template(
        f"{name}.html", f=asked.formats, url_of=asked.url, asked=asked, unread=failed, **values
    )
    log_answer(state, next(iter(failed.values()), None))
    return make_response(page)
