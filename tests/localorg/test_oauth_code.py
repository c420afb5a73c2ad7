"""The web server flow of the stand-in: who is led to the consent page, and what a code is good for."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from localorg.auth import apps
from localorg.rights import grants

if TYPE_CHECKING:
    from tests.localorg.world import World

CALLBACK = "https://panel.example/canvas/approved"
VERIFIER = "v" * 43
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
)


@pytest.fixture
def app(world: World) -> apps.App:
    with world.org.write() as db:
        return apps.put(
            db,
            "Panel",
            label="Panel",
            scopes=("Api",),
            callback_url=f"https://x.example\n{CALLBACK}",
        )


def asked(app: apps.App, **changes: str) -> dict[str, str]:
    return {
        "response_type": "code", "client_id": app.consumer_key, "redirect_uri": CALLBACK,
        "code_challenge": CHALLENGE, "code_challenge_method": "S256", "state": "s", **changes,
    }  # fmt: skip


def authorize(world: World, params: dict[str, str]) -> Any:
    path = f"/services/oauth2/authorize?{urlencode(params)}"
    return world.http(None)("GET", path, allow_redirects=False)


def redeem(world: World, app: apps.App, code: str, **changes: str) -> tuple[int, Any]:
    form = {
        "grant_type": "authorization_code", "code": code, "client_id": app.consumer_key,
        "client_secret": app.consumer_secret, "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER, **changes,
    }  # fmt: skip
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = world.http(None)(
        "POST", "/services/oauth2/token", data=urlencode(form), headers=headers
    )
    return reply.status_code, reply.json()


def allowed(world: World, app: apps.App) -> str:
    with world.org.write() as db:
        return grants.allow(db, grants.Code(world.users["ana"], app.name, CALLBACK, CHALLENGE))


def test_a_good_request_is_led_to_the_page_that_asks(world: World, app: apps.App) -> None:
    reply = authorize(world, asked(app))
    where = urlsplit(reply.headers["Location"])
    assert (reply.status_code, where.path) == (302, "/setup/RemoteAccessAuthorization")
    assert {key: value for key, [value] in parse_qs(where.query).items()} == asked(app)


@pytest.mark.parametrize(("changes", "error"), [
    ({"client_id": "3MVG9nobody"}, "invalid_client_id"),
    ({"redirect_uri": f"{CALLBACK}/more"}, "redirect_uri_mismatch"),
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"code_challenge": ""}, "invalid_request"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
])  # fmt: skip
def test_a_bad_request_is_not(
    world: World, app: apps.App, changes: dict[str, str], error: str
) -> None:
    reply = authorize(world, asked(app, **changes))
    assert (reply.status_code, reply.json()["error"]) == (400, error)


def test_a_code_gives_the_users_session_once(world: World, app: apps.App) -> None:
    code = allowed(world, app)
    status, said = redeem(world, app, code)
    assert (status, said["id"].endswith(world.users["ana"])) == (200, True)
    assert redeem(world, app, code)[1]["error"] == "invalid_grant"
    with world.org.read() as db:
        assert grants.has_allowed(db, world.users["ana"], "Panel")
        assert not grants.has_allowed(db, world.users["raj"], "Panel")


@pytest.mark.parametrize(("changes", "error"), [
    ({"code_verifier": "w" * 43}, "invalid_grant"),
    ({"client_secret": "not it"}, "invalid_client"),
    ({"client_id": "3MVG9nobody"}, "invalid_client_id"),
    ({"redirect_uri": "https://x.example"}, "redirect_uri_mismatch"),
    ({"code": "aPrxNobody"}, "invalid_grant"),
])  # fmt: skip
def test_what_does_not_fit_the_code_gives_nothing(
    world: World, app: apps.App, changes: dict[str, str], error: str
) -> None:
    code = changes.pop("code", None) or allowed(world, app)
    status, said = redeem(world, app, code, **changes)
    assert (status, said["error"]) == (400, error)
