"""Reading a real stand-in org both ways: same wire, no shared code, and a wire that breaks."""

from __future__ import annotations

import collections
import csv
import gzip
import re
from dataclasses import replace
from decimal import Decimal

import pytest
import stamina
from rq import Retry

from jobs import score_org
from jobs.night import run_night
from jobs.run import NEEDED
from service.evidence import reduce
from service.salesforce import bulk, plan, reading, transport
from service.salesforce.errors import AdminActionNeededError, TransientSalesforceError
from service.salesforce.gateway import Gateway
from service.salesforce.plan import BULK_CALLS
from service.settings import read_settings
from tests.jobs.cutting_proxy import CuttingProxy
from tests.jobs.live_org import AS_OF

pytestmark = [pytest.mark.sf, pytest.mark.xdist_group("live_org")]

ODD = 'Two\r\nlines, "quoted", \\ and 😀'
JOBS = "/services/data/v66.0/jobs/query"
NUMBERS = {"Opportunity": {"Amount", "PushCount"}}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(bulk, "FIRST_PAUSE_SECONDS", 0.05)
    with stamina.set_testing(True, attempts=5, cap=True):
        yield


@pytest.fixture
def by_jobs(monkeypatch):
    """Every object that has rows goes by a query job, in pages of 30 rows."""
    go_by_jobs(monkeypatch)


def go_by_jobs(monkeypatch):
    monkeypatch.setattr(plan, "REST_ROWS", 0)
    for module in (plan, bulk):
        monkeypatch.setattr(module, "BULK_PAGE_ROWS", 30)
    monkeypatch.setattr(reading, "READING_CALLS", 1000)  # every job is deleted


def gateway_of(settings=None):
    return Gateway(settings or read_settings(only=NEEDED))


def rows_of(table):
    """Rows by id, with what is written in two ways made one."""
    numbers = NUMBERS.get(table.name, set())
    found = {}
    for path in table.pages:
        with (gzip.open if path.suffix == ".gz" else open)(
            path, "rt", encoding="utf-8", newline=""
        ) as file:
            for row in csv.DictReader(file):
                assert row["Id"] not in found
                found[row["Id"]] = {
                    name: Decimal(text)
                    if text and name in numbers
                    else text.replace(".000+0000", ".000Z")
                    for name, text in row.items()
                }
    assert len(found) == table.rows
    return found


def make_odd(org):
    deals = org.soql("SELECT Id FROM Opportunity ORDER BY Name")
    org.patch(f"/sobjects/Opportunity/{deals[0]['Id']}", {"Name": ODD, "NextStep": ""})
    org.patch(f"/sobjects/Opportunity/{deals[1]['Id']}", {"Amount": 12_345_678.9})
    org.patch(f"/sobjects/Opportunity/{deals[2]['Id']}", {"Amount": None, "NextStep": " x "})


@pytest.mark.parametrize("packing", ["gzip", "identity"])
def test_every_object_is_the_same_by_rest_and_by_query_jobs(
    as_worker, tmp_path, monkeypatch, packing
):
    monkeypatch.setattr(transport, "PACKING", packing)
    make_odd(as_worker)
    by_rest = gateway_of().read_tables(tmp_path / "rest")
    go_by_jobs(monkeypatch)
    gateway = gateway_of()
    by_jobs = gateway.read_tables(tmp_path / "jobs")
    assert {read.way for read in gateway.reading_plan.reads if read.rows} == {"bulk"}
    assert list(by_jobs.by_name) == list(by_rest.by_name)
    assert by_jobs.gaps == by_rest.gaps
    for name, table in by_jobs.by_name.items():
        assert rows_of(table) == rows_of(by_rest.by_name[name]), name
        assert table.columns == by_rest.by_name[name].columns, name
    assert len(by_jobs.by_name["Task"].pages) == 3
    pages = by_jobs.by_name["Opportunity"].pages
    assert any(b"1.23456789E7" in gzip.decompress(page.read_bytes()) for page in pages)
    names = {row["Name"] for row in rows_of(by_jobs.by_name["Opportunity"]).values()}
    assert ODD in names


def test_a_night_by_query_jobs_changes_nothing_after_a_night_by_rest(as_worker, monkeypatch):
    make_odd(as_worker)
    org_id = as_worker.handoff.org_id
    first = run_night(org_id, "night-1", AS_OF.isoformat())
    monkeypatch.setattr(plan, "REST_ROWS", 0)
    second = run_night(org_id, "night-2", AS_OF.isoformat())
    assert (second["records_written"], second["posts_made"]) == (1, 0)
    assert second["rows_read"] == first["rows_read"]
    assert second["gaps"] == first["gaps"]
    ways = {read["object"]: read["way"] for read in second["reading"]}
    assert (ways["Task"], ways["Lead"]) == ("bulk", "none")


