"""Ingest jobs: their states, one upload, an outcome for each row, and results in no order."""

from __future__ import annotations

import csv
import io
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.localorg.world import SCORE

if TYPE_CHECKING:
    from tests.localorg.world import Caller, World

JOBS = "/jobs/ingest"
UPSERT = {"object": SCORE, "operation": "upsert", "externalIdFieldName": "Key__c", "contentType": "CSV"}  # fmt: skip
ROWS = 'Key__c,Value__c,Story__c,Flag__c\n"new","5","one\nline, two","true"\n"old","#N/A","","false"\n"bad","much","",""\n'


@pytest.fixture
def call(world: World) -> Caller:
    return world.http("robot")


def run(call: Caller, rows: str, **about: Any) -> dict[str, Any]:
    """A job that is made, filled, closed and over."""
    made = call("POST", JOBS, {**UPSERT, **about}).json()
    assert made["state"] == "Open"
    assert made["contentUrl"] == f"services/data/v66.0/jobs/ingest/{made['id']}/batches"
    job = f"{JOBS}/{made['id']}"
    put = call("PUT", f"{job}/batches", data=rows.encode())
    assert (put.status_code, put.text) == (201, "")
    closed = call("PATCH", job, {"state": "UploadComplete"}).json()
    assert closed["state"] == "UploadComplete"
    assert "contentUrl" not in closed
    end = time.monotonic() + 10
    while (shown := call("GET", job).json())["state"] not in {"JobComplete", "Failed"}:
        assert time.monotonic() < end
        time.sleep(0.02)
    return dict(shown)


def results(call: Caller, job: str, name: str) -> tuple[str, list[dict[str, str]]]:
    """The header as it stands, and the rows."""
    text = call("GET", f"{JOBS}/{job}/{name}").text
    return text.partition("\n")[0], list(csv.DictReader(io.StringIO(text)))


def test_each_row_has_an_outcome_and_a_bad_one_stops_no_other(call: Caller) -> None:
    old = call("POST", f"/sobjects/{SCORE}", {"Key__c": "old", "Value__c": 7, "Story__c": "kept"})
    shown = run(call, ROWS)
    told = (shown["state"], shown["jobType"], shown["numberRecordsProcessed"], shown["numberRecordsFailed"])  # fmt: skip
    assert told == ("JobComplete", "V2Ingest", 3, 1)
    header, done = results(call, shown["id"], "successfulResults")
    assert header == '"sf__Id","sf__Created",Key__c,Value__c,Story__c,Flag__c'
    assert {row["Key__c"]: row["sf__Created"] for row in done} == {"new": "true", "old": "false"}
    header, failed = results(call, shown["id"], "failedResults")
    assert header.startswith('"sf__Id","sf__Error",Key__c')
    assert [row["Key__c"] for row in failed] == ["bad"]
    assert failed[0]["sf__Error"].startswith("INVALID_FIELD:")
    assert failed[0]["sf__Error"].endswith(":Value__c --")
    assert results(call, shown["id"], "unprocessedrecords")[1] == []
    rows = call.rows(f"SELECT Key__c, Value__c, Story__c, Flag__c FROM {SCORE} WHERE Key__c IN ('new', 'old') ORDER BY Key__c")  # fmt: skip
    assert rows == [
        {"Key__c": "new", "Value__c": 5.0, "Story__c": "one\nline, two", "Flag__c": True},
        {"Key__c": "old", "Value__c": None, "Story__c": "kept", "Flag__c": False},
    ]
    assert old.status_code == 201
    assert call("DELETE", f"{JOBS}/{shown['id']}").status_code == 204
    assert call("GET", f"{JOBS}/{shown['id']}").status_code == 404


def test_an_unknown_column_fails_the_job(call: Caller) -> None:
    shown = run(call, "Key__c,Nothing__c\na,b\n")
    assert (shown["state"], shown["numberRecordsProcessed"]) == ("Failed", 0)
    assert shown["errorMessage"] == "InvalidBatch : Field name not found : Nothing__c"
    assert results(call, shown["id"], "unprocessedrecords")[1] == [{"Key__c": "a", "Nothing__c": "b"}]  # fmt: skip


def test_rows_are_put_once_and_results_come_after_the_end(call: Caller, world: World) -> None:
    job = f"{JOBS}/{call('POST', JOBS, UPSERT).json()['id']}"
    assert call("PUT", f"{job}/batches", data=b"Key__c\n").status_code == 201
    assert call("PUT", f"{job}/batches", data=b"Key__c\n").status_code == 400
    early = (400, "INVALIDJOBSTATE")
    assert call.refusal("GET", f"{job}/successfulResults") == early
    assert call.refusal("DELETE", job) == early
    assert world.http("admin")("GET", job).status_code == 404, "another user's"
    assert call("PATCH", job, {"state": "Aborted"}).json()["state"] == "Aborted"
    assert call.refusal("PATCH", job, {"state": "UploadComplete"}) == early


@pytest.mark.parametrize(
    ("about", "code"),
    [
        ({"operation": "upsert"}, "INVALIDJOB"),
        ({"operation": "hardDelete"}, "INVALIDOPERATION"),
        ({"operation": "insert", "object": "Nothing__c"}, "INVALIDENTITY"),
        ({"operation": "insert", "object": SCORE, "lineEnding": "CRLF"}, "INVALIDJOB"),
        ({"operation": "insert", "object": SCORE, "colour": "red"}, "JSON_PARSER_ERROR"),
    ],
)
def test_what_this_org_cannot_run_is_refused(
    call: Caller, about: dict[str, str], code: str
) -> None:
    assert call.refusal("POST", JOBS, about)[1] == code


def test_rows_may_be_made_and_changed_by_id(call: Caller) -> None:
    made = run(call, "Key__c,Value__c\nplain,1\n", operation="insert", externalIdFieldName=None)
    (row,) = results(call, made["id"], "successfulResults")[1]
    rows = f"Id,Value__c\n{row['sf__Id']},2\n"
    run(call, rows, operation="update", externalIdFieldName=None)
    assert call.rows(f"SELECT Value__c FROM {SCORE} WHERE Key__c = 'plain'") == [{"Value__c": 2.0}]
