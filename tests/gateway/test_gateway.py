from __future__ import annotations

import json
import ssl
from dataclasses import replace
from decimal import Decimal

import pytest
import requests
import urllib3

from service.salesforce.errors import (
    AdminActionNeededError,
    AmbiguousOutcomeError,
    LimitReachedError,
    SessionExpiredError,
    TransientSalesforceError,
)
from service.salesforce.gateway import Gateway
from service.salesforce.session import parse_limit
from service.salesforce.transport import BASE, Request, to_json
from tests.gateway.wire import DATA, ORG, TOKEN_URL

EXPIRED = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
EMPTY = {"totalSize": 0, "done": True, "records": []}
GET = Request("GET", f"{BASE}/query", params={"q": "SELECT Id FROM User"})
CREATE = Request("POST", f"{BASE}/sobjects/FeedItem", body={}, repeatable=False)


def sent(wire, url):
    return [call for call in wire.calls if call.request.url.split("?")[0] == url]


def test_an_expired_session_is_renewed_once_and_the_request_sent_again(gateway, wire):
    wire.post(TOKEN_URL, json={"access_token": "00D!first"})
    wire.post(TOKEN_URL, json={"access_token": "00D!second"})
    wire.get(f"{DATA}/query", status=401, json=EXPIRED)
    wire.get(f"{DATA}/query", json=EMPTY)
    assert gateway.call(GET) == EMPTY
    asked = sent(wire, f"{DATA}/query")
    assert [call.request.headers["Authorization"] for call in asked] == [
        "Bearer 00D!first",
        "Bearer 00D!second",
    ]


def test_a_create_is_sent_again_after_renewal_because_nothing_was_done(gateway, org):
    org.post(f"{DATA}/sobjects/FeedItem", status=401, json=EXPIRED)
    org.post(f"{DATA}/sobjects/FeedItem", status=201, json={"id": "0D5", "success": True})
    assert gateway.call(CREATE)["id"] == "0D5"


def test_a_second_401_surfaces(gateway, org):
    org.get(f"{DATA}/query", status=401, json=EXPIRED)
    with pytest.raises(SessionExpiredError):
        gateway.call(GET)
    assert len(sent(org, f"{DATA}/query")) == 2
    assert len(sent(org, TOKEN_URL)) == 2


def test_a_session_that_may_not_use_the_api_is_not_renewed(gateway, org):
    message = "This session is not valid for use with the REST API"
    org.get(
        f"{DATA}/query",
        status=401,
        json=[{"message": message, "errorCode": "INVALID_SESSION_ID"}],
    )
    with pytest.raises(AdminActionNeededError, match="API Enabled"):
        gateway.call(GET)
    assert len(sent(org, f"{DATA}/query")) == 1


def test_a_busy_org_is_asked_again(gateway, org):
    org.get(f"{DATA}/query", status=503, body="<html>busy</html>")
    org.get(f"{DATA}/query", status=420, body="<html>setting up</html>")
    org.get(f"{DATA}/query", status=406, body="")
    org.get(f"{DATA}/query", body=requests.exceptions.ConnectionError("reset"))
    org.get(f"{DATA}/query", json=EMPTY)
    assert gateway.call(GET) == EMPTY


def test_a_busy_org_is_not_asked_for_ever(gateway, org):
    org.get(f"{DATA}/query", status=503, body="<html>busy</html>")
    with pytest.raises(TransientSalesforceError):
        gateway.call(GET)
    assert len(sent(org, f"{DATA}/query")) == 5


def test_a_spent_allocation_is_not_asked_again(gateway, org):
    org.get(
        f"{DATA}/query",
        status=403,
        json=[{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}],
    )
    with pytest.raises(LimitReachedError):
        gateway.call(GET)
    assert len(sent(org, f"{DATA}/query")) == 1


def test_a_query_that_timed_out_is_not_sent_again_unchanged(gateway, org):
    org.get(f"{DATA}/query", status=400, json=[{"message": "long", "errorCode": "QUERY_TIMEOUT"}])
    with pytest.raises(TransientSalesforceError):
        gateway.call(GET)
    assert len(sent(org, f"{DATA}/query")) == 1


