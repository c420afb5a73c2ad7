"""Actions with many inputs: each has its own verdict, none is sent twice, nothing is guessed."""

from __future__ import annotations

import json

import pytest
import requests
import responses

from service.salesforce import actions
from service.salesforce.errors import (
    AmbiguousOutcomeError,
    LimitReachedError,
    RequestDefectError,
    SalesforceError,
)
from tests.gateway.wire import DATA

MAIL = f"{DATA}/actions/standard/emailSimple"
GOOD = {"isSuccess": True, "errors": None}
BAD = {
    "isSuccess": False,
    "errors": [{"statusCode": "INVALID_EMAIL_ADDRESS", "message": "no address", "fields": []}],
}


def letters(count):
    return [(f"{at}@x.example", "S", "T") for at in range(count)]


def test_each_input_has_its_own_verdict_though_the_call_says_400(org, gateway):
    org.post(MAIL, status=400, json=[GOOD, BAD, GOOD])
    first, second, third = actions.mail_each(gateway, letters(3))
    assert (first, third) == (None, None)
    assert second.code == "INVALID_EMAIL_ADDRESS"


def test_a_hundred_go_together(org, gateway):
    sizes = []

    def answer(request):
        inputs = json.loads(request.body)["inputs"]
        sizes.append(len(inputs))
        return 200, {}, json.dumps([GOOD] * len(inputs))

    org.add_callback(responses.POST, MAIL, callback=answer)
    assert actions.mail_each(gateway, letters(250)) == [None] * 250
    assert sizes == [100, 100, 50]
    assert actions.mail_each(gateway, []) == []


def test_a_refusal_of_the_whole_call_is_each_ones(org, gateway):
    org.post(MAIL, status=400, json=[{"errorCode": "NEW_CODE", "message": "whole"}])
    errors = actions.mail_each(gateway, letters(2))
    assert [type(one) for one in errors] == [RequestDefectError] * 2


@pytest.mark.parametrize("body", [[GOOD], [GOOD] * 3, {"isSuccess": True}])
def test_a_reply_that_does_not_speak_of_each_is_in_doubt(org, gateway, body):
    org.post(MAIL, json=body)
    errors = actions.mail_each(gateway, letters(2))
    assert [type(one) for one in errors] == [AmbiguousOutcomeError] * 2


def test_a_lost_reply_is_in_doubt_and_not_sent_again(org, gateway):
    lost = org.post(MAIL, body=requests.exceptions.ConnectionError("reset"))
    (error,) = actions.mail_each(gateway, letters(1))
    assert isinstance(error, AmbiguousOutcomeError)
    assert lost.call_count == 1


def test_an_org_whose_calls_are_used_up_stops_the_run(org, gateway):
    spent = [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]
    org.post(MAIL, status=403, json=spent)
    with pytest.raises(LimitReachedError):
        actions.mail_each(gateway, letters(1))


def people(count):
    return [f"{at:04}.{'x' * 40}@x.example" for at in range(count)]


def test_a_mail_to_more_than_one_input_takes_is_one_call(org, gateway):
    sent = org.post(MAIL, json=[GOOD, GOOD])
    actions.mail(gateway, people(111), "S", "T")
    (call,) = sent.calls
    inputs = json.loads(call.request.body)["inputs"]
    lists = [one["recipientAddresses"] for one in inputs]
    assert [address for one in lists for address in one.split(",")] == people(111)
    assert all(len(one) <= 4000 for one in lists)
    assert {(one["emailSubject"], one["emailBody"]) for one in inputs} == {("S", "T")}


def test_a_mail_of_which_one_part_was_refused_says_so(org, gateway):
    org.post(MAIL, status=400, json=[GOOD, BAD])
    with pytest.raises(SalesforceError, match=r"^Some of the 111 addresses have it\..*no address"):
        actions.mail(gateway, people(111), "S", "T")


def test_a_mail_in_doubt_is_no_refused_one(org, gateway):
    org.post(MAIL, json=[GOOD])
    with pytest.raises(AmbiguousOutcomeError):
        actions.mail(gateway, people(111), "S", "T")


def test_posts_name_their_record(org, gateway):
    sent = org.post(f"{DATA}/actions/standard/chatterPost", json=[GOOD])
    assert actions.post_each(gateway, [("a01", "@[005] look")]) == [None]
    assert json.loads(sent.calls[0].request.body) == {
        "inputs": [{"subjectNameOrId": "a01", "text": "@[005] look"}]
    }
