"""From the org's own error to the page that says who must act, over the real gateway."""

from __future__ import annotations

import pytest
import requests
import responses

from canvas.context import read_context
from canvas.org_reads import org_reads, state_of
from canvas.port import ReadingError
from canvas.states import STATES
from service.app import create_app
from service.salesforce.refusals import REMEDIES, classify
from tests.canvas import panel_builders as build

URL = f"{build.HOST}/services/data/v66.0/composite"


def viewer(**changes):
    return read_context(build.envelope(**changes), {build.ORG_ID})


@pytest.fixture
def wire():
    with responses.RequestsMock() as mock:
        yield mock


def ask(**changes):
    return org_reads(build.settings())(viewer(**changes)).query_together(["SELECT Id FROM X"])[0]


def answered(body, status=200):
    """A composite's answer to the first of its questions; the others find nothing."""
    empty = {"totalSize": 0, "done": True, "records": []}
    first = {"referenceId": "r0", "httpStatusCode": status, "body": body}
    others = [{"referenceId": f"r{at}", "httpStatusCode": 200, "body": empty} for at in range(1, 5)]
    return {"compositeResponse": [first, *others]}


def one_answered(body, status=200):
    return {"compositeResponse": answered(body, status)["compositeResponse"][:1]}


def test_the_viewers_token_asks_one_question(wire):
    page = {"totalSize": 1, "done": True, "records": [{"attributes": {}, "Id": "a"}]}
    wire.post(URL, json=one_answered(page))
    assert ask() == [{"Id": "a"}]
    assert len(wire.calls) == 1
    assert wire.calls[0].request.headers["Authorization"] == f"Bearer {build.TOKEN}"


@pytest.mark.parametrize(
    ("status", "code", "page"),
    [
        (401, "INVALID_SESSION_ID", "session_ended"),
        (403, "API_DISABLED_FOR_ORG", "api_not_enabled"),
        (403, "API_CURRENTLY_DISABLED", "api_not_enabled"),
        (403, "FORBIDDEN", "api_not_enabled"),
        (400, "INVALID_TYPE", "not_visible"),
        (400, "INVALID_FIELD", "not_visible"),
        (404, "NOT_FOUND", "not_visible"),
        (400, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "not_visible"),
        (403, "INSUFFICIENT_ACCESS_OR_READONLY", "not_visible"),
        (403, "REQUEST_LIMIT_EXCEEDED", "salesforce_limit"),
        (503, "SERVER_UNAVAILABLE", "salesforce_down"),
        (500, "UNKNOWN_EXCEPTION", "salesforce_down"),
        (400, "QUERY_TIMEOUT", "salesforce_down"),
        (400, "MALFORMED_QUERY", "broken"),
    ],
)
def test_an_error_becomes_its_page(wire, status, code, page):
    wire.post(URL, status=status, json=[{"errorCode": code, "message": f"about {build.TOKEN}"}])
    with pytest.raises(ReadingError) as failure:
        ask()
    assert (failure.value.state, failure.value.code) == (page, code)
    assert build.TOKEN not in str(failure.value)


def test_an_error_of_one_question_is_its_own(wire):
    wire.post(URL, json=one_answered([{"errorCode": "INVALID_TYPE", "message": "m"}], 400))
    answer = ask()
    assert isinstance(answer, ReadingError)
    assert (answer.state, answer.code) == ("not_visible", "INVALID_TYPE")


def test_a_session_that_the_api_does_not_take_is_not_an_ended_one(wire):
    message = "This session is not valid for use with the REST API"
    wire.post(URL, status=401, json=[{"errorCode": "INVALID_SESSION_ID", "message": message}])
    with pytest.raises(ReadingError) as failure:
        ask()
    assert failure.value.state == "api_not_enabled"


@pytest.mark.parametrize(
    "error", [requests.exceptions.ReadTimeout, requests.exceptions.ConnectionError]
)
def test_no_answer_in_time(wire, error):
    wire.post(URL, body=error("slow"))
    with pytest.raises(ReadingError) as failure:
        ask()
    assert failure.value.state == "salesforce_slow"


def test_a_web_page_instead_of_data(wire):
    wire.post(URL, status=502, body="<html>maintenance</html>")
    with pytest.raises(ReadingError) as failure:
        ask()
    assert failure.value.state == "salesforce_down"


@pytest.mark.parametrize("code", sorted(REMEDIES))
def test_every_known_error_has_a_page(code):
    assert state_of(classify(400, [{"errorCode": code, "message": ""}])) in STATES


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example",
        "https://my.salesforce.com.evil.example",
        "https://a.my.salesforce.com:444",
    ],
)
def test_the_token_goes_to_no_other_host(wire, url):
    with pytest.raises(ReadingError) as failure:
        ask(client__instanceUrl=url)
    assert (failure.value.state, failure.value.code) == ("refused", "host_not_allowed")


def test_the_whole_panel_over_the_real_gateway(wire):
    record = build.a_record()
    wire.post(URL, json=answered({"totalSize": 1, "done": True, "records": [record]}))
    client = create_app(build.settings()).test_client()
    signed = build.signed_request(build.envelope())
    answer = client.post("/canvas", data={"signed_request": signed})
    assert 'data-state="score"' in answer.text
    assert "74<small>.3</small>" in answer.text
