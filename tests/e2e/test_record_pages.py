"""On a record's page: why an opportunity is healthy or not, who is in touch, how somebody stands."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.e2e.cast import Cast
from tests.e2e.panel import PANEL, assert_usable, inside, open_as

pytestmark = pytest.mark.xdist_group("road-story")


@pytest.fixture(scope="module")
def sick(road):
    """(an opportunity, its owner) that last night's score of the owner wants put right."""
    cast = Cast(road)
    by_id = {one.user_id: one for one in cast.people}
    for record in road.soql("SELECT User__c, Details__c FROM Adoption_Score__c"):
        for fix in json.loads(record["Details__c"])["fixes"]:
            if fix["measure"] == "healthy_opportunities" and fix["record_id"]:
                return fix, by_id[record["User__c"]]
    raise AssertionError("no opportunity is to be put right")


def on_record(watch, road, record_id, state):
    """The panel on that record's page."""
    watch.page.goto(f"{road.page_url}/{record_id}")
    frame = watch.page.frame_locator(PANEL)
    expect(frame.locator(f"main#panel[data-state='{state}']")).to_be_visible()
    return frame


def test_the_page_of_an_opportunity_says_what_the_night_said(watch, road, sick):
    fix, owner = sick
    open_as(watch, road, owner)
    panel = on_record(watch, road, fix["record_id"], "not-healthy")
    todo = panel.locator("#todo li").all_inner_texts()
    assert todo
    assert todo[0].lower() in fix["text"].lower()  # the first thing to do, in the company's words
    expect(panel.locator("#points")).to_contain_text("+")
    expect(panel.get_by_text("same rules and limits as last night")).to_be_visible()
    assert_usable(watch)
    watch.assert_nowhere(road.token_start, *road.secrets)


def test_putting_it_right_shows_at_once(watch, road, sick):
    fix, owner = sick
    open_as(watch, road, owner)
    panel = on_record(watch, road, fix["record_id"], "not-healthy")
    before = panel.locator("[data-verdict='bad']").count()
    made = road.post("/sobjects/Task", {
        "Subject": 'Call <b>"Ann"</b>', "WhatId": fix["record_id"], "OwnerId": owner.user_id,
        "ActivityDate": road.soql("SELECT CloseDate FROM Opportunity ORDER BY CloseDate DESC LIMIT 1")[0]["CloseDate"],
    })  # fmt: skip
    try:
        watch.page.reload()
        expect(panel.get_by_text('Call <b>"Ann"</b>')).to_be_visible()
        assert panel.locator("[data-verdict='bad']").count() <= before
    finally:
        road.delete(f"/sobjects/Task/{made['id']}")


def test_the_page_of_an_account_says_who_is_in_touch(watch, road, sick):
    fix, owner = sick
    deal = f"SELECT AccountId, Name FROM Opportunity WHERE Id = '{fix['record_id']}'"
    (record,) = road.soql(deal)
    open_as(watch, road, owner)
    panel = on_record(watch, road, record["AccountId"], "account")
    expect(panel.locator("#deals")).to_contain_text(record["Name"])
    assert_usable(watch)
    link = panel.locator("#deals a").first
    link.focus()
    watch.page.keyboard.press("Enter")  # by keyboard alone, out of the frame
    watch.page.wait_for_url("**/lightning/r/Opportunity/**")


def test_a_manager_sees_their_people_and_a_peer_nobody(watch, road, sick):
    _, rep = sick
    cast = Cast(road)
    manager = next(one for one in cast.people if one.user_id == rep.manager_id)
    open_as(watch, road, manager)
    panel = on_record(watch, road, rep.user_id, "score")
    expect(panel.get_by_role("heading", level=1)).to_have_text(rep.name)
    assert_usable(watch)
    assert "panelToken" not in inside(watch).content()
    watch.assert_nowhere(road.token_start, *road.secrets)
    peer = next(one for one in cast.by_role(rep.role) if one.user_id != rep.user_id)
    open_as(watch, road, peer)
    panel = on_record(watch, road, rep.user_id, "no_score_of_user")
    expect(panel.locator("#score-value")).to_have_count(0)
