"""The panel inside a frame of another site, in a real Chromium: nothing kept, nothing blocked."""

from __future__ import annotations

import json
import shutil
import threading
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from werkzeug.serving import make_server

from canvas.port import ReadingError
from service.app import create_app
from tests.canvas import leader_builders as lead
from tests.canvas import panel_builders as build

if TYPE_CHECKING:
    from collections.abc import Iterator

AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        CHROMIUM is None, reason="CHROMIUM ABSENT: the panel was not seen in a browser"
    ),
]
FRAME = "canvas-frame-_:Bellwether_Panel:630:0:canvasapp"

#: How much the frame keeps. Where the browser refuses storage to a frame, asking is an error.
KEPT = """() => {
  try { return localStorage.length + sessionStorage.length + document.cookie.length; }
  catch (error) { if (error.name === "SecurityError") return 0; throw error; }
}"""


def serve(app: Flask) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def host() -> Iterator[tuple[Flask, int]]:
    """A page on 127.0.0.1 that posts a signed request into a frame and keeps what the frame says."""
    app = Flask("host")
    app.config["page"] = ""
    app.add_url_rule("/", "page", lambda: app.config["page"])
    for port in serve(app):
        yield app, port


@pytest.fixture
def panel_port(host, org, acts, store) -> Iterator[int]:
    settings = build.settings(PANEL_FRAME_ANCESTORS=f"http://127.0.0.1:{host[1]}")
    yield from serve(create_app(settings, org, acts, store))


@pytest.fixture
def browser(chromium: object) -> object:
    return chromium


class Seen:
    """One visit: the frame, and everything the browser complained about."""

    def __init__(self, browser, width: int, scheme: str) -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme
        )
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.urls: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.urls.append(request.url))

    def open(self, url: str):
        self.page.goto(url)
        frame = self.page.frame(name=FRAME)
        frame.wait_for_selector("main#panel")
        frame.wait_for_load_state("networkidle")
        return frame


@pytest.fixture
def visit(browser, host, panel_port):
    visits: list[Seen] = []

    def look(width: int = 1000, scheme: str = "light"):
        seen = Seen(browser, width, scheme)
        visits.append(seen)
        origin = f"http://127.0.0.1:{host[1]}"
        envelope = build.envelope(client__targetOrigin=origin)
        host[0].config[
            "page"
        ] = f"""<!doctype html><title>host</title><link rel="icon" href="data:,">
            <script>window.said = []; addEventListener("message", e => said.push([e.origin, e.data]))</script>
            <iframe name="{FRAME}" width="100%" height="700" style="border:0"></iframe>
            <form method="post" action="http://localhost:{panel_port}/canvas" target="{FRAME}">
            <input type="hidden" name="signed_request" value="{build.signed_request(envelope)}"></form>
            <script>document.forms[0].submit()</script>"""
        return seen, seen.open(origin)

    yield look
    for seen in visits:
        seen.context.close()


def test_the_score_in_a_frame_of_another_site(visit, org, panel_port):
    org.records = [build.a_record()]
    seen, frame = visit()
    assert frame.get_attribute("main#panel", "data-state") == "score"
    assert frame.inner_text("#score-value") == "74.3"
    assert seen.complaints == []
    assert seen.context.cookies() == []
    assert frame.evaluate(KEPT) == 0
    told = frame.content() + json.dumps(seen.urls)
    assert build.TOKEN not in told
    allowed = (f"http://localhost:{panel_port}/", "http://127.0.0.1:")
    assert all(url.startswith(allowed) for url in seen.urls)


@pytest.mark.parametrize("button", ["Refresh", "Ask Salesforce again"])
def test_the_button_speaks_to_salesforce_through_the_sdk(visit, org, panel_port, button):
    org.records = [build.a_record()]
    org.error = ReadingError("session_ended", "INVALID_SESSION_ID") if button != "Refresh" else None
    seen, frame = visit()
    frame.get_by_role("button", name=button).click()
    seen.page.wait_for_function("said.length > 0")
    origin, text = seen.page.evaluate("said[0]")
    message = json.loads(text)
    assert origin == f"http://localhost:{panel_port}"
    assert (message["targetModule"], message["body"]["type"], message["body"]["refresh"]) == (
        "Canvas",
        "repost",
        True,
    )
    assert message["body"]["config"]["client"]["instanceId"] == FRAME.removeprefix("canvas-frame-")
    assert message["body"]["config"]["client"]["oauthToken"] == "null"
    assert frame.get_by_role("button", name=button).is_disabled()


def record(frame, name: str, kind: str, note: str) -> str:
    """Fill in the form about a person with the keyboard, and give what the page says then."""
    form = frame.locator(f"form.act:not(.act--write):has-text('{name}')")
    form.get_by_label("What did you do").select_option(kind)
    form.get_by_label("Note").fill(note)
    form.get_by_label("Note").press("Enter")
    told = form.locator("[role=status]")
    told.filter(has_text=".").wait_for()
    return told.inner_text()


