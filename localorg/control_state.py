"""Fault switches: requests that are held, delayed or answered wrongly on purpose, and a journal.

All of it is in memory and empty at the start; without it the org behaves as documented.
"""

from __future__ import annotations

import itertools
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

#: A held request proceeds by itself after this long, so that no test hangs for ever.
LONGEST_HOLD_SECONDS = 300
_JOURNAL_LENGTH = 20_000


@dataclass(frozen=True)
class Pattern:
    """Which requests are meant. Empty texts match all."""

    method: str = ""
    path_contains: str = ""
    body_contains: str = ""

    def matches(self, method: str, path: str, body: str) -> bool:
        """Whether a request is meant; `path` holds the decoded query string too."""
        return (
            self.method.upper() in {"", method}
            and self.path_contains in path
            and self.body_contains in body
        )


@dataclass
class Hold:
    """Stops the nth matching request before or after it is applied."""

    hold_id: int
    point: str  #: "before_apply" or "after_apply"
    pattern: Pattern
    nth: int
    state: str = "waiting"  #: then "held", then "released"
    outcome: str = "proceed"  #: or "drop": close the connection without a reply
    _released: threading.Event = field(default_factory=threading.Event)

    def wait(self) -> None:
        """Block until released."""
        if not self._released.wait(LONGEST_HOLD_SECONDS):
            self.state = "released"

    def release(self, outcome: str) -> None:
        """Let the held request go on, or drop it."""
        self.outcome, self.state = outcome, "released"
        self._released.set()


@dataclass
class Fault:
    """A wrong answer for the next `times` matching requests, which are then not applied."""

    pattern: Pattern
    status: int
    body: str
    times: int
    content_type: str = "application/json;charset=UTF-8"


@dataclass(frozen=True)
class OpenTransaction:
    """What a transaction of somebody else, not yet committed, does to everybody else."""

    values: frozenset[str] = frozenset()  #: its unique values are taken: DUPLICATE_VALUE
    rows: frozenset[str] = frozenset()  #: its rows, by id, are in no query's answer yet
    locks: frozenset[str] = frozenset()  #: objects whose rows it locks: UNABLE_TO_LOCK_ROW


NOBODY = OpenTransaction()


class Control:
    """The switches of one org; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._holds: dict[int, Hold] = {}
        self._faults: list[Fault] = []
        self._journal: list[dict[str, Any]] = []
        self._entries = itertools.count(1)
        self._open: dict[int, dict[str, Any]] = {}
        self.elsewhere = NOBODY
        self.latency_seconds = 0.0

    def add_hold(self, point: str, pattern: Pattern, nth: int) -> Hold:
        """Set a hold."""
        with self._lock:
            hold = Hold(next(self._numbers), point, pattern, nth)
            self._holds[hold.hold_id] = hold
            return hold

    def hold(self, hold_id: int) -> Hold | None:
        """A hold by its number."""
        return self._holds.get(hold_id)

    def pass_point(self, point: str, method: str, path: str, body: str) -> str:
        """Called at each point of each request; blocks while held, returns the outcome."""
        with self._lock:
            found = self._take(point, method, path, body)
        if found is None:
            return "proceed"
        found.wait()
        return found.outcome

    def _take(self, point: str, method: str, path: str, body: str) -> Hold | None:
        for hold in self._holds.values():
            waits = hold.state == "waiting" and hold.point == point
            if waits and hold.pattern.matches(method, path, body):
                hold.nth -= 1
                if hold.nth == 0:
                    hold.state = "held"
                    return hold
        return None

    def add_fault(self, fault: Fault) -> None:
        """Set a fault."""
        with self._lock:
            self._faults.append(fault)

    def end_faults(self) -> None:
        """Answer rightly from now on."""
        with self._lock:
            self._faults.clear()

    def take_fault(self, method: str, path: str, body: str) -> Fault | None:
        """The fault for this request, if one is set."""
        with self._lock:
            for fault in self._faults:
                if fault.times > 0 and fault.pattern.matches(method, path, body):
                    fault.times -= 1
                    return fault
        return None

    @contextmanager
    def opened(self, method: str, path: str, about: list[str]) -> Iterator[None]:
        """Count a request as open while the block answers or drops it."""
        with self._lock:
            number = next(self._numbers)
            self._open[number] = {"number": number, "method": method, "path": path, "about": about}
        try:
            yield
        finally:
            with self._lock:
                del self._open[number]

    def open_requests(self) -> list[dict[str, Any]]:
        """The requests that have arrived and are not answered yet."""
        with self._lock:
            return list(self._open.values())

    def enter(self, **entry: Any) -> None:  # noqa: ANN401  # JSON values
        """Write a line into the journal."""
        with self._lock:
            self._journal.append({"number": next(self._entries), **entry})
            del self._journal[:-_JOURNAL_LENGTH]

    def journal(self, since: int) -> list[dict[str, Any]]:
        """The lines after number `since`."""
        with self._lock:
            return [entry for entry in self._journal if entry["number"] > since]
