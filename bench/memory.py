"""How much memory a process and those that it started hold together, looked at several times a second.

What several share is divided among them (PSS): https://docs.kernel.org/filesystems/proc.html
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_EVERY_SECONDS = 0.25


class Memory:
    """The highest sum seen so far."""

    def __init__(self, process: int) -> None:
        self._process = process
        self._highest_kb = 0
        self.ended = threading.Event()

    def peak_mb(self, of_one: int) -> int:
        """The most of all together; at least the most of one, which the system knows exactly."""
        return max(of_one, self._highest_kb // 1024)

    def look(self) -> None:
        """Look until the process has ended."""
        while not self.ended.wait(_EVERY_SECONDS):
            self._highest_kb = max(self._highest_kb, sum(map(_held_kb, _family(self._process))))


@contextmanager
def watched(process: int) -> Iterator[Memory]:
    """Watch a process in the `with` block."""
    memory = Memory(process)
    thread = threading.Thread(target=memory.look)
    thread.start()
    try:
        yield memory
    finally:
        memory.ended.set()
        thread.join()


def _family(process: int) -> list[int]:
    """The process and all below it."""
    children = _read(f"/proc/{process}/task/{process}/children").split()
    return [process, *(one for child in children for one in _family(int(child)))]


def _held_kb(process: int) -> int:
    lines = _read(f"/proc/{process}/smaps_rollup").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _read(path: str) -> str:
    """The text; "" where the process has ended meanwhile."""
    try:
        return Path(path).read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
