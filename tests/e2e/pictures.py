"""Takes the pictures of README and docs from a running demo: python -m tests.e2e.pictures"""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from service.report.facts import Options
from service.report.write import write_report
from service.sample import write_sample
from tests.e2e.browser import ARGUMENTS, CHROMIUM
from tests.e2e.cast import Cast
from tests.e2e.road_story import whole_road
from tests.e2e.test_managers_below import looked

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images"
PANEL = "iframe[name^='canvas-frame-']"
#: The org's page gives the frame a part of its own width; here the panel is the picture.
WHOLE_PAGE = (
    "(one) => { Object.assign(one.style, {position: 'fixed', inset: '0', width: '100vw', height: '100vh',"
    " zIndex: 9}); }"
)


def take(page, story, name, width, height):
    page.set_viewport_size({"width": width, "height": height})
    page.goto(story.page_url)
    page.locator(f"li:has-text('{story.rep_username}') button").click()
    expect(page.frame_locator(PANEL).locator("#score-value")).to_be_visible()
    page.wait_for_timeout(300)
    page.screenshot(path=FOLDER / name)


def take_report(page, folder, name, width, height):
    """The first screen of the report of an invented company's export."""
    export = write_sample(
        folder / "company.zip", people=1_000, as_of=datetime.now(tz=UTC).date()
    ).path
    out = folder / "report"
    write_report(Options(exports=(export,), out=out))
    page.set_viewport_size({"width": width, "height": height})
    page.goto((out / "report.html").as_uri())
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
    frame.evaluate(WHOLE_PAGE)
    page.wait_for_timeout(300)
    page.screenshot(path=FOLDER / name)


def take_part(page, story, name, who, part, record_id=None, act=None):
    """One card of somebody's panel, after `act` was done in it."""
    page.set_viewport_size({"width": 1280, "height": 2400})
    page.goto(story.page_url)
    page.locator(f"li:has-text('{who}') button").first.click()
    if record_id:
        page.goto(f"{story.page_url}/{record_id}")
    panel = page.frame_locator(PANEL)
    card = panel.locator(part).first
    expect(card).to_be_visible()
    page.wait_for_timeout(300)
    page.locator(PANEL).evaluate(WHOLE_PAGE)
    if act:
        act(panel)
    page.wait_for_timeout(300)
    card.screenshot(path=FOLDER / name)


def begin_review(panel):
    """A deal review that has begun, with its tasks written down."""
    panel.get_by_text("Review this deal now").click()
    panel.get_by_role("button", name="Start the 30 minutes").click()
    said = (
        "Call Ann about the trial",
        "Send the offer with three sites",
        "Ask legal for the short contract",
    )
    for row, subject in zip(panel.locator("[data-task]").all(), said, strict=False):
        row.get_by_label("What is to be done").fill(subject)


def begin_mail(panel):
    """A mail to the first person, shown as it will go out."""
    person = panel.locator("#talk .person").first
    person.locator("form.act--write summary").click()
    person.get_by_role("button", name="Preview").click()
    expect(person.locator("[data-mail='text']")).to_be_visible()


def people_who_looked(cast, leader):
    """A leader and those below who lead, who looked on a day each."""
    today = datetime.now(UTC).date()
    below = [one for one in cast.people if one.manager_id == leader.user_id]
    for days, one in enumerate([leader, *below][:4]):
        looked(cast.story, one, today - timedelta(days=days))


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
        take_report(browser.new_page(), Path(folder), "report.png", 1280, 1180)
        take(browser.new_page(), story, "panel-in-org.png", 1280, 1000)
        take(browser.new_page(color_scheme="dark"), story, "panel-phone-dark.png", 400, 900)
        deal, owner = a_sick_deal(story)
        take_panel(browser.new_page(), story, "panel-leader.png", "RVP Field Sales", 1500)
        take_panel(browser.new_page(), story, "panel-opportunity.png", owner, 520, deal)
        cast = Cast(story)
        manager = cast.by_role("RVP Field Sales")[0]
        rep = next(one for one in cast.people if one.manager_id == manager.user_id)
        opportunity = cast.opportunity(rep, "Willow Optics, all sites")
        name, dark = manager.username, browser.new_page(color_scheme="dark")
        page = browser.new_page()
        take_part(page, story, "panel-review.png", name, "#review", opportunity, begin_review)
        take_part(dark, story, "panel-mail-dark.png", name, "#talk .person", act=begin_mail)
        second_line = cast.by_role("AVP Sales")[0]
        people_who_looked(cast, second_line)
        name, page = second_line.username, browser.new_page()
        take_part(page, story, "panel-managers.png", name, "#managers")
        take_part(page, story, "panel-leaders-looked.png", name, "#leaders-looked")
        take_dashboard(browser.new_page(), story, "dashboard-login.png", "Login")
        take_dashboard(
            browser.new_page(), story, "dashboard-exceptions.png", "Exceptions and Deals"
        )
        browser.close()


if __name__ == "__main__":
    main()
