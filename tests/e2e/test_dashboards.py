"""Reports and dashboards of the stand-in in a real browser: for eyes, for keys, on a phone."""

from __future__ import annotations

from importlib.resources import files

import pytest

from localorg import seed
from localorg.pages import create_pages
from tests.e2e.browser import Watch
from tests.e2e.serving import serving
from tests.localorg_reports.conftest import company, export

__all__ = ["company", "export"]
pytestmark = pytest.mark.xdist_group("dashboards")
AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
PAGES = (
    ("Dashboard", "Adoption_Login"), ("Dashboard", "Adoption_Usage"),
    ("Dashboard", "Adoption_Data_Care"), ("Dashboard", "Adoption_Exceptions_and_Deals"),
    ("Report", "Open_Tasks"), ("Report", "Standing_Exceptions"),
)  # fmt: skip


@pytest.fixture(scope="module")
def address(company):
    with serving(create_pages(company.org)) as port:
        yield f"http://127.0.0.1:{port}"


def path_of(company, kind, name):
    with company.org.read() as db:
        row = db.execute(f'SELECT "Id" FROM "{kind}" WHERE "DeveloperName" = ?', (name,)).fetchone()
    return f"/lightning/r/{kind}/{row[0]}/view"


@pytest.fixture
def open_page(chromium, company, address):
    """A page as the head of sales, in a window of some width."""
    contexts = []

    def opened(path, width=1280):
        context = chromium.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        watch = Watch(context.new_page())
        context.request.post(f"{address}/login", form={"user_id": company.chief})
        watch.page.goto(address + path)
        return watch

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(("kind", "name"), PAGES)
def test_axe_finds_nothing_and_no_policy_is_violated(open_page, company, kind, name, width):
    watch = open_page(path_of(company, kind, name), width)
    page = watch.page
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, "nothing reaches over the edge of the window"
    assert watch.errors == []
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert len(found["passes"]) > 15, "axe looked at the page"
    assert {(one["id"], str(one["nodes"][0]["target"])) for one in found["violations"]} == set()


def test_a_chart_is_read_and_left_by_keys_alone(open_page, company):
    page = open_page(path_of(company, "Dashboard", "Adoption_Login")).page
    chart = page.get_by_role("region", name="Active by Role", exact=True)
    chart.get_by_text("The figures").focus()
    page.keyboard.press("Enter")
    assert chart.get_by_role("row").count() > 3
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lightning/r/Report/**")
    assert page.get_by_role("heading", level=1).inner_text() == "Active in the Last 7 Days"


@pytest.mark.parametrize("width", [390, 1280])
def test_the_rules_are_edited_in_setup_by_keys_alone_and_axe_finds_nothing(
    chromium, company, address, width
):
    context = chromium.new_context(viewport={"width": width, "height": 900})
    watch = Watch(context.new_page())
    context.request.post(f"{address}/login", form={"user_id": seed.ADMIN_ID})
    page = watch.page
    page.goto(f"{address}/lightning/setup/CustomMetadata/Adoption_Minimum__mdt/calls_rep/edit")
    page.get_by_label("Minimum", exact=True).focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("many")
    page.keyboard.press("Enter")
    page.get_by_role("alert").get_by_role("link", name="Minimum").focus()
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert len(found["passes"]) > 15, "axe looked at the page"
    assert {(one["id"], str(one["nodes"][0]["target"])) for one in found["violations"]} == set()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#Minimum__c"
    page.get_by_label("Minimum", exact=True).fill(str(width))
    page.keyboard.press("Enter")
    page.wait_for_url("**/Adoption_Minimum__mdt/home*")
    with company.org.read() as db:
        row = db.execute(
            "SELECT Minimum__c FROM Adoption_Minimum__mdt WHERE DeveloperName = 'calls_rep'"
        ).fetchone()
    assert row[0] == width
    assert [one for one in watch.errors if "422" not in one] == []  # the form that was refused
    context.close()
