"""At 200 % and at 400 % zoom every screen is whole: nothing scrolls sideways, nothing is cut off.

Zooming a window of 1280 by 900 halves, or quarters, what its page has to lay itself out in (WCAG 2.2,
1.4.4 and 1.4.10): 640 pixels of CSS, and 320.
"""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from tests.e2e.cast import Cast
from tests.e2e.panel import SETTLES_SECONDS, inside, open_as
from tests.e2e.test_record_pages import on_record
from tests.e2e.test_run_health import admin

pytestmark = pytest.mark.xdist_group("road-story")
__all__ = ["admin"]

WINDOW = (1280, 900)
#: What reaches over the edge of the page, and text that its box does not show; what scrolls by itself may be wider.
CUT = """() => {
  const wide = document.documentElement.clientWidth;
  const scrolls = (one) => one.closest(".scroll, .hidden");
  const found = [];
  for (const one of document.querySelectorAll("main *:not(svg *)")) {
    const box = one.getBoundingClientRect();
    if (!box.width || !box.height || scrolls(one)) continue;
    const style = getComputedStyle(one);
    const hides = style.overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1;
    if (box.left < -1 || box.right > wide + 1 || (hides && one.clientWidth)) {
      found.push(`${one.tagName}.${one.className} ${Math.round(box.left)}-${Math.round(box.right)}`);
    }
  }
  return found;
}"""


def zoom(watch, percent):
    """Give the frame once it is laid out in what the zoom leaves of the window."""
    width, height = (100 * one // percent for one in WINDOW)
    watch.page.set_viewport_size({"width": width, "height": height})
    frame = inside(watch)
    end = time.monotonic() + SETTLES_SECONDS
    while frame.evaluate("window.innerWidth") > width:
        assert time.monotonic() < end, "the frame was not laid out anew"
        time.sleep(0.05)
    return frame


@pytest.fixture(scope="module")
def screens(road, admin):
    """By name, as whom and on which record a screen is opened."""
    cast = Cast(road)
    manager = cast.by_role("RVP Field Sales")[0]
    rep = cast.team(manager)[-3]
    exception = cast.exception(rep, "Calls")
    (run,) = road.soql("SELECT Id FROM Adoption_Run__c WHERE Kind__c = 'Night' LIMIT 1")
    (account,) = road.soql("SELECT AccountId FROM Opportunity WHERE IsClosed = false LIMIT 1")
    yield {
        "rep": (rep, None, None),
        "manager": (manager, None, None),
        "executive": (cast.by_role("SVP, Sales & Marketing")[0], None, None),
        "opportunity": (manager, cast.opportunity(rep, "Zoomed " * 12), "not-healthy"),
        "account": (manager, account["AccountId"], "account"),
        "user": (manager, rep.user_id, "score"),
        "run": (admin, run["Id"], "admin"),
        "nothing to see": (rep, manager.user_id, "no_score_of_user"),
    }
    road.delete(f"/sobjects/Adoption_Exception__c/{exception}")


@pytest.mark.parametrize(
    "name", ["rep", "manager", "executive", "opportunity", "account", "user", "run", "nothing to see"]
)  # fmt: skip
def test_zoomed_in_a_screen_is_whole(watch, road, screens, name):
    player, record_id, state = screens[name]
    panel = open_as(watch, road, player)
    if record_id:
        panel = on_record(watch, road, record_id, state)
    inside(watch).evaluate(
        "for (const one of document.querySelectorAll('details')) one.open = true"
    )
    for percent in (200, 400):
        frame = zoom(watch, percent)
        wide, here = frame.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= here, f"at {percent} % the page scrolls sideways"
        assert frame.evaluate(CUT) == [], f"at {percent} %"
        expect(panel.get_by_role("heading", level=1)).to_be_visible()
