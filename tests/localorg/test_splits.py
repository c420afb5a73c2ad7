"""Opportunity splits: unknown until the feature is on, then every deal is its owner's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localorg import splits
from localorg.records import Writer
from localorg.rights.access import viewer_of

if TYPE_CHECKING:
    from tests.localorg.world import World

SOQL = (
    "SELECT SplitOwnerId, SplitType.DeveloperName, SplitPercentage FROM OpportunitySplit"
    " WHERE SplitType.DeveloperName = 'Revenue' AND SplitType.IsActive = true"
)


def a_deal(world: World, owner: str) -> str:
    body = {"Name": "Split", "StageName": "Prospecting", "CloseDate": "2026-05-01"}
    body["OwnerId"] = world.users[owner]
    return str(world.http()("POST", "/sobjects/Opportunity", body).json()["id"])


def test_the_feature_is_off_until_it_is_turned_on_and_then_deals_are_their_owners(
    world: World,
) -> None:
    call = world.http()
    before = a_deal(world, "mia")
    assert call.query(SOQL)[0]["errorCode"] == "INVALID_TYPE"
    assert call("GET", "/sobjects/OpportunitySplit/describe").status_code == 404
    for _ in range(2):  # the second time changes nothing
        with world.org.write() as db:
            splits.turn_on(Writer(db, world.org.schema, viewer_of(db, world.users["admin"])))
    after = a_deal(world, "raj")
    kept = {
        row["SplitOwnerId"]: (row["SplitType"]["DeveloperName"], row["SplitPercentage"])
        for deal in (before, after)
        for row in call.rows(f"{SOQL} AND OpportunityId = '{deal}'")
    }
    assert kept == dict.fromkeys((world.users["mia"], world.users["raj"]), ("Revenue", 100))
    types = call.rows("SELECT DeveloperName, IsTotalValidated FROM OpportunitySplitType")
    assert sorted(tuple(one.values()) for one in types) == [("Overlay", False), ("Revenue", True)]
    split = call.query(f"SELECT Id FROM OpportunitySplit WHERE OpportunityId = '{after}'")
    path = f"/sobjects/OpportunitySplit/{split['records'][0]['Id']}"
    assert call("PATCH", path, {"SplitPercentage": 40}).status_code == 204
    assert call.refusal("PATCH", path, {"SplitOwnerId": world.users["mia"]})[0] == 400
