from __future__ import annotations

import json
from decimal import Decimal

import pytest

from service.salesforce import writing
from service.salesforce.errors import (
    AmbiguousOutcomeError,
    RecordRejectedError,
    TransientSalesforceError,
)
from tests.gateway.wire import DATA

UPSERT = f"{DATA}/composite/sobjects/Adoption_Score__c/User_Key__c"
COLLECTION = f"{DATA}/composite/sobjects"


def good(number, **more):
    return {"id": f"a00{number}", "success": True, "errors": [], **more}


def bad(code):
    error = {"statusCode": code, "message": "no", "fields": ["X__c"]}
    return {"success": False, "errors": [error]}


def answers_each(org, method, url, row_of):
    sizes = []

    def reply(request):
        records = json.loads(request.body)["records"]
        sizes.append(len(records))
        return 200, {}, json.dumps([row_of(record) for record in records])

    org.add_callback(method, url, callback=reply)
    return sizes


def test_one_outcome_per_record_in_order_with_code_and_fields(gateway, org):
    rows = [good(1, created=True), bad("FIELD_CUSTOM_VALIDATION_EXCEPTION"), good(3, created=False)]
    org.patch(UPSERT, json=rows)
    records = [{"User_Key__c": str(n), "Score__c": Decimal("71.3")} for n in range(3)]
    one, two, three = gateway.upsert("Adoption_Score__c", "User_Key__c", records)
    assert (one.id, one.created, one.is_written) == ("a001", True, True)
    assert isinstance(two.error, RecordRejectedError)
    assert two.error.code == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert two.error.fields == ("X__c",)
    assert (three.created, three.is_written) == (False, True)
    body = json.loads(org.calls[-1].request.body)
    assert body["allOrNone"] is False
    assert body["records"][0] == {
        "attributes": {"type": "Adoption_Score__c"},
        "User_Key__c": "0",
        "Score__c": 71.3,
    }


def test_401_records_are_three_calls(gateway, org):
    sizes = answers_each(org, "PATCH", UPSERT, lambda record: good(record["n"], created=True))
    outcomes = gateway.upsert("Adoption_Score__c", "User_Key__c", [{"n": n} for n in range(401)])
    assert sizes == [200, 200, 1]
    assert [outcome.id for outcome in outcomes] == [f"a00{n}" for n in range(401)]


def test_heavy_records_go_in_smaller_batches(gateway, org, monkeypatch):
    monkeypatch.setattr(writing, "MOST_CHARACTERS", 1000)
    sizes = answers_each(org, "PATCH", UPSERT, lambda _: good(1, created=True))
    gateway.upsert("Adoption_Score__c", "User_Key__c", [{"text": "x" * 400} for _ in range(5)])
    assert sizes == [2, 2, 1]


def test_no_records_are_no_calls(gateway, org):
    assert gateway.update("Adoption_Score__c", []) == ()
    assert gateway.api_calls == 0


def test_a_reply_that_speaks_of_fewer_records_is_an_error(gateway, org):
    org.patch(UPSERT, json=[good(1, created=True)])
    with pytest.raises(TransientSalesforceError, match="2 records"):
        gateway.upsert("Adoption_Score__c", "User_Key__c", [{}, {}])


def test_an_empty_reply_is_an_error_and_not_success(gateway, org):
    org.patch(UPSERT, body="")
    with pytest.raises(TransientSalesforceError):
        gateway.upsert("Adoption_Score__c", "User_Key__c", [{}])


def test_only_the_locked_rows_are_sent_once_more(gateway, org):
    org.patch(COLLECTION, json=[good(1), bad("UNABLE_TO_LOCK_ROW"), good(3)])
    org.patch(COLLECTION, json=[good(2)])
    outcomes = gateway.update("Adoption_Score__c", [{"Id": n} for n in (1, 2, 3)])
    assert [outcome.id for outcome in outcomes] == ["a001", "a002", "a003"]
    second = json.loads(org.calls[-1].request.body)["records"]
    assert [record["Id"] for record in second] == [2]


def test_a_row_that_stays_locked_is_reported(gateway, org):
    org.patch(COLLECTION, json=[bad("UNABLE_TO_LOCK_ROW")])
    (outcome,) = gateway.update("Adoption_Score__c", [{"Id": 1}])
    assert outcome.error.code == "UNABLE_TO_LOCK_ROW"
    assert gateway.api_calls == 2


def test_a_create_without_a_key_is_never_repeated(gateway, org):
    org.post(COLLECTION, status=503, body="<html>")
    with pytest.raises(AmbiguousOutcomeError):
        gateway.create("Task", [{}])
    assert gateway.api_calls == 1


def test_a_create_with_a_key_is_repeated_and_meets_its_duplicate(gateway, org):
    org.post(COLLECTION, status=503, body="<html>")
    org.post(COLLECTION, json=[bad("DUPLICATE_VALUE")])
    (outcome,) = gateway.create("Big_Deal_Alert__c", [{}], has_key=True)
    assert outcome.error.code == "DUPLICATE_VALUE"


def test_a_created_record_says_so(gateway, org):
    org.post(COLLECTION, json=[good(1)])
    assert gateway.create("Big_Deal_Alert__c", [{}], has_key=True)[0].created
