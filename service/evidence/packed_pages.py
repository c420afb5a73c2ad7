"""The files of a reading as pages to stage: as they are, or unpacked a part at a time.

Disk holds a few parts of some megabytes at once, and the packed files, which take a quarter of
what they hold.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from service.evidence.page_stage import Page
from service.evidence.part_pages import PartPages
from service.evidence.parts import lines_before, parts
from service.packed import unpacked
from service.tables import PACKED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from service.evidence.parts import Part

_READ_BYTES = 1 << 18
#: A header row is shorter: an object has at most some hundred columns of ours, with short names.
_HEADER_BYTES = 1 << 16


def pages_of(object_name: str, file: Path, folder: Path) -> Iterator[Page]:
    """The file, or its parts in order where it is packed; each is in `folder` until it is staged.

    Of a packed one NUL bytes are dropped, and bytes that are no UTF-8 become U+FFFD: one broken name
    must not stop everybody's night. Raises PackedError where it is not whole.
    """
    if not file.name.endswith(PACKED):
        yield Page(object_name, file, file.name)
        return
    stem = folder / file.name.removesuffix(PACKED)
    again, lines = partial(_parts, file), partial(_count_lines, file)
    found = PartPages(object_name, file.name, stem, again, lines)
    yield from (page for page, _ in found.pages(again()))


def texts(packed: Path) -> Iterator[bytes]:
    """What a packed file holds, without NUL bytes; the first text has the whole header row."""
    begin: bytes | None = b""
    with packed.open("rb") as file:
        for text in unpacked(iter(partial(file.read, _READ_BYTES), b"")):
            # Looking is many times faster than replacing nothing.
            clean = text.replace(b"\x00", b"") if b"\x00" in text else text
            if begin is not None:
                begin += clean
                if b"\n" not in begin and len(begin) < _HEADER_BYTES:
                    continue
                clean, begin = begin, None
            yield clean
    if begin:
        yield begin


def _parts(packed: Path) -> Iterator[Part]:
    for part in parts(texts(packed)):
        yield part if part.is_ascii else replace(part, rows=(_clean(part.text),))


def _clean(text: bytes) -> bytes:
    return text.decode("utf-8", "replace").encode()


def _count_lines(packed: Path, offset: int) -> int:
    """How many lines end before that offset. Reads it all again."""
    return lines_before(offset, texts(packed))
