"""Who sees and changes what: role hierarchy, ownership, field-level security, API access."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from localorg.rights import permissions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.localorg.world import World

DENIED = (403, "INSUFFICIENT_ACCESS_OR_READONLY")


@pytest.fixture(scope="module")
def scores(world: World) -> dict[str, str]:
    """One score for each person, owned by them, written by the robot."""
    call = world.http("robot")
    return {
        name: call(
            "POST", "/sobjects/Score__c", {"Key__c": name, "OwnerId": world.users[name]}
        ).json()["id"]
        for name in ("ana", "raj", "mia", "olga", "bea")
    }


@pytest.mark.parametrize(
    ("viewer", "seen"),
    [
        ("ana", {"ana"}),
        ("raj", {"raj"}),
        ("mia", {"mia", "ana", "raj"}),
        ("olga", {"olga"}),
        ("bea", {"bea", "mia", "ana", "raj", "olga"}),
        ("robot", {"ana", "raj", "mia", "olga", "bea"}),
        ("admin", {"ana", "raj", "mia", "olga", "bea"}),
    ],
)
def test_people_see_their_own_and_those_below(
    world: World, scores: dict[str, str], viewer: str, seen: set[str]
) -> None:
    call = world.http(viewer)
    assert {one["Key__c"] for one in call.rows("SELECT Key__c FROM Score__c")} == seen
    assert call.query("SELECT COUNT() FROM Score__c")["totalSize"] == len(seen)


def test_people_in_one_role_do_not_see_each_other(world: World, scores: dict[str, str]) -> None:
    call = world.http("ana")
    record = f"/sobjects/Score__c/{scores['raj']}"
    assert call.refusal("GET", record) == (404, "NOT_FOUND")
    assert call.refusal("PATCH", record, {"Value__c": 1}) == DENIED
    assert call.refusal("DELETE", record) == DENIED


def test_a_manager_may_change_what_a_report_owns(world: World, scores: dict[str, str]) -> None:
    reply = world.http("mia")("PATCH", f"/sobjects/Score__c/{scores['ana']}", {"Value__c": 5})
    assert reply.status_code == 204


def test_collections_refuse_the_foreign_row_only(world: World, scores: dict[str, str]) -> None:
    records = [
        {"attributes": {"type": "Score__c"}, "id": scores[name], "Value__c": 2}
        for name in ("ana", "raj")
    ]
    mine, theirs = world.http("ana")("PATCH", "/composite/sobjects", {"records": records}).json()
    assert mine["success"] is True
    assert theirs["errors"][0]["statusCode"] == "INSUFFICIENT_ACCESS_OR_READONLY"


def test_a_child_is_written_where_its_master_may_be_changed(
    world: World, scores: dict[str, str]
) -> None:
    of_ana = {"Score__c": scores["ana"], "Name": "kept"}
    refused = (400, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY")
    assert world.http("raj").refusal("POST", "/sobjects/Note__c", of_ana) == refused
    made = world.http("mia")("POST", "/sobjects/Note__c", of_ana)
    assert made.status_code == 201
    assert (
        world.http("admin")("DELETE", f"/sobjects/Note__c/{made.json()['id']}").status_code == 204
    )


def test_a_child_is_seen_with_its_master(world: World, scores: dict[str, str]) -> None:
    robot = world.http("robot")
    for name in ("ana", "raj"):
        robot("POST", "/sobjects/Note__c", {"Name": name, "Score__c": scores[name]})
    assert world.http("ana").rows("SELECT Name FROM Note__c") == [{"Name": "ana"}]
    assert len(world.http("mia").rows("SELECT Name FROM Note__c")) == 2


def test_an_unseen_parent_is_null(world: World, scores: dict[str, str]) -> None:
    world.http("robot")("POST", "/sobjects/Note__c", {"Name": "own", "Score__c": scores["bea"]})
    assert world.http("ana").rows("SELECT Id FROM Note__c WHERE Name = 'own'") == []


def test_public_read_is_read_only_for_others(world: World) -> None:
    made = world.http("ana")("POST", "/sobjects/Board__c", {"Name": "B"}).json()["id"]
    assert world.http("olga").rows("SELECT Name FROM Board__c") == [{"Name": "B"}]
    assert (
        world.http("olga").refusal("PATCH", f"/sobjects/Board__c/{made}", {"Name": "C"}) == DENIED
    )
    reply = world.http("mia")("PATCH", f"/sobjects/Board__c/{made}", {"Name": "C"})
    assert reply.status_code == 204


def test_a_hidden_field_looks_like_a_missing_one(world: World, scores: dict[str, str]) -> None:
    call = world.http("ana")
    hidden = call.query("SELECT Secret__c FROM Score__c")[0]
    missing = call.query("SELECT Nothing__c FROM Score__c")[0]
    assert hidden["errorCode"] == missing["errorCode"] == "INVALID_FIELD"
    told = "No such column '{0}' on entity 'Score__c'."
    assert told.format("Secret__c") in hidden["message"]
    assert told.format("Nothing__c") in missing["message"]
    described = call("GET", "/sobjects/Score__c/describe").json()["fields"]
    assert "Secret__c" not in [one["name"] for one in described]
    refused = call("PATCH", f"/sobjects/Score__c/{scores['ana']}", {"Secret__c": "x"}).json()[0]
    assert refused["message"] == "No such column 'Secret__c' on sobject of type Score__c"


def test_a_field_without_edit_cannot_be_written(world: World, scores: dict[str, str]) -> None:
    call = world.http("ana")
    values = {"Mail__c": "ana@example.com"}
    refused = call.refusal("PATCH", f"/sobjects/Score__c/{scores['ana']}", values)
    assert refused == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")


def test_an_object_without_access_looks_unknown(world: World) -> None:
    call = world.http("ana")
    assert call.query("SELECT Id FROM Rule__mdt")[0]["errorCode"] == "INVALID_TYPE"
    assert call.refusal("GET", "/sobjects/Rule__mdt/describe") == (404, "NOT_FOUND")
    assert world.http("robot").rows("SELECT DeveloperName FROM Rule__mdt") != []


def test_setup_needs_the_right_to_see_it(world: World) -> None:
    call = world.http("ana")
    for soql in ("SELECT UserRoleId FROM User", "SELECT ProfileId FROM User"):
        assert call.query(soql)[0]["errorCode"] == "INVALID_FIELD"
    for soql in ("SELECT Id FROM UserRole", "SELECT Id FROM PermissionSet"):
        assert call.query(soql)[0]["errorCode"] == "INVALID_TYPE"
    assert "UserRoleId" in world.http().rows("SELECT UserRoleId FROM User LIMIT 1")[0]


def test_what_permission_sets_grant_can_be_asked(world: World) -> None:
    readers = world.http().rows(
        "SELECT Assignee.Username FROM PermissionSetAssignment WHERE Assignee.IsActive = true"
        " AND PermissionSetId IN (SELECT ParentId FROM ObjectPermissions"
        " WHERE SobjectType = 'Board__c' AND PermissionsRead = true)"
    )
    names = {one["Assignee"]["Username"].partition("@")[0] for one in readers}
    assert names == {"mia", "ana", "raj", "olga", "bea"}
    soql = "SELECT Parent.Name, PermissionsEdit FROM FieldPermissions WHERE Field = 'Score__c.Mail__c' AND Parent.Name = 'Reader'"
    assert [one["PermissionsEdit"] for one in world.http().rows(soql)] == [False]
    assert world.http("ana").query(soql)[0]["errorCode"] == "INVALID_TYPE"


def test_users_are_changed_by_those_who_manage_users(world: World) -> None:
    path = f"/sobjects/User/{world.users['raj']}"
    assert world.http("robot").refusal("PATCH", path, {"Title": "Rep"}) == DENIED
    assert world.http()("PATCH", path, {"Title": "Rep"}).status_code == 204


@pytest.fixture
def without_api(world: World) -> Iterator[None]:
    with world.org.write() as db:
        rights = permissions.rights_of(db, "Reader")
        permissions.replace_rights(db, "Reader", permissions.Rights(rights.objects, rights.fields))
    yield
    with world.org.write() as db:
        permissions.replace_rights(db, "Reader", rights)


@pytest.mark.usefixtures("without_api")
def test_a_user_without_api_enabled_is_shut_out(world: World) -> None:
    assert world.http("ana").refusal("GET", "/limits") == (403, "API_DISABLED_FOR_ORG")
    assert world.http("ana")("GET", "/services/oauth2/userinfo").status_code == 200


def test_no_session_is_an_expired_one(world: World) -> None:
    call = world.http(None)
    assert call.refusal("GET", "/limits") == (401, "INVALID_SESSION_ID")
    reply = call("GET", "/limits", headers={"Authorization": "Bearer 00D5g000000000A!made.up"})
    assert (reply.status_code, reply.json()[0]["errorCode"]) == (401, "INVALID_SESSION_ID")


def test_the_sum_of_rights_is_the_widest() -> None:
    read = permissions.Rights({"A": permissions.ObjectRight(read=True)}, {"A.x": (True, False)})
    edit = permissions.Rights({"A": permissions.ObjectRight(edit=True)}, {"A.x": (False, True)})
    both = read | edit
    assert both.objects["A"] == permissions.ObjectRight(read=True, edit=True)
    assert both.fields["A.x"] == (True, True)
