"""Writes of one record: every refusal with its code, and what the platform fills in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from localorg.rights import permissions

if TYPE_CHECKING:
    from tests.localorg.world import World

NOBODY = "0055g0zzz999999"

REFUSED: list[tuple[dict[str, Any], str, str, list[str] | None]] = [
    ({"Nope__c": 1}, "INVALID_FIELD", "No such column 'Nope__c' on sobject of type Score__c", None),
    ({"CreatedDate": "2021-01-01T00:00:00Z"}, "INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: CreatedDate", ["CreatedDate"]),
    ({"Name": "S-1"}, "INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: Name", ["Name"]),
    ({"Key__c": "x" * 19}, "STRING_TOO_LONG", "Key: data value too large: xxxxxxxxxxxxxxxxxxx (max length=18)", ["Key__c"]),
    ({"Value__c": 1000}, "NUMBER_OUTSIDE_VALID_RANGE", "Value: value outside of valid range on numeric field: 1000", ["Value__c"]),
    ({"Value__c": "many"}, "JSON_PARSER_ERROR", "Cannot deserialize instance of double from VALUE_STRING value many", None),
    ({"Count__c": 3_000_000_000}, "NUMBER_OUTSIDE_VALID_RANGE", "Count", ["Count__c"]),
    ({"Word__c": "Ugly"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "Word: bad value for restricted picklist field: Ugly", ["Word__c"]),
    ({"On__c": "22.11.2026"}, "JSON_PARSER_ERROR", "Cannot deserialize instance of date", None),
    ({"At__c": "2026-11-22 10:00"}, "JSON_PARSER_ERROR", "Cannot deserialize instance of datetime", None),
    ({"Flag__c": 3}, "INVALID_TYPE_ON_FIELD_IN_RECORD", "Flag", ["Flag__c"]),
    ({"Loose__c": 12}, "JSON_PARSER_ERROR", "Cannot deserialize instance of string from VALUE_NUMBER_INT value 12", None),
    ({"Mail__c": "ana"}, "INVALID_EMAIL_ADDRESS", "Mail: invalid email address: ana", ["Mail__c"]),
    ({"User__c": "abc"}, "MALFORMED_ID", "User: id value of incorrect type: abc", ["User__c"]),
    ({"User__c": "001000000000000AAA"}, "FIELD_INTEGRITY_EXCEPTION", "User: id value of incorrect type", ["User__c"]),
    ({"User__c": NOBODY}, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ["User__c"]),
]  # fmt: skip


@pytest.mark.parametrize(("values", "code", "part", "fields"), REFUSED)
def test_a_bad_value_is_refused(
    world: World, values: dict[str, Any], code: str, part: str, fields: list[str] | None
) -> None:
    reply = world.http()("POST", "/sobjects/Score__c", values)
    said = reply.json()[0]
    assert (reply.status_code, said["errorCode"], said.get("fields")) == (400, code, fields)
    assert part in said["message"]


def test_values_come_back_as_they_are_stored(world: World) -> None:
    call = world.http()
    sent = {
        "Key__c": " K-9 ", "Value__c": 12.25, "Word__c": "Good", "On__c": "2026-11-22",
        "At__c": "2026-11-22T12:00:00.789+02:00", "Count__c": "7", "Flag__c": True, "Loose__c": "",
        "Story__c": "tränen\n& <b>", "User__c": world.users["ana"][:15],
    }  # fmt: skip
    made = call("POST", "/sobjects/Score__c", sent).json()["id"]
    got = call("GET", f"/sobjects/Score__c/{made}").json()
    assert {key: got[key] for key in sent} == {
        "Key__c": "K-9", "Value__c": 12.3, "Word__c": "Good", "On__c": "2026-11-22",
        "At__c": "2026-11-22T10:00:00.000+0000", "Count__c": 7, "Flag__c": True, "Loose__c": None,
        "Story__c": "tränen\n& <b>", "User__c": world.users["ana"],
    }  # fmt: skip
    assert got["Name"].startswith("S-000")
    assert got["OwnerId"] == got["CreatedById"] == world.users["admin"]
    assert got["CreatedDate"] == got["SystemModstamp"]


def test_required_fields_are_named_together(world: World) -> None:
    said = world.http()("POST", "/sobjects/Opportunity", {"Name": "X"}).json()
    assert said == [
        {
            "message": "Required fields are missing: [StageName, CloseDate]",
            "errorCode": "REQUIRED_FIELD_MISSING",
            "fields": ["StageName", "CloseDate"],
        }
    ]


def test_a_required_field_cannot_be_emptied(world: World) -> None:
    call = world.http()
    made = call("POST", "/sobjects/Account", {"Name": "Full"}).json()["id"]
    reply = call.refusal("PATCH", f"/sobjects/Account/{made}", {"Name": None})
    assert reply == (400, "REQUIRED_FIELD_MISSING")


def test_a_unique_value_names_the_record_that_has_it(world: World) -> None:
    call = world.http()
    first = call("POST", "/sobjects/Score__c", {"Key__c": "once"}).json()["id"]
    said = call("POST", "/sobjects/Score__c", {"Key__c": "once"}).json()
    message = f"duplicate value found: Key__c duplicates value on record with id: {first[:15]}"
    assert said == [{"message": message, "errorCode": "DUPLICATE_VALUE", "fields": []}]
    assert call("POST", "/sobjects/Score__c", {"Key__c": "ONCE"}).status_code == 201


def test_a_deleted_record_frees_its_unique_value(world: World) -> None:
    call = world.http()
    first = call("POST", "/sobjects/Score__c", {"Key__c": "freed"}).json()["id"]
    call("DELETE", f"/sobjects/Score__c/{first}")
    assert call("POST", "/sobjects/Score__c", {"Key__c": "freed"}).status_code == 201


def test_an_unseen_record_with_the_same_value_stays_unnamed(world: World) -> None:
    world.http()("POST", "/sobjects/Score__c", {"Key__c": "hidden"})
    said = world.http("ana")("POST", "/sobjects/Score__c", {"Key__c": "hidden"}).json()
    assert said[0]["message"].endswith("with id: <unknown>")


def test_an_ambiguous_external_id_lists_the_records(world: World) -> None:
    call = world.http()
    ids = [call("POST", "/sobjects/Score__c", {"Loose__c": "twin"}).json()["id"] for _ in "ab"]
    reply = call("PATCH", "/sobjects/Score__c/Loose__c/twin", {"Value__c": 1})
    base = "/services/data/v66.0/sobjects/Score__c"
    assert (reply.status_code, sorted(reply.json())) == (300, [f"{base}/{one}" for one in ids])
    row = {"attributes": {"type": "Score__c"}, "Loose__c": "twin"}
    outcome = call("PATCH", "/composite/sobjects/Score__c/Loose__c", {"records": [row]}).json()[0]
    assert outcome["errors"][0]["statusCode"] == "DUPLICATE_EXTERNAL_ID"


def test_upsert_refuses_what_is_no_external_id(world: World) -> None:
    reply = world.http()("PATCH", "/sobjects/Score__c/Value__c/1", {})
    message = "Provided external ID field does not exist or is not accessible: Value__c"
    assert (reply.status_code, reply.json()[0]["message"]) == (404, message)


def test_upsert_refuses_the_key_in_the_body(world: World) -> None:
    call = world.http()
    refused = call.refusal("PATCH", "/sobjects/Score__c/Key__c/k", {"Key__c": "k"})
    assert refused == (400, "INVALID_FIELD")


def test_update_only_upserts_make_nothing(world: World) -> None:
    call = world.http()
    refused = call.refusal(
        "PATCH", "/sobjects/Score__c/Key__c/none?updateOnly=true", {"Value__c": 1}
    )
    assert refused == (404, "NOT_FOUND")


def test_a_body_that_is_no_json_is_refused(world: World) -> None:
    reply = world.http()("POST", "/sobjects/Account", data=b"{oops")
    assert (reply.status_code, reply.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


def test_unknown_objects_and_records_are_not_found(world: World) -> None:
    call = world.http()
    assert call.refusal("POST", "/sobjects/Nothing__c", {}) == (404, "NOT_FOUND")
    assert call.refusal("GET", "/sobjects/Account/0015g0zzz000000") == (404, "NOT_FOUND")
    assert call.refusal("GET", "/sobjects/Account/xyz") == (404, "NOT_FOUND")


def test_an_inactive_user_cannot_own(world: World) -> None:
    call = world.http()
    call("PATCH", f"/sobjects/User/{world.users['olga']}", {"IsActive": False})
    refused = call.refusal(
        "POST", "/sobjects/Account", {"Name": "X", "OwnerId": world.users["olga"]}
    )
    call("PATCH", f"/sobjects/User/{world.users['olga']}", {"IsActive": True})
    assert refused == (400, "INACTIVE_OWNER_OR_USER")


def test_an_owner_needs_read_on_the_object(world: World) -> None:
    with world.org.write() as db:
        rights = permissions.rights_of(db, "Reader")
        permissions.replace_rights(db, "Reader", permissions.Rights())
    refused = world.http().refusal("POST", "/sobjects/Score__c", {"OwnerId": world.users["raj"]})
    with world.org.write() as db:
        permissions.replace_rights(db, "Reader", rights)
    assert refused == (400, "TRANSFER_REQUIRES_READ")


def test_what_follows_from_the_stage_is_filled_in(world: World) -> None:
    call = world.http()
    values = {"Name": "D", "StageName": "Prospecting", "CloseDate": "2026-05-01", "Amount": 1000}
    made = call("POST", "/sobjects/Opportunity", values).json()["id"]
    call("PATCH", f"/sobjects/Opportunity/{made}", {"StageName": "Closed Won"})
    got = call("GET", f"/sobjects/Opportunity/{made}").json()
    assert (got["IsClosed"], got["IsWon"], got["Probability"]) == (True, True, 100.0)
    assert (got["ForecastCategory"], got["FiscalQuarter"]) == ("Closed", 2)
    assert (got["ExpectedRevenue"], got["LastStageChangeDate"] is not None) == (1000.0, True)


def test_a_completed_task_is_closed(world: World) -> None:
    call = world.http()
    made = call("POST", "/sobjects/Task", {"Subject": "Call"}).json()["id"]
    call("PATCH", f"/sobjects/Task/{made}", {"Status": "Completed"})
    got = call("GET", f"/sobjects/Task/{made}").json()
    assert (got["IsClosed"], got["CompletedDateTime"] is not None) == (True, True)


def test_custom_metadata_is_not_written_by_rest(world: World) -> None:
    call = world.http()
    row = call.query("SELECT Id FROM Rule__mdt")["records"][0]
    refused = call.refusal("POST", "/sobjects/Rule__mdt", {})
    assert refused == (400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY")
    record = row["attributes"]["url"]
    assert call.refusal("PATCH", record, {"Amount__c": 1})[1] == "INSUFFICIENT_ACCESS_OR_READONLY"


def test_a_child_goes_with_its_master(world: World) -> None:
    call = world.http()
    master = call("POST", "/sobjects/Score__c", {}).json()["id"]
    child = call("POST", "/sobjects/Note__c", {"Name": "N", "Score__c": master}).json()["id"]
    call("DELETE", f"/sobjects/Score__c/{master}")
    assert call.refusal("DELETE", f"/sobjects/Note__c/{child}") == (404, "ENTITY_IS_DELETED")


def test_permission_sets_are_assigned_once(world: World) -> None:
    call = world.http()
    set_id = call.rows("SELECT Id FROM PermissionSet WHERE Name = 'Robot'")[0]["Id"]
    values = {"AssigneeId": world.users["robot"], "PermissionSetId": set_id}
    said = call("POST", "/sobjects/PermissionSetAssignment", values).json()[0]
    assert said["errorCode"] == "DUPLICATE_VALUE"
    assert said["message"] == (
        f"Duplicate PermissionSetAssignment.  Assignee: {world.users['robot'][:15]};"
        f" Permission Set: {set_id[:15]}"
    )


def test_limits_tell_what_is_left(world: World) -> None:
    said = world.http()("GET", "/limits").json()["DailyApiRequests"]
    assert said == {"Max": 100_000, "Remaining": 100_000 - world.org.usage.api_calls}


def test_the_cli_finds_no_sandboxes(world: World) -> None:
    call = world.http()
    asked = {"q": "SELECT Id, Status FROM SandboxProcess"}
    assert call("GET", "/tooling/query", params=asked).json()["records"] == []
    assert call.query("SELECT Id FROM ApexClass", "tooling/query")[0]["errorCode"] == "INVALID_TYPE"
