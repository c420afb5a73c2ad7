"""The door of whoever must approve the app for themselves: unsigned, and nothing of it believed."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from redis.exceptions import ConnectionError as NoRedisError

from canvas.busy import Most
from canvas.port import ReadingError
from service.app import create_app
from service.doctor import here
from tests.canvas import panel_builders as build

CODE = "aPrxTheCodeOfAna"


class Asked:
    """An Approval that remembers what it was asked, or fails."""

    def __init__(self):
        self.redeemed = []
        self.challenges = []
        self.error = None

    def address(self, state, challenge):
        self.challenges.append(challenge)
        return f"{build.HOST}/services/oauth2/authorize?state={state}"

    def redeem(self, code, verifier):
        if self.error:
            raise self.error
        self.redeemed.append((code, verifier))


@pytest.fixture
def asked():
    return Asked()


@pytest.fixture
def client(org, acts, store, asked):
    return create_app(build.settings(), org, acts, store, asked).test_client()


def offered(client, name="_sfdc_canvas_auth"):
    """What the page holds in its memory."""
    query = {name: "user_approval_required", "loginUrl": "https://evil.example"}
    page = client.get("/canvas", query_string=query)
    assert page.status_code == 200
    return page, json.loads(re.search(r"window\.approval = (\{.*?\});", page.text)[1])


def bring(client, approval, **changes):
    given = {"state": approval["state"], "ticket": approval["ticket"], "code": CODE, **changes}
    return client.post("/canvas/approved", json=given)


@pytest.mark.parametrize("name", ["_sfdc_canvas_auth", "_sfdc_canvas_authvalue"])
def test_both_names_offer_to_ask_at_our_own_org_and_nowhere_else(client, name):
    page, approval = offered(client, name)
    assert 'data-state="approval_offered"' in page.text
    assert urlsplit(approval["address"]).netloc == urlsplit(build.HOST).netloc
    assert "evil.example" not in page.text
    assert "Set-Cookie" not in page.headers


def test_the_ticket_tells_nothing_and_the_address_holds_no_verifier(client, asked):
    _, approval = offered(client)
    bring(client, approval)
    ((_, verifier),) = asked.redeemed
    assert 43 <= len(verifier) <= 128
    assert verifier not in json.dumps(approval)
    state = parse_qs(urlsplit(approval["address"]).query)["state"]
    assert state == [approval["state"]]


def test_the_code_is_redeemed_with_the_verifier_of_its_challenge(client, asked):
    answer = bring(client, offered(client)[1])
    assert (answer.status_code, answer.json["state"]) == (200, "done")
    ((code, verifier),) = asked.redeemed
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode()
    assert (code, asked.challenges) == (CODE, [digest.rstrip("=")])


def test_a_ticket_is_good_once(client, asked):
    approval = offered(client)[1]
    bring(client, approval)
    answer = bring(client, approval)
    assert (answer.status_code, answer.json["state"], len(asked.redeemed)) == (403, "ended", 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "another"}, {"ticket": "gAAAAforged"}, {"ticket": None}, {"code": ""},
        {"code": None}, {"state": ["x"]}, {"ticket": "é"}, {"code": "x" * 5_000},
    ],
)  # fmt: skip
def test_what_does_not_fit_the_ticket_is_refused_and_nothing_is_asked(client, asked, changes):
    answer = bring(client, offered(client)[1], **changes)
    assert (answer.status_code, answer.json["state"], asked.redeemed) == (403, "ended", [])


def test_the_ticket_of_another_page_does_not_fit(client, asked):
    mine, theirs = offered(client)[1], offered(client)[1]
    answer = bring(client, mine, ticket=theirs["ticket"])
    assert (answer.status_code, asked.redeemed) == (403, [])


def test_a_ticket_of_another_secret_is_none(org, acts, store, client, asked):
    settings = build.settings(CANVAS_CONSUMER_SECRETS="another-secret-that-is-long-enough")
    elsewhere = create_app(settings, org, acts, store, asked).test_client()
    assert bring(client, offered(elsewhere)[1]).status_code == 403
    assert asked.redeemed == []


def test_an_old_ticket_has_ended(client, asked, monkeypatch):
    approval = offered(client)[1]
    monkeypatch.setattr("canvas.approval.SECONDS", -1)
    assert bring(client, approval).status_code == 403
    assert asked.redeemed == []


def test_bodies_that_no_page_sends(client, asked):
    for body in (b"", b"[]", b"null", b"{", b"\xff", b"[" * 9_900, b"x" * 20_000):
        answer = client.post("/canvas/approved", data=body, content_type="application/json")
        assert answer.status_code in (403, 413)
    assert asked.redeemed == []


def test_one_address_in_a_loop_closes_the_door_for_itself_alone(client, asked):
    def knock(heard):
        headers = {"X-Forwarded-For": heard}
        given = offered(client)[1] | {"code": CODE}
        return client.post("/canvas/approved", json=given, headers=headers)

    found = [knock(f"198.51.100.{one}, 192.0.2.9").status_code for one in range(21)]
    assert found == [*[200] * 20, 429]
    assert knock("192.0.2.9, 192.0.2.10").status_code == 200
    busy = offered(client)[1]
    assert knock("192.0.2.9").json["state"] == "busy"
    assert bring(client, busy).json["state"] == "done"


def test_not_even_a_thousand_knocks_of_one_address_close_the_door_to_others(
    client, asked, monkeypatch
):
    """What is refused to one address counts for it alone, and not among those of all."""
    monkeypatch.setattr("canvas.approval.APPROVALS", Most("approvals", 2, 5))
    given = offered(client)[1] | {"code": CODE}
    for _ in range(10):
        client.post("/canvas/approved", json=given, headers={"X-Forwarded-For": "192.0.2.9"})
    assert bring(client, offered(client)[1]).json["state"] == "done"


def test_an_org_that_does_not_take_it_is_told_as_such(client, asked, events):
    asked.error = ReadingError("broken", "invalid_grant")
    answer = bring(client, offered(client)[1])
    assert (answer.status_code, answer.json["state"]) == (502, "again")
    assert CODE not in json.dumps(events)
    assert [one["reason"] for one in events if one["state"] == "approval_refused"] == [
        "invalid_grant"
    ]


def test_without_the_store_nothing_is_redeemed(client, asked, store):
    approval = offered(client)[1]
    store.error = NoRedisError("away")
    answer = bring(client, approval)
    assert (answer.status_code, answer.json["state"], asked.redeemed) == (503, "again", [])


def test_the_window_comes_back_to_a_page_that_repeats_nothing_of_its_address(client):
    page = client.get("/canvas/approved", query_string={"code": CODE, "state": "<b>x"})
    assert (page.status_code, CODE in page.text, "<b>" in page.text) == (200, False, False)
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_where_only_an_admin_approves_the_page_says_whom_to_ask(org, acts, store):
    client = create_app(build.settings(), org, acts, store).test_client()
    page = client.get("/canvas", query_string={"_sfdc_canvas_auth": "user_approval_required"})
    assert (page.status_code, 'data-state="approval_needed"' in page.text) == (403, True)
    assert client.get("/canvas/approved").status_code == 404
    assert client.post("/canvas/approved", json={}).status_code == 404


def test_the_settings_switch_it_on(org, acts, store):
    settings = build.settings(
        CANVAS_CONSUMER_KEY="panel-key", BELLWETHER_PUBLIC_URL="https://bellwether.example"
    )
    client = create_app(settings, org, acts, store).test_client()
    _, approval = offered(client)
    where = urlsplit(approval["address"])
    asked = {key: value for key, [value] in parse_qs(where.query).items()}
    assert where.netloc == urlsplit(build.HOST).netloc
    assert asked["client_id"] == "panel-key"
    assert asked["redirect_uri"] == "https://bellwether.example/canvas/approved"
    assert asked["code_challenge_method"] == "S256"


@pytest.mark.parametrize(
    ("key", "address", "level"),
    [("", "https://bellwether.example", None), ("key", "", "warning"),
     ("key", "https://bellwether.example", "ok")],
)  # fmt: skip
def test_the_doctor_says_whether_anybody_can_approve(key, address, level):
    settings = build.settings(CANVAS_CONSUMER_KEY=key, BELLWETHER_PUBLIC_URL=address)
    found = here.approval(settings)
    assert (found and found.level) == level
    if level == "ok":
        assert "https://bellwether.example/canvas/approved" in found.what
