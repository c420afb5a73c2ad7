"""The whole road in a browser: a rep opens the org's page and sees their score in the panel."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.e2e.control_site import control_site, cookie_that_comes_back
from tests.e2e.road_story import ENVELOPE

#: One worker of a parallel run builds the road and runs every story on it.
pytestmark = pytest.mark.xdist_group("road-story")
PANEL = "iframe[name^='canvas-frame-']"


@pytest.fixture
def home(watch, road):
    """The rep's home page with the panel loaded."""
    watch.page.goto(road.page_url)
    watch.page.locator(f"li:has-text('{road.rep_username}') button").click()
    frame = watch.page.frame_locator(PANEL)
    expect(frame.locator("#score-value")).to_be_visible()
    return frame


def test_rep_sees_own_score_in_the_frame_of_another_site(watch, road, home, tmp_path):
    expect(home.locator("#score-value")).to_contain_text(road.expected_score.split(".")[0])
    shown = re.sub(r"\s", "", home.locator("#score-value").inner_text())
    assert shown == road.expected_score
    expect(home.locator("#score-word")).to_contain_text(road.word)
    panel = urlsplit(watch.page.frames[1].url)
    assert f"{panel.scheme}://{panel.netloc}" == road.panel_url
    assert (urlsplit(road.page_url).hostname, panel.hostname) == ("127.0.0.1", "localhost")
    for width in (1280, 400):
        watch.page.set_viewport_size({"width": width, "height": 900})
        picture = tmp_path / f"home-{width}.png"
        watch.page.screenshot(path=picture, full_page=True)
        assert picture.stat().st_size > 10_000


def test_a_link_in_the_panel_leads_to_the_reps_own_score_record(watch, road, home):
    home.locator("#about summary").click()
    home.locator("#own-record").click()
    watch.page.wait_for_url(f"**/lightning/r/Adoption_Score__c/{road.score_id}/view")
    field = watch.page.locator("[data-field='Score__c'] dd")
    expect(field).to_have_text(f"{road.score:.1f}")
    expect(watch.page.frame_locator(PANEL).locator("#score-value")).to_be_visible()


def test_the_panel_has_a_tab_of_its_own_in_the_app(watch, road, home):
    watch.page.get_by_role("link", name="Bellwether", exact=True).click()
    watch.page.wait_for_url("**/lightning/n/Bellwether")
    frame = watch.page.frame_locator(PANEL)
    expect(frame.locator("#score-value")).to_contain_text(road.expected_score.split(".")[0])
    assert watch.page.locator(PANEL).count() == 1


def test_refresh_posts_a_new_signed_request_into_a_new_frame(watch, road, home):
    posts = []
    watch.page.on("request", lambda asked: posts.append(asked) if asked.method == "POST" else None)
    with watch.page.expect_response(f"{road.panel_url}/canvas"):
        home.locator("[data-repost]").first.click()
    expect(home.locator("#score-value")).to_be_visible()
    assert [one.url for one in posts] == [f"{road.panel_url}/canvas"]


def test_a_rep_cannot_open_somebody_elses_score(watch, road, home):
    watch.page.goto(f"{road.page_url}/{road.others_score_id}")
    expect(watch.page.get_by_role("heading", name="Page not found")).to_be_visible()
    assert all("404" in error for error in watch.errors)
    watch.errors.clear()


def test_no_token_and_no_envelope_is_anywhere_in_the_browser(watch, road, home):
    watch.assert_nowhere(road.token_start, ENVELOPE, *road.secrets)


def test_the_panel_sets_no_cookie_and_gets_none(watch, road):
    answers = []

    def heard(answer):
        answers.append(answer)

    watch.page.on("response", heard)
    watch.page.goto(road.page_url)
    watch.page.locator(f"li:has-text('{road.rep_username}') button").click()
    expect(watch.page.frame_locator(PANEL).locator("#score-value")).to_be_visible()
    watch.page.wait_for_load_state("networkidle")  # its files are answers, too
    of_panel = [one for one in answers if one.url.startswith(road.panel_url)]
    assert len(of_panel) > 1
    assert {one.request.all_headers().get("cookie") for one in of_panel} == {None}
    assert {one.all_headers().get("set-cookie") for one in of_panel} == {None}


def test_a_control_cookie_of_the_panels_site_is_refused(watch, home):
    with control_site() as host_url:
        assert cookie_that_comes_back(watch.page, host_url) == "none"
    assert [one["name"] for one in watch.page.context.cookies()] == ["sid"]
