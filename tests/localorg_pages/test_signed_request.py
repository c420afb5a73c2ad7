"""Signed requests as an outsider reads them: an own HMAC, an own list of the documented keys."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest

from localorg.pages.signed_request import truncated_milliseconds
from tests.localorg_pages.fake_org import ADMIN, ANA, API_URL, BIG_DEAL, ORG_ID, PANEL, RAJ, FakeOrg

BASE = "/services/data/v66.0/platformconnect"
INSTANCE = "_:Bellwether_Panel:0:0:canvasapp0"
# https://developer.salesforce.com/docs/platform/canvas-framework/guide/canvas-request-object.html
DOCUMENTED = {
    "user": {
        "userId", "userName", "firstName", "lastName", "email", "fullName", "locale", "language",
        "timeZone", "profileId", "roleId", "userType", "currencyISOCode", "profilePhotoUrl",
        "profileThumbnailUrl", "siteUrl", "siteUrlPrefix", "networkId", "accessibilityModeEnabled",
        "isDefaultNetwork",
    },
    "organization": {"organizationId", "name", "multicurrencyEnabled", "namespacePrefix", "currencyIsoCode"},
    "environment": {
        "referer", "locationUrl", "displayLocation", "sublocation", "uiTheme", "dimensions",
        "parameters", "record", "version",
    },
    "links": {
        "loginUrl", "enterpriseUrl", "metadataUrl", "partnerUrl", "restUrl", "sobjectUrl",
        "searchUrl", "queryUrl", "recentItemsUrl", "userUrl", "chatterFeedsUrl",
        "chatterFeedItemsUrl", "chatterGroupsUrl", "chatterUsersUrl",
    },
    "application": {
        "applicationId", "authType", "canvasUrl", "developerName", "name", "namespace", "options",
        "referenceId", "samlInitiationMethod", "version", "isInstalledPersonalApp",
    },
}  # fmt: skip


def ask(browser, parameters=None, location="Aura", canvas="Bellwether_Panel"):
    environment = {
        "dimensions": {"width": "100%", "height": "560px", "clientHeight": None},
        "parameters": parameters or {},
        "displayLocation": location,
        "sublocation": None,
        "record": {},
    }
    client = {"targetOrigin": "http://127.0.0.1:8080", "instanceId": INSTANCE}
    body = {"canvasRequest": {"context": {"environment": environment}, "client": client}}
    return browser.put(f"{BASE}/signedrequest?canvas={canvas}", json=body)


def opened(response):
    signature, encoded = response.get_json()["response"].split(".", 1)
    secret = PANEL.consumer_secret.encode()
    expected = base64.b64encode(hmac.new(secret, encoded.encode(), hashlib.sha256).digest())
    assert expected.decode() == signature
    return json.loads(base64.b64decode(encoded, validate=True))


def test_signature_is_over_the_encoded_text_and_keys_are_the_documented_ones(browser):
    envelope = opened(ask(browser.log_in(ANA)))
    assert set(envelope) == {"algorithm", "issuedAt", "userId", "client", "context"}
    assert envelope["algorithm"] == "HMACSHA256"
    assert set(envelope["client"]) == {
        "refreshToken",
        "instanceId",
        "targetOrigin",
        "instanceUrl",
        "oauthToken",
    }
    assert {part: set(keys) for part, keys in envelope["context"].items()} == DOCUMENTED


def test_client_names_the_page_the_frame_and_the_api(browser, org):
    client = opened(ask(browser.log_in(ANA)))["client"]
    assert client["targetOrigin"] == "http://127.0.0.1:8080"
    assert client["instanceId"] == INSTANCE
    assert client["instanceUrl"] == API_URL
    assert org.user_of_token(client["oauthToken"]) == ANA


def test_target_origin_is_the_page_even_if_the_caller_says_otherwise(browser):
    body = {"canvasRequest": {"context": {"environment": {"displayLocation": "Aura"}},
                              "client": {"targetOrigin": "http://evil.example", "instanceId": INSTANCE}}}  # fmt: skip
    answer = browser.log_in(ANA).put(f"{BASE}/signedrequest?canvas=Bellwether_Panel", json=body)
    assert opened(answer)["client"]["targetOrigin"] == "http://127.0.0.1:8080"


def test_oddities_of_real_envelopes_are_there(browser):
    envelope = opened(ask(browser.log_in(ANA), {"recordId": BIG_DEAL}))
    context = envelope["context"]
    assert len(envelope["userId"]) == 18
    assert (len(context["user"]["profileId"]), len(context["user"]["roleId"])) == (15, 15)
    assert context["environment"]["displayLocation"] == "Aura"
    assert context["environment"]["record"] == {}
    assert context["environment"]["parameters"] == {"recordId": BIG_DEAL}
    assert all(isinstance(size, str) for size in context["environment"]["dimensions"].values())
    assert context["organization"]["organizationId"] == ORG_ID
    assert context["application"]["namespace"] == ""


def test_issued_at_is_never_a_usable_time(browser):
    browser.log_in(ANA)
    values = [opened(ask(browser))["issuedAt"] for _ in range(3)]
    assert None in values
    assert any(value is not None and value < 0 for value in values)
    assert all(value is None or value < 1 << 31 for value in values)


@pytest.mark.parametrize(
    ("milliseconds", "expected"),
    [(0, 0), (2**31 - 1, 2**31 - 1), (2**31, -(2**31)), (2**32 + 5, 5)],
)
def test_milliseconds_are_cut_to_a_signed_word(milliseconds, expected):
    assert truncated_milliseconds(milliseconds) == expected


def test_refresh_token_comes_with_its_scope_only(browser, org):
    browser.log_in(ANA)
    assert opened(ask(browser))["client"]["refreshToken"]
    org.change_app(scopes=("Api",))
    assert opened(ask(browser))["client"]["refreshToken"] is None


def test_user_without_a_role_has_a_null_role(browser, org):
    org.sets[ADMIN] = frozenset({"Adoption_Panel_User"})
    assert opened(ask(browser.log_in(ADMIN)))["context"]["user"]["roleId"] is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"is_canvas_enabled": False}, "APP_NOT_FOUND"),
        ({"is_enabled": False}, "APP_NOT_FOUND"),
        ({"locations": ("Visualforce",)}, "UNSUPPORTED_LOCATION"),
        ({"permission_sets": frozenset({"Other"})}, "ADMIN_AUTH_REQUIRED"),
    ],
)
def test_refusals_are_answers_for_the_parent_page(browser, org, change, code):
    org.change_app(**change)
    response = ask(browser.log_in(ANA))
    assert response.status_code == 403
    assert response.get_json()[0]["errorCode"] == code
    assert org.tokens == {}


def test_unknown_app_is_refused(browser):
    assert ask(browser.log_in(ANA), canvas="Nope").get_json()[0]["errorCode"] == "APP_NOT_FOUND"


def test_user_without_the_permission_set_is_refused_and_an_admin_is_shown_the_way(browser):
    refused = ask(browser.log_in(RAJ)).get_json()[0]
    assert refused["errorCode"] == "ADMIN_AUTH_REQUIRED"
    for_admin = ask(browser.log_in(ADMIN)).get_json()[0]
    assert for_admin["errorCode"] == "ADMIN_AUTH_REQUIRED_SETUP_ALLOWED"
    assert for_admin["message"].endswith("#/lightning/setup/ExternalClientApps")


def test_profile_may_pre_authorise_too(browser, org):
    org.change_app(permission_sets=frozenset(), profiles=frozenset({"Standard User"}))
    assert opened(ask(browser.log_in(RAJ)))["client"]["oauthToken"]


def test_self_authorised_app_gets_no_token(browser, org):
    org.change_app(permitted_users="AllSelfAuthorized")
    client = opened(ask(browser.log_in(ANA)))["client"]
    assert (client["oauthToken"], client["refreshToken"]) == (None, None)
    assert org.tokens == {}


def test_signed_request_needs_the_page_session(browser):
    response = ask(browser)
    assert (
        response.status_code,
        response.get_json()[0]["errorCode"],
    ) == (401, "INVALID_SESSION_ID")


def test_context_call_goes_by_the_token(browser, org):
    token = opened(ask(browser.log_in(ANA)))["client"]["oauthToken"]
    path = f"{BASE}/canvascontext?canvas=Bellwether_Panel"
    body = {"environment": {"displayLocation": "Aura", "parameters": {"recordId": BIG_DEAL}}}
    context = browser.put(path, json=body, headers={"Authorization": f"OAuth {token}"}).get_json()
    assert set(context) == set(DOCUMENTED)
    assert context["user"]["userId"] == ANA
    refused = browser.put(path, json=body, headers={"Authorization": "OAuth wrong"})
    assert refused.status_code == 401


def test_api_calls_are_handed_on_without_the_page_cookie(browser):
    token = opened(ask(browser.log_in(ANA)))["client"]["oauthToken"]
    answer = browser.get(
        "/services/data/v66.0/query?q=x", headers={"Authorization": f"OAuth {token}"}
    )
    assert answer.get_json() == {"path": "/services/data/v66.0/query", "user": ANA, "cookie": None}
    assert browser.get("/services/data/v66.0/query").status_code == 401


def test_every_request_gets_a_living_token_of_its_own_user():
    org = FakeOrg(sets={ANA: {"Adoption_Panel_User"}, RAJ: {"Adoption_Panel_User"}})
    from tests.localorg_pages.conftest import Browser  # noqa: PLC0415

    for user in (ANA, RAJ):
        envelope = opened(ask(Browser(org).log_in(user)))
        assert user == envelope["userId"] == org.user_of_token(envelope["client"]["oauthToken"])
