"""A manager records a talk in the panel by keyboard; once the broker forgot the page, it says to reload."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from service.redis_queue import connect
from tests.e2e.cast import Cast
from tests.e2e.panel import open_as

pytestmark = pytest.mark.xdist_group("road-story")
WORDS = "Mondays <i>together</i> \u202e\u05d2\u05d9\u05dc\u202c \U0001f4c5"


def forget_pages(road):
    """What a flush of the broker takes away that pages need; jobs of other stories stay."""
    broker = connect(road.road.environment["REDIS_URL"])
    broker.delete(*broker.keys("bellwether:panel:*"))


def test_a_talk_is_recorded_in_seconds_and_a_forgotten_page_says_so(watch, road):
    cast = Cast(road)
    manager = cast.by_role("RVP Corporate Sales")[0]
    rep = [one for one in cast.people if one.manager_id == manager.user_id][1]
    cast.exception(rep, "Calls to talk about")
    panel = open_as(watch, road, manager)
    form = panel.locator("#talk .person", has_text=rep.name).locator("form:not(.act--write)")
    kind = form.get_by_label("What did you do about")
    kind.focus()
    expect(kind).to_have_value("Coached")
    watch.page.keyboard.press("Tab")
    note = form.get_by_label("Note, for them to read")
    expect(note).to_be_focused()
    note.fill(WORDS)
    watch.page.keyboard.press("Enter")
    expect(form.get_by_role("status")).to_contain_text("Recorded.")
    expect(note).to_have_value("")
    (act,) = cast.acts(rep)
    assert (act["Type__c"], act["Note__c"]) == ("Coached", WORDS)
    assert act["CreatedById"] == manager.user_id

    forget_pages(road)
    note.fill("Too late")
    watch.page.keyboard.press("Enter")
    expect(form.get_by_role("status")).to_contain_text("reload the page")
    expect(note).to_have_value("Too late")  # what was typed is not lost by a refusal
    assert len(cast.acts(rep)) == 1
    assert all("403" in error for error in watch.errors)
    watch.errors.clear()
    watch.assert_nowhere(road.token_start, *road.secrets)

    panel = open_as(watch, road, rep)
    expect(panel.locator("#acts q").first).to_have_text(WORDS)
