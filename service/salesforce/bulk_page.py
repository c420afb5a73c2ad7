"""One page of a query job's result: from the wire to CSV files, a line at a time.

The files keep the org's own CSV: all values quoted, a header row, times with `Z`, numbers from ten
million on with an exponent (https://github.com/forcedotcom/cli/issues/3367), empty for no value.
A page of the wire becomes files of at most ROWS_A_FILE rows, because the evidence floor holds a
whole file of up to 64 MB in memory for each of its threads.
"""

from __future__ import annotations

import csv
import io
from contextlib import closing
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, NamedTuple

from service.salesforce.errors import RequestDefectError, TransientSalesforceError
from service.salesforce.rest_table import ROWS_A_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from _typeshed import WriteableBuffer

    from service.salesforce.transport import Stream

_BUFFER_BYTES = 1 << 18
_NO_CONTENT = 204


class PageRead(NamedTuple):
    """What one page held."""

    files: tuple[str, ...]  #: names, in order
    rows: int
    filled: frozenset[str]  #: columns that had a value at least once
    locator: str | None  #: of the next page; None after the last


def write_page(
    stream: Stream, columns: tuple[str, ...], folder: Path, name: str, first: int
) -> PageRead:
    """Write the page to `name-first.csv` and the following numbers: all of them, or none.

    NUL bytes are dropped, and bytes that are no UTF-8 become U+FFFD. Raises
    TransientSalesforceError when the page is not ready, broken off, or not of as many rows as the
    org says; RequestDefectError when its columns are not those that were selected.
    """
    _check_is_csv(stream)
    with closing(_Files(folder, name, first)) as files:
        rows, filled = _copy(_lines(stream.chunks), columns, files)
        _check_rows(stream, rows)
        return PageRead(files.keep(), rows, filled, _locator(stream))


@dataclass
class _Files:
    """The files of one page, under names that nobody reads until they are kept."""

    folder: Path
    name: str
    first: int
    header: list[str] = field(default_factory=list)
    parts: list[Path] = field(default_factory=list)
    out: IO[str] | None = None

    def write(self, line: str) -> None:
        if self.out is None:
            part = self.folder / f"{self.name}-{self.first + len(self.parts)}.part"
            self.parts.append(part)
            self.out = part.open("w", encoding="utf-8", newline="")
            self.out.writelines(self.header)
        self.out.write(line)

    def cut(self) -> None:
        """End the file; another line begins the next one."""
        if self.out is not None:
            self.out.close()
            self.out = None

    def keep(self) -> tuple[str, ...]:
        self.cut()
        return tuple(part.replace(part.with_suffix(".csv")).name for part in self.parts)

    def close(self) -> None:
        self.cut()
        for part in self.parts:
            part.unlink(missing_ok=True)


def _check_is_csv(stream: Stream) -> None:
    """A result asked for too early is 204 by some editions of the guide, 412 by others."""
    if stream.status == _NO_CONTENT:
        raise TransientSalesforceError("the result is not ready", status=stream.status)
    kind = stream.headers.get("Content-Type", "")
    if not kind.startswith("text/csv"):
        raise TransientSalesforceError("the reply was not CSV", status=stream.status)


def _check_rows(stream: Stream, rows: int) -> None:
    promised = stream.headers.get("Sforce-NumberOfRecords")
    if promised is not None and int(promised) != rows:
        raise TransientSalesforceError(f"the page promised {promised} rows and gave {rows}")


def _locator(stream: Stream) -> str | None:
    """The last page has the four letters `null`, not an absent header."""
    locator = stream.headers.get("Sforce-Locator", "null")
    return None if locator in {"", "null"} else locator


def _copy(
    lines: Iterator[str], columns: tuple[str, ...], files: _Files
) -> tuple[int, frozenset[str]]:
    """Copy the lines; give the number of rows and the columns that had a value."""
    reader = csv.reader(_copied(lines, files), strict=True)
    try:
        header = next(reader, None)
        if header is None:  # a result without rows may be an empty body
            files.write(",".join(columns) + "\n")
            return 0, frozenset()
        if tuple(header) != columns:
            raise RequestDefectError("the columns of the result are not those of the query")
        return _look(reader, columns, files)
    except csv.Error as error:
        raise TransientSalesforceError(f"the page is broken off or no CSV ({error})") from None


def _look(
    rows: Iterator[list[str]], columns: tuple[str, ...], files: _Files
) -> tuple[int, frozenset[str]]:
    number, width = 0, len(columns)
    empty = list(range(width))
    for number, row in enumerate(rows, start=1):
        if len(row) != width:
            raise TransientSalesforceError(f"row {number} has {len(row)} of {width} values")
        if empty and any(row[at] for at in empty):
            empty = [at for at in empty if not row[at]]
        if number % ROWS_A_FILE == 0:
            files.cut()
    return number, frozenset(columns) - {columns[at] for at in empty}


def _copied(lines: Iterator[str], files: _Files) -> Iterator[str]:
    """Write each line before it is parsed: a row is on disk when the reader gives it."""
    for number, line in enumerate(lines):
        files.write(line)
        if number == 0:
            files.header.append(line)
        yield line


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """Text lines with their ends, as the csv module wants them: inside quotes they are kept."""
    raw = io.BufferedReader(_Bytes(iter(chunks)), _BUFFER_BYTES)
    return io.TextIOWrapper(raw, encoding="utf-8", errors="replace", newline="")


class _Bytes(io.RawIOBase):
    """Chunks as a file to read from, without their NUL bytes."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks = chunks
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = chunk.replace(b"\x00", b"")
        room = memoryview(buffer).cast("B")
        given, self._rest = self._rest[: len(room)], self._rest[len(room) :]
        room[: len(given)] = given
        return len(given)
