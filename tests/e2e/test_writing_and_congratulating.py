"""A manager writes to a rep with the evidence attached, and an executive congratulates in one tap."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.cast import ASK, Cast
from tests.e2e.panel import assert_usable, open_as

pytestmark = pytest.mark.xdist_group("road-story")
WORDS = 'Shall we talk? <b>"Monday"</b> \u202e\u05d2\u05d9\u05dc\u202c \U0001f44b'
DEAL = "Pumps <b>& Sons</b> \U0001f389"


@pytest.fixture(scope="module")
def cast(road):
    return Cast(road)


def mails_to(road, player):
    """The mails that went to this person: a user's name is their address here."""
    return [one for one in road.outbox() if one.get("recipientAddresses") == [player.username]]


def test_a_mail_is_previewed_then_sent_as_the_manager_and_recorded(watch, road, cast):
    manager = cast.by_role("RVP Corporate Sales")[0]
    rep = [one for one in cast.people if one.manager_id == manager.user_id][-1]
    cast.exception(rep, "Calls to write about")
    panel = open_as(watch, road, manager)
    about = panel.locator("#talk .person", has_text=rep.name)
    form = about.locator("form.act--write")
    form.locator("summary").focus()
    watch.page.keyboard.press("Enter")
    text = form.get_by_label("Your words")
    expect(text).to_have_value(ASK)
    text.fill(WORDS)
    text.focus()
    watch.page.keyboard.press("Tab")
    watch.page.keyboard.press("Enter")
    shown = form.locator("[data-mail='text']")
    expect(shown).to_contain_text("Calls to write about, 2025-12-01")
    expect(shown).to_contain_text(WORDS)
    assert mails_to(road, rep) == []
    assert_usable(watch)
    text.press_sequentially("!")
    expect(shown).to_be_hidden()
    form.get_by_role("button", name="Preview").click()
    expect(shown).to_contain_text(f"{WORDS}!")
    said = shown.inner_text()
    watch.page.keyboard.press("Tab")
    watch.page.keyboard.press("Enter")
    expect(form.get_by_role("status")).to_contain_text("Recorded.")
    (mail,) = mails_to(road, rep)
    assert mail["sender"] == manager.user_id
    assert mail["emailBody"] == said
    assert [(one["Type__c"], one["CreatedById"]) for one in cast.acts(rep)] == [
        ("Mailed", manager.user_id)
    ]
    watch.assert_nowhere(road.token_start, *road.secrets)


def test_one_tap_congratulates_in_the_deals_feed_as_oneself(watch, road, cast):
    executive = cast.by_role("AVP Sales")[0]
    manager = cast.by_role("RVP Corporate Sales")[0]
    winner = next(one for one in cast.people if one.manager_id == manager.user_id)
    cast.deal(winner, DEAL)
    panel = open_as(watch, road, executive)
    form = panel.locator("#deals .person", has_text=DEAL).first.locator("form")
    button = form.get_by_role("button", name=f"Congratulate on {DEAL}")
    button.focus()
    watch.page.keyboard.press("Enter")
    expect(form.get_by_role("status")).to_contain_text("Recorded.")
    button.click()
    expect(form.get_by_role("status")).to_contain_text("Recorded.")
    (post,) = [one for one in road.outbox() if DEAL in one.get("text", "")]
    assert post["sender"] == executive.user_id
    assert post["mentions"] == [winner.user_id]
    assert post["text"] == f"@[{winner.user_id}] Congratulations on {DEAL}!"
    (act,) = cast.acts(winner)
    assert (act["Type__c"], act["CreatedById"]) == ("Praised", executive.user_id)
    assert_usable(watch)
    watch.assert_nowhere(road.token_start, *road.secrets)