@pytest.mark.parametrize(
    "reply",
    [
        {"body": requests.exceptions.ReadTimeout()},
        {"body": requests.exceptions.ConnectionError("reset by peer")},
        {"body": requests.exceptions.ChunkedEncodingError()},
        {"status": 502, "body": "<html>"},
        {"status": 503, "json": [{"errorCode": "SERVER_UNAVAILABLE", "message": "busy"}]},
        {"status": 201, "body": '{"id": "0D'},
    ],
)
def test_a_create_whose_reply_is_lost_is_ambiguous_and_never_sent_again(gateway, org, reply):
    org.post(f"{DATA}/sobjects/FeedItem", **reply)
    with pytest.raises(AmbiguousOutcomeError):
        gateway.call(CREATE)
    assert len(sent(org, f"{DATA}/sobjects/FeedItem")) == 1


def test_a_create_that_never_left_is_not_ambiguous(gateway, org):
    never = urllib3.exceptions.MaxRetryError(
        None, "/", urllib3.exceptions.NewConnectionError(None, "refused")
    )
    org.post(f"{DATA}/sobjects/FeedItem", body=requests.exceptions.ConnectionError(never))
    with pytest.raises(TransientSalesforceError) as caught:
        gateway.call(CREATE)
    assert not isinstance(caught.value, AmbiguousOutcomeError)


def test_an_untrusted_certificate_is_for_a_person(gateway, org):
    org.get(f"{DATA}/query", body=requests.exceptions.SSLError("bad"))
    with pytest.raises(AdminActionNeededError, match="SALESFORCE_CA_FILE"):
        gateway.call(GET)


def cut_off() -> requests.exceptions.SSLError:
    reason = urllib3.exceptions.SSLError(ssl.SSLEOFError(8, "EOF occurred"))
    return requests.exceptions.SSLError(urllib3.exceptions.MaxRetryError(None, "/", reason))


def test_a_connection_that_is_cut_off_is_asked_again(gateway, org):
    org.get(f"{DATA}/query", body=cut_off())
    org.get(f"{DATA}/query", json=EMPTY)
    assert gateway.call(GET) == EMPTY


def test_a_create_that_is_cut_off_is_ambiguous(gateway, org):
    org.post(f"{DATA}/sobjects/FeedItem", body=cut_off())
    with pytest.raises(AmbiguousOutcomeError):
        gateway.call(CREATE)


def test_a_cut_off_page_is_asked_again(gateway, org):
    org.get(f"{DATA}/query", body='{"totalSize": 1, "rec')
    org.get(f"{DATA}/query", json=EMPTY)
    assert gateway.call(GET) == EMPTY


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("api-usage=18/5000", (18, 5000)),
        ("api-usage=10018/100000; api-bursts=1/750", (10018, 100000)),
        ("api-usage=25/5000; per-app-api-usage=17/250(appName=sample)", (25, 5000)),
        ("api-bursts=1/750; api-usage=10018/100000", (10018, 100000)),
        ("per-app-api-usage=17/250(appName=sample)", None),
        ("nonsense", None),
        ("", None),
        (None, None),
    ],
)
def test_the_limit_header_is_read_by_key(header, expected):
    assert parse_limit(header) == expected


def test_calls_are_counted_at_the_wire_and_the_token_is_not_one(gateway, org):
    org.get(f"{DATA}/query", status=503, body="")
    org.get(f"{DATA}/query", json=EMPTY, headers={"Sforce-Limit-Info": "api-usage=7/15000"})
    gateway.call(GET)
    assert gateway.api_calls == 2
    assert gateway.limit == (7, 15000)


@pytest.fixture
def frugal(settings):
    return Gateway(replace(settings, run_calls=50))


def test_a_run_spends_no_more_calls_than_it_may(frugal, org):
    gateway = frugal
    org.get(f"{DATA}/query", json=EMPTY)
    for _ in range(50):
        gateway.call(GET)
    with pytest.raises(
        LimitReachedError, match=r"has spent its 50 API calls.*BELLWETHER_RUN_CALLS"
    ):
        gateway.call(GET)
    assert gateway.api_calls == 50
    with gateway.beyond_budget():
        gateway.call(GET)
    with pytest.raises(LimitReachedError):
        gateway.call(GET)


