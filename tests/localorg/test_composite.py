"""Composite: references, and everything or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.localorg.world import World

BASE = "/services/data/v66.0"
HALTED = [
    {
        "message": "The transaction was rolled back since another operation in the same transaction"
        " failed.",
        "errorCode": "PROCESSING_HALTED",
    }
]


def sub(reference: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
    made = {"method": method, "url": BASE + path, "referenceId": reference}
    return made if body is None else made | {"body": body}


def run(world: World, *subrequests: dict[str, Any], every: bool = True) -> list[dict[str, Any]]:
    body = {"allOrNone": every, "compositeRequest": list(subrequests)}
    reply = world.http()("POST", "/composite", body)
    assert reply.status_code == 200, reply.text
    return list(reply.json()["compositeResponse"])


def claim(key: str) -> tuple[dict[str, Any], dict[str, Any]]:
    with_parent = {"Name": "N", "Score__c": "@{claim.id}"}
    return (
        sub("claim", "POST", "/sobjects/Score__c", {"Key__c": key}),
        sub("note", "POST", "/sobjects/Note__c", with_parent),
    )


def test_results_come_in_order_with_their_names(world: World) -> None:
    made, note = run(world, *claim("p1"))
    assert list(made) == ["body", "httpHeaders", "httpStatusCode", "referenceId"]
    assert (made["httpStatusCode"], made["referenceId"], made["body"]["success"]) == (
        201,
        "claim",
        True,
    )
    assert made["httpHeaders"]["Location"] == f"{BASE}/sobjects/Score__c/{made['body']['id']}"
    parents = world.http().rows("SELECT Score__r.Key__c FROM Note__c WHERE Score__r.Key__c = 'p1'")
    assert (len(parents), note["body"]["success"]) == (1, True)


def test_a_second_claim_undoes_everything(world: World) -> None:
    run(world, *claim("p2"))
    made, note = run(world, *claim("p2"))
    assert (made["httpStatusCode"], made["body"][0]["errorCode"]) == (400, "DUPLICATE_VALUE")
    assert (note["httpStatusCode"], note["body"]) == (400, HALTED)
    assert len(world.http().rows("SELECT Id FROM Note__c WHERE Score__r.Key__c = 'p2'")) == 1


def test_a_late_failure_undoes_what_was_done(world: World) -> None:
    first, second = claim("p3")
    second["body"]["Nope"] = 1
    made, note = run(world, first, second)
    assert (made["httpStatusCode"], made["body"]) == (400, HALTED)
    assert note["body"][0]["errorCode"] == "INVALID_FIELD"
    assert world.http().rows("SELECT Id FROM Score__c WHERE Key__c = 'p3'") == []
    assert run(world, *claim("p3"))[0]["httpStatusCode"] == 201


def test_without_all_or_none_only_dependents_halt(world: World) -> None:
    run(world, *claim("p4"))
    made, note, other = run(
        world,
        *claim("p4"),
        sub("other", "POST", "/sobjects/Score__c", {"Key__c": "p5"}),
        every=False,
    )
    assert made["body"][0]["errorCode"] == "DUPLICATE_VALUE"
    assert (note["httpStatusCode"], note["body"][0]["errorCode"]) == (400, "PROCESSING_HALTED")
    assert other["httpStatusCode"] == 201


def test_references_reach_into_urls_and_results(world: World) -> None:
    run(world, *claim("p6"))
    found, got = run(
        world,
        sub("found", "GET", "/query?q=SELECT Id FROM Score__c WHERE Key__c = 'p6'"),
        sub("got", "GET", "/sobjects/Score__c/@{found.records[0].Id}?fields=Key__c"),
    )
    assert (found["body"]["totalSize"], got["body"]["Key__c"]) == (1, "p6")


def test_a_wrong_reference_is_refused(world: World) -> None:
    first, second = claim("p7")
    second["body"]["Score__c"] = "@{claim.nothing}"
    _, note = run(world, first, second)
    assert note["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert "Invalid reference specified" in note["body"][0]["message"]


def test_204_has_no_body(world: World) -> None:
    run(world, *claim("p8"))
    _, changed = run(
        world,
        sub("found", "GET", "/query?q=SELECT+Id+FROM+Score__c+WHERE+Key__c='p8'"),
        sub("changed", "PATCH", "/sobjects/Score__c/@{found.records[0].Id}", {"Value__c": 1}),
    )
    assert (changed["httpStatusCode"], changed["body"]) == (204, None)


def test_collections_inside_fail_by_row(world: World) -> None:
    records = [{"attributes": {"type": "Score__c"}, "Nope": 1}]
    (only,) = run(world, sub("rows", "POST", "/composite/sobjects", {"records": records}))
    assert (only["httpStatusCode"], only["body"][0]["success"]) == (200, False)


def test_it_is_one_call(world: World) -> None:
    before = world.org.usage.api_calls
    run(world, *claim("p9"))
    assert world.org.usage.api_calls == before + 1


def test_limits_of_a_composite(world: World) -> None:
    call = world.http()

    def refusal(*subrequests: dict[str, Any]) -> tuple[int, str]:
        return call.refusal("POST", "/composite", {"compositeRequest": list(subrequests)})

    limits = [sub(f"r{number}", "GET", "/limits") for number in range(26)]
    queries = [sub(f"q{number}", "GET", "/query?q=SELECT Id FROM User") for number in range(6)]
    assert refusal(*limits) == (400, "LIMIT_EXCEEDED")
    assert refusal(*queries) == (400, "LIMIT_EXCEEDED")
    assert refusal(limits[0], limits[0]) == (400, "INVALID_BATCH_REQUEST")
    assert refusal() == (400, "REQUIRED_FIELD_MISSING")


def test_unknown_resources_inside_are_not_found(world: World) -> None:
    (only,) = run(world, sub("x", "GET", "/nonsense"))
    assert (only["httpStatusCode"], only["body"][0]["errorCode"]) == (404, "NOT_FOUND")
    nested = sub("x", "POST", "/composite", {"compositeRequest": []})
    assert run(world, nested)[0]["httpStatusCode"] == 404
