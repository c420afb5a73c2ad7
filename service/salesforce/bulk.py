"""Query jobs of the Bulk API 2.0: made, waited for, read page by page, deleted.

Calls that are counted: one to make the job, one for each look at its state, one for each page
(and for each repeat of a page that broke off), one to delete it. The first look comes two seconds
after the job was made, the next ones after pauses that triple up to a minute: a job of five
minutes costs eight looks. Deleting costs one call a job and only spares the org what it does by
itself after seven days, so it is done with the calls that a reading has left (`READING_CALLS`).
Source: https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_bulk_api_2_0.htm

The operation is `query`: deleted rows and archived activities (those of more than a year ago) are
left out, as by REST; `queryAll` would give both.
"""

from __future__ import annotations

import re
import time
from contextlib import closing
from functools import partial
from time import sleep
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import structlog

from service.salesforce.bulk_job import Job, kept
from service.salesforce.bulk_page import write_page
from service.salesforce.bulk_proof import Proofs
from service.salesforce.errors import (
    AdminActionNeededError,
    LimitReachedError,
    SalesforceError,
    TransientSalesforceError,
)
from service.salesforce.in_log import in_log
from service.salesforce.plan import BULK_PAGE_ROWS
from service.salesforce.refusals import REMEDIES
from service.salesforce.rest_table import soql, without_rows
from service.salesforce.transport import BASE, Request
from service.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from service.salesforce.transport import Stream

T = TypeVar("T")
JOBS = f"{BASE}/jobs/query"
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, GROWTH = 2.0, 60.0, 3
#: The org tries a job up to 15 times before it fails it, so a slow one is given an hour.
LONGEST_WAIT_SECONDS = 3600.0
log = structlog.get_logger(__name__)

_NOT_BY_BULK = (
    "is not supported by the Bulk API",
    "Selecting compound data not supported in Bulk Query",
    "does not support query",
)
_FORBIDDEN = 403
_LOOK = "Look at the job in Setup > Bulk Data Load Jobs."
_CODE = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b")
#: What the org says of a job that it gave up for a reason that passes.
_PASSING = ("Retried more", "Failed to write query result")


class Caller(Protocol):
    """What query jobs need of the gateway."""

    @property
    def api_calls(self) -> int:
        """Calls sent so far."""

    @property
    def most_page_bytes(self) -> int:
        """The most that a page of a result may take, unpacked."""

    def call(self, request: Request) -> Any:  # noqa: ANN401 - parsed JSON
        """Send a request and give its parsed body."""

    def download(self, request: Request, into: Callable[[Stream], T]) -> T:
        """Hand the body of a reply to `into` while it arrives, again from its start if it breaks."""


def begin(caller: Caller, folder: Path, object_name: str, columns: tuple[str, ...]) -> Job:
    """Make a job that reads the whole object, or go on with one that an earlier reading left.

    Made twice after a lost reply, it does no harm. Raises what the org says of it; see `is_refused`.
    """
    job = kept(folder, object_name, columns)
    if job is not None and (job.is_whole or _is_there(caller, job)):
        return job
    body = {"operation": "query", "query": soql(object_name, columns)}
    made = caller.call(Request("POST", JOBS, body=body))
    job = Job(object_name, columns, str(made["id"]))
    job.save(folder)
    return job


def is_refused(error: SalesforceError) -> bool:
    """Say whether the org reads this object by REST only, or this user may not make such jobs."""
    if isinstance(error, LimitReachedError):
        return False
    told = error.code == "INVALIDENTITY" or any(text in error.message for text in _NOT_BY_BULK)
    return told or error.status == _FORBIDDEN


