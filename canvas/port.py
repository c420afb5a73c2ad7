"""What the panel needs of an org: one question, asked with the viewer's own token.

`service/app.py` plugs in the real door to the org; tests plug in a list of records.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from canvas.context import ViewerContext


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

    def query_one_page(self, soql: str) -> list[dict[str, Any]]:
        """The records that one round trip gives. Raises ReadingError."""


ViewerFactory = Callable[["ViewerContext"], ViewerReads]
