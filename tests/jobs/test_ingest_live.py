"""Very many records go by an ingest job, and nothing about them differs from collections."""

from __future__ import annotations

import csv
import gzip
import io
from decimal import Decimal

import pytest

from jobs.night import run_night
from jobs.run import NEEDED
from service.salesforce import bulk, bulk_ingest, ingest_rows
from service.salesforce.gateway import Gateway
from service.salesforce.transport import Stream
from service.settings import read_settings
from tests.jobs.live_org import ANA, AS_OF, MIA, RAJ

pytestmark = [pytest.mark.sf, pytest.mark.xdist_group("live_org")]
SCORES = "SELECT User_Key__c, OwnerId, Score__c, Word__c, Reasons__c, Details__c, Rule_Version__c FROM Adoption_Score__c ORDER BY User_Key__c"
TEXT = 'Two\nlines, "quoted", \\ and 😀'


@pytest.fixture
def by_jobs(monkeypatch):
    """However few records there are."""
    monkeypatch.setattr(bulk_ingest, "CALLS", 0)
    for module in (bulk, bulk_ingest):
        monkeypatch.setattr(module, "FIRST_PAUSE_SECONDS", 0.1)


def ingests(org, since=0):
    entries = org.control("GET", f"journal?since={since}")["entries"]
    return [one for one in entries if "/jobs/ingest" in one["path"]]


def a_score(user_id, **more):
    return {"User_Key__c": user_id, "User__c": user_id, "Word__c": "Building", "Score__c": Decimal("71.5"), **more}  # fmt: skip


def test_one_outcome_for_each_record_in_their_order(as_worker, by_jobs):
    gateway = Gateway(read_settings(only=NEEDED))
    first = gateway.upsert("Adoption_Score__c", "User_Key__c", [a_score(RAJ)])
    assert (first[0].created, first[0].error) == (True, None)
    records = [
        a_score(ANA, Reasons__c=TEXT, OwnerId=ANA),
        a_score(MIA, Word__c="Splendid"),
        a_score(RAJ, Score__c=None, Reasons__c=""),
    ]
    before = gateway.api_calls
    made, refused, changed = gateway.upsert("Adoption_Score__c", "User_Key__c", records)
    assert gateway.api_calls - before == len(ingests(as_worker)) - before <= bulk_ingest_calls()
    assert (made.created, changed.created, changed.id) == (True, False, first[0].id)
    assert refused.error.code == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    rows = {row["User_Key__c"]: row for row in as_worker.soql(SCORES)}
    assert rows.keys() == {ANA, RAJ}
    assert (rows[ANA]["Reasons__c"], rows[ANA]["OwnerId"]) == (TEXT, ANA)
    assert (rows[RAJ]["Score__c"], rows[RAJ]["Reasons__c"]) == (None, None)
    assert gateway.calls_by_object["Adoption_Score__c"] == gateway.api_calls


def test_a_step_that_was_taken_although_its_reply_was_lost(as_worker, by_jobs, monkeypatch):
    """The gateway repeats it, and the org says that a job takes it once."""
    sent = Gateway.call

    def twice(gateway, request):
        answer = sent(gateway, request)
        is_step = request.method in ("PUT", "PATCH") and "/jobs/ingest/" in request.path
        return sent(gateway, request) if is_step else answer

    monkeypatch.setattr(Gateway, "call", twice)
    (made,) = Gateway(read_settings(only=NEEDED)).upsert("Adoption_Score__c", "User_Key__c", [a_score(ANA)])  # fmt: skip
    assert (made.created, made.error) == (True, None)


def test_rows_of_many_megabytes_are_several_jobs_each_with_a_row(monkeypatch):
    monkeypatch.setattr(bulk_ingest, "MOST_BYTES", 60)
    records = [{"Key": str(at), "Text": "é\r" * 10} for at in range(4)]
    parts = list(bulk_ingest._parts("Key", records))
    assert [part.count(b"\n") for part in parts] == [2, 2, 2, 2]
    rows = [row for part in parts for row in csv.DictReader(io.StringIO(part.decode(), newline=""))]
    assert rows == records


def test_outcomes_beside_texts_of_many_lines_are_read_whatever_their_size(monkeypatch):
    """The org sends the rows back with their outcomes: explanations of many lines, by the megabyte."""
    monkeypatch.setattr(ingest_rows, "_BLOCK_BYTES", 200)
    monkeypatch.setattr(ingest_rows, "_LONGEST_ROW_BYTES", 1000)
    text = io.StringIO(newline="")
    out = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    out.writerow(["sf__Id", "sf__Created", "Key", "Text"])
    out.writerows([f"a0{at}", "true", f"k{at}", 'a "line"\n' * 30] for at in range(300))
    body = text.getvalue().encode()
    sent = gzip.compress(body)
    chunks = (sent[at : at + 64] for at in range(0, len(sent), 64))
    found = bulk_ingest._read(Stream(200, {}, chunks, 10**6), key_field="Key")
    assert found == [
        {"sf__Id": f"a0{at}", "sf__Created": "true", "Key": f"k{at}"} for at in range(300)
    ]


def bulk_ingest_calls():
    """Seven, and a second look where the org was slow."""
    return 9


def test_a_text_that_would_empty_its_field_goes_by_collections(as_worker, by_jobs):
    gateway = Gateway(read_settings(only=NEEDED))
    gateway.upsert("Adoption_Score__c", "User_Key__c", [a_score(ANA, Reasons__c="#N/A")])
    assert ingests(as_worker) == []
    assert as_worker.soql(SCORES)[0]["Reasons__c"] == "#N/A"


def test_a_night_by_jobs_leaves_what_a_night_by_collections_finds_unchanged(
    as_worker, by_jobs, monkeypatch
):
    night = run_night(as_worker.handoff.org_id, "night-1", AS_OF.isoformat())
    assert night["status"] == "Finished"
    assert len(ingests(as_worker)) > 7
    monkeypatch.setattr(bulk_ingest, "CALLS", 7)
    again = run_night(as_worker.handoff.org_id, "night-2", AS_OF.isoformat())
    assert again["records_written"] == 1
