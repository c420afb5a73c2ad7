"""Somebody whom no admin approved: asked by the org in a window of its own, and back in the frame."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from localorg.auth import apps
from localorg.org import Org
from tests.e2e.browser import Watch
from tests.e2e.cast import Cast
from tests.e2e.panel import PANEL, assert_usable

pytestmark = pytest.mark.xdist_group("road-story")
APP = "Bellwether_Panel"


@pytest.fixture
def self_approving(road):
    """While the story runs everybody approves the panel's app for themselves."""
    org = Org(road.org_folder)
    with org.write() as db:
        before = apps.find(db, APP)
        apps.put(db, APP, admin_approved_only=False)
    yield
    with org.write() as db:
        apps.put(db, APP, admin_approved_only=before.admin_approved_only)
    org.close()


@pytest.fixture
def watch(chromium):
    """The window opens at the org's API, whose certificate only our own programs trust."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, ignore_https_errors=True
    )
    context.set_default_timeout(10_000)
    watch = Watch(context.new_page())
    yield watch
    context.close()
    assert watch.errors == []


def open_unapproved(watch, road, player):
    watch.page.goto(road.page_url)
    watch.page.locator(f"li:has-text('{player.username}') button").click()
    frame = watch.page.frame_locator(PANEL)
    expect(frame.locator("main#panel")).to_have_attribute("data-state", "approval_offered")
    return frame


def answer(watch, frame, button):
    """Press the button in the frame and answer in the window; gives its addresses when it closed."""
    with watch.page.expect_popup() as opened:
        frame.locator("[data-approve]").click()
    window = opened.value
    seen = []
    window.on("framenavigated", lambda frame: seen.append(frame.url))
    with window.expect_event("close"):
        window.get_by_role("button", name=button).click()
    return seen


def test_allowing_it_in_the_window_brings_the_score_into_the_frame(watch, road, self_approving):
    player = next(one for one in Cast(road).people if one.user_id == road.rep_id)
    frame = open_unapproved(watch, road, player)
    frame_address = next(one.url for one in watch.page.frames if one.name.startswith("canvas-"))
    assert "_sfdc_canvas_auth=user_approval_required" in frame_address
    assert_usable(watch)
    addresses = answer(watch, frame, "Allow")
    expect(frame.locator("#score-value")).to_be_visible()
    assert urlsplit(addresses[0]).netloc == urlsplit(road.panel_url).netloc
    assert "code=" not in addresses[-1], "the code left the address"
    watch.assert_nowhere(road.token_start, *road.secrets)
    assert [one["name"] for one in watch.page.context.cookies()] == ["sid"]


def test_denying_it_shows_nothing_and_it_may_be_asked_again(watch, road, self_approving):
    player = Cast(road).by_role("RVP Corporate Sales")[0]
    frame = open_unapproved(watch, road, player)
    answer(watch, frame, "Deny")
    told = frame.locator("[data-approve-told]")
    expect(told).to_contain_text("You did not allow it")
    expect(frame.locator("[data-approve]")).to_be_visible()
    watch.assert_nowhere(road.token_start, *road.secrets)
