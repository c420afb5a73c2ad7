"""A new version is deployed while a page is open: what is done there is done once, and nothing is blank."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.cast import Cast
from tests.e2e.panel import open_as

pytestmark = pytest.mark.xdist_group("road-story")
WORDS = "Said while a new version came"


def test_an_act_during_a_redeploy_is_in_doubt_and_then_made_once(watch, road):
    cast = Cast(road)
    manager = cast.by_role("RVP Corporate Sales")[0]
    rep = cast.team(manager)[2]
    cast.exception(rep, "Calls during a redeploy")
    frame = open_as(watch, road, manager)
    form = frame.locator("#talk .person", has_text=rep.name).locator("form:not(.act--write)")
    note, told = form.get_by_label("Note, for them to read"), form.get_by_role("status")
    note.fill(WORDS)
    try:
        road.road.panel.stop()
        note.press("Enter")
        expect(told).to_contain_text("it may be recorded or not")
        expect(note).to_have_value(WORDS)
        expect(frame.locator("#people")).to_be_visible()
    finally:
        road.road.redeploy_panel()  # other stories need it, too
    assert all("ERR_CONNECTION_REFUSED" in error for error in watch.errors), watch.errors
    watch.errors.clear()

    note.press("Enter")  # the page is that of the version before
    expect(told).to_contain_text("Recorded.")
    assert [one["Note__c"] for one in cast.acts(rep)] == [WORDS]
    frame = open_as(watch, road, manager)
    expect(frame.locator("#talk")).to_contain_text(WORDS)
