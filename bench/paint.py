"""The panel in a real Chromium: when something is painted, and how much is transferred."""

from __future__ import annotations

import gzip
import statistics
from typing import TYPE_CHECKING, Any

import requests
from playwright.sync_api import sync_playwright

from tests.e2e.browser import ARGUMENTS, CHROMIUM

if TYPE_CHECKING:
    from tests.e2e.road_story import RoadStory

PAINTS = 12
_MEASURED = """() => {
  const own = performance.getEntriesByType("navigation")[0];
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  const parts = performance.getEntriesByType("resource").filter((one) => one.encodedBodySize);
  const org = own.serverTiming.find((one) => one.name === "org");
  return {paint: paint && paint.startTime, answered: own.responseEnd, org: org && org.duration, html: document.documentElement.outerHTML,
          bytes: parts.reduce((sum, one) => sum + one.encodedBodySize, own.encodedBodySize),
          files: parts.map((one) => one.name)};
}"""


def ask(method: str, url: str, **options: Any) -> requests.Response:  # noqa: ANN401 - of requests
    """One request on this machine."""
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, timeout=10, **options)


def paint(story: RoadStory) -> dict[str, float]:
    """Open the panel in the org's page as the head of sales, each time in a new browser profile."""
    seen = []
    head = "li:has-text('SVP, Sales & Marketing') button"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for _ in range(PAINTS):
            page = browser.new_page()
            page.goto(story.page_url)
            page.locator(head).click()
            page.frame_locator("iframe[name^='canvas-frame-']").locator("main#panel").wait_for()
            page.wait_for_load_state("networkidle")
            frame = next(one for one in page.frames if one.name.startswith("canvas-frame-"))
            frame.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
            seen.append(frame.evaluate(_MEASURED))
            page.context.close()
        browser.close()
    paints = sorted(one["paint"] for one in seen)
    after = statistics.median(one["paint"] - one["answered"] for one in seen)
    files = [ask("GET", url).content for url in set(seen[-1]["files"])]
    packed = sum(len(gzip.compress(one)) for one in [seen[-1]["html"].encode(), *files])
    return {
        "paint_p50_ms": round(statistics.median(paints)),
        "paint_longest_ms": round(paints[-1]),
        "org_p50_ms": round(statistics.median(one["org"] for one in seen)),
        "answered_p50_ms": round(statistics.median(one["answered"] for one in seen)),
        "after_answer_p50_ms": round(after),
        "sent_kb": round(seen[-1]["bytes"] / 1000, 1),
        "compressed_kb": round(packed / 1000, 1),
    }
