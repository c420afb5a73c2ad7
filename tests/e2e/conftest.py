"""Fixtures of the stories in a real Chromium."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from localorg.pages.app import pages_of
from tests.e2e.browser import CHROMIUM, Watch
from tests.e2e.road_story import assert_nothing_secret_is_logged, whole_road
from tests.e2e.serving import serving
from tests.e2e.toy_app import ToyApp
from tests.localorg_pages.fake_org import PANEL, FakeOrg

SDK = Path(__file__).parents[2] / "canvas/static/vendor/canvas-all.js"
#: js/canvas-all.js of the npm package @salesforce/canvas-js-sdk 1.41.0
SDK_SHA256 = "7b0bc0e271d1e5345d6049974a1a95f715f865ef5ed3e82a8cb8c67630230c7f"
MISSING = f"NO STORY WAS RUN: {CHROMIUM} is missing (apt-get install chromium)"


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            if not CHROMIUM.exists():
                item.add_marker(pytest.mark.skip(reason=MISSING))


def pytest_terminal_summary(terminalreporter):
    if not CHROMIUM.exists():
        terminalreporter.write_line(f"!!! {MISSING}", red=True, bold=True)


@pytest.fixture
def context(chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def watch(context):
    """A watched page; a story ends red if the page had an error that it did not expect."""
    watch = Watch(context.new_page())
    yield watch
    assert watch.errors == []


@pytest.fixture(scope="session")
def sdk():
    code = SDK.read_bytes()
    assert hashlib.sha256(code).hexdigest() == SDK_SHA256, f"{SDK} is not the official file"
    return code


@pytest.fixture
def toy(sdk):
    return ToyApp(sdk)


@pytest.fixture
def toy_url(toy):
    with serving(toy) as port:
        yield f"http://localhost:{port}"


@pytest.fixture
def toy_org(toy, toy_url):
    """A fake org whose two canvas apps are the toy: two frames on each page."""
    toy.secret = PANEL.consumer_secret
    first = replace(PANEL, canvas_url=f"{toy_url}/canvas")
    return FakeOrg(first, replace(first, developer_name="Second_Panel", label="Second"))


@pytest.fixture
def page_url(toy_org):
    with serving(pages_of(toy_org)) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def road(tmp_path_factory):
    """The demo's whole road after one night; built once for all stories that need it."""
    with whole_road(tmp_path_factory.mktemp("road")) as story:
        yield story
        assert_nothing_secret_is_logged(story)  # whatever the stories did
