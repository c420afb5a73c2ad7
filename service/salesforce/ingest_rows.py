"""CSV as it comes, in blocks of whole rows, whatever their values hold."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from service.evidence import pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BLOCK_BYTES = 1 << 18
#: No row is as long: an org's longest text has 131,072 characters, and no query asks for many.
_LONGEST_ROW_BYTES = 1 << 23


def blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Give whole rows in blocks of about _BLOCK_BYTES, without NUL bytes.

    Raises csv.Error where a row does not end.
    """
    held = bytearray()
    for chunk in chunks:
        held += chunk.replace(b"\x00", b"")
        if len(held) >= _BLOCK_BYTES and (end := _row_end(held)):
            yield bytes(held[:end])
            del held[:end]
        _check_length(held)
    if held:
        yield bytes(held)


def _row_end(held: bytearray) -> int:
    """Where the last row that surely ends does; 0 where none does. Line ends inside values are many."""
    return pages.row_end(held) if b'"' in held else held.rfind(b"\n") + 1


def _check_length(held: bytearray) -> None:
    if len(held) > _LONGEST_ROW_BYTES:
        raise csv.Error("a value does not end")