def test_our_count_of_calls_is_the_orgs_and_the_plan_foretells_it(as_worker, by_jobs, tmp_path):
    gateway = gateway_of()
    planned = gateway.plan_reading()
    spent = gateway.api_calls
    assert planned.calls_to_plan == spent
    gateway.read_tables(tmp_path)
    assert as_worker.control("GET", "counts")["api_calls"] == gateway.api_calls
    of = collections.Counter(
        re.sub(r"750\w+", "JOB", f"{entry['method']} {entry['path'].split('?')[0]}")
        for entry in as_worker.control("GET", "journal?since=0")["entries"]
        if entry["kind"] == "request"
    )
    large = len(planned.of("bulk"))
    pages = sum(read.calls - BULK_CALLS for read in planned.of("bulk"))
    assert of[f"POST {JOBS}"] == of[f"DELETE {JOBS}/JOB"] == large
    assert of[f"GET {JOBS}/JOB/results"] == pages
    assert of[f"GET {JOBS}/JOB"] >= large
    assert gateway.api_calls - spent == planned.calls_to_plan + large + pages + (
        of[f"GET {JOBS}/JOB"] + of[f"DELETE {JOBS}/JOB"]
    )


@pytest.fixture
def proxy(as_worker):
    made = CuttingProxy(int(as_worker.handoff.api_url.rsplit(":", 1)[1]))
    yield made
    made.close()


def through(proxy):
    settings = read_settings(only=NEEDED)
    return gateway_of(replace(settings, instance_url=f"https://localhost:{proxy.port}"))


def test_a_page_whose_connection_breaks_is_fetched_again(
    proxy, as_worker, by_jobs, tmp_path, monkeypatch
):
    monkeypatch.setattr(transport, "PACKING", "identity")
    whole = gateway_of().read_tables(tmp_path / "whole")
    gateway, seen = through(proxy), []

    def break_in_the_next_page(name, rows, total):
        seen.append((name, rows, total))
        if (name, rows) in {("Task", 30), ("Opportunity", 30)}:
            proxy.cut(times=2, after=3_000 if name == "Task" else 0)

    tables = gateway.read_tables(tmp_path / "broken", break_in_the_next_page)
    assert proxy.cuts == 0
    assert proxy.breaks == 4
    assert [step for step in seen if step[0] == "Task"] == [
        ("Task", 30, 80),
        ("Task", 60, 80),
        ("Task", 80, 80),
    ]
    for name, table in tables.by_name.items():
        assert rows_of(table) == rows_of(whole.by_name[name]), name
    assert not list((tmp_path / "broken").glob("*.part"))


def test_a_reading_that_was_given_up_goes_on_where_it_was(
    proxy, as_worker, by_jobs, tmp_path, monkeypatch
):
    whole = gateway_of().read_tables(tmp_path / "whole")

    def break_for_good(name, rows, total):
        if (name, rows) == ("Task", 30):
            proxy.cut(times=1000, after=0)

    with pytest.raises(TransientSalesforceError):
        through(proxy).read_tables(tmp_path / "work", break_for_good)
    proxy.cut(times=0, after=0)
    again = through(proxy)
    since = as_worker.control("GET", "journal?since=0")["entries"][-1]["number"]
    tables = again.read_tables(tmp_path / "work")
    for name, table in tables.by_name.items():
        assert rows_of(table) == rows_of(whole.by_name[name]), name
    later = as_worker.control("GET", f"journal?since={since}")["entries"]
    made = [e for e in later if e.get("method") == "POST" and e["path"].startswith(JOBS)]
    pages = [e for e in later if "/results" in e.get("path", "")]
    assert made == []
    assert 2 <= len(pages) < sum(len(table.pages) for table in tables.by_name.values())


def test_a_night_that_was_put_off_goes_on_with_what_it_read(as_worker, by_jobs):
    fault = {"path_contains": "locator=", "status": 503, "body": "<html>busy</html>", "times": 5}
    as_worker.control("POST", "faults", fault)
    org_id = as_worker.handoff.org_id
    assert isinstance(run_night(org_id, "night-1", AS_OF.isoformat()), Retry)
    result = run_night(org_id, "night-1", AS_OF.isoformat())
    assert result["status"] == "Finished"
    assert result["rows_read"]["Task"] == 80
    entries = as_worker.control("GET", "journal?since=0")["entries"]
    made = [e for e in entries if e.get("method") == "POST" and e["path"].startswith(JOBS)]
    assert len(made) == sum(read["way"] == "bulk" for read in result["reading"])


