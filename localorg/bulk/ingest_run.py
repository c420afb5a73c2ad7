"""An ingest job at work: each 200 rows are a transaction, each row has an outcome.

https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/upload_job_data.htm
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from localorg import ids, sobjects, times
from localorg.errors import SalesforceError
from localorg.store import savepoint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from localorg.object_type import Field, ObjectType
    from localorg.wire import Request

_ROWS_AT_ONCE = 200
_NULL = "#N/A"
_NUMBERS = frozenset({"double", "currency", "percent", "int"})


@dataclass
class Job:
    """One ingest job with its rows and their outcomes."""

    job_id: str
    user_id: str
    thing: ObjectType
    operation: str
    external: Field | None
    version: str
    made_at: str = field(default_factory=lambda: times.text(times.now()))
    state: str = "Open"
    error: str = ""
    columns: tuple[str, ...] = ()
    rows: list[list[str]] = field(default_factory=list)
    is_uploaded: bool = False
    done: list[tuple[str, bool, list[str]]] = field(default_factory=list)  #: id, created, row
    failed: list[tuple[str, str, list[str]]] = field(default_factory=list)  #: id, error, row
    milliseconds: int = 0

    @property
    def is_over(self) -> bool:
        """Whether the job has come to an end, a good one or another."""
        return self.state in {"JobComplete", "Failed", "Aborted"}


def run(request: Request, job: Job) -> None:
    """Write the rows as whoever made the job; what came of each is in the job afterwards."""
    begun = time.monotonic()
    time.sleep(request.org.control.latency_seconds)
    job.state = "InProgress"
    try:
        fields = list(_fields(request, job))
        for start in range(0, len(job.rows), _ROWS_AT_ONCE):
            with request.org.write() as db:
                for row in job.rows[start : start + _ROWS_AT_ONCE]:
                    _row(replace(request, db=db), job, fields, row)
    except SalesforceError as error:
        job.error, job.state = f"InvalidBatch : {error.message}", "Failed"
    job.milliseconds = int((time.monotonic() - begun) * 1000)
    if job.state == "InProgress":
        job.state = "JobComplete"


def _fields(request: Request, job: Job) -> Iterator[Field]:
    for name in job.columns:
        found = request.viewer.find_field(job.thing, name)
        if found is None:
            raise SalesforceError("INVALID_FIELD", f"Field name not found : {name}")
        yield found


def _row(request: Request, job: Job, fields: Sequence[Field], row: list[str]) -> None:
    try:
        with savepoint(request.db):
            said = {one.name: _value(one, text) for one, text in _cells(fields, row)}
            record_id, created = _write(request, job, said)
    except SalesforceError as error:
        told = error.row()["errors"][0]
        text = f"{told['statusCode']}:{told['message']}:{','.join(told['fields'])} --"
        job.failed.append(("", text, row))
    else:
        job.done.append((record_id, created, row))


def _cells(fields: Sequence[Field], row: list[str]) -> Iterator[tuple[Field, str]]:
    """An empty cell says nothing."""
    if len(row) != len(fields):
        raise SalesforceError("INVALID_FIELD", "the row has more or fewer cells than the header")
    return ((one, text) for one, text in zip(fields, row, strict=True) if text != "")


def _value(one: Field, text: str) -> Any:  # noqa: ANN401  # as JSON holds it
    if text == _NULL:
        return None
    if one.type not in _NUMBERS:
        return text
    try:
        return int(text) if one.type == "int" else float(text)
    except ValueError:
        message = f"Failed to deserialize field: '{text}' is not a valid value"
        raise SalesforceError("INVALID_FIELD", message, fields=[one.name]) from None


def _write(request: Request, job: Job, said: dict[str, Any]) -> tuple[str, bool]:
    if job.external is not None:
        key = said.pop(job.external.name, None)
        if key is None:
            raise SalesforceError(
                "MISSING_ARGUMENT", f"{job.external.name} not specified", fields=[]
            )
        return sobjects.upsert_one(request, job.thing, job.external, str(key), said)
    writer = sobjects.writer(request)
    if job.operation == "insert":
        return writer.create(job.thing, said), True
    record_id = ids.widen(str(said.pop("Id", "")))
    writer.update(job.thing, record_id, said)
    return record_id, False
