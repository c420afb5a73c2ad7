"""Query jobs of the Bulk API 2.0, from its documentation, and by the stock client."""

from __future__ import annotations

import csv
import io
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.localorg.world import Caller, World

JOBS = "/jobs/query"
ALL = "SELECT Id, Name, Description FROM Account WHERE Name LIKE 'Bulk%'"
ODD = 'two\nlines, "quoted"'


@pytest.fixture(scope="module")
def names(world: World) -> list[str]:
    call = world.http()
    made = [f"Bulk {number:04d}" for number in range(1300)]
    for at in range(0, len(made), 200):
        records = [
            {"attributes": {"type": "Account"}, "Name": one, "Description": ODD}
            for one in made[at : at + 200]
        ]
        assert all(
            one["success"]
            for one in call("POST", "/composite/sobjects", {"records": records}).json()
        )
    return made


@pytest.fixture
def call(world: World) -> Iterator[Caller]:
    yield world.http()
    world.org.control.latency_seconds = 0


def start(call: Caller, soql: str = ALL, **more: str) -> dict[str, Any]:
    return call("POST", JOBS, {"operation": "query", "query": soql, **more}).json()


def finished(call: Caller, job: str) -> dict[str, Any]:
    for _ in range(200):
        shown = call("GET", f"{JOBS}/{job}").json()
        if shown["state"] in {"JobComplete", "Failed", "Aborted"}:
            return shown
        time.sleep(0.02)
    raise AssertionError(f"the job does not end: {shown}")


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_job_is_made_with_200_and_says_no_type(call: Caller, names: list[str]) -> None:
    reply = call("POST", JOBS, {"operation": "query", "query": ALL})
    assert reply.status_code == 200
    made = reply.json()
    assert made["id"].startswith("750")
    assert (made["state"], made["apiVersion"], made["object"]) == (
        "UploadComplete",
        66.0,
        "Account",
    )
    assert "jobType" not in made
    shown = finished(call, made["id"])
    assert (shown["jobType"], shown["numberRecordsProcessed"]) == ("V2Query", len(names))


def test_the_id_of_a_deleted_job_is_never_given_again(call: Caller, names: list[str]) -> None:
    first, second = (start(call)["id"] for _ in range(2))
    finished(call, first)
    assert call("DELETE", f"{JOBS}/{first}").status_code == 204
    assert start(call, "SELECT Id FROM Account")["id"] not in {first, second}


def test_large_numbers_have_an_exponent(call: Caller) -> None:
    given = {1: 9_999_999.5, 2: 10_000_000, 3: 99_213_206, 4: 12_345_678.9, 5: -2e7, 6: None}
    for number, amount in given.items():
        body = {"Name": f"Exponent {number}", "Amount": amount, "StageName": "Prospecting"}
        body["CloseDate"] = "2026-01-31"
        assert call("POST", "/sobjects/Opportunity", body).status_code == 201
    job = start(call, "SELECT Name, Amount FROM Opportunity WHERE Name LIKE 'Exponent%'")["id"]
    finished(call, job)
    found = {
        one["Name"][-1]: one["Amount"] for one in rows(call("GET", f"{JOBS}/{job}/results").text)
    }
    assert found == {
        "1": "9999999.5", "2": "1.0E7", "3": "9.9213206E7", "4": "1.23456789E7", "5": "-2.0E7",
        "6": "",
    }  # fmt: skip


def test_pages_repeat_the_header_and_lose_nothing(call: Caller, names: list[str]) -> None:
    job = start(call)["id"]
    finished(call, job)
    found, locator, pages = [], "", 0
    while locator != "null":
        params = {"maxRecords": "437"} | ({"locator": locator} if locator else {})
        reply = call("GET", f"{JOBS}/{job}/results", params=params)
        page = rows(reply.text)
        assert reply.text.startswith('"Id","Name","Description"\n')
        assert reply.headers["Sforce-NumberOfRecords"] == str(len(page))
        found += page
        locator, pages = reply.headers["Sforce-Locator"], pages + 1
    assert pages == 3
    assert sorted(one["Name"] for one in found) == names
    assert {one["Description"] for one in found} == {ODD}


