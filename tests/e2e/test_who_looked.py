"""A manager's look at a rep is kept, written down, and seen by the rep: once a day, whatever happens."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from jobs.records.views import write_views
from service.redis_queue import connect
from service.salesforce.gateway import Gateway
from service.settings import read_settings
from service.view_log import ViewLog
from tests.e2e.cast import Cast
from tests.e2e.panel import assert_usable, open_as

pytestmark = pytest.mark.xdist_group("road-story")
VIEWS = "SELECT Viewer__c, Seen_On__c, CreatedBy.Name FROM Adoption_View__c WHERE Adoption_Score__c = '{}'"


def write_down(road):
    """What a night does with the looks, as the integration user."""
    settings = read_settings(road.road.environment)
    looks = ViewLog(connect(settings.redis_url), settings.org_id)
    assert looks.read()
    written = write_views(Gateway(settings), looks)
    assert written.rejected == ()
    assert looks.read() == []
    return written


def test_a_look_is_written_down_once_and_the_person_sees_who_it_was(watch, road):
    cast = Cast(road)
    manager = cast.by_role("RVP Sales Development")[0]
    rep, peer = [one for one in cast.people if one.manager_id == manager.user_id][:2]
    for _ in range(2):
        panel = open_as(watch, road, manager)
        expect(panel.locator("#people")).to_contain_text(rep.name)
    open_as(watch, road, rep)  # nobody's own look at themselves is one
    write_down(road)
    (view,) = road.soql(VIEWS.format(rep.score_id))
    assert view["Viewer__c"] == manager.user_id
    assert view["CreatedBy"]["Name"] == "Adoption Integration"
    panel = open_as(watch, road, manager)  # once more on the same day
    expect(panel.locator("#people")).to_be_visible()
    assert write_down(road).created == 0
    assert len(road.soql(VIEWS.format(rep.score_id))) == 1

    panel = open_as(watch, road, rep)
    looked = panel.locator("#looked")
    looked.locator("summary").focus()
    watch.page.keyboard.press("Enter")
    expect(looked.get_by_role("listitem")).to_have_count(1)
    expect(looked).to_contain_text(manager.name)
    assert_usable(watch)
    panel = open_as(watch, road, peer)
    expect(panel.locator("#looked")).to_be_attached()
    expect(panel.locator("#looked")).not_to_contain_text(rep.name)
