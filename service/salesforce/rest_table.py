"""Objects by REST: pages of JSON become CSV files; what a call brings is held, never an object."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from service.salesforce.errors import SalesforceError
from service.salesforce.query import pages_together
from service.salesforce.together import QUERIES_AT_ONCE
from service.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from service.salesforce.query import Page
    from service.salesforce.together import Caller

#: Pages of the wire are at most 2,000 rows; files of this many rows spare the evidence floor
#: thousands of tiny files. More would be too much for it to hold: see `pages.scan`.
ROWS_A_FILE = 50_000


def read_tables(
    caller: Caller,
    columns: Mapping[str, tuple[str, ...]],
    folder: Path,
    progress: Callable[[str, int, int], None] | None,
) -> dict[str, Table]:
    """Read all rows of objects into CSV files in `folder`; `columns` are those selected.

    The first pages of up to QUERIES_AT_ONCE objects come in one call. Raises what the org says of
    an object that it refuses.
    """
    tables, names = {}, list(columns)
    for start in range(0, len(names), QUERIES_AT_ONCE):
        group = names[start : start + QUERIES_AT_ONCE]
        asked = pages_together(caller, [soql(name, columns[name]) for name in group])
        for name, found in zip(group, asked, strict=True):
            if isinstance(found, SalesforceError):
                raise found
            tables[name] = _written(name, columns[name], found, folder, progress)
    return tables


def _written(
    name: str,
    columns: tuple[str, ...],
    found: Iterator[Page],
    folder: Path,
    progress: Callable[[str, int, int], None] | None,
) -> Table:
    files = _Files(folder, name, columns)
    with files:
        for page in found:
            files.write(page.records)
            if progress:
                progress(name, files.rows, page.total)
    return Table(name, tuple(files.paths), frozenset(columns if files.rows else ()), files.rows)


def without_rows(name: str, columns: tuple[str, ...], folder: Path) -> Table:
    """Give the table of an object that has no rows: one file that holds the header alone."""
    files = _Files(folder, name, columns)
    with files:
        return Table(name, tuple(files.paths), frozenset(), 0)


def soql(name: str, columns: tuple[str, ...]) -> str:
    """Give the query of a whole object. It leaves out deleted rows and archived activities."""
    return f"SELECT {', '.join(columns)} FROM {name}"  # noqa: S608 - names from COLUMNS


@dataclass
class _Files:
    """CSV files of one object."""

    folder: Path
    name: str
    selected: tuple[str, ...]
    rows: int = 0
    paths: list[Path] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._open()
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _open(self) -> None:
        path = self.folder / f"{self.name}-{len(self.paths) + 1}.csv"
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(self.selected)
        self._rows_here = 0
        self.paths.append(path)

    def write(self, records: tuple[dict[str, Any], ...]) -> None:
        if self._rows_here >= ROWS_A_FILE:
            self._file.close()
            self._open()
        for record in records:
            self._writer.writerow(_text(record.get(column)) for column in self.selected)
        self.rows += len(records)
        self._rows_here += len(records)


def _text(value: object) -> str:
    """Render a JSON value as the text that `Column.kind` expects.

    NUL bytes occur and go; half a surrogate pair (an emoji cut in two) becomes a question mark,
    because one broken name must not stop everybody's night.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value).replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
