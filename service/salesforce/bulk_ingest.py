"""Ingest jobs of the Bulk API 2.0: very many records written for a handful of calls, each with an outcome.

Collections take 1,000 records a call (`writing`); a job takes any number for seven calls or so: make
it, hand over the rows, close it, look at its state, and fetch what worked, what failed and what was
not reached. Results come in no order, so each is found by the record's key. A job that is made twice
after a lost reply writes the same records twice, which is harmless with a key.
Source: https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/walkthrough_upsert.htm
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from time import sleep
from typing import TYPE_CHECKING, Any

from service.salesforce.bulk import (
    FIRST_PAUSE_SECONDS,
    GROWTH,
    LONGEST_PAUSE_SECONDS,
    LONGEST_WAIT_SECONDS,
)
from service.salesforce.errors import RequestDefectError, TransientSalesforceError
from service.salesforce.ingest_rows import blocks
from service.salesforce.outcome import Outcome
from service.salesforce.refusals import classify
from service.salesforce.transport import BASE, Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from service.salesforce.bulk import Caller
    from service.salesforce.transport import Stream

Record = Mapping[str, Any]
JOBS = f"{BASE}/jobs/ingest"
#: What a job costs where the first look finds it done.
CALLS = 7
#: Of one job's rows, which are held in memory, once; the org takes 150 MB.
#: Source: https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/upload_job_data.htm
MOST_BYTES = 20_000_000
#: An empty cell leaves a field as it is; this empties it.
NULL = "#N/A"
_LONGEST_CELL = 1 << 23
#: A second upload, or closing what is closed.
_TAKEN = "INVALIDJOBSTATE"


def fits(records: Iterable[Record]) -> bool:
    """Whether rows can say them: a text that is `#N/A` would empty its field."""
    return all(value != NULL for record in records for value in record.values())


def upsert(
    caller: Caller, object_name: str, key_field: str, records: Sequence[Record]
) -> tuple[Outcome, ...]:
    """Create or update by an external id; one outcome per record, in their order.

    Raises TransientSalesforceError where the org does not end a job in an hour, or does not speak of
    each record.
    """
    found: dict[str, Outcome] = {}
    for part in _parts(key_field, records):
        found |= _job(caller, object_name, key_field, part)
    missing = sum(str(record[key_field]) not in found for record in records)
    if missing:
        raise TransientSalesforceError(f"an ingest job does not speak of {missing} records")
    return tuple(found[str(record[key_field])] for record in records)


def _parts(key_field: str, records: Sequence[Record]) -> Iterator[bytes]:
    """CSV of at most about MOST_BYTES each, all with the same header."""
    columns = list(dict.fromkeys(name for record in records for name in record))
    columns.sort(key=lambda name: name != key_field)
    header = _line(columns)
    part = io.BytesIO()
    part.write(header)
    for record in records:
        line = _line([_cell(record, name) for name in columns])
        if part.tell() + len(line) > MOST_BYTES and part.tell() > len(header):
            yield part.getvalue()
            part = io.BytesIO()
            part.write(header)
        part.write(line)
    yield part.getvalue()


def _line(cells: Sequence[str]) -> bytes:
    text = io.StringIO(newline="")
    # All quoted: by itself the writer leaves a lone carriage return bare, which ends a row.
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(cells)
    return text.getvalue().encode()


def _cell(record: Record, name: str) -> str:
    if name not in record:
        return ""
    value = record[name]
    if value is None or value == "":
        return NULL
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _job(caller: Caller, object_name: str, key_field: str, rows: bytes) -> dict[str, Outcome]:
    ask = partial(Request, about=object_name)
    body = {"object": object_name, "operation": "upsert", "externalIdFieldName": key_field,
            "contentType": "CSV", "lineEnding": "LF"}  # fmt: skip
    job = str(caller.call(ask("POST", JOBS, body=body))["id"])
    _once(caller, ask("PUT", f"{JOBS}/{job}/batches", csv=rows))
    _once(caller, ask("PATCH", f"{JOBS}/{job}", body={"state": "UploadComplete"}))
    _wait(caller, ask("GET", f"{JOBS}/{job}"), object_name)
    found: dict[str, Outcome] = {}
    for name, outcome in (
        ("successfulResults", _written),
        ("failedResults", _refused),
        ("unprocessedrecords", _unprocessed),
    ):
        into = partial(_read, key_field=key_field)
        for row in caller.download(ask("GET", f"{JOBS}/{job}/{name}"), into):
            found[row[key_field]] = outcome(row)
    return found


def _once(caller: Caller, request: Request) -> None:
    """Send what a job takes once. Where a reply was lost and the repeat is refused, it was taken."""
    try:
        caller.call(request)
    except RequestDefectError as error:
        if error.code != _TAKEN:
            raise


def _wait(caller: Caller, look: Request, object_name: str) -> None:
    waited, pause = 0.0, FIRST_PAUSE_SECONDS
    while True:
        sleep(pause)
        waited += pause
        shown = caller.call(look)
        # One that failed or was aborted has outcomes as well, and rows that it did not reach.
        if shown["state"] in {"JobComplete", "Failed", "Aborted"}:
            _raise_of_job(shown)
            return
        if waited >= LONGEST_WAIT_SECONDS:
            raise TransientSalesforceError(
                f"the org did not finish the ingest job for {object_name} in an hour"
            )
        if shown["state"] == "Open":
            raise TransientSalesforceError(f"the ingest job for {object_name} was not closed")
        pause = min(pause * GROWTH, LONGEST_PAUSE_SECONDS)


def _raise_of_job(shown: Mapping[str, Any]) -> None:
    """A job that failed before its first row was not understood: that is told, not each row."""
    if shown["state"] == "Failed" and not shown.get("numberRecordsProcessed"):
        said = str(shown.get("errorMessage") or "it says no more")
        raise classify(400, [{"errorCode": "INVALID_FIELD", "message": f"the job failed: {said}"}])


def _read(stream: Stream, *, key_field: str) -> list[dict[str, str]]:
    """The outcome and the key of each row; all else that the org sends back is let go."""
    csv.field_size_limit(_LONGEST_CELL)
    texts = (io.StringIO(block.decode(), newline="\n") for block in blocks(stream.unpacked()))
    rows = csv.reader(itertools.chain.from_iterable(texts), strict=True)
    header = next(rows, [])
    wanted = [(at, name) for at, name in enumerate(header) if name == key_field or name.startswith("sf__")]  # fmt: skip
    return [{name: row[at] for at, name in wanted} for row in rows]


def _written(row: Mapping[str, str]) -> Outcome:
    return Outcome(row["sf__Id"], created=row["sf__Created"] == "true")


def _refused(row: Mapping[str, str]) -> Outcome:
    """`CODE:message:fields --`, as the org writes it."""
    code, _, rest = row["sf__Error"].partition(":")
    message, _, fields = rest.rpartition(":")
    named = [one for one in fields.removesuffix("--").strip().split(",") if one]
    said = {"statusCode": code, "message": message or rest, "fields": named}
    return Outcome(None, created=False, error=classify(400, [said]))


def _unprocessed(_row: Mapping[str, str]) -> Outcome:
    error = TransientSalesforceError("the job ended before it came to this record")
    return Outcome(None, created=False, error=error)
