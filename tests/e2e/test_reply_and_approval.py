"""A rep says that they were away, the manager approves it, and after the night nothing stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.cast import Cast
from tests.e2e.panel import assert_usable, open_as

pytestmark = pytest.mark.xdist_group("road-story")
TODAY = datetime.now(UTC).date()
FIRST, LAST = (TODAY - timedelta(days=at) for at in (21, 8))
WORDS = 'At home <b>ill</b> "twice" \u202e\u05d2\u05d9\u05dc\u202c \U0001f912'
RECORDED = "Recorded."


@pytest.fixture(scope="module")
def team(road):
    """A manager and one of the team, with an exception that was flagged last night."""
    cast = Cast(road)
    manager = cast.by_role("RVP Field Sales")[0]
    team = (one for one in cast.people if one.manager_id == manager.user_id)
    rep = next(one for one in team if one.user_id != road.rep_id)
    cast.exception(
        rep, "Calls in the story", Flagged_On__c=TODAY.isoformat(),
        Exception_Key__c=f"{rep.user_id}:calls:{TODAY.isoformat()}",
        Opened_On__c=(TODAY - timedelta(days=1)).isoformat(),
    )  # fmt: skip
    return cast, manager, rep


def type_day(watch, field, day):
    """By keyboard alone, as the browser of these tests takes a day: month, day, year."""
    field.focus()
    watch.page.keyboard.type(day.strftime("%m%d%Y"))
    expect(field).to_have_value(day.isoformat())


def test_a_reply_becomes_an_approved_absence_and_closes_the_exception(watch, road, team):
    cast, manager, rep = team
    panel = open_as(watch, road, rep)
    form = panel.locator("#standing .person", has_text="Calls in the story").locator("form")
    cause = form.get_by_label("What got in the way?")
    form.get_by_role("button").click()  # the browser asks for a cause; nothing is sent
    expect(form.get_by_role("status")).to_be_empty()
    cause.select_option("Wrong owner")
    expect(form.get_by_label("First day")).to_be_hidden()
    cause.focus()
    watch.page.keyboard.type("I was")
    expect(cause).to_have_value("On leave")
    form.get_by_label("In your words").fill(WORDS)
    type_day(watch, form.get_by_label("First day"), FIRST)
    type_day(watch, form.get_by_label("Last day"), LAST)
    watch.page.keyboard.press("Enter")
    expect(form.get_by_role("status")).to_contain_text(RECORDED)
    assert_usable(watch)

    panel = open_as(watch, road, manager)
    about = panel.locator("#talk .person", has_text=rep.name)
    expect(about.locator(".reply")).to_contain_text("replied")
    expect(about.locator(".reply")).to_contain_text("I was away")
    expect(about.locator(".reply q")).to_have_text(WORDS)
    form = about.locator("form:not(.act--write)")
    kind = form.get_by_label("What did you do about")
    expect(form.get_by_label("First day")).to_be_hidden()
    kind.focus()
    watch.page.keyboard.type("There is a good")
    expect(form.get_by_label("First day")).to_have_value(FIRST.isoformat())
    expect(form.get_by_label("Last day")).to_have_value(LAST.isoformat())
    assert_usable(watch)
    form.get_by_role("button").focus()
    watch.page.keyboard.press("Enter")
    expect(form.get_by_role("status")).to_contain_text(RECORDED)
    watch.assert_nowhere(road.token_start, *road.secrets)
    assert [(one["Type__c"], one["CreatedById"]) for one in cast.acts(rep)] == [
        ("Reply", rep.user_id), ("Excused", manager.user_id),
    ]  # fmt: skip
    _after_the_night(road, rep)


SCORE = "SELECT Details__c, Available_Days__c FROM Adoption_Score__c"
STATES = "SELECT Measure_Label__c, State__c, Excuse__c FROM Adoption_Exception__c"


def _after_the_night(road, rep):
    """The days are off, and the exception is over with the absence as its reason."""

    def days_off():
        (score,) = road.soql(f"{SCORE} WHERE Id = '{rep.score_id}'")
        return score["Details__c"]

    before = days_off()
    road.road.run_night("story-2")
    assert days_off() != before
    excused = road.soql(
        f"{STATES} WHERE Adoption_Score__c = '{rep.score_id}' AND State__c = 'excused'"
    )
    assert [one["Excuse__c"] for one in excused] == [
        f"Away from {FIRST.isoformat()} to {LAST.isoformat()}."
    ]