def test_a_manager_records_a_talk_and_nothing_of_the_token_is_anywhere(visit, org, acts):
    org.records, org.others = [build.a_record()], lead.everything()
    seen, frame = visit()
    assert record(frame, "Di Osei", "Coached", "Mondays from now on").startswith("Recorded.")
    ((lent, _, values),) = acts.made
    assert lent.token == build.TOKEN
    assert (values["Type__c"], values["Note__c"]) == ("Coached", "Mondays from now on")
    assert seen.complaints == []
    assert frame.evaluate("typeof window.panelToken") == "undefined"
    assert "panelToken" not in frame.content()
    assert frame.evaluate(KEPT) == 0


def test_a_page_whose_token_has_ended_says_to_reload(visit, org, acts, store):
    org.records, org.others = [build.a_record()], lead.everything()
    seen, frame = visit()
    store.values.clear()
    assert "reload the page" in record(frame, "Cy Park", "Seen", "")
    assert acts.made == []
    assert not [one for one in seen.complaints if "403" not in one]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_leaders_page(visit, org, scheme):
    standing = {
        "Adoption_Exceptions__r": lead.children(lead.an_exception()),
        "Adoption_Actions__r": lead.children(lead.an_act()),
    }
    org.records, org.others = [build.a_record(**standing)], lead.everything()
    _, frame = visit(1280, scheme)
    frame.evaluate(AXE)
    found = frame.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert len(found["passes"]) > 20, "axe looked at the page"
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_a_leaders_page_fits_its_frame(visit, org, width, scheme):
    org.records, org.others = [build.a_record()], lead.everything()
    _, frame = visit(width, scheme)
    assert frame.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_site_that_is_not_named_may_not_frame_it(browser, host, org, acts, store):
    ports = serve(create_app(build.settings(), org, acts, store))  # Salesforce's sites only
    port = next(ports)
    host[0].config["page"] = (
        f'<iframe name="{FRAME}" src="http://localhost:{port}/canvas"></iframe>'
    )
    seen = Seen(browser, 800, "light")
    seen.page.goto(f"http://127.0.0.1:{host[1]}")
    for _ in range(200):  # 10 s at most
        if any("frame-ancestors" in complaint for complaint in seen.complaints):
            break
        seen.page.wait_for_timeout(50)
    else:
        pytest.fail(f"nobody refused the frame: {seen.complaints}")
    seen.page.wait_for_timeout(300)
    assert seen.page.locator("iframe").count() == 1
    assert seen.page.frame_locator("iframe").locator("main#panel").count() == 0
    seen.context.close()
    ports.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 400, 640, 1280])
def test_nothing_runs_out_of_a_narrow_frame(visit, org, width, scheme):
    long_name = "Donaudampfschifffahrtsgesellschaft" * 3
    fixes = (
        build.Fix("calls", long_name, build.Decimal("12.5"), 90, "0065g00000AcmePAAR", long_name),
    )
    org.records = [build.a_record(build.a_score(fixes=fixes, reasons=(long_name,)))]
    _, frame = visit(width, scheme)
    assert frame.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_by_keyboard_alone(visit, org):
    org.records = [build.a_record()]
    seen, frame = visit()
    frame.evaluate("document.body.tabIndex = -1; document.body.focus()")
    reached = []
    for _ in range(8):
        seen.page.keyboard.press("Tab")
        reached.append(frame.evaluate("document.activeElement.textContent.trim()"))
    assert reached[0] == "Refresh"
    assert reached[1] == "Acme Pumps – 40 units"  # noqa: RUF001 - as the record is named
    assert "2 more" in reached
    assert reached[5] == "Who looked at your page"
    assert reached[6].startswith("What is measured")
    seen.page.keyboard.press("Shift+Tab")
    seen.page.keyboard.press("Enter")
    # A key to a frame of another process arrives when it arrives; never is the failure.
    frame.wait_for_function("document.querySelector('#about').open")


def test_without_scripts_the_page_is_whole(browser, host, org, acts, store):
    org.records, org.others = [build.a_record()], lead.everything()
    ports = serve(create_app(build.settings(), org, acts, store))
    port = next(ports)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    signed = build.signed_request(build.envelope())
    host[0].config["page"] = f"""<form method="post" action="http://localhost:{port}/canvas">
        <input name="signed_request" value="{signed}"><button>Go</button></form>"""
    page.goto(f"http://127.0.0.1:{host[1]}")
    page.click("button")
    assert page.inner_text("#score-value") == "74.3"
    assert page.inner_text("#score-word").strip() == "Building"
    assert page.locator("[data-repost]:visible, [data-act]:visible").count() == 0
    talk = page.inner_text("#talk")
    assert "Meetings: 61 where 100 were asked." in talk
    assert "Sue Abbot" in page.inner_text("#managers")
    page.click("#talk .evidence summary")  # a fold needs no script
    assert page.is_visible("#talk .evidence p")
    context.close()
    ports.close()
