"""Records given to one user each: shares, the hierarchy switched off, and who the org says may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from localorg.rights.shares import set_hierarchy
from tests.localorg.world import SCORE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.localorg.world import World

SHARE = "/sobjects/Score__Share"


@pytest.fixture
def score(world: World) -> Iterator[str]:
    """A score of Ana's; shares go with it."""
    robot = world.http("robot")
    made = robot("POST", f"/sobjects/{SCORE}", {"Key__c": "shared", "OwnerId": world.users["ana"]})
    yield made.json()["id"]
    hierarchy(world, grants=True)
    robot("DELETE", f"/sobjects/{SCORE}/{made.json()['id']}")


def hierarchy(world: World, *, grants: bool) -> None:
    with world.org.write() as db:
        set_hierarchy(db, world.org.schema, SCORE, grants=grants)


def readers(world: World, score: str) -> set[str]:
    """Who sees it in a query; UserRecordAccess must say the same."""
    people = ("ana", "raj", "mia", "olga", "bea")
    seen = {
        one
        for one in people
        if world.http(one).rows(f"SELECT Id FROM {SCORE} WHERE Id = '{score}'")
    }
    assert {one for one in people if may(world, one, score)["HasReadAccess"]} == seen
    return seen


def may(world: World, name: str, score: str) -> dict[str, bool]:
    (found,) = world.http("robot").rows(
        "SELECT RecordId, HasReadAccess, HasEditAccess FROM UserRecordAccess"
        f" WHERE UserId = '{world.users[name]}' AND RecordId IN ('{score}')"
    )
    return found


def give(world: World, score: str, name: str, level: str = "Read") -> str:
    said = {"ParentId": score, "UserOrGroupId": world.users[name], "AccessLevel": level}
    made = world.http("robot")("POST", SHARE, said)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def test_without_the_hierarchy_only_the_owner_sees_it(world: World, score: str) -> None:
    assert readers(world, score) == {"ana", "mia", "bea"}
    hierarchy(world, grants=False)
    assert readers(world, score) == {"ana"}


def test_a_deployment_leaves_the_switch_as_setup_has_it(world: World, score: str) -> None:
    hierarchy(world, grants=False)
    with world.org.write() as db:
        world.org.schema.add_object(db, world.org.schema.get(SCORE))
    assert readers(world, score) == {"ana"}


def test_a_share_is_for_one_user_where_the_hierarchy_is_off(world: World, score: str) -> None:
    hierarchy(world, grants=False)
    share = give(world, score, "mia")
    assert readers(world, score) == {"ana", "mia"}
    world.http("robot")("POST", "/sobjects/Note__c", {"Name": "told", "Score__c": score})
    assert world.http("mia").rows("SELECT Name FROM Note__c") == [{"Name": "told"}]
    assert world.http("bea").rows("SELECT Name FROM Note__c") == []
    assert world.http("robot")("DELETE", f"{SHARE}/{share}").status_code == 204
    assert readers(world, score) == {"ana"}


def test_with_the_hierarchy_a_share_is_for_those_above_as_well(world: World, score: str) -> None:
    give(world, score, "olga")
    assert readers(world, score) == {"ana", "mia", "bea", "olga"}


def test_a_share_to_read_changes_nothing_and_one_to_edit_does(world: World, score: str) -> None:
    hierarchy(world, grants=False)
    first = give(world, score, "olga")
    path = f"/sobjects/{SCORE}/{score}"
    denied = (403, "INSUFFICIENT_ACCESS_OR_READONLY")
    assert world.http("olga").refusal("PATCH", path, {"Value__c": 1}) == denied
    assert not may(world, "olga", score)["HasEditAccess"]
    assert give(world, score, "olga", "Edit") == first, "the same share, raised"
    assert world.http("olga")("PATCH", path, {"Value__c": 1}).status_code == 204
    assert give(world, score, "olga") == first, "never lowered by sharing again"
    assert may(world, "olga", score)["HasEditAccess"]


def test_shares_go_with_another_owner(world: World, score: str) -> None:
    hierarchy(world, grants=False)
    give(world, score, "mia")
    world.http("robot")("PATCH", f"/sobjects/{SCORE}/{score}", {"OwnerId": world.users["raj"]})
    assert readers(world, score) == {"raj"}
    assert world.http("robot").rows("SELECT Id FROM Score__Share") == []


def test_nobody_shares_with_whoever_left_nor_twice_another_cause(world: World, score: str) -> None:
    world.http("admin")("PATCH", f"/sobjects/User/{world.users['olga']}", {"IsActive": False})
    said = {"ParentId": score, "UserOrGroupId": world.users["olga"], "AccessLevel": "Read"}
    try:
        refused = world.http("robot").refusal("POST", SHARE, said)
        assert refused == (400, "INACTIVE_OWNER_OR_USER")
    finally:
        world.http("admin")("PATCH", f"/sobjects/User/{world.users['olga']}", {"IsActive": True})
    refused = world.http("robot").refusal("POST", SHARE, {**said, "RowCause": "Rule"})
    assert refused == (400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")


@pytest.mark.parametrize(
    "where",
    [
        "UserId = '005000000000001' ",
        "UserId = '005000000000001' OR RecordId = '001000000000001'",
        "UserId != '005000000000001' AND RecordId = '001000000000001'",
        "UserId = '005000000000001' AND HasReadAccess = true",
    ],
)
def test_access_is_asked_by_user_and_records_only(world: World, where: str) -> None:
    answer = world.http("robot").query(f"SELECT RecordId FROM UserRecordAccess WHERE {where}")
    assert answer[0]["errorCode"] == "MALFORMED_QUERY"


def test_access_to_what_the_caller_does_not_see_is_left_out(world: World, score: str) -> None:
    hierarchy(world, grants=False)
    soql = (
        f"SELECT RecordId FROM UserRecordAccess WHERE UserId = '{world.users['ana']}'"
        f" AND RecordId = '{score}'"
    )
    assert world.http("raj").rows(soql) == []
    assert world.http("robot").rows(soql) == [{"RecordId": score}]
