from __future__ import annotations

import time
from urllib.parse import parse_qs

import jwt
import pytest
import requests

from service.salesforce.errors import AdminActionNeededError, TransientSalesforceError
from service.salesforce.token import GRANT
from tests.gateway.wire import DATA, TOKEN_URL


def ask(gateway, org):
    org.get(f"{DATA}/query", json={"totalSize": 0, "done": True, "records": []})
    return list(gateway.query("SELECT Id FROM User"))


def test_the_assertion_names_us_the_user_and_the_login_host_and_expires_soon(
    gateway, org, private_key
):
    ask(gateway, org)
    form = parse_qs(org.calls[0].request.body)
    assert form["grant_type"] == [GRANT]
    claims = jwt.decode(
        form["assertion"][0],
        private_key.public_key(),
        algorithms=["RS256"],
        audience="https://login.salesforce.com",
    )
    assert claims["iss"] == "a-consumer-key"
    assert claims["sub"] == "integration@bellwether.example"
    assert 0 < claims["exp"] - time.time() <= 180


def test_the_token_is_sent_as_bearer_and_asked_for_once(gateway, org):
    ask(gateway, org)
    ask(gateway, org)
    assert [call.request.url for call in org.calls].count(TOKEN_URL) == 1
    assert org.calls[1].request.headers["Authorization"] == "Bearer 00D!first"


@pytest.mark.parametrize(
    ("error", "description", "remedy"),
    [
        ("invalid_grant", "user hasn't approved this consumer", "pre-authorized"),
        ("invalid_app_access", "user is not admin approved to access this app", "pre-authorized"),
        ("invalid_grant", "audience is invalid", "SALESFORCE_AUDIENCE"),
        ("invalid_grant", "invalid assertion", "clock"),
        ("invalid_client", "invalid client credentials", "certificate"),
        ("invalid_client_id", "client identifier invalid", "SALESFORCE_CONSUMER_KEY"),
        ("invalid_request", "refresh_token scope is required", "RefreshToken"),
        ("something_new", "?", "external client app"),
    ],
)
def test_a_refused_token_says_what_an_admin_must_do(gateway, wire, error, description, remedy):
    wire.post(TOKEN_URL, status=400, json={"error": error, "error_description": description})
    with pytest.raises(AdminActionNeededError) as caught:
        list(gateway.query("SELECT Id FROM User"))
    assert remedy in str(caught.value)
    assert len(wire.calls) == 1


def test_a_token_endpoint_that_is_down_is_asked_again(gateway, wire):
    wire.post(TOKEN_URL, status=503, body="<html>busy</html>")
    wire.post(TOKEN_URL, json={"access_token": "00D!later"})
    assert ask(gateway, wire) == []


def test_a_token_endpoint_that_never_answers_is_transient(gateway, wire):
    wire.post(TOKEN_URL, body=requests.exceptions.ReadTimeout())
    with pytest.raises(TransientSalesforceError):
        list(gateway.query("SELECT Id FROM User"))


def test_neither_key_nor_assertion_is_ever_in_an_error(gateway, wire):
    wire.post(TOKEN_URL, status=400, json={"error": "invalid_client", "error_description": "no"})
    with pytest.raises(AdminActionNeededError) as caught:
        list(gateway.query("SELECT Id FROM User"))
    text = repr(caught.value) + str(caught.value.__context__)
    assert "eyJ" not in text
    assert "a-consumer-key" not in text
