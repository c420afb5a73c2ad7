"""What the panel needs of an org: a few questions in one go, asked with the viewer's own token.

`service/app.py` plugs in the real door to the org; tests plug in a list of records.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canvas.context import ViewerContext
    from canvas.panel_token import Lent


class ReadingError(Exception):
    """The org did not answer the question.

    `state` names the page that is shown instead (a key of `canvas.states.STATES`) and `code` is
    what the log says: an error code, never a message, for messages may hold data.
    """

    def __init__(self, state: str, code: str) -> None:
        super().__init__(f"{state}: {code}")
        self.state = state
        self.code = code


class ViewerReads(Protocol):
    """The org as one viewer may see it: Salesforce applies sharing and field security."""

    @property
    def limit(self) -> tuple[int, int] | None:
        """API calls that the org has used of 24 hours, and their most; None before it answered."""

    def query_together(self, questions: Sequence[str]) -> list[Answer]:
        """The first page of each of at most five questions, or why there is none: one round trip.

        Raises ReadingError where no question is answered at all.
        """


#: The records of a question, or the error that it alone met.
Answer = list[dict[str, Any]] | ReadingError


def the_record(answer: Answer) -> dict[str, Any]:
    """The one record of an answer. Raises its error, or `not_visible` where there is none."""
    if isinstance(answer, ReadingError):
        raise answer
    if not answer:
        raise ReadingError("not_visible", "no_record")
    return answer[0]


class ViewerWrites(ViewerReads, Protocol):
    """The org as one viewer may change it. What goes out is sent once: `in_doubt`: it may be out."""

    def mail(self, address: str, subject: str, text: str) -> None:
        """Send a plain mail from the viewer. Raises ReadingError."""

    def post(self, record_id: str, text: str) -> None:
        """Post on a record; `@[user id]` mentions somebody. Raises ReadingError."""

    def create(self, object_name: str, values: dict[str, Any]) -> str:
        """Create a record and give its id. Raises ReadingError; `in_doubt`: it may be there."""

    def create_together(self, records: Sequence[dict[str, Any]]) -> None:
        """Create all of these, or none. Each names its type. Raises ReadingError as `create` does."""


class Approval(Protocol):
    """The org's own page that asks a viewer whether this app may act for them."""

    def address(self, state: str, challenge: str) -> str:
        """Where it is asked; `challenge` is the S256 of what redeems the code."""

    def redeem(self, code: str, verifier: str) -> None:
        """Have the org keep the approval that this code stands for. Raises ReadingError."""


#: Opens the org as somebody whose page is open.
ViewerActs = Callable[["Lent"], ViewerWrites]
ViewerFactory = Callable[["ViewerContext"], ViewerReads]
