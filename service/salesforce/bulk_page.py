"""One page of a query job's result: from the wire to CSV files, a block of lines at a time.

The files keep the org's own CSV: all values quoted, a header row, times with `Z`, numbers from ten
million on with an exponent (https://github.com/forcedotcom/cli/issues/3367), empty for no value.
A page of the wire becomes files of at most ROWS_A_FILE rows, because the evidence floor holds a
whole file of up to 64 MB in memory for each of its threads.
"""

from __future__ import annotations

import csv
import itertools
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from service.salesforce.bulk_rows import Files, Rows, blocks
from service.salesforce.errors import RequestDefectError, TransientSalesforceError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from service.salesforce.transport import Stream

_NO_CONTENT = 204


class PageRead(NamedTuple):
    """What one page held."""

    files: tuple[str, ...]  #: names, in order
    rows: int
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
    with closing(Files(folder, name, first)) as files:
        rows = _copy(stream.chunks, columns, files)
        _check_rows(stream, rows)
        return PageRead(files.keep(), rows, _locator(stream))


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


def _copy(chunks: Iterable[bytes], columns: tuple[str, ...], files: Files) -> int:
    """Copy the rows; give their number."""
    found = blocks(chunks)
    first = next(found, None)
    if first is None:  # a result without rows may be an empty body
        files.write(",".join(columns).encode() + b"\n", rows=0)
        return 0
    end = first.find(b"\n") + 1 or len(first)
    rows = Rows(len(columns), files)
    try:
        (header,) = csv.reader([first[:end].decode("utf-8", "replace")], strict=True)
        if tuple(header) != columns:
            raise RequestDefectError("the columns of the result are not those of the query")
        files.header = first[:end]
        files.write(b"", rows=0)
        for block in itertools.chain((first[end:],), found):
            rows.take(block)
    except csv.Error as error:
        raise TransientSalesforceError(f"the page is broken off or no CSV ({error})") from None
    return rows.number
