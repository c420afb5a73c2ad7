"""The life of a query job: made, waited for, found again, failed, refused."""

from __future__ import annotations

import json

import pytest

from service.salesforce import bulk, reading
from service.salesforce.errors import (
    AdminActionNeededError,
    LimitReachedError,
    RequestDefectError,
    TransientSalesforceError,
)
from service.salesforce.look import OBJECTS
from tests.gateway.bulk_wire import (
    COLUMNS,
    JOB,
    JOBS,
    RESULTS,
    asked,
    break_off,
    csv_of,
    page,
    read,
    state,
    text_of,
)
from tests.gateway.reading_org import ReadingOrg
from tests.gateway.wire import TOKEN_URL

EXPIRED = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


def test_a_job_is_made_waited_for_and_read(gateway, made, tmp_path):
    state(made)
    page(made, csv_of("a", "b"), 2)
    seen = []
    table = read(gateway, tmp_path, lambda *step: seen.append(step))
    assert json.loads(asked(made, JOBS)[0].request.body) == {
        "operation": "query",
        "query": "SELECT Id, Subject FROM Task",
    }
    assert (table.name, table.rows, table.columns) == ("Task", 2, frozenset(COLUMNS))
    assert text_of(table) == [csv_of("a", "b")]
    assert seen == [("Task", 2, 2)]
    assert gateway.api_calls == 3


def test_the_looks_at_a_slow_job_grow_rare(gateway, made, tmp_path, waits):
    for _ in range(6):
        state(made, "InProgress", 0)
    state(made, rows=1)
    page(made, csv_of("a"), 1)
    read(gateway, tmp_path)
    assert waits[0] == pytest.approx(2, abs=0.5)
    assert waits[1:] == [6, 18, 54, 60, 60, 60]


def test_a_job_that_never_ends_is_given_up_and_found_again(gateway, made, tmp_path, waits):
    made.get(JOB, json={"state": "InProgress"})
    with pytest.raises(TransientSalesforceError, match="in an hour"):
        read(gateway, tmp_path)
    assert 3600 <= sum(waits) < 3700
    made.replace("GET", JOB, json={"state": "JobComplete", "numberRecordsProcessed": 1})
    page(made, csv_of("a"), 1)
    assert read(gateway, tmp_path).rows == 1
    assert len(asked(made, JOBS)) == 1


def test_a_job_without_rows_is_not_asked_for_its_result(gateway, made, tmp_path):
    state(made, rows=0)
    table = read(gateway, tmp_path)
    assert (table.rows, table.columns) == (0, frozenset())
    assert text_of(table) == ["Id,Subject\r\n"]
    assert asked(made, RESULTS) == []


def test_a_reading_that_broke_off_goes_on_at_its_page(gateway, made, tmp_path):
    break_off(gateway, made, tmp_path)
    page(made, csv_of("c"), 1)
    before = len(made.calls)
    table = read(gateway, tmp_path)
    assert text_of(table) == [csv_of("a", "b"), csv_of("c")]
    assert (table.rows, table.columns) == (3, frozenset(COLUMNS))
    again = [call.request for call in made.calls][before:]
    assert [(one.method, one.params) for one in again] == [
        ("GET", {}),
        ("GET", {"maxRecords": "250000", "locator": "MQ"}),
    ]


def test_a_whole_table_is_not_read_again(gateway, made, tmp_path):
    state(made)
    page(made, csv_of("a", "b"), 2)
    first = read(gateway, tmp_path)
    before = gateway.api_calls
    assert read(gateway, tmp_path) == first
    assert gateway.api_calls == before


@pytest.mark.parametrize("change", [{"version": "65.0"}, {"made_at": 0.0}, {"columns": ["Id"]}])
def test_a_job_that_does_not_fit_any_more_is_made_anew(gateway, made, tmp_path, change):
    bulk.begin(gateway, tmp_path, "Task", COLUMNS)
    kept = tmp_path / "Task.job"
    kept.write_text(json.dumps({**json.loads(kept.read_text()), **change}))
    bulk.begin(gateway, tmp_path, "Task", COLUMNS)
    assert len(asked(made, JOBS)) == 2


def test_a_job_that_somebody_deleted_is_made_anew(gateway, made, tmp_path):
    bulk.begin(gateway, tmp_path, "Task", COLUMNS)
    gone = {"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}
    made.get(JOB, status=404, json=[gone])
    bulk.begin(gateway, tmp_path, "Task", COLUMNS)
    assert len(asked(made, JOBS)) == 2


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("QUERY_TIMEOUT: Your query request was running for too long.", TransientSalesforceError),
        ("Retried more than fifteen times", TransientSalesforceError),
        ("Failed to write query result", TransientSalesforceError),
        ("INVALID_FIELD: No such column 'Subject'", AdminActionNeededError),
        ("MALFORMED_QUERY: unexpected token", RequestDefectError),
        ("InvalidBatch : something new", AdminActionNeededError),
        (None, AdminActionNeededError),
    ],
)
def test_a_failed_job_is_told_in_the_orgs_words(gateway, made, tmp_path, message, kind):
    state(made, "Failed", 0, errorMessage=message)
    with pytest.raises(kind, match="query job for Task failed") as caught:
        read(gateway, tmp_path)
    assert (message or "") in str(caught.value)
    assert not (tmp_path / "Task.job").exists()


def test_an_aborted_job_says_who_can_have_done_it(gateway, made, tmp_path):
    state(made, "Aborted", 0)
    with pytest.raises(AdminActionNeededError, match="Bulk Data Load Jobs"):
        read(gateway, tmp_path)


