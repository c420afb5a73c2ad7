"""A long CSV text as pages that are gone once they are staged, and can be written anew."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from service.evidence.page_stage import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from service.evidence.parts import Part


@dataclass
class PartPages:
    """One text, which can be read again: a file of an export, or a packed page of an org."""

    object_name: str
    label: str  #: as messages name it
    stem: Path  #: its pages lie beside it, under its name and a number
    again: Callable[[], Iterator[Part]]
    count_lines: Callable[[int], int]  #: that end before an offset of it
    _parts: Iterator[tuple[int, Part]] = field(default_factory=lambda: iter(()))
    _last: int = 0

    def pages(self, found: Iterator[Part]) -> Iterator[tuple[Page, Part]]:
        """Each part as a new file; `found` are the parts of the first reading."""
        for place, part in enumerate(found, start=1):
            path = self.stem.with_name(f"{self.stem.name}-{place}.csv")
            part.write(path)
            yield (
                Page(
                    self.object_name,
                    path,
                    self.label,
                    partial(self.count_lines, part.offset),
                    partial(self._write, place, path),
                ),
                part,
            )

    def _write(self, place: int, path: Path) -> None:
        """Write a part anew. Asked for in their order, they cost one reading altogether."""
        if place <= self._last or not self._last:
            self._parts = enumerate(self.again(), start=1)
        for number, part in self._parts:
            self._last = number
            if number == place:
                part.write(path)
                return
