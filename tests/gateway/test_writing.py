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


COMPOSITE = f"{DATA}/composite"


def answers_composites(org, answer):
    """Answer composites; gives the sizes of the batches of each. `answer` sees (place, records)."""
    sizes = []

    def reply(request):
        subrequests = json.loads(request.body)["compositeRequest"]
        sizes.append([len(one["body"]["records"]) for one in subrequests])
        assert {
            (one["method"], f"https://acme.my.salesforce.com{one['url']}") for one in subrequests
        } == {("PATCH", UPSERT)}
        answers = [
            {
                "referenceId": one["referenceId"],
                "httpHeaders": {},
                **answer(place, one["body"]["records"]),
            }
            for place, one in enumerate(subrequests)
        ]
        return 200, {}, json.dumps({"compositeResponse": answers[::-1]})

    org.add_callback("POST", COMPOSITE, callback=reply)
    return sizes


def all_good(_place, records):
    return {"httpStatusCode": 200, "body": [good(record["n"], created=True) for record in records]}


def upsert(gateway, count, **more):
    return gateway.upsert(
        "Adoption_Score__c", "User_Key__c", [{"n": n, **more} for n in range(count)]
    )


def test_up_to_a_thousand_records_are_one_call(gateway, org):
    sizes = answers_composites(org, all_good)
    outcomes = upsert(gateway, 1000)
    assert sizes == [[200] * 5]
    assert gateway.api_calls == 1
    assert [outcome.id for outcome in outcomes] == [f"a00{n}" for n in range(1000)]


def test_the_last_one_that_is_alone_goes_as_ever(gateway, org):
    sizes = answers_composites(org, all_good)
    alone = answers_each(org, "PATCH", UPSERT, lambda record: good(record["n"], created=True))
    outcomes = upsert(gateway, 1001)
    assert (sizes, alone) == ([[200] * 5], [1])
    assert [outcome.id for outcome in outcomes] == [f"a00{n}" for n in range(1001)]


def test_a_batch_that_is_refused_whole_is_sent_again_by_itself(gateway, org):
    halted = [{"errorCode": "PROCESSING_HALTED", "message": "no"}]

    def answer(place, records):
        refused = {"httpStatusCode": 400, "body": halted}
        return refused if place else all_good(place, records)

    answers_composites(org, answer)
    alone = answers_each(org, "PATCH", UPSERT, lambda record: good(record["n"], created=True))
    outcomes = upsert(gateway, 401)
    assert alone == [200, 1]
    assert [outcome.id for outcome in outcomes] == [f"a00{n}" for n in range(401)]


def test_one_refused_row_of_a_composite_is_one_outcome(gateway, org):
    def rows(_place, records):
        return {
            "httpStatusCode": 200,
            "body": [
                bad("STRING_TOO_LONG") if one["n"] == 250 else good(one["n"], created=True)
                for one in records
            ],
        }

    answers_composites(org, rows)
    outcomes = upsert(gateway, 400)
    assert [at for at, one in enumerate(outcomes) if one.error] == [250]


def test_what_would_be_taken_for_a_reference_goes_by_itself(gateway, org):
    alone = answers_each(org, "PATCH", UPSERT, lambda record: good(record["n"], created=True))
    upsert(gateway, 400, Name="A deal @{b0.id}")
    assert alone == [200, 200]


def test_heavy_records_go_in_smaller_batches(gateway, org, monkeypatch):
    monkeypatch.setattr(writing, "MOST_CHARACTERS", 2100)
    monkeypatch.setattr(writing, "BATCH_CHARACTERS", 1000)
    together = answers_composites(org, all_good)
    alone = answers_each(org, "PATCH", UPSERT, lambda record: good(record["n"], created=True))
    upsert(gateway, 5, text="x" * 400)
    assert (together, alone) == ([[2, 2]], [1])


def test_creates_without_a_key_never_go_together(gateway, org):
    sizes = answers_each(org, "POST", COLLECTION, lambda record: good(record["n"]))
    gateway.create("Task", [{"n": n} for n in range(401)])
    assert sizes == [200, 200, 1]


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
