from __future__ import annotations

import json

import pytest
import requests

from service.salesforce.announce_together import Wanted
from service.salesforce.errors import AdminActionNeededError, LimitReachedError
from service.salesforce.fields import BigDealAlert
from tests.gateway.wire import DATA

COMPOSITE = f"{DATA}/composite"
KEY = "006000000000001AAA:Big_Deal:1"
CLAIM = {BigDealAlert.KEY: KEY, BigDealAlert.RULE_NAME: "Big_Deal"}
POST = {"ParentId": "0F9000000000001AAA", "Body": "Ana won", "Type": "TextPost"}
HALTED = [{"errorCode": "PROCESSING_HALTED", "message": "The transaction was rolled back"}]


def reply(post, claim):
    return {
        "compositeResponse": [
            {"body": post[1], "httpHeaders": {}, "httpStatusCode": post[0], "referenceId": "post"},
            {
                "body": claim[1],
                "httpHeaders": {},
                "httpStatusCode": claim[0],
                "referenceId": "claim",
            },
        ]
    }


def error(code, message="m"):
    return [{"errorCode": code, "message": message}]


DONE = reply(
    (201, {"id": "0D5000000000001AAA", "success": True, "errors": []}),
    (201, {"id": "a01000000000001AAA", "success": True, "errors": []}),
)
DUPLICATE = reply((400, HALTED), (400, error("DUPLICATE_VALUE", "duplicate value found")))


def say(gateway, claim=CLAIM):
    (found,) = gateway.announce_all([Wanted(claim, POST)])
    return found


def claims(org, *records):
    rows = [{"attributes": {}, **record} for record in records]
    org.get(f"{DATA}/query", json={"totalSize": len(rows), "done": True, "records": rows})


def announced():
    return {
        "Id": "a01",
        BigDealAlert.KEY: KEY,
        BigDealAlert.STATUS: "Announced",
        BigDealAlert.POST_ID: "0D5000000000009AAA",
        BigDealAlert.DETAIL: None,
    }


def test_post_and_claim_go_in_one_all_or_none_composite(gateway, org):
    org.post(COMPOSITE, json=DONE)
    found = say(gateway)
    assert (found.status, found.post_id) == ("announced", "0D5000000000001AAA")
    body = json.loads(org.calls[-1].request.body)
    assert body["allOrNone"] is True
    post, claim = body["compositeRequest"]
    assert (post["method"], claim["method"]) == ("POST", "POST")
    assert post["url"].endswith("/sobjects/FeedItem")
    assert claim["url"].endswith("/sobjects/Big_Deal_Alert__c")
    assert claim["body"] == {
        **CLAIM,
        "Status__c": "Announced",
        "Post_Id__c": "@{post.id}",
    }
    assert gateway.api_calls == 1


def test_a_duplicate_with_a_claim_is_already_announced(gateway, org):
    org.post(COMPOSITE, json=DUPLICATE)
    claims(org, announced())
    assert say(gateway).status == "already"


def test_a_duplicate_without_a_claim_is_in_flight_and_never_already_sent(gateway, org):
    org.post(COMPOSITE, json=DUPLICATE)
    claims(org)
    assert say(gateway).status == "pending"


def test_a_duplicate_in_the_post_is_not_taken_for_the_claims(gateway, org):
    org.post(COMPOSITE, json=reply((400, error("DUPLICATE_VALUE")), (400, HALTED)))
    org.post(f"{COMPOSITE}/sobjects", json=[{"id": "a01", "success": True, "errors": []}])
    assert say(gateway).status == "failed"


@pytest.mark.parametrize(
    "lost",
    [
        {"body": requests.exceptions.ReadTimeout()},
        {"body": requests.exceptions.ConnectionError("reset")},
        {"status": 503, "body": "<html>"},
        {"status": 200, "body": '{"compositeRes'},
    ],
)
def test_after_a_lost_reply_the_claim_is_read_before_anything_else(gateway, org, lost):
    org.post(COMPOSITE, **lost)
    claims(org, announced())
    found = say(gateway)
    assert (found.status, found.post_id) == ("announced", "0D5000000000009AAA")
    assert [call.request.method for call in org.calls[1:]] == ["POST", "GET"]


def test_a_lost_reply_without_a_claim_is_in_doubt(gateway, org):
    org.post(COMPOSITE, body=requests.exceptions.ReadTimeout())
    claims(org)
    assert say(gateway).status == "pending"
    assert len([c for c in org.calls if c.request.method == "POST"]) == 2  # token, composite


