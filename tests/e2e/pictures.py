"""Takes the pictures of README and docs from a running demo: python -m tests.e2e.pictures"""

from __future__ import annotations

import json
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


def take_panel(page, story, name, who, height, record_id=None):
    """The panel alone: somebody's own, or the one on a record's page."""
    page.set_viewport_size({"width": 1280, "height": height})
    page.goto(story.page_url)
    page.locator(f"li:has-text('{who}') button").first.click()
    if record_id:
        page.goto(f"{story.page_url}/{record_id}")
    frame = page.locator(PANEL)
    expect(page.frame_locator(PANEL).locator("main#panel")).to_be_visible()
    page.wait_for_timeout(300)
    # The org's page gives the frame a part of its own width; here the panel is the picture.
    frame.evaluate(
        "(one) => { Object.assign(one.style, {position: 'fixed', inset: '0', width: '100vw', height: '100vh',"
        " zIndex: 9}); }"
    )
    page.wait_for_timeout(300)
    page.screenshot(path=FOLDER / name)


def a_sick_deal(story):
    """(an opportunity that last night wants put right, its owner's username)"""
    rows = story.soql("SELECT User__r.Username, Details__c FROM Adoption_Score__c")
    for row in rows:
        for fix in json.loads(row["Details__c"])["fixes"]:
            if fix["measure"] == "healthy_opportunities" and fix["record_id"]:
                return fix["record_id"], row["User__r"]["Username"]
    raise AssertionError("no opportunity is to be put right")


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
        deal, owner = a_sick_deal(story)
        take_panel(browser.new_page(), story, "panel-leader.png", "RVP Field Sales", 1500)
        take_panel(browser.new_page(), story, "panel-opportunity.png", owner, 520, deal)
        take_dashboard(browser.new_page(), story, "dashboard-login.png", "Login")
        take_dashboard(
            browser.new_page(), story, "dashboard-exceptions.png", "Exceptions and Deals"
        )
        browser.close()


if __name__ == "__main__":
    main()