def test_the_repetitions_of_a_call_are_spent_as_well(frugal, org):
    gateway = frugal
    org.get(f"{DATA}/query", status=503, body="")
    for _ in range(10):
        with pytest.raises(TransientSalesforceError):
            gateway.call(GET)
    with pytest.raises(LimitReachedError):
        gateway.call(GET)
    assert gateway.api_calls == 50


@pytest.mark.parametrize(("used", "is_stopped"), [(13_499, False), (13_500, True), (15_000, True)])
def test_the_rest_of_the_allocation_is_left_to_others(gateway, org, used, is_stopped):
    limit = {"Sforce-Limit-Info": f"api-usage={used}/15000"}
    org.get(f"{DATA}/query", json=EMPTY, headers=limit)
    gateway.call(GET)
    if not is_stopped:
        gateway.call(GET)
        return
    with pytest.raises(LimitReachedError, match=rf"{used:,} of the org's 15,000.*left to others"):
        gateway.call(GET)


def test_every_request_has_our_timeout_and_trust_store(gateway, org, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:1")
    org.get(f"{DATA}/query", json=EMPTY)
    gateway.call(GET)
    for call in org.calls:
        assert call.request.req_kwargs["timeout"] == (5, 5)
        assert call.request.req_kwargs["verify"] is True
        assert not call.request.req_kwargs["proxies"]


def test_a_redirect_is_not_followed_with_the_token(gateway, org):
    org.get(f"{DATA}/query", status=302, headers={"Location": "https://evil.example/"})
    with pytest.raises(Exception, match="302"):
        gateway.call(GET)
    assert all(call.request.url.startswith(ORG) for call in org.calls)


def test_fractions_are_decimals_and_never_floats(gateway, org):
    org.get(f"{DATA}/query", body='{"n": 300.10, "i": 3}')
    assert gateway.call(GET) == {"n": Decimal("300.10"), "i": 3}


def test_no_token_in_any_error(gateway, org):
    org.get(f"{DATA}/query", status=400, json=[{"errorCode": "MALFORMED_QUERY", "message": "x"}])
    with pytest.raises(Exception, match="MALFORMED_QUERY") as caught:
        gateway.call(GET)
    assert "00D!first" not in repr(caught.value)
    assert caught.value.__suppress_context__


def test_a_decimal_goes_out_as_an_unrounded_number():
    assert json.loads(to_json({"a": Decimal("71.3"), "b": Decimal("100000.00")})) == {
        "a": 71.3,
        "b": 100000,
    }
    with pytest.raises(ValueError, match="digits"):
        to_json(Decimal("12345678901234567.89"))


def test_queries_together_are_one_call_and_each_is_answered_for_itself(gateway, org):
    def reply(request):
        asked = [one["url"] for one in json.loads(request.body)["compositeRequest"]]
        assert (
            asked[0]
            == "/services/data/v66.0/query?q=SELECT%20Id%20FROM%20A%20WHERE%20Name%20%3D%20%27a%26b%27"
        )
        page = {
            "totalSize": 3,
            "done": False,
            "records": [{"attributes": {}, "Id": "1"}, {"Id": "2"}],
            "nextRecordsUrl": "/services/data/v66.0/query/0r8-2",
        }
        refused = [{"errorCode": "INVALID_TYPE", "message": "no"}]
        answers = [
            {"referenceId": "r0", "httpStatusCode": 200, "body": page},
            {"referenceId": "r1", "httpStatusCode": 400, "body": refused},
        ]
        return 200, {}, json.dumps({"compositeResponse": answers})

    org.add_callback("POST", f"{DATA}/composite", callback=reply)
    org.get(f"{DATA}/query/0r8-2", json={"totalSize": 3, "done": True, "records": [{"Id": "3"}]})
    first, second = gateway.query_together(
        ["SELECT Id FROM A WHERE Name = 'a&b'", "SELECT Id FROM B"]
    )
    assert [row["Id"] for row in first] == ["1", "2", "3"]
    assert isinstance(second, AdminActionNeededError)
    assert gateway.api_calls == 2
