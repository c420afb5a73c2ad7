"""Rows of CSV, looked at and written a block of lines at a time.

Nearly all lines are plain: each value quoted, no line end inside one. In a block of such lines the
ends of lines and what stands between two values are counted, and it is written as it came, which
takes a tenth of the time that the csv module needs (`make bench-bulk`). A block with anything else
in it goes through the csv module, row by row.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from service.evidence import pages
from service.salesforce.errors import TransientSalesforceError
from service.salesforce.rest_table import ROWS_A_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_BLOCK_BYTES = 1 << 18
#: No row is as long: an org's longest text has 131,072 characters, and no query asks for many.
_LONGEST_ROW_BYTES = 1 << 23
_BETWEEN_VALUES, _BETWEEN_ROWS = b'","', b'"\n"'
#: What a line end inside of a value may look like, see `pages.row_end`. (A row whose first value is
#: empty looks the same; every record has an id.)
_INSIDE = re.compile(rb'\n"[",\r\n]')


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


@dataclass
class Files:
    """The files of one page, under names that nobody reads until they are kept."""

    folder: Path
    name: str
    first: int
    header: bytes = b""
    parts: list[Path] = field(default_factory=list)
    out: IO[bytes] | None = None
    rows: int = 0  #: of the file that is open

    def write(self, lines: bytes, rows: int) -> None:
        """Write lines with which so many rows end."""
        if self.out is None:
            part = self.folder / f"{self.name}-{self.first + len(self.parts)}.part"
            self.parts.append(part)
            self.out = part.open("wb")
            self.out.write(self.header)
        self.out.write(lines)
        self.rows += rows
        if self.rows >= ROWS_A_FILE:
            self.cut()

    def cut(self) -> None:
        """End the file; another line begins the next one."""
        self.rows = 0
        if self.out is not None:
            self.out.close()
            self.out = None

    def keep(self) -> tuple[str, ...]:
        """Give the files their names."""
        self.cut()
        return tuple(part.replace(part.with_suffix(".csv")).name for part in self.parts)

    def close(self) -> None:
        """Remove what was not kept."""
        self.cut()
        for part in self.parts:
            part.unlink(missing_ok=True)


class Rows:
    """The rows so far, and their number."""

    def __init__(self, width: int, files: Files) -> None:
        self.number = 0
        self._width, self._files = width, files

    def take(self, block: bytes) -> None:
        """Check and write the rows of a block.

        Raises csv.Error where it is no CSV, TransientSalesforceError for a row of another width.
        """
        lines = block.count(b"\n")
        if lines <= ROWS_A_FILE and self._is_plain(block, lines) and _is_utf8(block):
            if self._files.rows + lines > ROWS_A_FILE:
                self._files.cut()
            self._files.write(block, lines)
            self.number += lines
        else:
            self._take_each(block)

    def _is_plain(self, block: bytes, lines: int) -> bool:
        """Whether each line is a row, and all of them together have as many values as they should.

        Two rows that are odd in opposite ways pass. No org writes such rows, and whoever stages the
        files sets them aside.
        """
        return (
            block.startswith(b'"')
            and block.endswith(b'"\n')
            and block.count(_BETWEEN_ROWS) == lines - 1
            and not _INSIDE.search(block)
            and block.count(_BETWEEN_VALUES) == lines * (self._width - 1)
        )

    def _take_each(self, block: bytes) -> None:
        read: list[str] = []
        lines = io.StringIO(block.decode("utf-8", "replace"), newline="")
        for row in csv.reader(_noted(lines, read), strict=True):
            self.number += 1
            if len(row) != self._width:
                raise TransientSalesforceError(
                    f"row {self.number} has {len(row)} of {self._width} values"
                )
            self._files.write("".join(read).encode(), rows=1)
            read.clear()


def _is_utf8(block: bytes) -> bool:
    if block.isascii():
        return True
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _noted(lines: Iterator[str], read: list[str]) -> Iterator[str]:
    """Note the lines of a row while the csv module takes them."""
    for line in lines:
        read.append(line)
        yield line
