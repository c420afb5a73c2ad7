"""The pages over WSGI: who sees what, and that no text becomes markup."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from werkzeug.test import Client

from localorg.ids import make
from localorg.pages.app import pages_of
from tests.localorg_pages.fake_org import (
    ADMIN,
    ALERT,
    ANA,
    ANA_SCORE,
    BIG_DEAL,
    GROUP,
    NASTY,
    PANEL,
    RAJ,
    RAJ_SCORE,
    SMALL_DEAL,
    FakeOrg,
)

HOME = "/lightning/page/home"
SETUP = "/lightning/setup/ExternalClientApps"


def record_path(name, record_id):
    return f"/lightning/r/{name}/{record_id}/view"


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.scripts = []
        self.text = []

    def handle_starttag(self, tag, attrs):
        if tag == "script":
            self.scripts.append(dict(attrs))

    def handle_data(self, data):
        self.text.append(data)


def read(response):
    tags = _Tags()
    tags.feed(response.text)
    return tags


def test_login_page_lists_every_user_and_says_it_is_a_stand_in(browser):
    page = browser.get("/")
    assert "not a real one" in page.text
    for username in ("ana.ruiz@example.com", "raj.patel@example.com", "ada.min@example.com"):
        assert username in page.text


def test_a_long_list_begins_with_an_administrator_and_whoever_of_a_role_was_here_last():
    org = FakeOrg()
    ana, raj, ada = org.people()
    reps = [
        replace(raj, id=f"005{at:012d}AAA", name=f"Rep {at}", last_login=f"2026-11-{at + 1:02d}")
        for at in range(20)
    ]
    org.people = lambda: [replace(ana, role_name=None), *reps, ada]
    page = Client(pages_of(org)).get("/", base_url="http://127.0.0.1:1").text
    names = re.findall("<strong>(.*?)</strong>", page)
    assert names == ["Ada Min", "Rep 19", "Ana Ruiz", *(f"Rep {at}" for at in range(19))]
    assert page.index("One of each role") < page.index("Rep 19") < page.index("Everybody else")


def test_session_cookie_is_host_only_and_kept_from_scripts_and_other_sites(browser):
    cookie = browser.post("/login", data={"user_id": ANA}).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain" not in cookie


def test_unknown_user_cannot_log_in(browser):
    assert browser.post("/login", data={"user_id": make("005", 99)}).status_code == 400


@pytest.mark.parametrize(
    "path", [HOME, record_path("Opportunity", BIG_DEAL), f"/{BIG_DEAL}", SETUP]
)
def test_nobody_is_sent_to_the_login_page(browser, path):
    response = browser.get(path)
    assert (response.status_code, response.location) == (302, "/")


def test_logout_ends_the_session_on_the_server(browser):
    browser.log_in(ANA)
    cookie = browser.client.get_cookie("sid", "127.0.0.1")
    browser.post("/logout")
    browser.client.set_cookie("sid", cookie.value, domain="127.0.0.1")
    assert browser.get(HOME).status_code == 302


def test_foreign_host_names_are_refused(org):
    pages = Client(pages_of(org))
    assert pages.get("/", base_url="http://evil.example:8080").status_code == 400


def test_localhost_is_led_to_the_page_site(org):
    response = Client(pages_of(org)).get("/0065g0000000001", base_url="http://localhost:8080")
    assert response.location == "http://127.0.0.1:8080/0065g0000000001"


def test_posts_from_another_site_are_refused(browser):
    refused = browser.post(
        "/login", data={"user_id": ANA}, headers={"Origin": "http://localhost:5001"}
    )
    assert refused.status_code == 403


@pytest.mark.parametrize("given", [BIG_DEAL, BIG_DEAL[:15]])
def test_short_address_of_a_record_leads_to_its_page(browser, given):
    response = browser.log_in(ANA).get(f"/{given}")
    assert response.location == record_path("Opportunity", BIG_DEAL)


def test_record_page_shows_labels_values_and_links(browser):
    page = browser.log_in(ANA).get(record_path("Adoption_Score__c", ANA_SCORE))
    texts = [one.strip() for one in read(page).text]
    for expected in (
        "Adoption Score",
        "AS-0001",
        "Score",
        "71.4",
        "Building",
        "As Of",
        "11/21/2026, 9:00 PM",
    ):
        assert expected in texts
    assert f'href="/{ANA}"' in page.text


def test_another_persons_private_record_looks_like_a_missing_one(browser):
    browser.log_in(ANA)
    private = browser.get(record_path("Adoption_Score__c", RAJ_SCORE))
    missing = browser.get(record_path("Adoption_Score__c", make("a00", 77)))
    assert (private.status_code, missing.status_code) == (404, 404)
    assert private.text == missing.text


def test_lists_hold_only_what_the_viewer_may_see(browser):
    page = browser.log_in(ANA).get("/lightning/o/Adoption_Score__c/list")
    assert "AS-0001" in page.text
    assert "AS-0002" not in page.text


def test_hidden_fields_are_on_no_page(org, browser):
    org.hidden_fields[ANA] = {"Opportunity.Amount"}
    browser.log_in(ANA)
    for path in (HOME, "/lightning/o/Opportunity/list", record_path("Opportunity", BIG_DEAL)):
        page = browser.get(path)
        assert "Globex renewal" in page.text
        assert "120,000" not in page.text


def test_a_lookup_to_an_unseen_record_is_no_link(browser):
    page = browser.log_in(ANA).get(record_path("Opportunity", BIG_DEAL))
    assert 'href="/001' not in page.text


def test_record_under_the_wrong_object_is_not_found(browser):
    assert browser.log_in(ANA).get(record_path("Account", BIG_DEAL)).status_code == 404


@pytest.mark.parametrize(
    "path", ["/nothing", "/lightning/o/Nope__c/list", "/lightning/r/Opportunity/x/view"]
)
def test_unknown_pages_are_not_found(browser, path):
    response = browser.log_in(ANA).get(path)
    assert response.status_code == 404
    assert "Page not found" in response.text


@pytest.mark.parametrize(
    "path",
    [HOME, "/lightning/o/Opportunity/list", record_path("Opportunity", SMALL_DEAL),
     record_path("CollaborationGroup", GROUP)],
)  # fmt: skip
def test_texts_of_the_org_never_become_markup(browser, path):
    page = browser.log_in(ADMIN).get(path)
    tags = read(page)
    assert NASTY in "".join(tags.text)
    assert [one["src"] for one in tags.scripts] in ([], ["/static/parent.js"])


def test_a_record_address_in_a_post_leads_to_the_record_page(browser):
    page = browser.log_in(ANA).get(HOME)
    assert f'<a href="/{BIG_DEAL}" rel="noopener noreferrer">' in page.text


def test_a_page_address_in_a_post_leads_to_that_page_and_a_foreign_one_away(browser, org):
    own = f"{org.api_url}{record_path('Opportunity', BIG_DEAL)}"
    org.posts = [replace(org.posts[0], body=f"{own}, https://example.com/a?b=1.")]
    page = browser.log_in(ANA).get(HOME)
    assert f'<a href="{record_path("Opportunity", BIG_DEAL)}"' in page.text
    assert '<a href="https://example.com/a?b=1" rel="noopener noreferrer">' in page.text


def test_an_opportunity_has_the_layout_of_a_new_org(browser):
    page = browser.log_in(ANA).get(record_path("Opportunity", BIG_DEAL))
    assert "Stage" in page.text
    assert 'data-field="IsWon"' not in page.text


def test_feed_is_on_home_and_on_opportunities_only(browser):
    browser.log_in(ADMIN)
    assert "Sales Management" in browser.get(HOME).text
    assert "Sales Management" in browser.get(record_path("Opportunity", BIG_DEAL)).text
    assert "Sales Management" not in browser.get(record_path("Big_Deal_Alert__c", ALERT)).text


def test_record_page_gives_the_panel_the_record_id(browser):
    page = browser.log_in(ANA).get(record_path("Opportunity", BIG_DEAL))
    assert 'data-canvas-app="Bellwether_Panel"' in page.text
    assert (
        f"{{&#34;recordId&#34;: &#34;{BIG_DEAL}&#34;, &#34;sObjectName&#34;: &#34;Opportunity&#34;}}"
        in page.text
    )


def test_a_tab_of_a_lightning_page_is_for_whom_a_permission_set_shows_it(browser):
    page = browser.log_in(ANA).get("/lightning/n/Bellwether")
    assert 'data-canvas-app="Bellwether_Panel"' in page.text
    assert 'data-canvas-parameters="{}"' in page.text  # no record
    assert NASTY not in page.text
    assert 'href="/lightning/n/Bellwether"' in browser.get(HOME).text
    assert browser.get("/lightning/n/Other").status_code == 404
    assert browser.log_in(RAJ).get("/lightning/n/Bellwether").status_code == 404
    assert "/lightning/n/" not in browser.get(HOME).text


def test_without_a_canvas_app_the_page_says_what_to_do(browser, org):
    org.apps = []
    page = browser.log_in(ANA).get(HOME)
    assert "No canvas app is deployed" in page.text
    assert "sf project deploy start" in page.text


def test_setup_is_for_administrators(browser):
    assert browser.log_in(RAJ).get(SETUP).status_code == 403
    assert browser.post(SETUP, data={"app": "Bellwether_Panel"}).status_code == 403


def test_secret_is_shown_only_when_revealed_and_only_of_that_app(browser):
    browser.log_in(ADMIN)
    closed = browser.get(SETUP).text
    open_ = browser.post(SETUP, data={"app": "Bellwether_Panel"}).text
    assert PANEL.consumer_key in closed
    assert PANEL.consumer_secret not in closed
    assert PANEL.consumer_secret in open_
    assert "SECRET-OF-JOBS" not in open_


def test_policy_allows_frames_of_deployed_apps_only(browser, org):
    policy = browser.get("/").headers["Content-Security-Policy"]
    assert "frame-src 'self' http://localhost:5001;" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    org.apps = []
    assert "localhost" not in browser.get("/").headers["Content-Security-Policy"]


def test_empty_org_says_so():
    org = FakeOrg()
    org.people = list
    assert "no active user" in Client(pages_of(org)).get("/", base_url="http://127.0.0.1:1").text
