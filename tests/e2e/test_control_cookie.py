"""Third-party cookies are refused in the stories, proven by cookies that would come back."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from tests.e2e.browser import ARGUMENTS, CHROMIUM, allow_third_party_cookies

FRAME = "iframe[name='canvas-frame-_:Bellwether_Panel:0:0:canvasapp0']"


def cookies_that_came_back(page, page_url):
    page.goto(f"{page_url}/")
    page.get_by_role("button", name="Log in as Ana Ruiz").click()
    frame = page.frame_locator(FRAME)
    expect(frame.locator("#user")).not_to_be_empty()
    frame.locator("#cookies").click()
    expect(frame.locator("#out")).not_to_be_empty()
    return json.loads(frame.locator("#out").inner_text())


def test_cookies_set_inside_the_frame_do_not_come_back(watch, page_url):
    assert cookies_that_came_back(watch.page, page_url) == []
    assert [one["name"] for one in watch.page.context.cookies()] == ["sid"]


def test_the_same_cookies_come_back_when_the_site_is_visited_itself(watch, toy_url):
    watch.page.goto(f"{toy_url}/control")
    names = sorted(one["name"] for one in watch.page.context.cookies())
    assert names == ["control_lax", "control_none", "control_plain"]


def test_the_cookie_comes_back_from_a_frame_when_the_browser_allows_it(
    playwright, tmp_path, page_url
):
    """The counter-proof: without blocking, the SameSite=None control cookie does return."""
    allow_third_party_cookies(tmp_path / "profile")
    context = playwright.chromium.launch_persistent_context(
        tmp_path / "profile", executable_path=CHROMIUM, args=list(ARGUMENTS)
    )
    try:
        assert cookies_that_came_back(context.new_page(), page_url) == ["control_none=1"]
    finally:
        context.close()
