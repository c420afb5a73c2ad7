"""A heads-up is its person's alone, and so is the comparison that they open."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from service.night_notes import NightNotes
from service.redis_queue import connect
from service.settings import read_settings
from tests.e2e.cast import Cast
from tests.e2e.panel import assert_usable, inside, open_as
from tests.e2e.test_record_pages import on_record

pytestmark = pytest.mark.xdist_group("road-story")


@pytest.fixture
def kept(road):
    """The broker's notes of this org, opened; as the night left them afterwards."""
    environment = road.road.environment
    connection = connect(environment["REDIS_URL"])
    (key,) = connection.keys("*:notes")
    before = connection.hgetall(key)
    secret = read_settings(environment, only=("private_key",)).private_key
    yield NightNotes(connection, road.org_id, secret)
    connection.delete(key)
    connection.hset(key, mapping=before)


def test_what_the_night_left_for_one_person_is_shown_to_nobody_else(watch, road, kept):
    cast = Cast(road)
    left = {one.user_id: kept.read(one.user_id, "").heads_ups for one in cast.people}
    person = next(one for one in cast.people if left[one.user_id] and one.manager_id)
    notes = left[person.user_id]
    panel = open_as(watch, road, person)
    card = panel.locator("#heads-up")
    expect(card).to_contain_text("for you alone")
    for note in notes:
        expect(card).to_contain_text(note["label"])
    assert_usable(watch)
    manager = next(one for one in cast.people if one.user_id == person.manager_id)
    open_as(watch, road, manager)
    if not left[manager.user_id]:
        assert "heads-up" not in inside(watch).content()
    page = on_record(watch, road, person.user_id, "score")
    expect(page.locator("#score-value")).to_be_visible()
    assert "heads-up" not in inside(watch).content()


def test_a_rep_opens_the_comparison_by_keyboard_and_reads_no_name(watch, road, kept):
    cast = Cast(road)
    rep = next(one for one in cast.people if one.user_id == road.rep_id)
    (record,) = road.soql(f"SELECT Details__c FROM Adoption_Score__c WHERE Id = '{road.score_id}'")
    panel = open_as(watch, road, rep)
    expect(panel.locator("#alike")).to_have_count(0)  # nobody allowed it
    role = {"people": 12, "median": "51.5", "low": "40.0", "high": "62.0"}
    kept.write({}, {json.loads(record["Details__c"])["role"]: role})
    watch.page.reload()
    expect(panel.get_by_text("12 people of your role")).to_be_hidden()
    panel.locator("#alike summary").focus()
    watch.page.keyboard.press("Enter")
    expect(panel.get_by_text("12 people of your role")).to_be_visible()
    others = {one.name for one in cast.people if one.user_id != rep.user_id}
    told = panel.locator("#alike").inner_text()
    assert not [name for name in others if name in told]
    assert_usable(watch)
    watch.assert_nowhere(road.token_start, *road.secrets)
