"""The unmodified simple-salesforce speaks to the org over TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceResourceNotFound,
)

if TYPE_CHECKING:
    from tests.localorg.world import World


@pytest.fixture(scope="module")
def accounts(world: World) -> list[str]:
    call = world.http()
    names = [f"Firm {number:03d}" for number in range(450)]
    for at in range(0, len(names), 150):
        records = [{"attributes": {"type": "Account"}, "Name": n} for n in names[at : at + 150]]
        outcomes = call("POST", "/composite/sobjects", {"records": records}).json()
        assert all(one["success"] for one in outcomes)
    return names


def test_paging_loses_and_repeats_nothing(world: World, accounts: list[str]) -> None:
    found = world.salesforce().query_all("SELECT Name FROM Account WHERE Name LIKE 'Firm%'")
    names = [one["Name"] for one in found["records"]]
    assert sorted(names) == accounts
    assert found["totalSize"] == len(accounts)


def test_without_order_by_the_order_means_nothing(world: World, accounts: list[str]) -> None:
    found = world.salesforce().query_all("SELECT Name FROM Account WHERE Name LIKE 'Firm%'")
    assert [one["Name"] for one in found["records"]] != accounts


def test_a_page_names_the_next_by_path(world: World, accounts: list[str]) -> None:
    page = world.salesforce().query(
        "SELECT Name FROM Account WHERE Name LIKE 'Firm%' ORDER BY Name"
    )
    assert list(page) == ["totalSize", "done", "nextRecordsUrl", "records"]
    assert page["totalSize"] == len(accounts)
    assert page["nextRecordsUrl"].startswith("/services/data/v66.0/query/0r8")
    assert page["nextRecordsUrl"].endswith("-200")
    more = world.salesforce().query_more(page["nextRecordsUrl"], identifier_is_url=True)
    assert more["records"][0]["Name"] == accounts[200]


def test_the_last_page_has_no_next(world: World) -> None:
    page = world.salesforce().query("SELECT Id FROM User LIMIT 1")
    assert list(page) == ["totalSize", "done", "records"]


def test_a_record_lives_and_dies(world: World) -> None:
    client = world.salesforce()
    made = client.Account.create({"Name": "Short Lived"})
    assert made == {"id": made["id"], "success": True, "errors": []}
    assert client.Account.update(made["id"], {"Site": "North"}) == 204
    assert client.Account.get(made["id"])["Site"] == "North"
    assert client.Account.delete(made["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound) as refused:
        client.Account.delete(made["id"])
    assert refused.value.content[0]["errorCode"] == "ENTITY_IS_DELETED"


def test_upsert_by_external_id_says_whether_it_is_new(world: World) -> None:
    call = world.http()
    first = call("PATCH", "/sobjects/Score__c/Key__c/K-1", {"Value__c": 1})
    second = call("PATCH", "/sobjects/Score__c/Key__c/K-1", {"Value__c": 2})
    assert (first.status_code, first.json()["created"]) == (201, True)
    assert (second.status_code, second.json()["created"]) == (200, False)
    assert first.json()["id"] == second.json()["id"]
    assert world.salesforce().Score__c.upsert("Key__c/K-1", {"Value__c": 3}) == 200


def test_describe_tells_what_the_client_needs(world: World) -> None:
    said = world.salesforce().Score__c.describe()
    fields = {one["name"]: one for one in said["fields"]}
    assert (said["keyPrefix"], said["custom"], said["createable"]) == ("a00", True, True)
    assert (fields["Key__c"]["externalId"], fields["Key__c"]["unique"]) == (True, True)
    assert (fields["Value__c"]["precision"], fields["Value__c"]["scale"]) == (4, 1)
    assert [one["value"] for one in fields["Word__c"]["picklistValues"]] == ["Good", "Bad"]
    assert fields["Story__c"]["filterable"] is False


def test_the_client_reads_the_limit_header(world: World) -> None:
    client = world.salesforce()
    client.query("SELECT Id FROM User LIMIT 1")
    usage = client.api_usage["api-usage"]
    assert (usage.used > 0, usage.total) == (True, 100_000)


def test_errors_are_the_clients_errors(world: World) -> None:
    client = world.salesforce()
    with pytest.raises(SalesforceMalformedRequest) as refused:
        client.query("SELECT Nonsense FROM Account")
    assert refused.value.content[0]["errorCode"] == "INVALID_FIELD"
    with pytest.raises(SalesforceResourceNotFound):
        client.restful("nonsense")


def test_a_session_that_ended_is_told_with_an_array(world: World) -> None:
    client = world.salesforce("bea")
    with world.org.write() as db:
        db.execute("UPDATE _session SET revoked = 1 WHERE token = ?", (client.session_id,))
    with pytest.raises(SalesforceExpiredSession) as refused:
        client.query("SELECT Id FROM User")
    assert refused.value.content == [
        {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}
    ]


def test_versions_need_no_session_and_count_nothing(world: World) -> None:
    call = world.http(None)
    before = world.org.usage.api_calls
    reply = call("GET", "/services/data")
    assert {"label": "Spring '26", "url": "/services/data/v66.0", "version": "66.0"} in reply.json()
    assert len(reply.json()) > 1
    assert "Sforce-Limit-Info" not in reply.headers
    assert world.org.usage.api_calls == before


def test_an_unknown_version_is_an_unknown_resource(world: World) -> None:
    call = world.http()
    assert call.refusal("GET", "/services/data/v59.0/limits") == (404, "NOT_FOUND")


def test_a_certificate_of_another_authority_is_not_trusted(world: World) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.Session().get(f"{world.org.settings.api_url}/services/data", timeout=5)


def test_gzip_only_when_asked_for(world: World) -> None:
    call = world.http()
    plain = call("GET", "/sobjects", headers={"Accept-Encoding": "identity"})
    packed = call("GET", "/sobjects", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert plain.json() == packed.json()


def test_pretty_print_when_asked_for(world: World) -> None:
    reply = world.http()("GET", "/limits", headers={"X-PrettyPrint": "1"})
    assert '"DailyApiRequests" : {' in reply.text


def test_a_too_long_get_is_refused(world: World) -> None:
    wanted = ",".join(f"'{number:018d}'" for number in range(900))
    reply = world.http()(
        "GET",
        "/query",
        params={"q": f"SELECT Id FROM User WHERE Name IN ({wanted})"},  # SOQL of a test
    )
    assert reply.status_code == 431


def test_methods_that_a_resource_lacks_are_refused(world: World) -> None:
    call = world.http()
    assert call.refusal("PUT", "/limits") == (405, "METHOD_NOT_ALLOWED")
    entries = world.org.control.journal(0)
    assert any(one["kind"] == "refused" and one["path"].endswith("/limits") for one in entries)


def test_requests_beyond_the_daily_limit_are_refused(world: World) -> None:
    call = world.http()
    most = world.org.settings.api_limit
    world.org.settings.api_limit = world.org.usage.api_calls
    try:
        assert call.refusal("GET", "/limits") == (403, "REQUEST_LIMIT_EXCEEDED")
    finally:
        world.org.settings.api_limit = most
