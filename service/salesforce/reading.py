"""Reading: describe, select what is there, page by page to disk; never held in memory."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol, Self

from service.salesforce.errors import (
    AdminActionNeededError,
    RequestDefectError,
    TransientSalesforceError,
)
from service.salesforce.transport import BASE, Request
from service.tables import COLUMNS, REPORTED_ONLY, Gap, Table, Tables, telling

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: (object name, rows read so far, rows in all)
Progress = Callable[[str, int, int], None]
#: Pages of the wire are at most 2,000 rows; files of this many rows spare the evidence floor
#: thousands of tiny files.
ROWS_A_FILE = 50_000


class Caller(Protocol):
    """What reading needs of the gateway."""

    def call(self, request: Request) -> Any:  # noqa: ANN401 - parsed JSON
        """Send a request and give its parsed body."""

    def describe(self, object_name: str) -> frozenset[str]:
        """Give the names of the readable fields."""


@dataclass(frozen=True)
class Page:
    """One page of a query; `total` is the size of the whole result, on every page."""

    records: tuple[dict[str, Any], ...]
    total: int


def pages(caller: Caller, soql: str) -> Iterator[Page]:
    """Follow nextRecordsUrl to the end; nothing lost, nothing repeated.

    The page size is the org's choice, the locator is opaque, the URL is a path. Raises
    TransientSalesforceError when the rows do not add up to totalSize (a cut-off page).
    Source: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm
    """
    body = caller.call(Request("GET", f"{BASE}/query", params={"q": soql}))
    total, seen, visited = int(_object(body)["totalSize"]), 0, set[str]()
    while True:
        records = tuple(_plain(record) for record in body["records"])
        seen += len(records)
        yield Page(records, total)
        following = body.get("nextRecordsUrl")
        if body["done"] or not following:
            break
        body = _object(caller.call(Request("GET", _next_path(str(following), visited))))
    if seen != total:
        raise TransientSalesforceError(f"the query promised {total} rows and gave {seen}")


def _next_path(following: str, visited: set[str]) -> str:
    if not following.startswith("/services/data/"):
        raise RequestDefectError("nextRecordsUrl is not a path below /services/data/")
    if following in visited:
        raise TransientSalesforceError("the same page was named twice")
    visited.add(following)
    return following


def _object(body: object) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise TransientSalesforceError("an empty reply where a page was due")
    return body


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "attributes"}


def read_tables(caller: Caller, work_dir: Path, progress: Progress | None = None) -> Tables:
    """Read every object of COLUMNS but those that are only reported: what the org has of it, the rest named as gaps.

    Files go to work_dir (made if missing) and belong to the caller. Fields hidden by field-level
    security are absent from the describe, so they are gaps too, and no query fails by them.
    """
    work_dir.mkdir(parents=True, exist_ok=True)
    tables: dict[str, Table] = {}
    gaps: list[Gap] = []
    for name in (one for one in COLUMNS if one not in REPORTED_ONLY):
        found = _readable(caller, name, gaps)
        if found:
            tables[name] = _read_table(caller, name, found, work_dir, progress)
            gaps.extend(_empty(tables[name], found))
    return Tables(by_name=tables, gaps=telling(gaps))


def _readable(caller: Caller, name: str, gaps: list[Gap]) -> tuple[str, ...]:
    """Columns to select, in COLUMNS' order; () and a gap when the object is not there."""
    try:
        there = caller.describe(name)
    except AdminActionNeededError as error:
        if error.code not in {"NOT_FOUND", "INVALID_TYPE"}:
            raise
        gaps.append(Gap(name, None, f"The integration user cannot see the object {name}."))
        return ()
    wanted = [column.name for column in COLUMNS[name]]
    gaps.extend(
        Gap(name, column, f"The integration user cannot read {name}.{column}.")
        for column in wanted
        if column not in there
    )
    return tuple(column for column in wanted if column in there)


def _empty(table: Table, selected: tuple[str, ...]) -> Iterator[Gap]:
    """A wholly empty column counts as absent: nothing can be concluded from it."""
    if not table.rows:
        yield Gap(table.name, None, f"{table.name} has no rows.")
        return
    for column in selected:
        if column not in table.columns:
            yield Gap(table.name, column, f"{table.name}.{column} is empty in every row.")


def _read_table(
    caller: Caller,
    name: str,
    selected: tuple[str, ...],
    work_dir: Path,
    progress: Progress | None,
) -> Table:
    files = _Files(work_dir, name, selected)
    with files:
        for page in pages(caller, f"SELECT {', '.join(selected)} FROM {name}"):  # noqa: S608 - names from COLUMNS
            files.write(page.records)
            if progress:
                progress(name, files.rows, page.total)
    return Table(name, tuple(files.paths), frozenset(files.filled), files.rows)


@dataclass
class _Files:
    """CSV files of one object, and which columns had a value at least once."""

    folder: Path
    name: str
    selected: tuple[str, ...]
    rows: int = 0
    paths: list[Path] = field(default_factory=list)
    filled: set[str] = field(default_factory=set)

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
            texts = [_text(record.get(column)) for column in self.selected]
            self._writer.writerow(texts)
            self.filled.update(c for c, text in zip(self.selected, texts, strict=True) if text)
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
