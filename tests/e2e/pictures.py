"""Takes the pictures of README and docs from a running demo: python -m tests.e2e.pictures"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.e2e.browser import ARGUMENTS, CHROMIUM
from tests.e2e.road_story import whole_road

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images"
PANEL = "iframe[name^='canvas-frame-']"


def take(page, story, name, width, height):
    page.set_viewport_size({"width": width, "height": height})
    page.goto(story.page_url)
    page.locator(f"li:has-text('{story.rep_username}') button").click()
    expect(page.frame_locator(PANEL).locator("#score-value")).to_be_visible()
    page.wait_for_timeout(300)
    page.screenshot(path=FOLDER / name)


def take_dashboard(page, story, name, title):
    """A dashboard as the head of sales sees it."""
    page.set_viewport_size({"width": 1280, "height": 1080})
    page.goto(story.page_url)
    page.locator("li:has-text('SVP, Sales & Marketing') button").click()
    page.goto(f"{story.page_url}/lightning/o/Dashboard/home")
    page.get_by_role("link", name=title, exact=True).click()
    expect(page.locator(".board .part").first).to_be_visible()
    page.screenshot(path=FOLDER / name)


def main():
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        whole_road(Path(folder)) as story,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        take(browser.new_page(), story, "panel-in-org.png", 1280, 1000)
        take(browser.new_page(color_scheme="dark"), story, "panel-phone-dark.png", 400, 900)
        take_dashboard(browser.new_page(), story, "dashboard-login.png", "Login")
        take_dashboard(
            browser.new_page(), story, "dashboard-exceptions.png", "Exceptions and Deals"
        )
        browser.close()


if __name__ == "__main__":
    main()