def test_a_night_whose_rows_are_not_those_promised_reads_them_again(
    as_worker, by_jobs, monkeypatch
):
    read_tables, org_id = Gateway.read_tables, as_worker.handoff.org_id

    def one_more(*args, **options):
        tables = read_tables(*args, **options)
        task = tables.by_name["Task"]
        return replace(
            tables, by_name={**tables.by_name, "Task": replace(task, rows=task.rows + 1)}
        )

    with monkeypatch.context() as patch:
        patch.setattr(Gateway, "read_tables", one_more)
        assert isinstance(run_night(org_id, "night-1", AS_OF.isoformat()), Retry)
    result = run_night(org_id, "night-1", AS_OF.isoformat())
    assert (result["status"], result["rows_read"]["Task"]) == ("Finished", 80)
    entries = as_worker.control("GET", "journal?since=0")["entries"]
    made = [e for e in entries if e.get("method") == "POST" and e["path"].startswith(JOBS)]
    assert len(made) == sum(read["way"] == "bulk" for read in result["reading"]) + 1


def test_rows_that_never_add_up_are_told_to_an_admin(as_worker, by_jobs, monkeypatch):
    monkeypatch.setattr(score_org, "times_taken_up_again", lambda: 2)
    monkeypatch.setattr(reduce, "without_empty", without_tasks)
    with pytest.raises(AdminActionNeededError, match="80 rows were announced and 0 came, again"):
        run_night(as_worker.handoff.org_id, "night-1", AS_OF.isoformat())
    assert "announced" in as_worker.soql("SELECT Detail__c FROM Adoption_Run__c")[0]["Detail__c"]


def without_tasks(tables, _staged):
    """As if no row of Task had been staged."""
    task = replace(tables.by_name["Task"], rows=0)
    return replace(tables, by_name={**tables.by_name, "Task": task})


def test_a_file_that_broke_on_this_disk_is_read_again(as_worker, by_jobs, monkeypatch):
    read_tables, org_id = Gateway.read_tables, as_worker.handoff.org_id

    def broken(*args, **options):
        tables = read_tables(*args, **options)
        page = tables.by_name["Task"].pages[0]
        page.write_bytes(page.read_bytes()[:-1])
        return tables

    with monkeypatch.context() as patch:
        patch.setattr(Gateway, "read_tables", broken)
        assert isinstance(run_night(org_id, "night-1", AS_OF.isoformat()), Retry)
    assert run_night(org_id, "night-1", AS_OF.isoformat())["rows_read"]["Task"] == 80


def test_a_row_that_is_no_csv_is_set_aside_and_the_night_goes_on(as_worker, by_jobs, monkeypatch):
    """Such a row is counted by its lines: the number says nothing then."""
    read_tables = Gateway.read_tables

    def odd(*args, **options):
        tables = read_tables(*args, **options)
        page = tables.by_name["Task"].pages[0]
        header, first, rest = gzip.decompress(page.read_bytes()).split(b"\n", 2)
        first = first.replace(b'","', b'"\nx"\n"y","', 1)
        page.write_bytes(gzip.compress(b"\n".join((header, first, rest))))
        return tables

    monkeypatch.setattr(Gateway, "read_tables", odd)
    result = run_night(as_worker.handoff.org_id, "night-1", AS_OF.isoformat())
    assert result["status"] == "Finished"
    assert result["rows_rejected"]["Task"] >= 1


def test_a_session_that_ends_between_two_pages_is_renewed(as_worker, by_jobs, tmp_path):
    user = as_worker.handoff.integration["user_id"]
    ended = []

    def end_the_session(name, rows, total):
        if rows == 30:
            ended.append(as_worker.control("POST", "expire_session", {"user_id": user})["ended"])

    tables = gateway_of().read_tables(tmp_path, end_the_session)
    assert ended == [1, 1]
    (row,) = as_worker.soql("SELECT COUNT(Id) n FROM Task")
    assert len(rows_of(tables.by_name["Task"])) == row["n"] == 80


def test_the_jobs_are_deleted_and_their_rows_are_not_read_again(as_worker, by_jobs, tmp_path):
    gateway = gateway_of()
    tables = gateway.read_tables(tmp_path / "pages")
    entries = as_worker.control("GET", "journal?since=0")["entries"]
    made = [e for e in entries if e.get("method") == "POST" and e["path"].startswith(JOBS)]
    deleted = [e for e in entries if e.get("method") == "DELETE" and e["status"] == 204]
    assert len(made) == len(deleted) > 0
    before = as_worker.control("GET", "counts")["api_calls"]
    kept = gateway_of()
    assert kept.read_tables(tmp_path / "pages") == tables
    assert (kept.api_calls, kept.reading_plan) == (0, gateway.reading_plan)
    assert kept.read_tables(tmp_path / "pages", also={"Task": ["Other__c"]}).gaps != tables.gaps
    assert kept.api_calls > 0, "what asks for other fields is another reading"
    (tmp_path / "pages" / "reading.json").unlink()  # as one that broke off before its end
    before = as_worker.control("GET", "counts")["api_calls"]
    again = gateway_of()
    again.read_tables(tmp_path / "pages")
    # The jobs are gone, and what they gave is here.
    assert as_worker.control("GET", "counts")["api_calls"] - before == again.api_calls
    assert again.api_calls == again.reading_plan.calls_to_plan
