"""A deal review: half an hour with an opportunity's owner that ends in tasks; and what they say of it.

The tasks and the record of the review are made in one transaction, as the viewer. Of whom the
opportunity is, and whether the viewer leads them, Salesforce is asked anew: whoever sees no score of
the owner has nothing to record it on. Neither the record of a review nor its rating moves a score; the tasks count as
every task does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from canvas.ids import checked18, id18
from canvas.panel_token import LONGEST_SECONDS
from canvas.plain import clean, mappings
from canvas.port import ReadingError, the_record
from service.salesforce.fields import AdoptionAction as Action
from service.salesforce.fields import AdoptionScore as Score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canvas.act import Act
    from canvas.panel_token import Lent
    from canvas.port import ViewerWrites

REVIEWED: Final = "Reviewed"  #: the type of Adoption_Action__c that a review becomes
RATED: Final = "Rated"  #: and of what the owner says of it
RATINGS: Final = ("Helped", "Helped in part", "Did not help")
TASKS_AT_LEAST: Final = 3
TASKS_AT_MOST: Final = 5
MINUTES: Final = 30
SUBJECT_LENGTH: Final = 255
#: The page is open for the talk, and a while for writing down what came of it.
PAGE_SECONDS: Final = LONGEST_SECONDS
#: A task further ahead is none of this review.
_WITHIN: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task as the page gives it; `is_viewers`: the viewer's own, and not the owner's."""

    subject: str
    due: str
    is_viewers: bool


def read_tasks(given: object) -> tuple[NewTask, ...]:
    """The rows of the form that say anything; one more than are taken shows that it is too many."""
    rows = [
        NewTask(clean(one.get("subject"))[:SUBJECT_LENGTH], clean(one.get("due")), one.get("whose") == "me")
        for one in mappings(given)[: TASKS_AT_MOST + 1]
    ]  # fmt: skip
    return tuple(one for one in rows if one.subject or one.due)


def lacks(tasks: Sequence[NewTask]) -> bool:
    """Whether these are no review: too few or too many, one twice, or one without words or a day."""
    is_whole = all(one.subject and _is_ahead(one.due) for one in tasks)
    is_many = TASKS_AT_LEAST <= len(set(tasks)) == len(tasks) <= TASKS_AT_MOST
    return not (is_whole and is_many)


def _is_ahead(due: str) -> bool:
    """A day from today on; yesterday by UTC is still today somewhere."""
    today = datetime.now(UTC).date()
    try:
        day = date.fromisoformat(due)
    except ValueError:
        return False
    is_plain = day.isoformat() == due  # the standard library reads forms that Salesforce does not
    return is_plain and today - timedelta(days=1) <= day <= today + _WITHIN


def records_of(act: Act, lent: Lent, org: ViewerWrites) -> list[dict[str, Any]]:
    """The tasks and the record of the review. Raises ReadingError: `not_visible`, `own`, `closed`."""
    opportunity = checked18(act.opportunity_id)
    of_deal = f"SELECT OwnerId, IsClosed FROM Opportunity WHERE Id = '{opportunity}'"  # noqa: S608 - a checked id
    of_owner = (
        f"SELECT Id FROM {Score.OBJECT} WHERE {Score.USER} IN"  # noqa: S608 - the same
        f" (SELECT OwnerId FROM Opportunity WHERE Id = '{opportunity}') LIMIT 1"
    )
    deal, score = (the_record(answer) for answer in org.query_together([of_deal, of_owner]))
    owner, score_id = id18(deal.get("OwnerId")), id18(score.get("Id"))
    if owner == lent.user_id or score_id == lent.own_score_id:
        raise ReadingError("own", "own_deal")
    if deal.get("IsClosed") is True:
        raise ReadingError("closed", "closed_deal")
    tasks = [
        _task(one, lent.user_id if one.is_viewers else owner, opportunity) for one in act.tasks
    ]
    return [
        *tasks,
        {"attributes": {"type": Action.OBJECT}, **act.as_record(), Action.SCORE: score_id},
    ]


def assert_reviewed(act: Act, org: ViewerWrites) -> None:
    """Only what was reviewed can be rated. Raises ReadingError."""
    question = (
        f"SELECT Id FROM {Action.OBJECT} WHERE {Action.SCORE} = '{checked18(act.score_id)}'"  # noqa: S608 - checked ids
        f" AND {Action.OPPORTUNITY} = '{checked18(act.opportunity_id)}' AND {Action.TYPE} = '{REVIEWED}' LIMIT 1"
    )
    (answer,) = org.query_together([question])
    the_record(answer)


def _task(one: NewTask, owner: str | None, opportunity: str) -> dict[str, Any]:
    return {
        "attributes": {"type": "Task"}, "Subject": one.subject, "ActivityDate": one.due,
        "OwnerId": owner, "WhatId": opportunity,
    }  # fmt: skip
