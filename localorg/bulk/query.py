"""Query jobs of the Bulk API 2.0: /jobs/query.

https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_create_job.htm
"""

from __future__ import annotations

import base64
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from localorg.errors import SalesforceError, not_found
from localorg.soql import query
from localorg.soql.parse import parse
from localorg.soql.tree import Call, Query
from localorg.wire import Reply, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from localorg.bulk.jobs import Job

_CSV = "text/csv; charset=UTF-8"
#: What may be asked of a job's form, the first being what it is unless asked otherwise.
_FORMS = {
    "contentType": ("CSV",), "columnDelimiter": ("COMMA",), "lineEnding": ("LF", "CRLF"),
}  # fmt: skip
_KNOWN = {"operation", "query", *_FORMS}


def create(request: Request) -> Reply:
    """POST /jobs/query: 200, not 201, and no jobType."""
    asked = request.json()
    about = _about(asked)
    parsed = parse(about["query"])
    _check(parsed)
    compiled = query.compiler(request).compile(parsed, deleted=about["operation"] == "queryAll")
    return Reply(_shown(request.org.jobs.start(request, compiled, about), made_now=True))


def read(request: Request, job: str) -> Reply:
    """GET /jobs/query/{job}."""
    return Reply(_shown(_find(request, job)))


def abort(request: Request, job: str) -> Reply:
    """PATCH /jobs/query/{job} with {"state": "Aborted"}."""
    found, wanted = _find(request, job), request.json().get("state")
    if wanted != "Aborted":
        raise SalesforceError("INVALIDJOBSTATE", f"Job state change not allowed: {wanted}")
    if found.is_over:
        what = {"JobComplete": "Completed", "Failed": "Failed", "Aborted": "Aborted"}[found.state]
        raise SalesforceError("INVALIDJOBSTATE", f"Aborting already {what} Job not allowed")
    found.state = "Aborted"
    return Reply(_shown(found))


def delete(request: Request, job: str) -> Reply:
    """DELETE /jobs/query/{job}: 204."""
    found = _find(request, job)
    if not found.is_over:
        raise SalesforceError(
            "API_ERROR",
            "Error encountered when deleting the job because the job is not terminated",
        )
    request.org.jobs.forget(found)
    return Reply(None, HTTPStatus.NO_CONTENT)


def results(request: Request, job: str) -> Reply:
    """GET /jobs/query/{job}/results[?locator=…&maxRecords=…]: every page begins with the header."""
    found = _find(request, job)
    if found.version != request.version:
        message = f"the results of this job are read with version {found.version}"
        raise SalesforceError("API_ERROR", message, status=HTTPStatus.CONFLICT)
    if found.state != "JobComplete":
        return _too_early(found)
    start, most = _start(request.params.get("locator", ""), found), _most(request)
    lines, count = found.lines(start, most)
    after = start + count
    more = base64.b64encode(f"0:{found.job_id}:{after}".encode()).decode().rstrip("=")
    headers = {
        "Content-Type": _CSV,
        "Sforce-Locator": more if after < found.rows else "null",
        "Sforce-NumberOfRecords": str(count),
    }
    return Reply(found.header + lines if found.rows else b"", headers=headers)


def _about(asked: Mapping[str, Any]) -> dict[str, str]:
    unknown = sorted(asked.keys() - _KNOWN)
    if unknown:
        raise SalesforceError("JSON_PARSER_ERROR", f"Unrecognized field {unknown[0]}")
    if asked.get("operation") not in {"query", "queryAll"}:
        raise SalesforceError(
            "INVALIDOPERATION", f"Unsupported operation: {asked.get('operation')}"
        )
    for key, allowed in _FORMS.items():
        if asked.get(key, allowed[0]) not in allowed:
            message = f"this org only writes {' or '.join(allowed)} as {key}"
            raise SalesforceError("INVALIDJOB", message)
    forms = {key: str(asked.get(key, allowed[0])) for key, allowed in _FORMS.items()}
    return forms | {"operation": str(asked["operation"]), "query": str(asked.get("query") or "")}


def _check(parsed: Query) -> None:
    """Refuse what SOQL allows and this API does not."""
    calls = any(isinstance(one.what, Call) for one in parsed.select)
    children = any(isinstance(one.what, Query) for one in parsed.select)
    for is_there, what in (
        (calls or parsed.aggregates, "An aggregate or function in SELECT"),
        (bool(parsed.group_by), "GROUP BY"),
        (parsed.offset is not None, "OFFSET"),
        (children, "A parent-to-child subquery"),
    ):
        if is_there:
            raise SalesforceError("API_ERROR", f"{what} is not supported by the Bulk API")


def _find(request: Request, job_id: str) -> Job:
    found = request.org.jobs.find(job_id, request.viewer.user_id)
    if found is None:
        raise not_found()
    return found


def _shown(job: Job, *, made_now: bool = False) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": job.job_id, "operation": job.operation, "object": job.object_name,
        "createdById": job.user_id, "createdDate": job.made_at, "systemModstamp": job.made_at,
        "state": "UploadComplete" if made_now else job.state, "concurrencyMode": "Parallel",
        "contentType": "CSV", "apiVersion": float(job.version), "lineEnding": job.line_ending,
        "columnDelimiter": "COMMA",
    }  # fmt: skip
    if made_now:
        return shown
    shown |= {
        "jobType": "V2Query", "numberRecordsProcessed": job.rows, "retries": 0,
        "totalProcessingTime": job.milliseconds, "isPkChunkingSupported": True,
    }  # fmt: skip
    return shown | ({"errorMessage": job.error} if job.state == "Failed" else {})


def _too_early(job: Job) -> Reply:
    """Older documents show 412, later ones 204; so the first time is one, the next the other."""
    if job.state in {"Failed", "Aborted"}:
        raise SalesforceError("INVALIDJOBSTATE", f"the job is {job.state} and has no results")
    job.asked_early += 1
    if job.asked_early % 2:
        raise SalesforceError(
            "JOB_NOT_COMPLETE",
            "can only download query results of successfully completed bulk job with status:"
            " JOB_COMPLETE. Current status: IN_PROGRESS",
            status=HTTPStatus.PRECONDITION_FAILED,
        )
    return Reply(None, HTTPStatus.NO_CONTENT)


def _start(locator: str, job: Job) -> int:
    if not locator:
        return 0
    try:
        text = base64.b64decode(locator + "=" * (-len(locator) % 4), validate=True).decode()
        _, job_id, row = text.split(":")
        start = int(row)
    except ValueError:
        start, job_id = -1, ""
    if job_id != job.job_id or not 0 < start < job.rows:
        raise SalesforceError("INVALID_QUERY_LOCATOR", "invalid query locator")
    return start


def _most(request: Request) -> int:
    asked = request.params.get("maxRecords", "")
    if asked and (not asked.isdecimal() or not int(asked)):
        raise SalesforceError("API_ERROR", f"maxRecords must be a positive number, not {asked}")
    return int(asked) if asked else request.org.settings.bulk_page_size
