"""A long CSV text in parts of some megabytes, cut between rows, whatever its values hold.

In a file whose values are quoted, as Salesforce writes them, a line end followed by a quote and
then by anything but a quote, a comma or a line end is the end of a row: inside a value such a quote
would have to end the value or be doubled. Where the header is not quoted, quotes are counted.
A row whose quotes are in disorder may be cut in two; each half is then named as broken.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.evidence import pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

PART_BYTES = 8 << 20


@dataclass(frozen=True)
class Part:
    """Whole rows of a file under its header."""

    header: bytes
    rows: tuple[bytes, ...]  #: one after the other; as they came, so that none is copied
    offset: int  #: of the rows in the file

    @property
    def text(self) -> bytes:
        """The rows in one piece."""
        return b"".join(self.rows)

    @property
    def is_ascii(self) -> bool:
        """Whether all characters of the rows are plain."""
        return all(one.isascii() for one in self.rows)

    def write(self, path: Path) -> None:
        """Write it as a page."""
        with path.open("wb") as out:
            out.writelines((self.header, *self.rows))


def parts(texts: Iterable[bytes]) -> Iterator[Part]:
    """Cut a file that arrives in chunks. An empty file is one part without a header."""
    pending, offset, header = list[bytes](), 0, None
    for text in texts:
        if header is None:
            header = text[: header_length(text)]
            text, offset = text[len(header) :], len(header)  # noqa: PLW2901 - the rest of it
        pending.append(text)
        if sum(map(len, pending)) < PART_BYTES:
            continue
        rows, rest = _cut(pending, is_quoted=header.startswith(b'"'))
        pending = [rest]
        yield Part(header, rows, offset)
        offset += sum(map(len, rows))
    yield Part(header or b"", tuple(pending), offset)


def _cut(pending: list[bytes], *, is_quoted: bool) -> tuple[tuple[bytes, ...], bytes]:
    """Whole rows, and what comes after them; a row nearly always ends in the last chunk."""
    *before, last = pending
    if is_quoted and (end := pages.row_end(last)):
        return (*before, last[:end]), last[end:]
    rows = b"".join(pending)
    end = _row_end(rows, is_quoted=is_quoted)
    return (rows[:end],), rows[end:]


def lines_before(offset: int, texts: Iterable[bytes]) -> int:
    """How many lines end before that offset of a file that arrives in chunks."""
    lines = 0
    for text in texts:
        lines += text.count(b"\n", 0, max(0, offset))
        offset -= len(text)
        if offset <= 0:
            break
    return lines


def header_length(text: bytes) -> int:
    """How many bytes the first row takes, its line end included."""
    lines = _Lines(text)
    try:
        next(csv.reader(lines), None)
    except csv.Error:
        return 0
    return lines.taken


class _Lines:
    """The lines of a text for the csv module; counts what it took."""

    def __init__(self, text: bytes) -> None:
        self._lines = io.BytesIO(text)
        self.taken = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._lines.readline()
        if not line:
            raise StopIteration
        self.taken += len(line)
        return line.decode("utf-8", "replace")


def _row_end(rows: bytes, *, is_quoted: bool) -> int:
    """Where to cut: after the last line end that surely ends a row, else after the last one."""
    end = pages.row_end(rows) if is_quoted else 0
    return end or _counted_row_end(rows) or rows.rfind(b"\n") + 1 or len(rows)


def _counted_row_end(rows: bytes) -> int:
    """After the last line end with an even number of quotes before it; 0 when there is none."""
    at = rows.rfind(b"\n")
    quotes = rows.count(b'"', 0, at)
    while at > 0 and quotes % 2:
        earlier = rows.rfind(b"\n", 0, at)
        quotes -= rows.count(b'"', earlier + 1, at)
        at = earlier
    return at + 1
