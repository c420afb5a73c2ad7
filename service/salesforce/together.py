"""Several reads in one call: each is answered for itself, and the whole counts as one call.

Source: https://developer.salesforce.com/docs/platform/api-rest/guide/resources-composite-composite-post.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from service.salesforce.errors import SalesforceError, TransientSalesforceError
from service.salesforce.refusals import classify
from service.salesforce.transport import BASE, Request

if TYPE_CHECKING:
    from collections.abc import Sequence

#: So many of one call's reads may be queries.
QUERIES_AT_ONCE = 5


class Caller(Protocol):
    """What reading needs of the gateway."""

    def call(self, request: Request) -> Any:  # noqa: ANN401 - parsed JSON
        """Send a request and give its parsed body."""


def read_together(
    caller: Caller, paths: Sequence[str], *, repeatable: bool = True
) -> list[Any | SalesforceError]:
    """Give the parsed body of each path in order, or the error with which the org refused it.

    At most 25 paths, of which at most QUERIES_AT_ONCE are queries. Raises when the whole call fails.
    """
    subrequests = [
        {"method": "GET", "url": path, "referenceId": f"r{place}"}
        for place, path in enumerate(paths)
    ]
    body = {"allOrNone": False, "compositeRequest": subrequests}
    reply = caller.call(Request("POST", f"{BASE}/composite", body=body, repeatable=repeatable))
    given = reply.get("compositeResponse") if isinstance(reply, dict) else None
    answers = {answer["referenceId"]: answer for answer in given or ()}
    if answers.keys() != {subrequest["referenceId"] for subrequest in subrequests}:
        raise TransientSalesforceError(f"{len(paths)} reads were asked and not each was answered")
    return [_answer(answers[subrequest["referenceId"]]) for subrequest in subrequests]


def _answer(answer: dict[str, Any]) -> Any | SalesforceError:  # noqa: ANN401 - parsed JSON
    status = int(answer["httpStatusCode"])
    return answer["body"] if status < 300 else classify(status, answer["body"])  # noqa: PLR2004
