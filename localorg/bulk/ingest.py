"""Ingest jobs of the Bulk API 2.0: /jobs/ingest.

A job is made, gets its rows in one upload, is closed, and runs in a thread of its own (`ingest_run`).
https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/create_job.htm
"""

from __future__ import annotations

import csv
import io
import random
import threading
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from localorg import sobjects
from localorg.bulk.ingest_run import Job, run
from localorg.bulk.job_list import JobList
from localorg.errors import SalesforceError, not_found
from localorg.wire import Reply, Request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from localorg.object_type import ObjectType

_CSV = "text/csv; charset=UTF-8"
_PREFIX = "751"
_OPERATIONS = ("insert", "update", "upsert")
_FORMS = {"contentType": "CSV", "columnDelimiter": "COMMA", "lineEnding": "LF"}
_KNOWN = {"object", "operation", "externalIdFieldName", *_FORMS}
#: https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/upload_job_data.htm
_MOST_BYTES = 150_000_000


class Ingests(JobList[Job]):
    """The ingest jobs of an org."""

    def __init__(self) -> None:
        super().__init__(_PREFIX)

    def open(self, request: Request, thing: ObjectType, asked: Mapping[str, Any]) -> Job:
        """Make one, open for its rows."""
        name = asked.get("externalIdFieldName")
        external = sobjects.external_field(request, thing, str(name)) if name else None
        user_id, operation = request.viewer.user_id, str(asked["operation"])
        return self.add(
            lambda job_id: Job(job_id, user_id, thing, operation, external, request.version)
        )


def create(request: Request) -> Reply:
    """POST /jobs/ingest: 200 and where to put the rows."""
    asked = request.json()
    unknown = sorted(asked.keys() - _KNOWN)
    if unknown:
        raise SalesforceError("JSON_PARSER_ERROR", f"Unrecognized field {unknown[0]}")
    operation = asked.get("operation")
    if operation not in _OPERATIONS:
        raise SalesforceError("INVALIDOPERATION", f"Unsupported operation: {operation}")
    if (operation == "upsert") != bool(asked.get("externalIdFieldName")):
        raise SalesforceError("INVALIDJOB", "externalIdFieldName goes with upsert, and only so")
    for key, only in _FORMS.items():
        if asked.get(key, only) != only:
            raise SalesforceError("INVALIDJOB", f"this org only takes {only} as {key}")
    thing = request.viewer.find_object(request.org.schema, str(asked.get("object")))
    if thing is None:
        raise SalesforceError("INVALIDENTITY", f"Unable to find object: {asked.get('object')}")
    job = request.org.ingests.open(request, thing, asked)
    more = {"contentUrl": f"{request.base}/jobs/ingest/{job.job_id}/batches".lstrip("/")}
    return Reply(_shown(job) | more | {"lineEnding": "LF", "columnDelimiter": "COMMA"})


def upload(request: Request, job: str) -> Reply:
    """PUT /jobs/ingest/{job}/batches: 201 without a body; once for each job."""
    found = _find(request, job)
    if found.state != "Open" or found.is_uploaded:
        raise SalesforceError("INVALIDJOBSTATE", "Found multiple contents for the job")
    if len(request.raw) > _MOST_BYTES:
        raise SalesforceError("EXCEEDED_ID_LIMIT", "the rows are larger than 150 MB")
    rows = list(csv.reader(io.StringIO(request.raw.decode("utf-8"), newline="")))
    found.columns, found.rows = tuple(rows[0]) if rows else (), rows[1:]
    found.is_uploaded = True
    return Reply(None, HTTPStatus.CREATED)


def change(request: Request, job: str) -> Reply:
    """PATCH /jobs/ingest/{job} with {"state": "UploadComplete"} or "Aborted"."""
    found, wanted = _find(request, job), request.json().get("state")
    if wanted not in {"UploadComplete", "Aborted"} or found.state != "Open":
        raise SalesforceError("INVALIDJOBSTATE", f"Job state change not allowed: {wanted}")
    found.state = wanted
    if wanted == "UploadComplete":
        threading.Thread(target=run, args=(request, found), daemon=True).start()
    return Reply(_shown(found) | {"state": wanted})


def read(request: Request, job: str) -> Reply:
    """GET /jobs/ingest/{job}."""
    found = _find(request, job)
    shown = _shown(found) | {
        "jobType": "V2Ingest", "numberRecordsProcessed": len(found.done) + len(found.failed),
        "numberRecordsFailed": len(found.failed), "retries": 0,
        "totalProcessingTime": found.milliseconds, "apiActiveProcessingTime": found.milliseconds,
        "apexProcessingTime": 0,
    }  # fmt: skip
    return Reply(shown | ({"errorMessage": found.error} if found.state == "Failed" else {}))


def delete(request: Request, job: str) -> Reply:
    """DELETE /jobs/ingest/{job}: 204."""
    found = _find(request, job)
    if not found.is_over:
        raise SalesforceError("INVALIDJOBSTATE", f"a job that is {found.state} is not deleted")
    request.org.ingests.forget(found)
    return Reply(None, HTTPStatus.NO_CONTENT)


def successful(request: Request, job: str) -> Reply:
    """GET /jobs/ingest/{job}/successfulResults."""
    found = _over(request, job)
    rows = [[record_id, str(made).lower(), *row] for record_id, made, row in found.done]
    return _results(found, ('"sf__Id"', '"sf__Created"'), rows)


def failed(request: Request, job: str) -> Reply:
    """GET /jobs/ingest/{job}/failedResults."""
    found = _over(request, job)
    rows = [[record_id, error, *row] for record_id, error, row in found.failed]
    return _results(found, ('"sf__Id"', '"sf__Error"'), rows)


def unprocessed(request: Request, job: str) -> Reply:
    """GET /jobs/ingest/{job}/unprocessedrecords."""
    found = _over(request, job)
    return _results(found, (), found.rows[len(found.done) + len(found.failed) :])


def _results(job: Job, more: Sequence[str], rows: list[list[str]]) -> Reply:
    """CSV whose own columns are quoted in the header and the user's are not; in no order."""
    random.Random(job.job_id).shuffle(rows)  # noqa: S311  # an order that nobody may rely on
    text = io.StringIO()
    text.write(",".join((*more, *job.columns)) + "\n")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return Reply(text.getvalue().encode(), headers={"Content-Type": _CSV})


def _find(request: Request, job_id: str) -> Job:
    found = request.org.ingests.find(job_id, request.viewer.user_id)
    if found is None:
        raise not_found()
    return found


def _over(request: Request, job_id: str) -> Job:
    found = _find(request, job_id)
    if not found.is_over:
        raise SalesforceError("INVALIDJOBSTATE", f"the job is {found.state} and has no results")
    return found


def _shown(job: Job) -> dict[str, Any]:
    named = {"externalIdFieldName": job.external.name} if job.external else {}
    return {
        "id": job.job_id, "operation": job.operation, "object": job.thing.name,
        "createdById": job.user_id, "createdDate": job.made_at, "systemModstamp": job.made_at,
        "state": job.state, "concurrencyMode": "Parallel", "contentType": "CSV",
        "apiVersion": float(job.version), **named,
    }  # fmt: skip
