"""A page's questions: all in one round trip, as the viewer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import g

from canvas.answers import timed_org
from canvas.port import ReadingError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canvas.context import ViewerContext
    from canvas.panel import Panel
    from canvas.port import Answer

#: An object that is not there, or not for this viewer.
_NO_TYPE: Final = "INVALID_TYPE"
_CHILD: Final = "(SELECT "


def ask(
    panel: Panel,
    context: ViewerContext,
    questions: Mapping[str, str],
    less: Mapping[str, Sequence[str]],
) -> dict[str, Answer]:
    """The answer to each question, by its name; at most five. Raises ReadingError.

    `less` are questions of the same names that ask for less and less. They are asked in turn where
    the viewer lacks a right to the whole: a missing right takes away a part, not the page.
    """
    if context.token is None or context.instance_url is None:
        raise ReadingError("no_token", "no_token" if context.token is None else "no_instance_url")
    org = panel.doors.viewer_factory(context)
    with timed_org():
        found = org.query_together([*questions.values()])
    answers = dict(zip(questions, found, strict=True))
    for at in range(max(map(len, less.values()), default=0)):
        refused = {
            name: questions_left[at]
            for name, questions_left in less.items()
            if at < len(questions_left) and _has_less(answers.get(name), questions[name])
        }
        if refused:
            with timed_org():
                again = org.query_together([*refused.values()])
            answers |= dict(zip(refused, again, strict=True))
    g.org_limit = org.limit
    return answers


def _has_less(answer: Answer | None, question: str) -> bool:
    """Whether less of it may be there. Of an object that the viewer may not read there is nothing.

    A child that they may not read is told as a type, too.
    """
    if not is_not_visible(answer):
        return False
    is_type = isinstance(answer, ReadingError) and answer.code == _NO_TYPE
    return not is_type or _CHILD in question


def is_not_visible(answer: Answer | None) -> bool:
    """Whether the viewer lacks the right to it, or it is not there: the two look the same."""
    return isinstance(answer, ReadingError) and answer.state == "not_visible"


def unread(answers: Mapping[str, Answer]) -> dict[str, str]:
    """Error codes by question, of those that asking again may answer: no right is missing there."""
    return {
        name: one.code
        for name, one in answers.items()
        if isinstance(one, ReadingError) and one.state != "not_visible"
    }


def records(answer: Answer | None) -> list[dict[str, object]]:
    """The records of an answer; none where there is no answer."""
    return answer if isinstance(answer, list) else []
