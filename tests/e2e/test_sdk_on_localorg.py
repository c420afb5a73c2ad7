"""The SDK's calls once more, with the stand-in org's own program and API behind the page."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from localorg.auth import apps
from localorg.org import Org
from tests.e2e.localorg_server import localorg_server

FRAME = "iframe[name='canvas-frame-_:Toy:0:0:canvasapp0']"


@pytest.fixture
def frame(tmp_path, toy, toy_url, watch):
    """The toy on the admin's home page of a real stand-in org."""
    with localorg_server(tmp_path) as told:
        org = Org(tmp_path / "org")
        with org.write() as db:
            app = apps.put(
                db, "Toy", label="Toy", canvas_enabled=True, canvas_access_method="Post",
                canvas_url=f"{toy_url}/canvas", canvas_locations=("Aura",), scopes=("Api",),
                admin_approved_only=True, profiles=("System Administrator",),
            )  # fmt: skip
        org.close()
        toy.secret = app.consumer_secret
        watch.page.goto(told["page_url"])
        watch.page.locator(f"li:has-text('{told['admin']['username']}') button").click()
        frame = watch.page.frame_locator(FRAME)
        expect(frame.locator("#user")).to_have_text(json.dumps(told["admin"]["username"]))
        yield frame


def ask(frame, button):
    output = frame.locator("#out")
    output.evaluate("element => { element.textContent = '' }")
    frame.locator(f"#{button}").click()
    expect(output).not_to_be_empty()
    return json.loads(output.inner_text())


def test_context_query_and_refresh_work_against_the_real_api(frame, toy, watch):
    context = ask(frame, "ctx")
    assert context["status"] == 200
    query = ask(frame, "ajax")
    assert query["status"] == 200
    assert [one["attributes"]["type"] for one in query["payload"]["records"]] == ["User"]
    assert query["payload"]["records"][0]["Id"].startswith("005")
    refresh = ask(frame, "refresh")
    assert (refresh["status"], refresh["verified"]) == (200, True)
    token = toy.opened(toy.seen[0])["client"]["oauthToken"]
    watch.assert_nowhere(token, *toy.seen, toy.secret)
