"""The host page against the unmodified official SDK: one story for each of its calls."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.localorg_pages.fake_org import ANA, BIG_DEAL

FIRST = "iframe[name='canvas-frame-_:Bellwether_Panel:0:0:canvasapp0']"
SECOND = "iframe[name='canvas-frame-_:Second_Panel:1:0:canvasapp1']"


class Host:
    """The host page with two toy frames, seen by Ana."""

    def __init__(self, watch, url):
        self.watch = watch
        self.page = watch.page
        self.url = url
        self.page.goto(f"{url}/")
        self.page.get_by_role("button", name="Log in as Ana Ruiz").click()
        self.first = self.page.frame_locator(FIRST)
        self.second = self.page.frame_locator(SECOND)
        self.ready()

    def ready(self):
        for frame in (self.first, self.second):
            expect(frame.locator("#user")).to_have_text('"ana.ruiz@example.com"')

    def ask(self, button, answer="out"):
        """Click a button of the first frame; the answer once it is there."""
        output = self.first.locator(f"#{answer}")
        output.evaluate("element => { element.textContent = '' }")
        self.first.locator(f"#{button}").click()
        expect(output).not_to_be_empty()
        return json.loads(output.inner_text())

    def click(self, button):
        self.first.locator(f"#{button}").click()


@pytest.fixture
def host(watch, page_url):
    return Host(watch, page_url)


def test_panel_is_posted_into_its_frame_with_the_record_of_the_page(host):
    host.page.goto(f"{host.url}/{BIG_DEAL}")
    host.ready()
    expect(host.first.locator("#way")).to_have_text("POST")
    expect(host.first.locator("#parameters")).to_have_text(
        f'{{"recordId":"{BIG_DEAL}","sObjectName":"Opportunity"}}'
    )


def test_context_call_gives_the_context(host):
    answer = host.ask("ctx")
    assert (answer["status"], answer["type"]) == (200, "callback")
    assert answer["payload"]["user"]["userId"] == ANA


def test_context_call_with_a_dead_token_says_unauthorised(host, toy_org):
    toy_org.tokens.clear()
    answer = host.ask("ctx")
    assert answer["status"] == 401
    assert answer["payload"][0]["errorCode"] == "INVALID_SESSION_ID"
    assert ["401" in error for error in host.watch.errors] == [True]
    host.watch.errors.clear()


def test_ajax_goes_through_the_page_to_the_api_with_the_viewers_token(host):
    answer = host.ask("ajax")
    assert answer["status"] == 200
    assert answer["payload"] == {"path": "/services/data/v66.0/query/", "user": ANA, "cookie": None}
    assert "content-type: application/json" in answer["responseHeaders"]


def test_ajax_to_a_foreign_site_is_refused_and_not_sent(host):
    assert host.ask("foreign")["status"] == 400
    assert not any("example.com/" in url for url in host.watch.urls)


def test_refresh_gives_a_new_signed_request_that_verifies(host):
    assert host.ask("refresh") == {"status": 200, "seq": 1, "verified": True, "changed": True}


def test_refresh_of_a_user_who_lost_approval_is_refused(host, toy_org):
    toy_org.change_app(permitted_users="AllSelfAuthorized")
    answer = host.ask("refresh")
    assert (answer["status"], answer["payload"]) == (403, {})


def test_repost_sends_the_same_signed_request_into_a_new_frame(host, toy):
    before = list(toy.seen)
    host.click("repost")
    expect(host.first.locator("#posts")).to_have_text("3")
    host.ready()
    assert toy.seen[2] in before


def test_repost_with_refresh_sends_a_new_signed_request(host, toy):
    before = list(toy.seen)
    host.click("fresh")
    expect(host.first.locator("#posts")).to_have_text("3")
    host.ready()
    assert toy.seen[2] not in before


def test_resize_changes_the_frame_and_tells_subscribers(host):
    host.click("subscribe")
    assert host.ask("resize", "resized") == {"height": "333px", "width": "50%"}
    frame = host.page.locator(FIRST)
    assert frame.bounding_box()["height"] == 333
    assert frame.evaluate("frame => frame.style.width") == "50%"


def test_resize_stops_at_the_greatest_height(host):
    host.click("subscribe")
    assert host.ask("huge", "resized") == {"height": "2000px"}


def test_published_events_reach_the_other_frame_until_it_unsubscribes(host):
    host.second.locator("#subscribe").click()
    host.click("subscribe")
    assert host.ask("publish", "event") == {"greeting": "hi"}
    heard = host.second.locator("#event")
    expect(heard).to_have_text('{"greeting":"hi"}')
    host.second.locator("#unsubscribe").click()
    heard.evaluate("element => { element.textContent = '' }")
    host.ask("publish", "event")
    expect(heard).to_be_empty()


def test_scrolling_the_page_is_told_to_subscribers(host):
    host.click("subscribe")
    host.page.set_viewport_size({"width": 1280, "height": 300})
    host.page.mouse.move(20, 200)
    host.page.evaluate("window.scrollTo(0, 40)")
    out = host.first.locator("#out")
    expect(out).to_contain_text('"scrollTop":40')


def test_streaming_is_refused_in_words(host):
    answer = host.ask("stream")
    assert answer["success"] is False
    assert "no Streaming API" in answer["errorMessage"]


def test_unapproved_user_gets_the_app_by_get_without_a_signature(watch, page_url, toy, toy_org):
    toy_org.change_app(permitted_users="AllSelfAuthorized")
    watch.page.goto(f"{page_url}/")
    watch.page.get_by_role("button", name="Log in as Ana Ruiz").click()
    way = watch.page.frame_locator(FIRST).locator("#way")
    expect(way).to_contain_text("_sfdc_canvas_auth=user_approval_required&loginUrl=https%3A%2F%2F")
    frame = watch.page.frame(name="canvas-frame-_:Bellwether_Panel:0:0:canvasapp0")
    origin = page_url.replace(":", "%3A").replace("/", "%2F")
    assert frame.url.split("#")[1] == (
        f"target_origin={origin}&instance_id=_:Bellwether_Panel:0:0:canvasapp0"
    )


def test_user_without_the_permission_set_sees_why_and_the_app_sees_nothing(
    watch, page_url, toy, toy_org
):
    watch.page.goto(f"{page_url}/")
    watch.page.get_by_role("button", name="Log in as Raj Patel").click()
    alert = watch.page.get_by_role("alert").first
    expect(alert).to_contain_text("An administrator must give you access to Bellwether")
    expect(alert).to_contain_text("ADMIN_AUTH_REQUIRED")
    assert toy.seen == []
    assert all("403" in error for error in watch.errors)
    watch.errors.clear()


def test_messages_that_are_not_from_the_frame_are_ignored(host, toy):
    host.page.evaluate(
        """() => window.postMessage(JSON.stringify({seq: 1, src: "client", targetModule: "Canvas",
        clientVersion: "41.0", body: {type: "repost", refresh: true, config: {client:
        {instanceId: "_:Bellwether_Panel:0:0:canvasapp0"}}}}), "*")"""
    )
    host.ask("ctx")
    assert len(toy.seen) == 2


def test_no_token_stands_in_a_document_an_address_the_console_or_storage(host, toy, toy_org):
    host.ask("ctx")
    host.ask("refresh")
    host.watch.assert_nowhere(*toy_org.tokens, *toy.seen, toy.secret)


@pytest.mark.parametrize(
    ("planted", "place"),
    [
        ("document.body.append('PLANTED')", "documents"),
        ("history.replaceState(0, '', '#PLANTED')", "addresses"),
        ("console.log('PLANTED')", "console"),
        ("sessionStorage.setItem('x', 'PLANTED')", "storage"),
    ],
)
def test_a_planted_secret_is_found(host, planted, place):
    host.page.evaluate(planted)
    with pytest.raises(AssertionError, match=place):
        host.watch.assert_nowhere("PLANTED")
