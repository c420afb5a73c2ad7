"""Query locators: the records that a query matched, kept so that later pages fit the first.

https://developer.salesforce.com/docs/platform/salesforce-app-limits-cheatsheet/guide/salesforce-app-limits-platform-apicursors.html
"""

from __future__ import annotations

import secrets
import string
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from localorg.errors import SalesforceError
from localorg.ids import checksum

if TYPE_CHECKING:
    from localorg.soql.tree import Query

_LETTERS = string.ascii_letters + string.digits
_LOCATOR_TAIL = 12
_MOST_KEPT = 200


@dataclass(frozen=True)
class Cursor:
    """One open query."""

    user_id: str
    query: Query
    ids: tuple[str, ...]  #: every matching record, in the order of the result
    made_at: float = field(default_factory=time.monotonic)


class Cursors:
    """The open queries of the org, by locator."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._open: dict[str, Cursor] = {}
        self._lock = threading.Lock()

    def keep(self, cursor: Cursor) -> str:
        """Remember a query; returns its locator, 18 characters that mean nothing to clients."""
        core = "0r8" + "".join(secrets.choice(_LETTERS) for _ in range(_LOCATOR_TAIL))
        locator = core + checksum(core)
        with self._lock:
            while len(self._open) >= _MOST_KEPT:
                del self._open[next(iter(self._open))]
            self._open[locator] = cursor
        return locator

    def get(self, locator: str, user_id: str) -> Cursor:
        """The query of a locator, for the user who asked it."""
        with self._lock:
            found = self._open.get(locator)
        if not found or found.user_id != user_id:
            raise _invalid()
        if time.monotonic() - found.made_at > self.seconds:
            raise _invalid()
        return found

    def forget_all(self) -> None:
        """Let every locator expire."""
        with self._lock:
            self._open.clear()


def _invalid() -> SalesforceError:
    return SalesforceError("INVALID_QUERY_LOCATOR", "invalid query locator")
