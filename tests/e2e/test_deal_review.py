"""A manager reviews a deal: half an hour, three tasks in one transaction; its owner says whether it helped."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.cast import Cast
from tests.e2e.panel import assert_usable, open_as
from tests.e2e.test_record_pages import on_record

pytestmark = pytest.mark.xdist_group("road-story")
SUBJECTS = (
    'Call <b>"Ann"</b>',
    "Send the offer \U0001f4c4",
    "\u202e\u05d2\u05d9\u05dc\u202c by Friday",
)


@pytest.fixture(scope="module")
def scene(road):
    """(the cast, a manager, a rep of theirs, an open opportunity of that rep)"""
    cast = Cast(road)
    manager = cast.by_role("RVP Field Sales")[0]
    rep = cast.team(manager)[-1]
    return cast, manager, rep, cast.opportunity(rep, "Pumps <b>& Sons</b> \U0001f389")


def tasks_on(road, opportunity_id):
    return road.soql(
        "SELECT Subject, OwnerId, CreatedById, ActivityDate FROM Task"
        f" WHERE WhatId = '{opportunity_id}' ORDER BY Subject"
    )


def test_a_review_makes_three_tasks_at_once_and_its_owner_rates_it(watch, road, scene):
    cast, manager, rep, opportunity_id = scene
    open_as(watch, road, manager)
    panel = on_record(watch, road, opportunity_id, "not-healthy")
    form = panel.locator("form.act--review")
    panel.get_by_text("Review this deal now").focus()
    watch.page.keyboard.press("Enter")
    start = form.get_by_role("button", name="Start the 30 minutes")
    start.focus()
    watch.page.keyboard.press("Enter")
    expect(form.get_by_role("timer")).to_have_text(re.compile(r"^(30:00|29:\d\d)$"))
    send = form.get_by_role("button", name="Make the tasks")
    send.click()
    expect(form.get_by_role("status").last).to_contain_text("at least three different tasks")
    assert tasks_on(road, opportunity_id) == []
    assert all("400" in error for error in watch.errors)  # the browser's word for it
    watch.errors.clear()
    rows = form.locator("[data-task]")
    for row, subject in zip(rows.all(), SUBJECTS, strict=False):
        row.get_by_label("What is to be done").fill(subject)
    rows.nth(2).get_by_label("Whose it is").select_option("me")
    form.get_by_label("A word on the review").fill("Good talk.")
    assert_usable(watch)
    send.focus()
    watch.page.keyboard.press("Enter")
    expect(form.get_by_role("status").last).to_contain_text("stand on the opportunity")
    expect(rows.first.get_by_label("What is to be done")).to_have_value("")
    made = tasks_on(road, opportunity_id)
    assert {(one["Subject"], one["OwnerId"]) for one in made} == {
        (SUBJECTS[0], rep.user_id), (SUBJECTS[1], rep.user_id), (SUBJECTS[2], manager.user_id),
    }  # fmt: skip
    assert {one["CreatedById"] for one in made} == {manager.user_id}
    (act,) = [one for one in cast.acts(rep) if one["Type__c"] == "Reviewed"]
    assert (act["Note__c"], act["CreatedById"]) == ("Good talk.", manager.user_id)
    watch.assert_nowhere(road.token_start, *road.secrets)
    the_owner_rates_it(watch, road, scene)


def the_owner_rates_it(watch, road, scene):
    cast, manager, rep, opportunity_id = scene
    panel = open_as(watch, road, rep)
    standing = panel.locator("#standing")
    expect(standing).to_contain_text(f"{manager.name}: reviewed a deal")
    form = standing.locator("form", has=watch.page.locator("input[value='Rate']"))
    form.get_by_label("Did this review help?").select_option("Helped in part")
    assert_usable(watch)
    form.get_by_role("button", name="Say so").focus()
    watch.page.keyboard.press("Enter")
    expect(form.get_by_role("status")).to_contain_text("Recorded.")
    expect(form.get_by_role("button", name="Say so")).to_be_hidden()
    expect(form.get_by_role("status")).to_be_focused()
    (rated,) = [one for one in cast.acts(rep) if one["Type__c"] == "Rated"]
    assert rated["CreatedById"] == rep.user_id
    open_as(watch, road, manager)
    panel = on_record(watch, road, opportunity_id, "healthy")  # it has next steps now
    expect(panel.locator("#reviews")).to_contain_text("It helped in part")


def test_one_task_that_is_refused_leaves_none(watch, road, scene):
    """Somebody who left can own no task: then the manager's own one is not made either."""
    cast, manager, _, _ = scene
    rep = cast.team(manager)[-2]
    opportunity_id = cast.opportunity(rep, "A deal of somebody who leaves")
    before = len(cast.acts(rep))
    open_as(watch, road, manager)
    panel = on_record(watch, road, opportunity_id, "not-healthy")
    panel.get_by_text("Review this deal now").click()
    form = panel.locator("form.act--review")
    for row, subject in zip(form.locator("[data-task]").all(), SUBJECTS, strict=False):
        row.get_by_label("What is to be done").fill(subject)
        row.get_by_label("Whose it is").select_option("me")
    form.locator("[data-task]").nth(2).get_by_label("Whose it is").select_option("owner")
    road.patch(f"/sobjects/User/{rep.user_id}", {"IsActive": False})
    try:
        form.get_by_role("button", name="Make the tasks").click()
        expect(form.get_by_role("status").last).to_contain_text("Salesforce refused this")
    finally:
        road.patch(f"/sobjects/User/{rep.user_id}", {"IsActive": True})
    assert tasks_on(road, opportunity_id) == []
    assert len(cast.acts(rep)) == before
    form.get_by_role("button", name="Make the tasks").click()  # the words are still there
    expect(form.get_by_role("status").last).to_contain_text("stand on the opportunity")
    assert len(tasks_on(road, opportunity_id)) == 3
    assert all("422" in error for error in watch.errors)
    watch.errors.clear()
