"""The JWT bearer grant is verified for real: one accepted assertion, and every refusal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import jwt
import pytest

from localorg.auth import apps, sessions
from tests.localorg.world import key_pair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.localorg.world import World

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ROBOT = "integration@bellwether.example"


def claims(world: World, **other: Any) -> dict[str, Any]:
    said = {
        "iss": world.app.consumer_key, "sub": ROBOT, "aud": "https://login.salesforce.com",
        "exp": int(time.time()) + 180,
    }  # fmt: skip
    return said | other


def ask(world: World, payload: dict[str, Any], key: str = "", **form: str) -> tuple[int, Any]:
    assertion = jwt.encode(payload, key or world.private_key, algorithm="RS256")
    return send(world, {"grant_type": GRANT, "assertion": assertion, **form})


def send(world: World, form: dict[str, str]) -> tuple[int, Any]:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = world.http(None)(
        "POST", "/services/oauth2/token", data=urlencode(form), headers=headers
    )
    return reply.status_code, reply.json()


def test_a_good_assertion_gets_a_session_that_works(world: World) -> None:
    status, said = ask(world, claims(world))
    assert (status, set(said)) == (
        200,
        {"access_token", "scope", "instance_url", "id", "token_type"},
    )
    assert (said["token_type"], said["scope"]) == ("Bearer", "api refresh_token")
    assert said["instance_url"] == world.org.settings.api_url
    assert said["id"].endswith(f"/id/{world.org.org_id}/{world.users['robot']}")
    headers = {"Authorization": f"Bearer {said['access_token']}"}
    who = world.http(None)("GET", "/services/oauth2/userinfo", headers=headers).json()
    assert (who["preferred_username"], who["user_id"]) == (ROBOT, world.users["robot"])
    assert who["organization_id"] == world.org.org_id


def test_repeated_grants_share_the_token_until_it_is_revoked(world: World) -> None:
    first, second = ask(world, claims(world))[1], ask(world, claims(world))[1]
    assert first["access_token"] == second["access_token"]
    with world.org.write() as db:
        sessions.revoke(db, token=first["access_token"])
    third = ask(world, claims(world))[1]
    assert third["access_token"] != first["access_token"]
    headers = {"Authorization": f"Bearer {first['access_token']}"}
    assert world.http(None)("GET", "/limits", headers=headers).status_code == 401


@pytest.mark.parametrize("other", [
    {"exp": "TEXT"}, {"exp": "MILLISECONDS", "aud": "CLI"}, {"exp": "NOW"}, {"jti": "x1"},
])  # fmt: skip
def test_what_known_clients_send_is_accepted(world: World, other: dict[str, Any]) -> None:
    now = int(time.time())
    times = {"TEXT": str(now + 180), "MILLISECONDS": now * 1000 + 300, "NOW": now}
    said = {**other, **({"exp": times[other["exp"]]} if "exp" in other else {})}
    if other.get("aud") == "CLI":
        said["aud"] = f"{world.org.settings.cli_url}/"
    assert ask(world, claims(world, **said))[0] == 200


@pytest.mark.parametrize(("other", "error", "description"), [
    ({"iss": "3MVG9nobody"}, "invalid_client_id", "client identifier invalid"),
    ({"sub": "nobody@example.com"}, "invalid_grant", "user hasn't approved this consumer"),
    ({"sub": "ana@example.com"}, "invalid_app_access", "user is not admin approved to access this app"),
    ({"aud": "https://test.salesforce.com"}, "invalid_grant", "audience is invalid"),
    ({"exp": 1}, "invalid_grant", "expired authorization code"),
    ({"exp": 4_000_000_000}, "invalid_grant", "expired authorization code"),
    ({"exp": "soon"}, "invalid_grant", "invalid assertion"),
    ({"exp": None}, "invalid_grant", "invalid assertion"),
])  # fmt: skip
def test_a_wrong_claim_is_refused(
    world: World, other: dict[str, Any], error: str, description: str
) -> None:
    refusal = {"error": error, "error_description": description}
    assert ask(world, claims(world, **other)) == (400, refusal)


def test_another_key_is_refused(world: World) -> None:
    stranger, _ = key_pair.__wrapped__()
    assert ask(world, claims(world), stranger)[1]["error"] == "invalid_client"


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_other_algorithms_are_refused(world: World, algorithm: str) -> None:
    key = None if algorithm == "none" else "x" * 32
    assertion = jwt.encode(claims(world), key, algorithm=algorithm)
    status, said = send(world, {"grant_type": GRANT, "assertion": assertion})
    assert (status, said["error"]) == (400, "invalid_client")


def test_no_assertion_and_no_such_grant(world: World) -> None:
    assert send(world, {"grant_type": GRANT, "assertion": "x.y.z"})[1]["error"] == "invalid_grant"
    assert send(world, {"grant_type": "password"})[1]["error"] == "unsupported_grant_type"


@pytest.fixture
def changed(world: World) -> Iterator[Any]:
    """Changes the app, and puts it back."""

    def change(**settings: Any) -> None:
        with world.org.write() as db:
            apps.put(db, "Jobs", **settings)

    yield change
    with world.org.write() as db:
        known = world.app
        apps.put(
            db, "Jobs", scopes=known.scopes, certificate=known.certificate, enabled=True,
            admin_approved_only=True, permission_sets=known.permission_sets, profiles=(),
        )  # fmt: skip


@pytest.mark.parametrize(("settings", "error"), [
    ({"enabled": False}, "invalid_client_id"),
    ({"certificate": ""}, "invalid_client"),
    ({"certificate": "AAAA"}, "invalid_client"),
    ({"scopes": ("Api",)}, "invalid_request"),
    ({"admin_approved_only": False}, "invalid_grant"),
    ({"permission_sets": ("Reader",)}, "invalid_app_access"),
])  # fmt: skip
def test_an_app_that_is_not_set_up_is_refused(
    world: World, changed: Any, settings: dict[str, Any], error: str
) -> None:
    changed(**settings)
    status, said = ask(world, claims(world))
    assert (status, said["error"]) == (400, error)


def test_permission_sets_may_be_named_by_id_and_profiles_count_too(
    world: World, changed: Any
) -> None:
    set_id = world.http().rows("SELECT Id FROM PermissionSet WHERE Name = 'Robot'")[0]["Id"]
    changed(permission_sets=(set_id[:15],))
    assert ask(world, claims(world))[0] == 200
    changed(permission_sets=(), profiles=("Minimum Access - API Only Integrations",))
    assert ask(world, claims(world))[0] == 200


def test_an_inactive_user_is_refused(world: World) -> None:
    path = f"/sobjects/User/{world.users['robot']}"
    world.http()("PATCH", path, {"IsActive": False})
    status, said = ask(world, claims(world))
    world.http()("PATCH", path, {"IsActive": True})
    assert (status, said["error"]) == (400, "inactive_user")


def test_a_certificate_may_come_without_its_frame(world: World, changed: Any) -> None:
    bare = "".join(world.certificate.splitlines()[1:-1])
    changed(certificate=bare)
    assert ask(world, claims(world))[0] == 200
