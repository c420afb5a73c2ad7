"""The panel in the org's page, for the stories: opened as somebody, judged by axe, looked at."""

from __future__ import annotations

from importlib.resources import files

from playwright.sync_api import expect

PANEL = "iframe[name^='canvas-frame-']"
AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
WORSE_THAN_MODERATE = ("serious", "critical")
WIDTHS = (320, 400, 1280)


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
        wide, here = frame.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= here, f"at {width} pixels the panel scrolls sideways"
    watch.page.set_viewport_size({"width": 1280, "height": 900})