def test_an_org_that_cannot_even_be_asked_leaves_it_in_doubt(gateway, org):
    org.post(COMPOSITE, body=requests.exceptions.ReadTimeout())
    org.get(f"{DATA}/query", status=503, body="<html>")
    assert say(gateway).status == "pending"


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("FEED_NOT_ENABLED_FOR_OBJECT", "feed tracking"),
        ("CANNOT_POST_TO_ARCHIVED_GROUP", "Activate the Chatter group"),
        ("INSUFFICIENT_ACCESS_OR_READONLY", "member"),
        ("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "access"),
        ("INVALID_CROSS_REFERENCE_KEY", "refers to"),
    ],
)
def test_a_post_that_can_never_succeed_becomes_a_failed_claim(gateway, org, code, remedy):
    org.post(COMPOSITE, json=reply((400, error(code)), (400, HALTED)))
    org.post(f"{COMPOSITE}/sobjects", json=[{"id": "a01", "success": True, "errors": []}])
    found = say(gateway)
    assert found.status == "failed"
    (record,) = json.loads(org.calls[-1].request.body)["records"]
    assert record["Status__c"] == "Failed"
    assert record[BigDealAlert.KEY] == KEY
    assert code in record["Detail__c"]
    assert remedy in record["Detail__c"]
    assert len(record["Detail__c"]) <= 255
    assert "Post_Id__c" not in record


def test_a_failed_claim_of_another_worker_is_failed_too(gateway, org):
    org.post(COMPOSITE, json=DUPLICATE)
    claims(org, {**announced(), "Status__c": "Failed", "Detail__c": "archived"})
    assert say(gateway).status == "failed"


def test_a_locked_row_is_in_doubt_and_not_failed(gateway, org):
    org.post(COMPOSITE, json=reply((400, error("UNABLE_TO_LOCK_ROW")), (400, HALTED)))
    assert say(gateway).status == "pending"


def test_a_claim_that_the_org_refuses_is_reported(gateway, org):
    refused = error("FIELD_CUSTOM_VALIDATION_EXCEPTION", "no alerts on Sunday")
    org.post(COMPOSITE, json=reply((400, HALTED), (400, refused)))
    found = say(gateway)
    assert found.status == "refused"
    assert "no alerts on Sunday" in str(found.error)


def test_missing_metadata_stops_the_run_and_is_not_this_deals_fault(gateway, org):
    org.post(COMPOSITE, json=reply((400, HALTED), (400, error("INVALID_FIELD"))))
    with pytest.raises(AdminActionNeededError):
        say(gateway)


def test_a_spent_allocation_stops_the_run(gateway, org):
    org.post(COMPOSITE, status=403, json=error("REQUEST_LIMIT_EXCEEDED", "TotalRequests"))
    with pytest.raises(LimitReachedError):
        say(gateway)


def test_an_allocation_spent_within_the_transaction_is_no_fault_of_the_post(gateway, org):
    spent = error("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
    org.post(COMPOSITE, json=reply((403, spent), (400, HALTED)))
    with pytest.raises(LimitReachedError):
        say(gateway)
    sent = [call.request.url for call in org.calls]
    assert not [url for url in sent if "sobjects" in url]  # no claim says "never"


def test_a_reply_that_is_silent_on_the_claim_is_in_doubt(gateway, org):
    half = {"compositeResponse": DONE["compositeResponse"][:1]}
    org.post(COMPOSITE, json=half)
    claims(org)
    assert say(gateway).status == "pending"


def test_the_key_is_quoted_in_the_query(gateway, org):
    org.post(COMPOSITE, json=DUPLICATE)
    claims(org)
    say(gateway, {**CLAIM, BigDealAlert.KEY: "x' OR Name != '"})
    assert org.calls[-1].request.params["q"].endswith(r"IN ('x\' OR Name != \'')")


def test_the_hourly_limit_is_told_from_doubt(gateway, org):
    spent = error("REQUEST_LIMIT_EXCEEDED", "for this hour")
    org.post(COMPOSITE, json=reply((503, spent), (400, HALTED)))
    assert say(gateway).status == "limited"
    assert len([call for call in org.calls if call.request.url.endswith("/composite")]) == 1


def test_the_hourly_limit_as_the_answer_to_the_whole_call_is_no_doubt_either(gateway, org):
    org.post(COMPOSITE, json=error("REQUEST_LIMIT_EXCEEDED", "for this hour"), status=503)
    assert say(gateway).status == "limited"