def test_a_page_can_be_read_again(call: Caller, names: list[str]) -> None:
    job = start(call)["id"]
    finished(call, job)
    first = call("GET", f"{JOBS}/{job}/results", params={"maxRecords": "1001"})
    later = {"maxRecords": "1001", "locator": first.headers["Sforce-Locator"]}
    second, again = (call("GET", f"{JOBS}/{job}/results", params=later) for _ in range(2))
    assert second.text == again.text
    assert len(rows(second.text)) == len(names) - 1001


def test_values_are_written_as_this_api_writes_them(call: Caller) -> None:
    job = start(
        call, "SELECT IsActive, CreatedDate, ManagerId, UserRole.Name FROM User WHERE Alias = 'ana'"
    )
    finished(call, job["id"])
    text = call("GET", f"{JOBS}/{job['id']}/results").text
    assert text.splitlines()[0] == '"IsActive","CreatedDate","ManagerId","UserRole.Name"'
    (row,) = rows(text)
    assert row["IsActive"] == "true"
    assert row["CreatedDate"].endswith(".000Z")
    assert (row["ManagerId"], row["UserRole.Name"]) == ("", "Rep")


@pytest.mark.parametrize(
    "soql",
    [
        "SELECT COUNT() FROM Account", "SELECT Name, COUNT(Id) FROM Account GROUP BY Name",
        "SELECT Id FROM Account LIMIT 5 OFFSET 5", "SELECT Id, (SELECT Id FROM Contacts) FROM Account",
    ],
)  # fmt: skip
def test_what_this_api_cannot_ask_is_refused_at_once(call: Caller, soql: str) -> None:
    reply = call("POST", JOBS, {"operation": "query", "query": soql})
    assert reply.status_code == 400
    assert "not supported by the Bulk API" in reply.json()[0]["message"]


def start_slowly(world: World, call: Caller) -> str:
    """A job that does nothing for half a second; later requests are answered at once."""
    world.org.control.latency_seconds = 0.5
    job: str = start(call)["id"]
    world.org.control.latency_seconds = 0
    return job


def test_results_that_are_not_there_yet_are_refused_in_both_documented_ways(
    world: World, call: Caller
) -> None:
    job = start_slowly(world, call)
    early = [call("GET", f"{JOBS}/{job}/results").status_code for _ in range(2)]
    assert early == [412, 204]
    assert finished(call, job)["state"] == "JobComplete"


def test_an_unfinished_job_is_aborted_and_not_deleted(world: World, call: Caller) -> None:
    job = start_slowly(world, call)
    assert call.refusal("DELETE", f"{JOBS}/{job}") == (400, "API_ERROR")
    assert call("PATCH", f"{JOBS}/{job}", {"state": "Aborted"}).json()["state"] == "Aborted"
    assert call.refusal("PATCH", f"{JOBS}/{job}", {"state": "Aborted"}) == (400, "INVALIDJOBSTATE")
    assert call("DELETE", f"{JOBS}/{job}").status_code == 204
    assert call.refusal("GET", f"{JOBS}/{job}") == (404, "NOT_FOUND")


def test_a_job_is_its_makers_own_and_of_its_version(world: World, call: Caller) -> None:
    job = start(call)["id"]
    finished(call, job)
    assert world.http("mia").refusal("GET", f"{JOBS}/{job}") == (404, "NOT_FOUND")
    other = f"/services/data/v65.0{JOBS}/{job}/results"
    assert call("GET", other).status_code == 409


def test_a_person_gets_what_a_person_may_see(world: World) -> None:
    call = world.http("ana")
    seen = call.query("SELECT Id FROM Score__c")["totalSize"]
    job = start(call, "SELECT Id FROM Score__c")["id"]
    assert finished(call, job)["numberRecordsProcessed"] == seen
    assert call.refusal("POST", JOBS, {"operation": "query", "query": "SELECT Secret__c FROM Score__c"}) == (
        400, "INVALID_FIELD",
    )  # fmt: skip


def test_the_stock_client_reads_a_job(world: World, names: list[str]) -> None:
    client = world.salesforce()
    pages = list(client.bulk2.Account.query(ALL, max_records=500))
    assert len(pages) == 3
    assert sorted(one["Name"] for page in pages for one in rows(page)) == names
