"""What is set aside, rows or values: counted by object and reason, shown by an example: file, line.

The example has two sentences: one with the text or the id, and one without, for where nobody may
be named.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from service.evidence import careful
from service.evidence.page_stage import again
from service.evidence.typed import kinds
from service.tables import Gap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from service.evidence.page_stage import BadText, Done, Page

#: A text in the wrong column may be personal or long; the beginning is enough to find it.
SHOWN_CHARACTERS = 30
UNREADABLE, BROKEN, REPEATED = "unreadable", "broken", "repeated"
VALUE = "a value alone"  #: the row is kept
_KIND_HINTS = {
    "id": "an id of 15 or 18 characters",
    "boolean": "0 or 1",
    "number": "a number with a decimal point and no grouping, below 10^16",
    "rate": "a number with a decimal point and no grouping, below 10^12",
    "date": "a date such as 2021-04-15",
    "datetime": "a time such as 2021-04-15 00:02:00 or 2021-04-15T00:02:00.000Z",
}


@dataclass(frozen=True)
class Rejected:
    """How many rows of one object were set aside for one reason, and a sentence that shows one.

    For the reason `VALUE` the rows are kept, each without what could not be read.
    """

    object_name: str
    rows: int
    example: str
    place: str  #: the example without any value of a record
    reason: str = UNREADABLE


@dataclass(frozen=True)
class _Example:
    page: int
    row: int
    line: int
    what: str
    rule: str  #: the same without any value of a record


@dataclass
class Register:
    """Everything that was set aside while pages were staged, in any order."""

    _pages: dict[int, tuple[Page, int]] = field(default_factory=dict)  #: number -> (page, rows)
    _broken: set[int] = field(default_factory=set)  #: pages with broken rows
    _counts: dict[tuple[str, str], int] = field(default_factory=dict)
    _examples: dict[tuple[str, str], _Example] = field(default_factory=dict)

    def note(self, page: Page, number: int, done: Done) -> None:
        """Remember what a page held."""
        self._pages[number] = (page, done.rows)
        first = done.first_broken
        if first is not None:
            example = _Example(number, first.row, first.line, first.why, first.why)
            self._add(page.object_name, BROKEN, done.broken, example)
            self._broken.add(number)
        for reason, count, bad in (
            (UNREADABLE, done.unreadable, done.first_unreadable),
            (VALUE, done.lost, done.first_lost),
        ):
            if bad is not None:
                self._add(page.object_name, reason, count, _bad(page, number, bad))

    def note_repeats(
        self, object_name: str, rows: int, number: int, record: str, time: int
    ) -> None:
        """Remember repeated records; one of them stands in a page for the first, second … time."""
        page, _ = self._pages[number]
        with again(page, is_broken=False) as path:
            found = careful.row_with(path, "Id", record, time)
        what = f"the record {record} was there before"
        example = _Example(number, found.row, found.line, what, "its Id was there before")
        self._add(object_name, REPEATED, rows, example)

    def page_again(self, number: int) -> AbstractContextManager[Path]:
        """The page of that number once more, without its broken rows."""
        return again(self._pages[number][0], is_broken=number in self._broken)

    def _add(self, object_name: str, reason: str, rows: int, example: _Example) -> None:
        key = object_name, reason
        self._counts[key] = self._counts.get(key, 0) + rows
        earlier = self._examples.get(key)
        if earlier is None or (example.page, example.row) < (earlier.page, earlier.row):
            self._examples[key] = example

    def rejected(self) -> tuple[Rejected, ...]:
        """All of it, by object and reason, each with its first row as the example."""
        return tuple(
            Rejected(name, rows, f"{place}: {example.what}", f"{place}: {example.rule}", reason)
            for (name, reason), rows in sorted(self._counts.items())
            for example in (self._examples[name, reason],)
            for place in (self._place(example),)
        )

    def _place(self, example: _Example) -> str:
        page, _ = self._pages[example.page]
        row = example.row + sum(self._rows_before(example.page, page.label))
        # The page's own header is line 1 in it.
        line = example.line - 1 + page.lines_before()
        return f"{page.label} row {row} (line {line})"

    def _rows_before(self, number: int, label: str) -> Iterator[int]:
        for earlier, (page, rows) in self._pages.items():
            if earlier < number and page.label == label:
                yield rows


def _bad(page: Page, number: int, bad: BadText) -> _Example:
    hint = f"not {_KIND_HINTS[kinds(page.object_name)[bad.column]]}"
    text = f"{bad.column} is {bad.text[:SHOWN_CHARACTERS]!r}, {hint}"
    return _Example(number, bad.row, bad.line, text, f"{bad.column} is {hint}")


def gaps(rejected: tuple[Rejected, ...]) -> list[Gap]:
    """The same as sentences for an admin."""
    return [
        Gap(
            one.object_name,
            None,
            f"{_told(one)}; for instance {one.place}.",
            f"{_told(one)}; for instance {one.example}.",
        )
        for one in rejected
    ]


def _told(one: Rejected) -> str:
    rows = "1 row was" if one.rows == 1 else f"{one.rows:,} rows were"
    if one.reason == VALUE:
        return f"{rows} kept without a value that cannot be read"
    return f"{rows} set aside as {one.reason}"
