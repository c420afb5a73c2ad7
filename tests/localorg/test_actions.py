"""The standard actions: what goes into the outbox, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from localorg.metadata import rows

if TYPE_CHECKING:
    from tests.localorg.world import World

MAIL = {"recipientAddresses": "a@x.example,b@x.example", "emailSubject": "S", "emailBody": "B"}
BELL = {"recipientIds": ["005000000000001AAA"], "title": "T", "body": "B", "targetId": "006"}


def act(world: World, action: str, said: dict[str, Any], name: str = "admin") -> tuple[int, Any]:
    body = {"inputs": [said]}
    reply = world.http(name)("POST", f"/actions/standard/{action}", body)
    return reply.status_code, reply.json()


def outbox(world: World) -> list[dict[str, Any]]:
    url = f"{world.org.settings.cli_url}/_localorg/outbox"
    entries: list[dict[str, Any]] = requests.get(url, timeout=10).json()["entries"]
    return entries


@pytest.fixture(scope="module")
def kind(world: World) -> str:
    with world.org.write() as db:
        thing = world.org.schema.get("CustomNotificationType")
        values = {"MasterLabel": "Big", "CustomNotifTypeName": "Big", "Desktop": 1, "Mobile": 1}
        return rows.put(db, thing, ("DeveloperName", "Big"), values, world.users["admin"])


def test_a_mail_lies_in_the_outbox(world: World) -> None:
    status, said = act(world, "emailSimple", MAIL, "robot")
    assert (status, said[0]["isSuccess"], said[0]["errors"]) == (200, True, None)
    last = outbox(world)[-1]
    assert last["recipientAddresses"] == ["a@x.example", "b@x.example"]
    assert (last["action"], last["sender"]) == ("emailSimple", world.users["robot"])


def test_a_bell_lies_in_the_outbox(world: World, kind: str) -> None:
    status, _ = act(world, "customNotificationAction", {**BELL, "customNotifTypeId": kind})
    assert status == 200
    assert (outbox(world)[-1]["type"], outbox(world)[-1]["title"]) == ("Big", "T")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"recipientAddresses": ""}, "INVALID_API_INPUT"),
        ({"recipientAddresses": "nobody"}, "INVALID_EMAIL_ADDRESS"),
        (
            {"recipientAddresses": ",".join(f"{n}@x.example" for n in range(151))},
            "INVALID_API_INPUT",
        ),
        ({"recipientAddresses": f"{'a' * 4000}@x.example"}, "INVALID_API_INPUT"),
        ({"emailBody": ""}, "INVALID_API_INPUT"),
    ],
)
def test_a_mail_that_an_org_refuses(world: World, change: dict[str, Any], code: str) -> None:
    before = len(outbox(world))
    status, said = act(world, "emailSimple", {**MAIL, **change})
    assert (status, said[0]["errors"][0]["statusCode"]) == (400, code)
    assert len(outbox(world)) == before


@pytest.mark.parametrize(
    "change",
    [
        {"customNotifTypeId": "0ML000000000000AAA"}, {"recipientIds": []}, {"targetId": ""},
        {"recipientIds": ["005"] * 501}, {"title": "t" * 251}, {"body": "b" * 751},
    ],
)  # fmt: skip
def test_a_bell_that_an_org_refuses(world: World, kind: str, change: dict[str, Any]) -> None:
    said = {**BELL, "customNotifTypeId": kind, **change}
    status, answer = act(world, "customNotificationAction", said)
    assert (status, answer[0]["isSuccess"]) == (400, False)


def test_posts_go_to_their_feeds_with_mentions(world: World) -> None:
    group = world.http().rows("SELECT Id FROM CollaborationGroup")[0]["Id"]
    ana = world.users["ana"]
    inputs = [
        {"subjectNameOrId": group, "text": f"@[{ana}] look"},
        {"subjectNameOrId": "Sales Management", "text": "A name"},
        {"subjectNameOrId": group, "text": "@[005000000000000AAA] nobody"},
    ]
    reply = world.http()("POST", "/actions/standard/chatterPost", {"inputs": inputs})
    good, named, nobody = reply.json()
    assert reply.status_code == 400
    assert (good["isSuccess"], named["isSuccess"], nobody["isSuccess"]) == (True, False, False)
    made = good["outputValues"]["feedItemId"]
    (row,) = world.http().rows(f"SELECT Body, ParentId FROM FeedItem WHERE Id = '{made}' LIMIT 1")
    assert (row["Body"], row["ParentId"]) == ("@Ana look", group)
    assert outbox(world)[-1]["mentions"] == [ana]


def test_a_bell_needs_its_permission(world: World, kind: str) -> None:
    said = {"inputs": [{**BELL, "customNotifTypeId": kind}]}
    path = "/actions/standard/customNotificationAction"
    assert world.http("robot").refusal("POST", path, said) == (403, "INSUFFICIENT_ACCESS")
