"""A user's own approval: what the org is asked, and what becomes of its answers."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from service.salesforce.approval import Approval
from service.salesforce.errors import AdminActionNeededError, TransientSalesforceError
from tests.gateway.wire import ORG, TOKEN_URL

CALLBACK = "https://bellwether.example/canvas/approved"


@pytest.fixture
def approval(settings):
    return Approval(
        replace(
            settings, canvas_key="panel-key", canvas_secrets=("new", "old"),
            public_url="https://bellwether.example",
        )
    )  # fmt: skip


def refusal(error):
    return {"error": error, "error_description": "words that may hold anything"}


def form_of(call):
    return {key: value for key, [value] in parse_qs(call.request.body).items()}


def test_the_user_is_asked_at_the_orgs_own_address(approval):
    where = urlsplit(approval.address("a-state", "a-challenge"))
    assert f"{where.scheme}://{where.netloc}{where.path}" == f"{ORG}/services/oauth2/authorize"
    assert {key: value for key, [value] in parse_qs(where.query).items()} == {
        "response_type": "code", "client_id": "panel-key", "redirect_uri": CALLBACK,
        "state": "a-state", "code_challenge": "a-challenge", "code_challenge_method": "S256",
    }  # fmt: skip


def test_a_code_is_redeemed_with_its_verifier_and_the_token_is_dropped(approval, wire):
    wire.post(TOKEN_URL, json={"access_token": "00D!theirs"})
    assert approval.redeem("a-code", "a-verifier") is None
    (call,) = wire.calls
    assert form_of(call) == {
        "grant_type": "authorization_code", "code": "a-code", "client_id": "panel-key",
        "client_secret": "new", "redirect_uri": CALLBACK, "code_verifier": "a-verifier",
    }  # fmt: skip


def test_while_the_secret_is_rotated_the_other_one_is_tried(approval, wire):
    wire.post(TOKEN_URL, status=400, json=refusal("invalid_client"))
    wire.post(TOKEN_URL, json={"access_token": "00D!theirs"})
    approval.redeem("a-code", "a-verifier")
    assert [form_of(call)["client_secret"] for call in wire.calls] == ["new", "old"]


def test_a_refused_code_is_not_sent_again(approval, wire):
    wire.post(TOKEN_URL, status=400, json=refusal("invalid_grant"))
    with pytest.raises(AdminActionNeededError) as caught:
        approval.redeem("a-code", "a-verifier")
    assert (caught.value.code, len(wire.calls)) == ("invalid_grant", 1)
    assert "words" not in str(caught.value)


def test_no_answer_may_be_tried_later(approval, wire):
    wire.post(TOKEN_URL, body=requests.exceptions.ConnectTimeout("https://secret.example"))
    with pytest.raises(TransientSalesforceError) as caught:
        approval.redeem("a-code", "a-verifier")
    assert "secret" not in str(caught.value)


def test_a_page_instead_of_an_answer_is_passing_trouble(approval, wire):
    wire.post(TOKEN_URL, status=503, body="<html>maintenance</html>")
    with pytest.raises(TransientSalesforceError):
        approval.redeem("a-code", "a-verifier")
