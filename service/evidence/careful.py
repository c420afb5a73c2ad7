"""A page that holds broken rows becomes one without them, and each of them is named.

Only pages in which DuckDB met such a row come here. A row with too many or too few fields is left
out whole. A row whose quotes are in disorder is left out up to the end of its first line, so that
an open quote does not swallow the good rows behind it.
"""

from __future__ import annotations

import csv
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from service.evidence.pages import LONGEST_ROW_BYTES, long_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


@dataclass(frozen=True)
class BrokenRow:
    """A row that was left out. Rows are counted from 1 below the header, lines from 1 with it."""

    row: int
    line: int
    why: str


class _TooLongError(Exception):
    """A row goes on for longer than any row may: its quote is open."""


class _Lines:
    """The lines of a page, those since the last `mark` still at hand."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._coming = iter(lines)
        self._again: list[str] = []
        self._taken: list[str] = []
        self._length = 0
        self._longest = LONGEST_ROW_BYTES
        self.line = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._length > self._longest:
            # Where quotes are left open again and again, looking as far ahead each time would take
            # for ever; in the end each line stands for itself.
            self._longest //= 2
            raise _TooLongError("a quote is left open")
        line = self._again.pop() if self._again else next(self._coming)
        self._taken.append(line)
        self._length += len(line)
        self.line += 1
        return line

    def mark(self) -> None:
        """A row is complete."""
        self._taken.clear()
        self._length = 0

    def back_to_second(self) -> None:
        """Give all lines since the mark again, but the first."""
        self._again.extend(reversed(self._taken[1:]))
        self.line -= len(self._taken) - 1
        self.mark()


@dataclass(frozen=True)
class GoodRow:
    """A row that has as many fields as the header."""

    row: int
    line: int
    fields: list[str]


@dataclass(frozen=True)
class Cleaned:
    """What a page held: how many rows, how many of them broken, and the first of these."""

    rows: int
    broken: int
    first: BrokenRow | None


def clean(page: Path, cleaned: Path) -> Cleaned:
    """Write the good rows of `page` to `cleaned`."""
    rows, broken, first = 0, 0, None
    with _open(page) as (header, found), cleaned.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        for row in found:
            rows = row.row
            if isinstance(row, GoodRow):
                writer.writerow(row.fields)
            else:
                broken += 1
                first = first or row
    return Cleaned(rows, broken, first)


def good_row(page: Path, place: int) -> GoodRow:
    """The good row at that place, from 1, of all good rows of a page."""
    with _open(page) as (_, rows):
        good = (row for row in rows if isinstance(row, GoodRow))
        return next(islice(good, place - 1, None))


def row_with(page: Path, column: str, text: str, time: int) -> GoodRow:
    """The good row in which a column begins with a text for the first, second … time."""
    with _open(page) as (header, rows):
        at = header.index(column)
        found = (
            row for row in rows if isinstance(row, GoodRow) and row.fields[at].startswith(text)
        )
        return next(islice(found, time - 1, None))


@contextmanager
def _open(page: Path) -> Iterator[tuple[list[str], Iterator[GoodRow | BrokenRow]]]:
    with page.open(encoding="utf-8", newline="") as source, long_fields():
        lines = _Lines(source)
        header = [name.strip() for name in next(csv.reader(lines))]
        lines.mark()
        yield header, _judged(lines, len(header))


def _judged(lines: _Lines, width: int) -> Iterator[GoodRow | BrokenRow]:
    for number, (line, row) in enumerate(_rows(lines), start=1):
        if isinstance(row, str):
            yield BrokenRow(number, line, row)
        elif len(row) == width:
            yield GoodRow(number, line, row)
        else:
            yield BrokenRow(number, line, f"has {len(row)} fields where the header has {width}")


def _rows(lines: _Lines) -> Iterator[tuple[int, list[str] | str]]:
    """(first line, fields) of each row, or (line, what is wrong with it). Empty lines are none."""
    rows = csv.reader(lines, strict=True)
    while True:
        first = lines.line + 1
        try:
            row: list[str] | str = next(rows)
        except StopIteration:
            return
        except (csv.Error, _TooLongError) as error:
            row = f"cannot be read: {error}"
            lines.back_to_second()
            rows = csv.reader(lines, strict=True)
        lines.mark()
        if row:
            yield first, row
