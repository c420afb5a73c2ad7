"""Standard actions: the bell (custom notification), mail and posts. None can be undone.

https://developer.salesforce.com/docs/platform/api-action/guide/actions-obj-custom-notification.html
https://developer.salesforce.com/docs/atlas.en-us.api_action.meta/api_action/actions_obj_email_simple.htm
https://developer.salesforce.com/docs/atlas.en-us.api_action.meta/api_action/actions_obj_post_to_chatter.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from service.salesforce.errors import (
    AdminActionNeededError,
    AmbiguousOutcomeError,
    LimitReachedError,
    SalesforceError,
)
from service.salesforce.refusals import classify
from service.salesforce.soql import quoted
from service.salesforce.transport import BASE, Request

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from service.salesforce.query import Asked

MOST_BELLS = 500
#: Recipients of one mail since v64, and the bytes that their list may have since v65.
MOST_ADDRESSES, MOST_BYTES = 150, 4000
#: Inputs of one call; how many an org takes is not published.
MOST_INPUTS = 100
LONGEST_POST = 10_000


class Sender(Protocol):
    """What sending needs of a gateway."""

    def call(self, request: Request) -> Any:  # noqa: ANN401 - parsed JSON
        """Send a request and give its parsed body."""


class Caller(Sender, Protocol):
    """What actions need of the gateway."""

    def query(self, soql: str) -> Iterator[dict[str, Any]]:
        """Give the records of a query."""


def type_query(name: str) -> str:
    """The SOQL that finds a custom notification type."""
    return f"SELECT Id FROM CustomNotificationType WHERE DeveloperName = {quoted(name)} LIMIT 1"  # noqa: S608 - quoted


def notification_type(asked: Asked, name: str) -> str:
    """Give the id of a custom notification type. Raises AdminActionNeededError with a remedy."""
    found = next(iter(asked.query(type_query(name))), None)
    if found is None:
        raise AdminActionNeededError(
            f"the custom notification type {name} was not found",
            remedy="Deploy sfdx/ of this version.",
        )
    return str(found["Id"])


def ring(
    caller: Caller, type_id: str, user_ids: Sequence[str], said: tuple[str, str], target_id: str
) -> None:
    """Ring the bell of these users; `said` is title and body, a click leads to the target.

    Sent once: raises AmbiguousOutcomeError where nobody can say whether it rang.
    """
    for start in range(0, len(user_ids), MOST_BELLS):
        some = list(user_ids[start : start + MOST_BELLS])
        inputs = {
            "customNotifTypeId": type_id, "recipientIds": some, "title": said[0],
            "body": said[1], "targetId": target_id,
        }  # fmt: skip
        _invoke(caller, "customNotificationAction", inputs)


def mail(caller: Sender, addresses: Sequence[str], subject: str, text: str) -> None:
    """Send a plain mail to these addresses, as the gateway's user. Sent once, as `ring`.

    More addresses than one input takes are several inputs of one call. Raises what became of those
    that were not sent; one of which nobody can say that comes before one that was refused.
    """
    letters = [(",".join(some), subject, text) for some in _batches(addresses)]
    errors = [error for error in mail_each(caller, letters) if error]
    in_doubt = (error for error in errors if isinstance(error, AmbiguousOutcomeError))
    if errors:
        wrong = next(in_doubt, errors[0])
        if len(errors) < len(letters):
            wrong.args = (f"Some of the {len(addresses)} addresses have it. {wrong}",)
        raise wrong


def post(caller: Sender, record_id: str, text: str) -> None:
    """Post on one record. `@[id]` in the text mentions a user. Sent once, as `ring`."""
    _invoke(caller, "chatterPost", {"subjectNameOrId": record_id, "text": text[:LONGEST_POST]})


def mail_each(
    caller: Sender, letters: Sequence[tuple[str, str, str]]
) -> list[SalesforceError | None]:
    """Send each its own plain mail: (address, subject, text). None where it went out."""
    inputs = [
        {
            "recipientAddresses": address, "emailSubject": subject, "emailBody": text,
            "senderType": "CurrentUser",
        }
        for address, subject, text in letters
    ]  # fmt: skip
    return _invoke_each(caller, "emailSimple", inputs)


def post_each(caller: Caller, posts: Sequence[tuple[str, str]]) -> list[SalesforceError | None]:
    """Post to the feed of each record: (its id, text). `@[id]` in a text mentions a user."""
    inputs = [{"subjectNameOrId": subject, "text": text} for subject, text in posts]
    return _invoke_each(caller, "chatterPost", inputs)


def _invoke_each(
    caller: Sender, action: str, inputs: Sequence[dict[str, Any]]
) -> list[SalesforceError | None]:
    """Invoke with many inputs at once, each sent once; what became of each, in order.

    Raises LimitReachedError: nothing after it was sent.
    """
    found: list[SalesforceError | None] = []
    for start in range(0, len(inputs), MOST_INPUTS):
        some = list(inputs[start : start + MOST_INPUTS])
        path = f"{BASE}/actions/standard/{action}"
        request = Request("POST", path, body={"inputs": some}, repeatable=False, has_verdicts=True)
        try:
            rows = caller.call(request)
        except LimitReachedError:
            raise
        except SalesforceError as error:
            found += [error] * len(some)
            continue
        found += _verdicts(rows, len(some))
    return found


def _verdicts(rows: object, count: int) -> list[SalesforceError | None]:
    if not isinstance(rows, list) or len(rows) != count:
        lost = AmbiguousOutcomeError(
            f"{count} inputs were sent and the reply does not speak of each"
        )
        return [lost] * count
    return [None if row.get("isSuccess") is True else classify(400, [row]) for row in rows]


def _invoke(caller: Sender, action: str, inputs: dict[str, Any]) -> None:
    path = f"{BASE}/actions/standard/{action}"
    caller.call(Request("POST", path, body={"inputs": [inputs]}, repeatable=False))


def _batches(addresses: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for address in addresses:
        grown = [*batch, address]
        if batch and (len(grown) > MOST_ADDRESSES or len(",".join(grown).encode()) > MOST_BYTES):
            yield batch
            grown = [address]
        batch = grown
    if batch:
        yield batch
