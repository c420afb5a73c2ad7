from __future__ import annotations

import json

import pytest
import requests

from service.salesforce.errors import (
    AdminActionNeededError,
    AmbiguousOutcomeError,
    SalesforceError,
    SessionExpiredError,
    TransientSalesforceError,
)
from service.salesforce.viewer import ViewerGateway, is_allowed
from tests.gateway.wire import DATA, ORG

PATTERNS = ("*.my.salesforce.com", "localhost:8443")


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.my.salesforce.com",
        "https://ACME.my.salesforce.com/",
        "https://acme--uat.sandbox.my.salesforce.com",
        "https://acme.my.salesforce.com:443",
        "https://localhost:8443",
    ],
)
def test_a_host_of_the_list_is_allowed(url):
    assert is_allowed(url, PATTERNS)


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.my.salesforce.com",
        "https://my.salesforce.com",
        "https://.my.salesforce.com.evil.example",
        "https://acme.my.salesforce.com.evil.example",
        "https://evilmy.salesforce.com",
        "https://acme.my.salesforce.com@evil.example",
        "https://user@acme.my.salesforce.com",
        "https://acme.my.salesforce.com:8080",
        "https://acme.my.salesforce.com/path",
        "https://acme.my.salesforce.com?x",
        "https://localhost",
        "https://localhost:9",
        "https://acme.my.salesforce.com:port",
        "https://",
        "",
        "https://[::1",
        "https://evil.example\\.my.salesforce.com",  # where clients stop reading at the backslash
        "https://evil.example;.my.salesforce.com",
        "https://evil.example%2f.my.salesforce.com",
        "https://evil.example\r\n.my.salesforce.com",
        "https:// acme.my.salesforce.com",
        "https://acme\uff0f.my.salesforce.com",
        "https://*.my.salesforce.com",
        "https://@acme.my.salesforce.com",
        "https://acme.my.salesforce.com.",
        "https://acme.my.salesforce.com:0",
    ],
)
def test_no_other_host_ever_gets_a_token(url):
    assert not is_allowed(url, PATTERNS)


def test_a_forbidden_host_is_refused_before_anything_is_sent(settings, wire):
    with pytest.raises(AdminActionNeededError, match="SALESFORCE_VIEWER_HOSTS"):
        ViewerGateway("https://evil.example", "00D!viewer", settings)
    assert len(wire.calls) == 0


def test_questions_are_asked_in_one_call_with_the_viewers_token(settings, wire):
    row = {"attributes": {"type": "Adoption_Score__c"}, "Id": "a00"}
    page = {"totalSize": 1, "done": True, "records": [row]}
    refused = [{"errorCode": "INVALID_TYPE", "message": "m"}]
    answers = [
        {"referenceId": "r1", "httpStatusCode": 400, "body": refused},
        {"referenceId": "r0", "httpStatusCode": 200, "body": page},
    ]
    wire.post(f"{DATA}/composite", json={"compositeResponse": answers})
    viewer = ViewerGateway(ORG, "00D!viewer", settings)
    first, second = viewer.query_together(
        ["SELECT Id FROM A WHERE Name = 'a&b'", "SELECT Id FROM B"]
    )
    assert first == [{"Id": "a00"}]
    assert (type(second), second.code) == (AdminActionNeededError, "INVALID_TYPE")
    sent = json.loads(wire.calls[0].request.body)["compositeRequest"]
    assert sent[0]["url"].endswith("/query?q=SELECT+Id+FROM+A+WHERE+Name+%3D+%27a%26b%27")
    assert wire.calls[0].request.headers["Authorization"] == "Bearer 00D!viewer"
    assert wire.calls[0].request.req_kwargs["timeout"] == (5, 5)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ({"status": 401, "json": [{"errorCode": "INVALID_SESSION_ID", "message": "expired"}]},
         SessionExpiredError),
        ({"status": 403, "json": [{"errorCode": "API_CURRENTLY_DISABLED", "message": "m"}]},
         AdminActionNeededError),
        ({"status": 503, "body": "<html>"}, TransientSalesforceError),
        ({"body": requests.exceptions.ReadTimeout()}, TransientSalesforceError),
    ],
)  # fmt: skip
def test_a_refusal_is_mapped_and_never_sent_again(settings, wire, reply, kind):
    wire.post(f"{DATA}/composite", **reply)
    with pytest.raises(kind) as caught:
        ViewerGateway(ORG, "00D!viewer", settings).query_together(["SELECT Id FROM User"])
    assert len(wire.calls) == 1
    assert "00D!viewer" not in repr(caught.value)


RECORDS = [{"attributes": {"type": "Task"}, "Subject": name} for name in ("a", "b")]
UNDONE = {
    "success": False,
    "errors": [{"statusCode": "ALL_OR_NONE_OPERATION_ROLLED_BACK", "message": "Undone"}],
}
REFUSED = {
    "success": False,
    "errors": [{"statusCode": "INACTIVE_OWNER_OR_USER", "message": "Gone", "fields": []}],
}


def test_records_are_created_together_or_not_at_all(settings, wire):
    rows = [
        {"id": "00T5g000000TaskAAA", "success": True, "errors": []},
        {"id": "00T5g000000TaskBAA", "success": True, "errors": []},
    ]
    wire.post(f"{DATA}/composite/sobjects", json=rows)
    made = ViewerGateway(ORG, "00D!viewer", settings).create_together(RECORDS)
    assert made == ["00T5g000000TaskAAA", "00T5g000000TaskBAA"]
    sent = json.loads(wire.calls[0].request.body)
    assert sent == {"allOrNone": True, "records": RECORDS}


def test_of_a_rolled_back_call_the_record_that_is_to_blame_is_told(settings, wire):
    wire.post(f"{DATA}/composite/sobjects", json=[UNDONE, REFUSED])
    with pytest.raises(SalesforceError) as caught:
        ViewerGateway(ORG, "00D!viewer", settings).create_together(RECORDS)
    assert caught.value.code == "INACTIVE_OWNER_OR_USER"


@pytest.mark.parametrize("reply", [{"json": []}, {"body": requests.exceptions.ReadTimeout()}])
def test_a_call_that_was_not_answered_is_in_doubt_and_sent_once(settings, wire, reply):
    wire.post(f"{DATA}/composite/sobjects", **reply)
    with pytest.raises(AmbiguousOutcomeError):
        ViewerGateway(ORG, "00D!viewer", settings).create_together(RECORDS)
    assert len(wire.calls) == 1