def read_table(
    caller: Caller, job: Job, folder: Path, progress: Callable[[str, int, int], None] | None
) -> Table:
    """Wait for the job and bring the pages that are not there yet into `folder`.

    Raises TransientSalesforceError when the rows do not add up or the org does not finish in an
    hour. What was read stays for another reading into the same folder, unless it is not whole. A job
    that failed or was aborted raises what the org says of it. Of both the next reading makes a new one.
    """
    if not job.is_run:
        _wait(caller, job, folder)
    with closing(Proofs(job, folder, caller.most_page_bytes)) as proofs:
        proofs.begin(job.pages)
        while not job.is_whole:
            _read_page(caller, job, folder)
            proofs.begin(job.pages[-1:])
            if progress:
                progress(job.object_name, job.rows, job.total or job.rows)
        proofs.finish()
    if not job.files:
        return without_rows(job.object_name, job.columns, folder)
    files = tuple(folder / name for name in job.files)
    return Table(job.object_name, files, frozenset(job.columns if job.rows else ()), job.rows)


def delete(caller: Caller, job: Job) -> None:
    """Delete it in the org. The rows are here, so a refusal is logged and stops nobody."""
    try:
        caller.call(Request("DELETE", f"{JOBS}/{job.id}", repeatable=False, about=job.object_name))
    except SalesforceError as error:
        log.warning("job_not_deleted", object=job.object_name, job=job.id, error=in_log(error))


def _is_there(caller: Caller, job: Job) -> bool:
    """An admin may have deleted it meanwhile."""
    try:
        caller.call(Request("GET", f"{JOBS}/{job.id}", about=job.object_name))
    except AdminActionNeededError as error:
        if error.code != "NOT_FOUND":
            raise
        return False
    return True


def _wait(caller: Caller, job: Job, folder: Path) -> None:
    """Look at the job until the org has run it."""
    waited, pause = 0.0, FIRST_PAUSE_SECONDS
    sleep(max(0.0, pause - (time.time() - job.made_at)))
    while not _has_run(caller, job, folder):
        if waited >= LONGEST_WAIT_SECONDS:
            raise TransientSalesforceError(
                f"the org did not finish the query job for {job.object_name} in an hour"
            )
        pause = min(pause * GROWTH, LONGEST_PAUSE_SECONDS)
        sleep(pause)
        waited += pause


def _has_run(caller: Caller, job: Job, folder: Path) -> bool:
    shown = caller.call(Request("GET", f"{JOBS}/{job.id}", about=job.object_name))
    if shown["state"] in {"Failed", "Aborted"}:
        job.forget(folder)
        raise _failure(job, shown["state"], str(shown.get("errorMessage") or "it says no more"))
    if shown["state"] != "JobComplete":
        return False
    job.ran(folder, shown.get("numberRecordsProcessed"))
    return True


def _failure(job: Job, state: str, message: str) -> SalesforceError:
    """Who must act is decided by the code in the org's message, where it has one that we know."""
    if state == "Aborted":
        return AdminActionNeededError(
            f"the query job for {job.object_name} was aborted in the org",
            remedy="Somebody aborted it in Setup > Bulk Data Load Jobs: start the run again.",
        )
    code = next((code for code in _CODE.findall(message) if code in REMEDIES), "")
    kind, remedy = REMEDIES.get(code, (AdminActionNeededError, _LOOK))
    if not code and any(text in message for text in _PASSING):
        kind, remedy = TransientSalesforceError, ""
    told = f"the query job for {job.object_name} failed: {message}"
    return kind(told, code=code, remedy=remedy)


def _read_page(caller: Caller, job: Job, folder: Path) -> None:
    params = {"maxRecords": str(BULK_PAGE_ROWS)}
    if job.locator:
        params["locator"] = job.locator
    into = partial(write_page, folder=folder, name=job.object_name, number=len(job.files) + 1)
    asked = Request("GET", f"{JOBS}/{job.id}/results", params=params, about=job.object_name)
    page = caller.download(asked, into)
    if page.locator is not None and page.locator == job.locator:
        raise TransientSalesforceError("the same page was named twice")
    rows = job.rows + page.rows
    is_short = page.locator is None and job.total is not None and rows != job.total
    if is_short or (job.total is not None and rows > job.total):
        job.forget(folder)
        raise TransientSalesforceError(
            f"the job for {job.object_name} promised {job.total} rows and gave {rows}"
        )
    job.page_done(folder, page)
