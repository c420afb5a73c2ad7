"""The report in a real browser: for eyes, for keys, for screen readers, and on paper."""

from __future__ import annotations

from importlib.resources import files

import pytest

from service.report.facts import Options
from service.report.write import write_report
from service.sample import write_sample
from tests.e2e.browser import Watch
from tests.report.world import AS_OF

pytestmark = pytest.mark.xdist_group("report-page")
AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
WORSE_THAN_MODERATE = ("serious", "critical")
OPEN_ALL = "for (const one of document.querySelectorAll('details')) one.open = true"


@pytest.fixture(scope="module", params=[False, True], ids=["named", "aggregate"])
def page_url(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    # Where people are named fewer fill every section; aggregates need groups of ten.
    people = 60 if request.param else 36
    sample = write_sample(folder / "sample.zip", people=people, as_of=AS_OF)
    options = Options(
        exports=(sample.path,),
        out=folder / "report",
        aggregate_only=request.param,
        license_price=150,
    )
    return (write_report(options).folder / "report.html").as_uri()


@pytest.fixture
def open_page(chromium, page_url):
    """A page of one size and scheme, and what it asked for; it must not complain of anything."""
    contexts = []

    def opened(width=1280, scheme="light", **how):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, **how
        )
        contexts.append(context)
        watch = Watch(context.new_page())
        watch.page.goto(page_url)
        return watch

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_axe_finds_no_serious_violation(open_page, scheme, width):
    page = open_page(width, scheme).page
    page.evaluate(OPEN_ALL)
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert len(found["passes"]) > 20, "axe looked at the page"
    wrong = {
        (one["impact"], one["id"], str(one["nodes"][0]["target"]))
        for one in found["violations"]
        if one["impact"] in WORSE_THAN_MODERATE
    }
    assert wrong == set()


def test_axe_would_find_one(open_page):
    page = open_page().page
    page.evaluate("document.querySelector('.weak').style.color = '#ddd'")
    page.evaluate(AXE)
    found = page.evaluate("axe.run('.weak', {resultTypes: ['violations']})")
    assert "color-contrast" in {one["id"] for one in found["violations"]}


def test_nothing_is_asked_of_the_network_and_no_policy_is_violated(open_page, page_url):
    watch = open_page()
    watch.page.evaluate(OPEN_ALL)
    assert (watch.urls, watch.errors) == ([page_url], [])


@pytest.mark.parametrize(
    ("width", "how"),
    [(390, {}), (1280, {}), (640, {"device_scale_factor": 2})],
    ids=["phone", "desk", "desk at 200 %"],
)
def test_the_page_never_scrolls_sideways(open_page, width, how):
    page = open_page(width, **how).page
    page.evaluate(OPEN_ALL)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_keys_alone_lead_through_the_page(open_page):
    page = open_page().page
    focused = "document.activeElement.textContent.trim()"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "Skip to the report"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    page.keyboard.press("Tab")
    inside = "document.querySelector('main').contains(document.activeElement)"
    assert page.evaluate(inside), "the next stop lies in the report, not before it"
    summary = page.locator("details:not([open]) > summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.parentElement.open")


def test_everything_belongs_to_a_landmark(open_page):
    page = open_page().page
    assert [page.locator(one).count() for one in ("main", "nav", "body > .page > header", "footer")] == [1] * 4  # fmt: skip
    assert page.locator("nav").get_attribute("aria-label") == "Sections"
    titles = page.locator("main > section").evaluate_all(
        "all => all.map(one => document.getElementById(one.getAttribute('aria-labelledby')).textContent)"
    )
    assert len(titles) == len(set(titles)) >= 12
    assert all(titles)


def test_paper_shows_what_is_folded_and_no_ground(open_page):
    page = open_page(scheme="dark").page
    folded = page.locator("details.more:not([open]) .scroll, details.more:not([open]) ul").first
    assert not folded.is_visible()
    page.emulate_media(media="print")
    assert folded.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgba(0, 0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(24, 24, 24)"
    assert not page.locator("nav").is_visible()
