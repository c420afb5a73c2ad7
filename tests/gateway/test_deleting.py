"""Deleting by id: a thousand a call, one outcome each, and what is gone already is deleted."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from service.salesforce.errors import RecordRejectedError, TransientSalesforceError
from tests.gateway.wire import DATA

COMPOSITE = f"{DATA}/composite"


def answering(org, row_of):
    calls = []

    def reply(request):
        subs = json.loads(request.body)["compositeRequest"]
        asked = [parse_qs(urlsplit(one["url"]).query)["ids"][0].split(",") for one in subs]
        calls.append([len(ids) for ids in asked])
        given = [
            {
                "referenceId": one["referenceId"],
                "httpStatusCode": 200,
                "body": [row_of(i) for i in ids],
            }
            for one, ids in zip(subs, asked, strict=True)
        ]
        return 200, {}, json.dumps({"compositeResponse": given})

    org.add_callback(responses.POST, COMPOSITE, callback=reply)
    return calls


def refused(code):
    return {"success": False, "errors": [{"statusCode": code, "message": "no", "fields": []}]}


def test_two_hundred_a_collection_and_five_collections_a_call(org, gateway):
    calls = answering(org, lambda one: {"id": one, "success": True, "errors": []})
    ids = [f"a00{at:015}" for at in range(1250)]
    assert [one.id for one in gateway.delete(ids)] == ids
    assert calls == [[200] * 5, [200, 50]]
    assert gateway.delete([]) == ()


@pytest.mark.parametrize("code", ["ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY"])
def test_what_is_gone_already_counts_as_deleted(org, gateway, code):
    answering(org, lambda _: refused(code))
    assert [one.error for one in gateway.delete(["a", "b"])] == [None, None]


def test_one_that_may_not_be_deleted_is_said(org, gateway):
    answering(org, lambda one: {"success": True} if one == "a" else refused("DELETE_FAILED_X"))
    first, second = gateway.delete(["a", "b"])
    assert first.error is None
    assert second.error.code == "DELETE_FAILED_X"
    assert not isinstance(second.error, RecordRejectedError | TransientSalesforceError)


def test_a_reply_that_does_not_speak_of_each_is_an_error(org, gateway):
    org.post(COMPOSITE, json={"compositeResponse": [{"referenceId": "b0", "body": []}]})
    with pytest.raises(TransientSalesforceError):
        gateway.delete(["a"])
