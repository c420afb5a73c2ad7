"""One page of a query job's result: from the wire to a file, packed as the org sent it.

`prove` unpacks the file once, beside the download of the next one. The rows are looked at where they
are staged (`evidence.packed_pages`), and counted there. The file holds the org's own CSV: all values
quoted, a header row, times with `Z`, numbers from ten million on with an exponent
(https://github.com/forcedotcom/cli/issues/3367), empty for no value.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, NamedTuple

from service.evidence.packed_pages import texts
from service.packed import PackedError
from service.salesforce.errors import RequestDefectError, TransientSalesforceError
from service.salesforce.refusals import page_too_large
from service.tables import PACKED

if TYPE_CHECKING:
    from pathlib import Path

    from service.salesforce.transport import Stream

_NO_CONTENT = 204
#: A page has at most some hundred thousand rows.
_MOST_DIGITS = 12


class PageRead(NamedTuple):
    """What one page says of itself."""

    file: str  #: its name
    rows: int
    locator: str | None  #: of the next page; None after the last


def write_page(stream: Stream, folder: Path, name: str, number: int) -> PageRead:
    """Write the page to `name-number.csv.gz`: all that was sent, or nothing.

    Raises TransientSalesforceError when the page is not ready, is no CSV, or does not say how many
    rows it has, and what the stream raises where it breaks off.
    """
    _check_is_csv(stream)
    rows = _promised(stream)
    part = folder / f"{name}-{number}.part"
    try:
        with part.open("wb") as file:
            file.writelines(stream.packed)
        return PageRead(part.replace(part.with_suffix(PACKED)).name, rows, _locator(stream))
    finally:
        part.unlink(missing_ok=True)


def prove(page: Path, columns: tuple[str, ...], rows: int, most_bytes: int) -> None:
    """Unpack a page once, which proves it whole: gzip ends with a checksum and a length.

    `rows` are those that it says it has. Raises TransientSalesforceError where it is not whole,
    RequestDefectError when its columns are not those that were selected, AdminActionNeededError
    beyond most_bytes.
    """
    begin, size = b"", 0
    try:
        for text in texts(page):
            begin = begin or text
            size += len(text)
            _check_size(size, most_bytes)
        _check_columns(begin, columns, rows)
    except (PackedError, csv.Error) as error:
        raise TransientSalesforceError(f"a page of the result is broken ({error})") from None


def _check_is_csv(stream: Stream) -> None:
    """A result asked for too early is 204 by some editions of the guide, 412 by others."""
    if stream.status == _NO_CONTENT:
        raise TransientSalesforceError("the result is not ready", status=stream.status)
    kind = stream.headers.get("Content-Type", "")
    if not kind.startswith("text/csv"):
        raise TransientSalesforceError("the reply was not CSV", status=stream.status)


def _promised(stream: Stream) -> int:
    """How many rows the page says that it has; each one does."""
    promised = stream.headers.get("Sforce-NumberOfRecords", "")
    if not promised.isdecimal() or len(promised) > _MOST_DIGITS:
        raise TransientSalesforceError("the page does not say how many rows it has")
    return int(promised)


def _locator(stream: Stream) -> str | None:
    """The last page has the four letters `null`, not an absent header."""
    locator = stream.headers.get("Sforce-Locator", "null")
    return None if locator in {"", "null"} else locator


def _check_size(size: int, most_bytes: int) -> None:
    if size > most_bytes:
        raise page_too_large(f"more than {most_bytes:,} bytes")


def _check_columns(begin: bytes, columns: tuple[str, ...], rows: int) -> None:
    """A page without rows may be empty."""
    if not begin and not rows:
        return
    line = begin.partition(b"\n")[0].decode("utf-8", "replace")
    header = tuple(next(csv.reader([line], strict=True), ()))
    if not header:
        raise csv.Error("it has no header row")
    if header != columns:
        raise RequestDefectError("the columns of the result are not those of the query")
