"""A small CSV file that an admin wrote: read strictly, with every mistake named at once."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

_SHOWN_AT_MOST = 100


class SheetError(Exception):
    """A file that cannot be used; the message names the file, each line and column, the remedy.

    Whoever wrote the file must act.
    """


@dataclass(frozen=True)
class Row:
    """One row: its line in the file, and its texts by column, without spaces around them."""

    line: int
    texts: Mapping[str, str]

    def text(self, column: str) -> str:
        """The text of a column; empty where the file has no such column."""
        return self.texts.get(column, "")


def _parted_by(header: str) -> str:
    """A comma, or the semicolon that spreadsheets write where a comma parts decimals."""
    return ";" if ";" in header and "," not in header else ","


class Sheet:
    """The rows of a file, and the mistakes that are found while they are read."""

    def __init__(self, path: Path, needed: Collection[str], optional: Collection[str] = ()) -> None:
        """Read the file. Raises SheetError when its header or its text makes no sense."""
        self.path = path
        self.errors: list[str] = []
        self.rows: list[Row] = []
        lines = self._lines()
        if lines:
            _, header = lines[0]
            columns = [name.strip().casefold() for name in header]
            self._check(columns, needed, optional)
            self._keep(columns, lines[1:])
        else:
            self._check([], needed, optional)

    def refuse(self, row: Row, column: str, what: str) -> None:
        """Keep a mistake: what is wrong with a text and what to write instead."""
        shown = row.text(column)[:30]
        self.errors.append(f"{self.path} line {row.line}, {column}: {shown!r} {what}.")

    def finish(self) -> None:
        """Raise SheetError with every mistake, if there is any."""
        if not self.errors:
            return
        named = self.errors[:_SHOWN_AT_MOST]
        more = len(self.errors) - len(named)
        raise SheetError("\n".join([*named, *([f"and {more} more mistakes."] if more else [])]))

    def _lines(self) -> list[tuple[int, list[str]]]:
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as text:
                rows = csv.reader(text, delimiter=_parted_by(text.readline()), strict=True)
                text.seek(0)
                return [(rows.line_num, row) for row in rows if any(map(str.strip, row))]
        except OSError as error:
            raise SheetError(
                f"{self.path}: cannot be read ({error.strerror}). Check the path."
            ) from error
        except UnicodeDecodeError as error:
            raise SheetError(f"{self.path}: is not UTF-8 text; save it as CSV UTF-8.") from error
        except csv.Error as error:
            where = f"{self.path} line {rows.line_num}"
            raise SheetError(f"{where}: is not CSV ({error}); close every quote.") from error

    def _check(
        self, columns: Sequence[str], needed: Collection[str], optional: Collection[str]
    ) -> None:
        known = ", ".join([*needed, *optional])
        for name in columns:
            if name not in needed and name not in optional:
                remedy = f"remove it or give it one of these names: {known}"
                self.errors.append(f"{self.path} line 1: has a column {name!r}; {remedy}.")
        for name in sorted({name for name in columns if columns.count(name) > 1}):
            self.errors.append(f"{self.path} line 1: has the column {name} twice; keep one.")
        for name in needed:
            if name not in columns:
                remedy = "name the columns in the first line, separated by commas"
                self.errors.append(f"{self.path} line 1: lacks the column {name}; {remedy}.")
        self.finish()

    def _keep(self, columns: Sequence[str], lines: Sequence[tuple[int, list[str]]]) -> None:
        for line, texts in lines:
            if len(texts) != len(columns):
                counts = f"has {len(texts)} fields where the header has {len(columns)}"
                remedy = "quote texts that hold a comma"
                self.errors.append(f"{self.path} line {line}: {counts}; {remedy}.")
            else:
                stripped = (text.strip() for text in texts)
                self.rows.append(Row(line, dict(zip(columns, stripped, strict=True))))
