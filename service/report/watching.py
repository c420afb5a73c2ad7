"""How far a report is, for whoever waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeVar

    _T = TypeVar("_T")

#: People scored between two messages.
_EVERY = 25


class Watching(Protocol):
    """Whoever shows it."""

    def reading(self, rows: int, bytes_done: int, bytes_total: int) -> None:
        """Show the rows read so far, and the bytes of all; as `service.export.Progress` says."""

    def step(self, name: str, done: int = 0, total: int | None = None) -> None:
        """Show a step after the reading, with how much of it is done where that is known."""


class Unwatched:
    """Nobody waits."""

    def reading(self, rows: int, bytes_done: int, bytes_total: int) -> None:
        """Show nothing."""

    def step(self, name: str, done: int = 0, total: int | None = None) -> None:
        """Show nothing."""


def watched(items: Iterable[_T], name: str, total: int, watching: Watching) -> Iterator[_T]:
    """The items, with a message every few of them."""
    for done, item in enumerate(items):
        if done % _EVERY == 0:
            watching.step(name, done, total)
        yield item
