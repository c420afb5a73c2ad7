"""Collections: one outcome per record, in order, whatever happens to the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.localorg.world import World

ROLLED_BACK = {
    "success": False,
    "errors": [
        {
            "statusCode": "ALL_OR_NONE_OPERATION_ROLLED_BACK",
            "message": "Record rolled back because not all records were valid and the request was"
            " using AllOrNone header",
            "fields": [],
        }
    ],
}


def rows(*values: dict[str, Any], kind: str = "Score__c") -> list[dict[str, Any]]:
    return [{"attributes": {"type": kind}, **one} for one in values]


def codes(outcomes: list[dict[str, Any]]) -> list[str]:
    return ["ok" if one["success"] else one["errors"][0]["statusCode"] for one in outcomes]


def test_the_bad_row_fails_alone_and_in_its_place(world: World) -> None:
    body = {"records": rows({"Key__c": "c1"}, {"Word__c": "Ugly"}, {"Key__c": "c3"})}
    reply = world.http()("POST", "/composite/sobjects", body)
    first, second, third = reply.json()
    assert reply.status_code == 200
    assert (first["success"], third["success"]) == (True, True)
    assert second == {
        "success": False,
        "errors": [
            {
                "statusCode": "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                "message": "Word: bad value for restricted picklist field: Ugly",
                "fields": ["Word__c"],
            }
        ],
    }
    kept = world.http().rows(
        "SELECT Key__c FROM Score__c WHERE Key__c IN ('c1', 'c3') ORDER BY Key__c"
    )
    assert kept == [{"Key__c": "c1"}, {"Key__c": "c3"}]


def test_all_or_none_keeps_nothing(world: World) -> None:
    body = {"allOrNone": True, "records": rows({"Key__c": "n1"}, {"Nope": 1}, {"Key__c": "n3"})}
    outcomes = world.http()("POST", "/composite/sobjects", body).json()
    assert (outcomes[0], outcomes[2]) == (ROLLED_BACK, ROLLED_BACK)
    assert codes(outcomes)[1] == "INVALID_FIELD"
    assert world.http().rows("SELECT Id FROM Score__c WHERE Key__c IN ('n1', 'n3')") == []


def test_updates_need_an_id_of_the_right_kind(world: World) -> None:
    made = world.http()("POST", "/sobjects/Score__c", {"Key__c": "u1"}).json()["id"]
    body = {
        "records": rows({"id": made, "Value__c": 7}, {"Value__c": 7}, {"Id": world.users["ana"]})
    }
    outcomes = world.http()("PATCH", "/composite/sobjects", body).json()
    assert codes(outcomes) == ["ok", "MISSING_ARGUMENT", "MALFORMED_ID"]
    assert outcomes[1]["errors"][0]["message"] == "Id not specified in an update call"
    assert world.http().rows("SELECT Value__c FROM Score__c WHERE Key__c = 'u1'") == [
        {"Value__c": 7.0}
    ]


def test_upserts_say_which_are_new(world: World) -> None:
    path = "/composite/sobjects/Score__c/Key__c"
    call = world.http()
    call("PATCH", path, {"records": rows({"Key__c": "x1", "Value__c": 1})})
    body = {"records": rows({"Key__c": "x1", "Value__c": 2}, {"Key__c": "x2"}, {"Value__c": 1})}
    outcomes = call("PATCH", path, body).json()
    assert codes(outcomes) == ["ok", "ok", "MISSING_ARGUMENT"]
    assert [one["created"] for one in outcomes[:2]] == [False, True]


def test_twins_in_one_call_update_the_first(world: World) -> None:
    body = {"records": rows({"Key__c": "t1"}, {"Key__c": "t1", "Value__c": 4})}
    outcomes = world.http()("PATCH", "/composite/sobjects/Score__c/Key__c", body).json()
    assert [one["created"] for one in outcomes] == [True, False]


def test_deletes_answer_in_order(world: World) -> None:
    call = world.http()
    made = call("POST", "/sobjects/Score__c", {"Key__c": "d1"}).json()["id"]
    path = f"/composite/sobjects?ids={made},{made},nonsense"
    assert codes(call("DELETE", path).json()) == ["ok", "ENTITY_IS_DELETED", "MALFORMED_ID"]


def test_retrieval_keeps_the_places_of_what_is_missing(world: World) -> None:
    call = world.http()
    made = call("POST", "/sobjects/Score__c", {"Key__c": "r1"}).json()["id"]
    body = {"ids": ["a005g0zzz000000", made], "fields": ["Key__c"]}
    missing, found = call("POST", "/composite/sobjects/Score__c", body).json()
    assert (missing, found["Key__c"]) == (None, "r1")


def test_malformed_calls_fail_as_a_whole(world: World) -> None:
    call = world.http()
    none = call("POST", "/composite/sobjects", {"records": []})
    expected = {"message": "At least 1 record is required", "errorCode": "REQUIRED_FIELD_MISSING"}
    assert (none.status_code, none.json()) == (400, [expected])
    many = {"records": rows(*[{"Value__c": 1}] * 201)}
    assert call.refusal("POST", "/composite/sobjects", many) == (400, "EXCEEDED_ID_LIMIT")
    assert call.refusal("POST", "/composite/sobjects", {}) == (400, "JSON_PARSER_ERROR")


def test_at_most_ten_runs_of_a_type(world: World) -> None:
    mixed = [row for _ in range(6) for row in (*rows({}), *rows({"Name": "A"}, kind="Account"))]
    refused = world.http().refusal("POST", "/composite/sobjects", {"records": mixed})
    assert refused == (400, "LIMIT_EXCEEDED")


def test_setup_objects_are_not_mixed_with_others(world: World) -> None:
    body = {"records": [*rows({}), *rows({"LastName": "U"}, kind="User")]}
    refused = world.http().refusal("POST", "/composite/sobjects", body)
    assert refused == (400, "MIXED_DML_OPERATION")


@pytest.mark.parametrize("row", [{"Name": "no attributes"}, *rows({}, kind="Nothing__c")])
def test_a_row_must_name_a_known_type(world: World, row: dict[str, Any]) -> None:
    outcomes = world.http()("POST", "/composite/sobjects", {"records": [row]}).json()
    assert codes(outcomes) == ["INVALID_TYPE"]