def test_an_expired_session_is_renewed_in_the_middle(gateway, wire, tmp_path):
    wire.post(TOKEN_URL, json={"access_token": "00D!first"})
    wire.post(TOKEN_URL, json={"access_token": "00D!second"})
    wire.post(JOBS, json={"id": "750000000000001AAA"})
    wire.delete(JOB, status=204)
    state(wire, rows=2)
    page(wire, csv_of("a"), 1, "MQ")
    wire.get(RESULTS, status=401, json=EXPIRED)
    page(wire, csv_of("b"), 1)
    assert text_of(read(gateway, tmp_path)) == [csv_of("a"), csv_of("b")]
    tokens = [call.request.headers["Authorization"][-6:] for call in asked(wire, RESULTS)]
    assert tokens == ["!first", "!first", "second"]
    assert gateway.api_calls == 5


def test_a_job_that_cannot_be_deleted_stops_nobody(gateway, made, tmp_path):
    made.replace("DELETE", JOB, status=400, json=[{"errorCode": "API_ERROR", "message": "no"}])
    job = bulk.begin(gateway, tmp_path, "Task", COLUMNS)
    bulk.delete(gateway, job)
    assert made.calls[-1].request.method == "DELETE"


REFUSED = [
    (400, "INVALIDENTITY", "Entity 'Task' is not supported by the Bulk API."),
    (400, "API_ERROR", "Task is not supported by the Bulk API"),
    (400, "INVALIDENTITY", "anything"),
    (400, "API_ERROR", "Selecting compound data not supported in Bulk Query"),
    (403, "API_DISABLED_FOR_ORG", "Bulk API is not enabled for this user"),
]


@pytest.mark.parametrize(("status", "code", "message"), REFUSED)
def test_an_object_that_bulk_refuses_is_read_by_rest(gateway, org, tmp_path, status, code, message):
    given = ReadingOrg(org)
    given.counts = {"Task": 20_000}
    given.rows = {"Task": [{"Id": "00T000000000001AAA", "Subject": "Call"}]}
    org.post(JOBS, status=status, json=[{"errorCode": code, "message": message}])
    table = gateway.read_tables(tmp_path).by_name["Task"]
    assert (table.rows, len(table.pages)) == (1, 1)
    read = next(r for r in gateway.reading_plan.reads if r.object_name == "Task")
    assert (read.way, read.calls) == ("rest", 10)
    assert message in read.why


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, "REQUEST_LIMIT_EXCEEDED", LimitReachedError),
        (400, "LIMIT_EXCEEDED", LimitReachedError),
        (400, "MALFORMED_QUERY", RequestDefectError),
    ],
)
def test_any_other_refusal_surfaces(gateway, org, tmp_path, status, code, kind):
    ReadingOrg(org).counts = {"Task": 20_000}
    org.post(JOBS, status=status, json=[{"errorCode": code, "message": "TotalRequests"}])
    with pytest.raises(kind):
        gateway.read_tables(tmp_path)


def test_a_missing_right_to_see_all_data_is_for_the_admin(gateway, org, tmp_path):
    ReadingOrg(org).counts = {"Task": 20_000}
    message = "Implementation restriction: Task only allows security evaluation for non-admin"
    org.post(JOBS, status=400, json=[{"errorCode": "API_ERROR", "message": message}])
    with pytest.raises(AdminActionNeededError, match="View All Data"):
        gateway.read_tables(tmp_path)


@pytest.fixture
def two_large(org):
    """An org whose events (30,000, of which the wire gives two) and tasks go by query jobs."""
    given = ReadingOrg(org)
    given.counts = {"Task": 20_000, "Event": 30_000}
    given.fields |= {"Task": ["Id"], "Event": ["Id"]}
    for name, rows in (("event", 2), ("task", 1)):
        org.post(JOBS, json={"id": name})
        org.get(f"{JOBS}/{name}", json={"state": "JobComplete", "numberRecordsProcessed": rows})
        body = '"Id"\n' + f'"{name}"\n' * rows
        headers = {"Sforce-NumberOfRecords": str(rows)}
        org.get(f"{JOBS}/{name}/results", body=body, content_type="text/csv", headers=headers)
        org.delete(f"{JOBS}/{name}", status=204)
    return org


def test_the_largest_job_is_made_and_waited_for_first(gateway, two_large, tmp_path):
    tables = gateway.read_tables(tmp_path)
    assert [tables.by_name[name].rows for name in ("Task", "Event")] == [1, 2]
    made = [json.loads(call.request.body)["query"][-5:] for call in asked(two_large, JOBS)]
    assert made == ["Event", " Task"]
    looks = [c.request.url for c in two_large.calls if c.request.url.startswith(f"{JOBS}/")]
    assert looks[0] == f"{JOBS}/event"


@pytest.mark.parametrize(("left", "deleted"), [(9, ["event", "task"]), (1, ["event"]), (0, [])])
def test_jobs_are_deleted_with_the_calls_that_are_left(
    gateway, two_large, tmp_path, monkeypatch, left, deleted
):
    spent_otherwise = -(-len(OBJECTS) // 5) + 2 * 3
    monkeypatch.setattr(reading, "READING_CALLS", spent_otherwise + left)
    gateway.read_tables(tmp_path)
    gone = [c.request.url for c in two_large.calls if c.request.method == "DELETE"]
    assert [url.rsplit("/", 1)[1] for url in gone] == deleted
    assert gateway.api_calls == spent_otherwise + len(deleted)
