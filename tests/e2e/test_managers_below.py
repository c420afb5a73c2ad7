"""A second-line leader sees how long things wait with each manager, and when these looked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from service.weeks import monday_of
from tests.e2e.cast import Cast
from tests.e2e.panel import assert_usable, open_as

pytestmark = pytest.mark.xdist_group("road-story")
MANAGER = "RVP Corporate Sales"


def looked(road, player, day):
    """Record that somebody opened the panel on a day, as the run that keeps looks does."""
    monday = monday_of(day)
    road.post("/sobjects/Adoption_Digest__c", {
        "Digest_Key__c": uuid4().hex[:30], "Person__c": player.user_id, "OwnerId": player.user_id,
        "Week_Begins__c": monday.isoformat(), "Status__c": "Sent", "Panel_Days__c": day.isoformat(),
    })  # fmt: skip


def test_an_avp_sees_what_waits_with_a_manager_and_when_they_looked(watch, road):
    cast = Cast(road)
    manager = cast.by_role(MANAGER)[0]
    avp = next(one for one in cast.people if one.user_id == manager.manager_id)
    today = datetime.now(UTC).date()
    opened = (today - timedelta(days=40)).isoformat()
    cast.exception(cast.team(manager)[-1], Opened_On__c=opened, State__c="open")
    looked(road, manager, today - timedelta(days=2))
    frame = open_as(watch, road, avp)
    waits = frame.locator(f"#managers li:has-text('{manager.name}') .waiting")
    expect(waits).to_contain_text("for more than four weeks")
    row = frame.locator(f"#leaders-looked tr:has-text('{manager.name}')")
    expect(row).to_contain_text("1 day last on")
    expect(row).to_contain_text("not at all")
    assert_usable(watch)
    open_as(watch, road, manager)
    expect(
        watch.page.frame_locator("iframe[name^='canvas-frame-']").locator("#leaders-looked")
    ).to_have_count(0)
