"""Pages that an org packed, unpacked a part at a time while they are staged.

Disk holds a few parts of some megabytes at once, and the packed pages, which take a quarter of
what they hold.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from service.evidence.part_pages import PartPages
from service.evidence.parts import parts
from service.packed import unpacked
from service.tables import PACKED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from service.evidence.page_stage import Page
    from service.evidence.parts import Part

_READ_BYTES = 1 << 18


def pages_of(object_name: str, packed: Path) -> Iterator[Page]:
    """The parts of a packed page, in order; each is a file beside it until it is staged.

    NUL bytes are dropped, and bytes that are no UTF-8 become U+FFFD: one broken name must not stop
    everybody's night.
    """
    stem = packed.with_name(packed.name.removesuffix(PACKED))
    again, lines = partial(_parts, packed), partial(_count_lines, packed)
    found = PartPages(object_name, packed.name, stem, again, lines)
    return (page for page, _ in found.pages(again()))


def _parts(packed: Path) -> Iterator[Part]:
    for part in parts(_texts(packed)):
        is_clean = part.rows.isascii()
        yield (
            part if is_clean else replace(part, rows=part.rows.decode("utf-8", "replace").encode())
        )


def _texts(packed: Path) -> Iterator[bytes]:
    with packed.open("rb") as file:
        for text in unpacked(iter(partial(file.read, _READ_BYTES), b"")):
            yield text.replace(b"\x00", b"")


def _count_lines(packed: Path, offset: int) -> int:
    """How many lines end before that offset. Reads it all again."""
    lines = 0
    for text in _texts(packed):
        lines += text.count(b"\n", 0, max(0, offset))
        offset -= len(text)
        if offset <= 0:
            break
    return lines
