"""The panel in the org's page, for the stories: opened as somebody, judged by axe, looked at."""

from __future__ import annotations

import time
from importlib.resources import files

from playwright.sync_api import expect

PANEL = "iframe[name^='canvas-frame-']"
AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
WORSE_THAN_MODERATE = ("serious", "critical")
#: Each narrower than the one before: that a new width has arrived in the frame can be seen.
WIDTHS = (1280, 640, 400, 320)
#: The frame is a process of its own, and laid out after the page.
SETTLES_SECONDS = 10


def open_as(watch, road, player):
    """Log in as this person on a fresh home page, and give the panel's frame."""
    watch.page.context.clear_cookies()
    watch.page.goto(road.page_url)
    watch.page.locator(f"li:has-text('{player.username}') button").click()
    frame = watch.page.frame_locator(PANEL)
    expect(frame.locator("main#panel")).to_be_visible()
    return frame


def inside(watch):
    """The panel's frame itself, to evaluate something in it."""
    return next(one for one in watch.page.frames if one.name.startswith("canvas-frame-"))


def assert_usable(watch):
    """No serious finding of axe, light and dark, and nothing that scrolls sideways on any width."""
    frame = inside(watch)
    frame.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    frame.evaluate(AXE)
    for scheme in ("light", "dark"):
        watch.page.emulate_media(color_scheme=scheme)
        found = frame.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert len(found["passes"]) > 20, "axe looked at the page"
        wrong = {
            (one["impact"], one["id"], str(one["nodes"][0]["target"]))
            for one in found["violations"] if one["impact"] in WORSE_THAN_MODERATE
        }  # fmt: skip
        assert wrong == set()
    for width in WIDTHS:
        watch.page.set_viewport_size({"width": width, "height": 900})
        end = time.monotonic() + SETTLES_SECONDS
        while not _fits(frame, width):
            assert time.monotonic() < end, f"at {width} pixels the panel scrolls sideways"
            time.sleep(0.05)
    watch.page.set_viewport_size({"width": 1280, "height": 900})


def _fits(frame, width):
    wide, here = frame.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    return wide <= here <= width
