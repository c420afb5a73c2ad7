"""The stage history of opportunities: a row for each save that touches what it keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.localorg.world import World


def test_saves_of_stage_amount_and_close_date_are_kept_and_no_others(world: World) -> None:
    call = world.http()
    body = {"Name": "Kept", "StageName": "Prospecting", "CloseDate": "2026-05-01", "Amount": 10}
    deal = call("POST", "/sobjects/Opportunity", body).json()["id"]
    for change in (
        {"NextStep": "Call"},
        {"OwnerId": world.users["mia"]},
        {"Amount": 10},
        {"Amount": 20},
        {"StageName": "Closed Won", "CloseDate": "2026-04-30"},
    ):
        assert call("PATCH", f"/sobjects/Opportunity/{deal}", change).status_code == 204
    fields = "StageName, Amount, Probability, PrevAmount, PrevCloseDate"
    soql = f"SELECT {fields} FROM OpportunityHistory WHERE OpportunityId = '{deal}' ORDER BY Id"  # SOQL of a test
    kept = [tuple(row.values()) for row in call.rows(soql)]
    assert kept == [
        ("Prospecting", 10, 10, None, None),
        ("Prospecting", 20, 10, 10, "2026-05-01"),
        ("Closed Won", 20, 100, 20, "2026-05-01"),
    ]
    assert call.refusal("POST", "/sobjects/OpportunityHistory", {"OpportunityId": deal})[0] == 400
