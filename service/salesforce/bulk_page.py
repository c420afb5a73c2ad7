"""One page of a query job's result: from the wire to a file, packed as the org sent it.

`prove` unpacks the file once, beside the download of the next one. The rows are looked at where they
are staged (`evidence.packed_pages`), and counted there. The file holds the org's own CSV: all values
quoted, a header row, times with `Z`, numbers from ten million on with an exponent
(https://github.com/forcedotcom/cli/issues/3367), empty for no value.
"""

from __future__ import annotations

import csv
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from service.packed import PackedError, unpacked
from service.salesforce.errors import (
    RequestDefectError,
    TransientSalesforceError,
)
from service.salesforce.refusals import page_too_large
from service.tables import PACKED

if TYPE_CHECKING:
    from pathlib import Path

    from service.salesforce.transport import Stream

_NO_CONTENT = 204
_READ_BYTES = 1 << 18
#: A header row is shorter: an object has at most some hundred columns of ours, with short names.
_HEADER_BYTES = 1 << 16


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


def prove(page: Path, columns: tuple[str, ...], most_bytes: int) -> None:
    """Unpack a page once, which proves it whole: gzip ends with a checksum and a length.

    Raises TransientSalesforceError where it is not, RequestDefectError when its columns are not
    those that were selected, AdminActionNeededError beyond most_bytes.
    """
    begin, size = b"", 0
    try:
        with page.open("rb") as file:
            for text in unpacked(iter(partial(file.read, _READ_BYTES), b"")):
                begin = begin or text[:_HEADER_BYTES]
                size += len(text)
                _check_size(size, most_bytes)
    except PackedError as error:
        raise TransientSalesforceError(f"a page of the result is broken ({error})") from None
    _check_columns(begin, columns)


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
    if not promised.isdecimal():
        raise TransientSalesforceError("the page does not say how many rows it has")
    return int(promised)


def _locator(stream: Stream) -> str | None:
    """The last page has the four letters `null`, not an absent header."""
    locator = stream.headers.get("Sforce-Locator", "null")
    return None if locator in {"", "null"} else locator


def _check_size(size: int, most_bytes: int) -> None:
    if size > most_bytes:
        raise page_too_large(f"more than {most_bytes:,} bytes")


def _check_columns(begin: bytes, columns: tuple[str, ...]) -> None:
    """A page without rows may be empty."""
    header = begin.partition(b"\n")[0].decode("utf-8", "replace")
    if header and tuple(next(csv.reader([header]))) != columns:
        raise RequestDefectError("the columns of the result are not those of the query")
