"""Chatter posts as FeedItem records: where they may go, and who may make them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import requests

if TYPE_CHECKING:
    from tests.localorg.world import World


@pytest.fixture(scope="module")
def groups(world: World) -> dict[str, str]:
    call = world.http()
    found = {one["Name"]: one["Id"] for one in call.rows("SELECT Id, Name FROM CollaborationGroup")}
    for name in ("Elsewhere", "Archived"):
        body = {"Name": name, "CollaborationType": "Private"}
        found[name] = call("POST", "/sobjects/CollaborationGroup", body).json()["id"]
    body = {"CollaborationGroupId": found["Archived"], "MemberId": world.users["robot"]}
    call("POST", "/sobjects/CollaborationGroupMember", body)
    call("PATCH", f"/sobjects/CollaborationGroup/{found['Archived']}", {"IsArchived": True})
    return found


def post(world: World, parent: str, name: str = "robot", **more: Any) -> tuple[int, Any]:
    body = {"ParentId": parent, "Body": "Well done & <b>", "Type": "TextPost", **more}
    reply = world.http(name)("POST", "/sobjects/FeedItem", body)
    said = reply.json()
    return reply.status_code, said[0]["errorCode"] if isinstance(said, list) else said["id"]


def test_a_member_posts_to_the_group(world: World, groups: dict[str, str]) -> None:
    status, made = post(world, groups["Sales Management"])
    assert (status, made[:3]) == (201, "0D5")
    soql = f"SELECT Body, Parent.Name, CreatedBy.Name FROM FeedItem WHERE Id = '{made}' LIMIT 1"  # SOQL of a test
    (row,) = world.http().query(soql)["records"]
    assert (row["Body"], row["Parent"]["Name"]) == ("Well done & <b>", "Sales Management")
    assert row["CreatedBy"]["Name"] == "Adoption Integration"


def test_a_post_to_a_record_is_seen_by_whoever_sees_the_record(world: World) -> None:
    call = world.http()
    score = call("POST", "/sobjects/Score__c", {"OwnerId": world.users["ana"]}).json()["id"]
    note = call("POST", "/sobjects/Note__c", {"Score__c": score}).json()["id"]
    _, made = post(world, note)
    soql = f"SELECT Id FROM FeedItem WHERE Id = '{made}' LIMIT 1"
    seen = {name for name in ("ana", "mia", "bea", "raj", "olga") if world.http(name).rows(soql)}
    assert seen == {"ana", "mia", "bea"}


def test_others_need_membership(world: World, groups: dict[str, str]) -> None:
    refused = (400, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY")
    assert post(world, groups["Elsewhere"]) == refused
    assert post(world, groups["Elsewhere"], "admin")[0] == 201


def test_an_archived_group_takes_no_posts(world: World, groups: dict[str, str]) -> None:
    refused = (400, "INSUFFICIENT_ACCESS_OR_READONLY")
    assert post(world, groups["Archived"]) == refused
    assert post(world, groups["Archived"], "admin") == refused


def test_an_object_without_feed_takes_no_posts(world: World) -> None:
    made = world.http("robot")("POST", "/sobjects/Score__c", {}).json()["id"]
    assert post(world, made) == (400, "FIELD_INTEGRITY_EXCEPTION")


def test_a_custom_object_takes_posts_once_its_feed_is_enabled(world: World) -> None:
    with world.org.write() as db:
        board = world.org.schema.get("Board__c")
        world.org.schema.add_object(db, replace(board, feed_enabled=True))
    board_id = world.http()("POST", "/sobjects/Board__c", {"Name": "Fed"}).json()["id"]
    assert post(world, board_id)[0] == 201


def test_a_record_and_a_person_take_posts(world: World) -> None:
    account = world.http()("POST", "/sobjects/Account", {"Name": "Fed"}).json()["id"]
    assert post(world, account)[0] == 201
    assert post(world, world.users["ana"])[0] == 201


def test_posts_have_text_and_are_text_posts(world: World, groups: dict[str, str]) -> None:
    group = groups["Sales Management"]
    assert post(world, group, Body="") == (400, "REQUIRED_FIELD_MISSING")
    assert post(world, group, Type="LinkPost") == (400, "FIELD_INTEGRITY_EXCEPTION")
    assert post(world, group, Body="x" * 10_001) == (400, "STRING_TOO_LONG")


def test_body_is_not_filterable(world: World) -> None:
    said = world.http().query("SELECT Id FROM FeedItem WHERE Body = 'x' LIMIT 1")[0]
    assert said["errorCode"] == "INVALID_FIELD"


def test_only_author_or_admin_takes_a_post_away(world: World, groups: dict[str, str]) -> None:
    _, made = post(world, groups["Sales Management"])
    path = f"/sobjects/FeedItem/{made}"
    assert world.http("ana").refusal("DELETE", path) == (403, "INSUFFICIENT_ACCESS_OR_READONLY")
    assert world.http("robot")("DELETE", path).status_code == 204


def test_membership_is_counted_and_not_doubled(world: World, groups: dict[str, str]) -> None:
    group = groups["Sales Management"]
    body = {"CollaborationGroupId": group, "MemberId": world.users["ana"]}
    call = world.http("ana")
    assert call("POST", "/sobjects/CollaborationGroupMember", body).status_code == 201
    assert call.refusal("POST", "/sobjects/CollaborationGroupMember", body)[1] == "DUPLICATE_VALUE"
    soql = f"SELECT MemberCount FROM CollaborationGroup WHERE Id = '{group}'"  # SOQL of a test
    assert world.http().rows(soql) == [{"MemberCount": 2}]


def test_the_feed_takes_so_many_posts_of_one_user_in_an_hour(
    world: World, groups: dict[str, str]
) -> None:
    robot, url = world.users["robot"], f"{world.org.settings.cli_url}/_localorg/posting/"

    def posting(**body: int) -> dict[str, int]:
        found: dict[str, int] = requests.post(url + robot, json=body, timeout=10).json()
        return found

    assert posting(forward_seconds=3601) == {"an_hour": 200, "left": 200}
    posting(an_hour=2)
    group = groups["Sales Management"]
    undone = [
        {"method": "POST", "url": "/services/data/v66.0/sobjects/FeedItem", "referenceId": "post",
         "body": {"ParentId": group, "Body": "x", "Type": "TextPost"}},
        {"method": "POST", "url": "/services/data/v66.0/sobjects/Nothing__c", "referenceId": "no",
         "body": {}},
    ]  # fmt: skip
    body = {"allOrNone": True, "compositeRequest": undone}
    assert world.http("robot")("POST", "/composite", body).status_code == 200
    assert posting()["left"] == 2  # what was rolled back does not count
    assert [post(world, group)[0] for _ in range(2)] == [201, 201]
    assert post(world, group) == (503, "REQUEST_LIMIT_EXCEEDED")
    assert post(world, group, "admin")[0] == 201  # another user's hour is another
    assert posting(forward_seconds=3601)["left"] == 2
    assert post(world, group)[0] == 201
    posting(an_hour=200)
