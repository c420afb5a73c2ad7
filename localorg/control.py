"""The control plane, `/_localorg/…`, on the CLI port only: for tests, not part of Salesforce.

There is no way in here to write records, schema or rights.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localorg import actions_api, posting
from localorg.auth import sessions
from localorg.control_state import Fault, OpenTransaction, Pattern
from localorg.rights import shares
from localorg.wire import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from localorg.org import Org

PREFIX = "/_localorg/"
_POINTS = ("before_apply", "after_apply")
_OUTCOMES = ("proceed", "drop")
_NOT_FOUND, _BAD_REQUEST = 404, 400


@dataclass(frozen=True)
class _Asked:
    org: Org
    tail: tuple[str, ...]
    params: Mapping[str, str]
    body: dict[str, Any]


def handle(org: Org, method: str, path: str, params: Mapping[str, str], raw: bytes) -> Reply:
    """Answer one request of the control plane."""
    name, *tail = path.removeprefix(PREFIX).strip("/").split("/")
    action = _ACTIONS.get((method, name, len(tail)))
    if action is None:
        return Reply({"error": f"there is no {method} {path}"}, _NOT_FOUND)
    try:
        body = json.loads(raw) if raw else {}
        return action(_Asked(org, tuple(tail), params, body))
    except (ValueError, KeyError, TypeError) as error:
        return Reply({"error": f"{type(error).__name__}: {error}"}, _BAD_REQUEST)


def _pattern(body: Mapping[str, Any]) -> Pattern:
    return Pattern(
        str(body.get("method", "")),
        str(body.get("path_contains", "")),
        str(body.get("body_contains", "")),
    )


def _add_hold(asked: _Asked) -> Reply:
    if asked.body["point"] not in _POINTS:
        raise ValueError(f"point must be one of {_POINTS}")
    nth = int(asked.body.get("nth", 1))
    hold = asked.org.control.add_hold(asked.body["point"], _pattern(asked.body), nth)
    return Reply({"hold_id": hold.hold_id}, 201)


def _get_hold(asked: _Asked) -> Reply:
    hold = asked.org.control.hold(int(asked.tail[0]))
    if hold is None:
        return Reply({"error": "no such hold"}, _NOT_FOUND)
    return Reply({"state": hold.state, "outcome": hold.outcome})


def _release(asked: _Asked) -> Reply:
    hold = asked.org.control.hold(int(asked.tail[0]))
    outcome = asked.body.get("outcome", "proceed")
    if hold is None or asked.tail[1] != "release":
        return Reply({"error": "no such hold"}, _NOT_FOUND)
    if outcome not in _OUTCOMES:
        raise ValueError(f"outcome must be one of {_OUTCOMES}")
    hold.release(outcome)
    return Reply({"state": hold.state, "outcome": hold.outcome})


def _latency(asked: _Asked) -> Reply:
    asked.org.control.latency_seconds = float(asked.body["ms"]) / 1000
    return Reply({"ms": asked.body["ms"]})


def _journal(asked: _Asked) -> Reply:
    return Reply({"entries": asked.org.control.journal(int(asked.params.get("since", "0")))})


def _counts(asked: _Asked) -> Reply:
    return Reply({"api_calls": asked.org.usage.api_calls})


def _fault(asked: _Asked) -> Reply:
    body = asked.body.get("body", "")
    text = body if isinstance(body, str) else json.dumps(body)
    times = int(asked.body.get("times", 1))
    fault = Fault(_pattern(asked.body), int(asked.body["status"]), text, times)
    if text.lstrip().startswith("<"):
        fault.content_type = "text/html;charset=UTF-8"
    asked.org.control.add_fault(fault)
    return Reply({"times": times}, 201)


def _end_faults(asked: _Asked) -> Reply:
    asked.org.control.end_faults()
    return Reply({"times": 0})


def _open_requests(asked: _Asked) -> Reply:
    return Reply({"requests": asked.org.control.open_requests()})


def _elsewhere(asked: _Asked) -> Reply:
    """Say what a transaction of somebody else holds; with nothing it is over."""
    names = ("values", "rows", "locks")
    said = {name: frozenset(map(str, asked.body.get(name, ()))) for name in names}
    asked.org.control.elsewhere = OpenTransaction(**said)
    return Reply({name: len(held) for name, held in said.items()})


def _expire(asked: _Asked) -> Reply:
    """Revoke the session of a token, or all sessions of a user."""
    if not (asked.body.get("token") or asked.body.get("user_id")):
        raise ValueError("say token or user_id")
    with asked.org.write() as db:
        ended = sessions.revoke(
            db, token=asked.body.get("token"), user_id=asked.body.get("user_id")
        )
    return Reply({"ended": ended})


def _cursors(asked: _Asked) -> Reply:
    asked.org.cursors.forget_all()
    return Reply({"open": 0})


def _posting(asked: _Asked) -> Reply:
    """Set how many posts an hour the org takes, and move the clock that counts the hour."""
    with asked.org.write() as db:
        if "an_hour" in asked.body:
            posting.allow(db, int(asked.body["an_hour"]))
        posting.forward(db, int(asked.body.get("forward_seconds", 0)))
        return Reply({"an_hour": posting.allowed(db), "left": posting.left(db, asked.tail[0])})


def _outbox(asked: _Asked) -> Reply:
    with asked.org.read() as db:
        return Reply({"entries": actions_api.outbox(db)})


def _hierarchy(asked: _Asked) -> Reply:
    """Setup > Sharing Settings: whether the role hierarchy grants access to a custom object."""
    name, grants = str(asked.body["object"]), bool(asked.body["grants"])
    with asked.org.write() as db:
        shares.set_hierarchy(db, asked.org.schema, name, grants=grants)
    return Reply({"object": name, "grants": grants})


_ACTIONS: Mapping[tuple[str, str, int], Callable[[_Asked], Reply]] = {
    ("POST", "holds", 0): _add_hold,
    ("GET", "holds", 1): _get_hold,
    ("POST", "holds", 2): _release,
    ("POST", "latency", 0): _latency,
    ("GET", "journal", 0): _journal,
    ("GET", "counts", 0): _counts,
    ("POST", "faults", 0): _fault,
    ("DELETE", "faults", 0): _end_faults,
    ("GET", "open", 0): _open_requests,
    ("POST", "elsewhere", 0): _elsewhere,
    ("POST", "expire_session", 0): _expire,
    ("POST", "expire_cursors", 0): _cursors,
    ("POST", "posting", 1): _posting,
    ("GET", "outbox", 0): _outbox,
    ("POST", "hierarchy", 0): _hierarchy,
}
