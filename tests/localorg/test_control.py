"""The fault switches: what is held, dropped, delayed or answered wrongly, and what was applied."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.localorg.world import SCORE

if TYPE_CHECKING:
    from tests.localorg.world import World

PLAIN = {"method": "POST", "path_contains": "/sobjects/Account"}


class Switches:
    def __init__(self, world: World) -> None:
        self._url = f"{world.org.settings.cli_url}/_localorg/"
        self.session = requests.Session()
        self.session.trust_env = False

    def __call__(self, verb: str, path: str, /, **body: Any) -> Any:
        with self.session.request(verb, self._url + path, json=body or None, timeout=10) as reply:
            return reply.json()

    def wait_until(self, hold_id: int, state: str) -> None:
        end = time.monotonic() + 10
        while self("GET", f"holds/{hold_id}")["state"] != state:
            assert time.monotonic() < end, "the hold never came"
            time.sleep(0.01)


@pytest.fixture
def switches(world: World) -> Any:
    made = Switches(world)
    yield made
    made.session.close()


class Attempt(threading.Thread):
    """A request in the background; its status, or the error that ended it."""

    def __init__(self, world: World, name: str) -> None:
        super().__init__()
        self._token, self._name = world.session("admin"), name
        self._url = f"{world.org.settings.api_url}/services/data/v66.0/sobjects/Account"
        self._ca, self.result = world.ca_file, None
        self.start()

    def run(self) -> None:
        with requests.Session() as session:
            session.trust_env, session.verify = False, self._ca
            headers = {"Authorization": f"Bearer {self._token}"}
            body = {"Name": self._name}
            try:
                reply = session.post(self._url, json=body, headers=headers, timeout=20)
                self.result = reply.status_code
            except requests.exceptions.ConnectionError:
                self.result = "no reply"


def exists(world: World, name: str) -> bool:
    return bool(
        world.http().rows(f"SELECT Id FROM Account WHERE Name = '{name}'")
    )  # SOQL of a test


@pytest.mark.parametrize(("point", "outcome", "result", "while_held", "after"), [
    ("before_apply", "proceed", 201, False, True),
    ("before_apply", "drop", "no reply", False, False),
    ("after_apply", "proceed", 201, True, True),
    ("after_apply", "drop", "no reply", True, True),
])  # fmt: skip
def test_a_held_request(
    world: World,
    switches: Any,
    point: str,
    outcome: str,
    result: Any,
    while_held: bool,  # noqa: FBT001  # a column of the table
    after: bool,  # noqa: FBT001  # a column of the table
) -> None:
    name = f"{point} {outcome}"
    hold = switches("POST", "holds", point=point, **PLAIN, body_contains=name)["hold_id"]
    assert switches("GET", f"holds/{hold}")["state"] == "waiting"
    attempt = Attempt(world, name)
    switches.wait_until(hold, "held")
    assert exists(world, name) is while_held
    switches("POST", f"holds/{hold}/release", outcome=outcome)
    attempt.join(20)
    assert (attempt.result, exists(world, name)) == (result, after)
    assert switches("GET", f"holds/{hold}")["state"] == "released"


def test_the_nth_match_is_held_once(world: World, switches: Any) -> None:
    hold = switches("POST", "holds", point="before_apply", **PLAIN, body_contains="nth", nth=2)
    call = world.http()
    assert call("POST", "/sobjects/Account", {"Name": "nth 1"}).status_code == 201
    second = Attempt(world, "nth 2")
    switches.wait_until(hold["hold_id"], "held")
    assert call("POST", "/sobjects/Account", {"Name": "nth 3"}).status_code == 201
    switches("POST", f"holds/{hold['hold_id']}/release")
    second.join(20)
    assert second.result == 201


def test_a_client_that_dies_while_held_leaves_the_org_well(world: World, switches: Any) -> None:
    hold = switches("POST", "holds", point="after_apply", **PLAIN, body_contains="orphan")
    headers = {"Authorization": f"Bearer {world.session('admin')}"}
    url = f"{world.org.settings.api_url}/services/data/v66.0/sobjects/Account"
    with requests.Session() as session:
        session.trust_env, session.verify = False, world.ca_file
        with pytest.raises(requests.exceptions.ReadTimeout):
            session.post(url, json={"Name": "orphan"}, headers=headers, timeout=0.5)
    switches("POST", f"holds/{hold['hold_id']}/release")
    assert exists(world, "orphan") is True


def test_faults_answer_instead_and_run_out(world: World, switches: Any) -> None:
    body = [{"message": "Server too busy", "errorCode": "SERVER_UNAVAILABLE"}]
    switches("POST", "faults", **PLAIN, status=503, body=body, times=2)
    call = world.http()
    replies = [call("POST", "/sobjects/Account", {"Name": "busy"}) for _ in range(3)]
    assert [one.status_code for one in replies] == [503, 503, 201]
    assert replies[0].json() == body
    assert len(call.rows("SELECT Id FROM Account WHERE Name = 'busy'")) == 1


def test_a_fault_may_be_a_page_of_html(world: World, switches: Any) -> None:
    page = "<html>We are down for maintenance</html>"
    switches("POST", "faults", path_contains="/limits", status=502, body=page)
    reply = world.http()("GET", "/limits")
    assert (reply.status_code, reply.text) == (502, page)
    assert reply.headers["Content-Type"].startswith("text/html")


def test_latency_delays_every_call(world: World, switches: Any) -> None:
    switches("POST", "latency", ms=120)
    started = time.monotonic()
    world.http()("GET", "/limits")
    assert time.monotonic() - started >= 0.12
    switches("POST", "latency", ms=0)


def test_counts_and_journal_tell_what_was_asked(world: World, switches: Any) -> None:
    before = switches("GET", "counts")["api_calls"]
    world.http()("GET", "/limits")
    assert switches("GET", "counts")["api_calls"] == before + 1
    entries = switches("GET", "journal?since=0")["entries"]
    last = [one for one in entries if one["kind"] == "request"][-1]
    assert (last["method"], last["path"], last["status"]) == (
        "GET",
        "/services/data/v66.0/limits?",
        200,
    )
    since = entries[-1]["number"]
    assert switches("GET", f"journal?since={since}")["entries"] == []


def test_sessions_can_be_ended(world: World, switches: Any) -> None:
    token = world.session("olga")
    assert switches("POST", "expire_session", token=token) == {"ended": 1}
    reply = world.http(None)("GET", "/limits", headers={"Authorization": f"Bearer {token}"})
    assert reply.status_code == 401
    world.session("olga")
    assert switches("POST", "expire_session", user_id=world.users["olga"]) == {"ended": 1}
    assert "error" in switches("POST", "expire_session")


def test_locators_can_be_ended(switches: Any) -> None:
    assert switches("POST", "expire_cursors") == {"open": 0}


def test_there_is_no_back_door(world: World, switches: Any) -> None:
    assert "error" in switches("POST", "records", Name="X")
    assert "error" in switches("POST", "holds", point="during_lunch")
    assert "error" in switches("POST", "holds/999/release")
    assert world.http(None)("GET", "/_localorg/counts").status_code == 401


def test_an_open_request_is_named_while_it_is_held(world: World, switches: Any) -> None:
    hold = switches("POST", "holds", point="before_apply", **PLAIN, body_contains="open")
    attempt = Attempt(world, "open")
    switches.wait_until(hold["hold_id"], "held")
    (one,) = switches("GET", "open")["requests"]
    path = "/services/data/v66.0/sobjects/Account"
    number = one.pop("number")
    assert number > hold["hold_id"]
    assert one == {"method": "POST", "path": path, "about": ["Account"]}
    switches("POST", f"holds/{hold['hold_id']}/release", outcome="drop")
    attempt.join(20)
    assert switches("GET", "open")["requests"] == []


def test_what_a_transaction_elsewhere_holds_is_taken_and_unseen_until_it_ends(
    world: World, switches: Any
) -> None:
    call = world.http()
    made = call("POST", "/sobjects/Account", {"Name": "late"}).json()["id"]
    switches("POST", "elsewhere", rows=[made], values=["k-1"])
    assert exists(world, "late") is False
    refused = call("POST", f"/sobjects/{SCORE}", {"Key__c": "k-1"})
    assert refused.json()[0]["errorCode"] == "DUPLICATE_VALUE"
    switches("POST", "elsewhere")
    assert exists(world, "late") is True
    assert call("POST", f"/sobjects/{SCORE}", {"Key__c": "k-1"}).status_code == 201
    assert call("POST", f"/sobjects/{SCORE}", {"Key__c": "k-1"}).status_code == 400


def test_what_a_transaction_elsewhere_locks_is_refused_until_it_ends(
    world: World, switches: Any
) -> None:
    call = world.http()
    switches("POST", "elsewhere", locks=["Account"])
    refused = call("POST", "/sobjects/Account", {"Name": "locked"})
    assert refused.json()[0]["errorCode"] == "UNABLE_TO_LOCK_ROW"
    switches("POST", "elsewhere")
    assert call("POST", "/sobjects/Account", {"Name": "locked"}).status_code == 201


def test_faults_can_be_ended(world: World, switches: Any) -> None:
    switches("POST", "faults", path_contains="/limits", status=503, body="<html>", times=9)
    assert world.http()("GET", "/limits").status_code == 503
    switches("DELETE", "faults")
    assert world.http()("GET", "/limits").status_code == 200
