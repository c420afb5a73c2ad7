"""Every screen and action of the panel by everybody who may try: exactly the allowed cells succeed.

At the wire: the real panel, an org with real sharing, a token of each person. Whoever acts holds a
panel token of their own, also where no page of theirs would offer the act: what is refused is
refused by the server and by Salesforce, not by a button that is missing.
"""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from canvas.act import ALL_KINDS, CONGRATULATE, RATE, REPLY, REVIEW, WRITE
from canvas.context import ViewerContext
from canvas.panel_token import PanelTokens
from canvas.record_pages import _PAGES
from canvas.states import STATES
from service.app import create_app
from service.redis_queue import connect
from tests.canvas import panel_builders as build
from tests.e2e.cast import Cast, Player

pytestmark = pytest.mark.xdist_group("road-story")
OTHER_ORG = "00D5g000000OtheEAC"

#: Who tries. Two managers have one role, so Salesforce shows each the people of the other.
EVERYBODY = (
    "rep", "peer", "manager", "manager of the same role", "other manager", "executive", "admin",
    "other org", "expired token", "forged panel token", "without the permission set",
)  # fmt: skip
#: The screens of records, by how the ids of their records begin.
PREFIXES = {"user": "005", "opportunity": "006", "account": "001"}
#: Whom no page is shown, and what they are told instead.
TURNED_AWAY = {
    "other org": "refused", "expired token": "session_ended",
    "without the permission set": "api_not_enabled",
}  # fmt: skip
#: What the panel answers by where it stands; `shown` where nothing else is said.
SCREENS = {
    "home": {"admin": "no_score"},
    "user": {"peer": "no_score_of_user", "other manager": "no_score_of_user"},
    "opportunity": {},
    "account": {},
    "run": {name: "no_record" for name in EVERYBODY if name != "admin"},
}
NAMES_THE_REP = {"rep", "manager", "executive"}
ABOVE = {"manager", "manager of the same role", "executive", "admin"}
#: Who may do what about the rep. Whatever is not here may be done by nobody.
MAY_ACT = {
    "Seen": ABOVE, "Coached": ABOVE, "Praised": ABOVE, "Mailed": ABOVE, "Nudged": ABOVE,
    "Excused": ABOVE, REPLY: {"rep"}, WRITE: ABOVE,
    CONGRATULATE: ABOVE | {"rep", "other manager"}, REVIEW: ABOVE, RATE: {"rep"},
}  # fmt: skip
#: Addresses that take something and are no act of a viewer; each has tests of its own.
TASKS = [
    {"subject": f"From the matrix {n}", "due": datetime.now(UTC).date().isoformat(), "whose": "owner"} for n in range(3)
]  # fmt: skip
#: Addresses that take something; who is let in at the second is in the story of approving for oneself.
NO_ACT = {"/canvas", "/canvas/approved", "/canvas/act", "/doorbell/<said>"}


@dataclass(frozen=True)
class Try:
    """Somebody at the panel's address: what they are signed in as, and the token of their page."""

    player: Player
    token: str
    panel_token: str
    org_id: str


@dataclass(frozen=True)
class Scene:
    """Everybody, and what the acts are about."""

    story: object
    cast: Cast
    rep: Player
    winner: Player
    exception_id: str
    opportunity_id: str  #: of the rep, open
    deal_id: str  #: of the winner, who is the peer: nobody congratulates themselves
    tries: dict[str, Try]
    places: dict[str, dict[str, str]]  #: by screen, what the panel is told of where it stands


@pytest.fixture(scope="module")
def scene(road):
    """One team below each of two managers of one role; one of another role beside them."""
    cast = Cast(road)
    manager, same_role = cast.by_role("RVP Sales Development")[:2]
    rep, peer = [one for one in cast.people if one.manager_id == manager.user_id][-2:]
    out, other_manager = cast.by_role("Marketing")[0], cast.by_role("RVP Corporate Sales")[0]
    players = {
        "rep": rep, "peer": peer, "manager": manager, "manager of the same role": same_role,
        "other manager": other_manager, "executive": cast.by_role("AVP Sales")[0],
        "admin": cast.admin, "other org": manager, "expired token": cast.by_role("SVP, Sales & Marketing")[0],
        "forged panel token": manager, "without the permission set": out,
    }  # fmt: skip
    take_rights_away(road, out)
    exception_id = cast.exception(rep, Executives_From__c="2026-01-04")
    tries = {name: _try(road, cast, name, players[name]) for name in EVERYBODY}
    deal_id = cast.deal(peer)
    places = {
        "home": {},
        "user": {"recordId": rep.user_id},
        "opportunity": {
            "recordId": first(road, "Opportunity", f"WHERE OwnerId = '{peer.user_id}'")
        },
        "account": {"recordId": first(road, "Account")},
        "run": {"recordId": first(road, "Adoption_Run__c"), "sObjectName": "Adoption_Run__c"},
    }
    opportunity_id = cast.opportunity(rep)
    cast.reviewed(rep, opportunity_id)
    return Scene(road, cast, rep, peer, exception_id, opportunity_id, deal_id, tries, places)


def first(road, name, where=""):
    return road.soql(f"SELECT Id FROM {name} {where} LIMIT 1")[0]["Id"]


def take_rights_away(road, player):
    for one in road.soql(
        f"SELECT Id FROM PermissionSetAssignment WHERE AssigneeId = '{player.user_id}'"
        " AND PermissionSet.Name = 'Adoption_Panel_User'"
    ):
        road.delete(f"/sobjects/PermissionSetAssignment/{one['Id']}")


def _try(road, cast, name, player):
    environment = road.road.environment
    token = cast.session(player)
    if name == "expired token":  # a token of their own, so that nobody else's ends
        token = f"{token[:-4]}dead"
    context = ViewerContext(
        player.user_id, road.org_id, environment["SALESFORCE_INSTANCE_URL"], None, token
    )
    secret = environment["CANVAS_CONSUMER_SECRETS"]
    if name == "other org":
        secret = "another org's secret"
    issued = PanelTokens((secret,), connect(environment["REDIS_URL"])).issue(
        context, player.score_id
    )
    forged = f"{'B' if issued[0] == 'A' else 'A'}{issued[1:]}"
    is_other = name == "other org"
    return Try(
        player, token, forged if name == "forged panel token" else issued,
        OTHER_ORG if is_other else road.org_id,
    )  # fmt: skip


def send(url, body, headers):
    """Status and text, whatever the status."""
    try:
        with urlopen(Request(url, body, headers), timeout=30) as answer:  # noqa: S310  # our own loopback address
            return answer.status, answer.read().decode()
    except HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def page_of(scene, who, screen="home"):
    road = scene.story.road
    url = road.environment["SALESFORCE_INSTANCE_URL"]
    envelope = build.envelope(
        userId=who.player.user_id, client__oauthToken=who.token, client__instanceUrl=url,
        client__targetOrigin=road.org.page_url, context__user__userId=who.player.user_id,
        context__user__fullName="The Viewer",
        context__organization__organizationId=who.org_id,
        context__environment__parameters=scene.places[screen],
    )  # fmt: skip
    signed = build.signed_request(envelope, road.environment["CANVAS_CONSUMER_SECRETS"])
    form = urlencode({"signed_request": signed}).encode()
    return send(f"{road.panel_url}/canvas", form, {})


def act(scene, who, kind, **more):
    body = {
        "kind": kind, "score_id": scene.rep.score_id, "exception_id": scene.exception_id,
        "note": "From the matrix", "key": uuid.uuid4().hex, **more,
    }  # fmt: skip
    headers = {"Content-Type": "application/json", "X-Panel-Token": who.panel_token}
    url = f"{scene.story.road.panel_url}/canvas/act"
    status, text = send(url, json.dumps(body).encode(), headers)
    return status, json.loads(text)["state"]


def tasks_of(scene):
    rows = scene.story.soql(
        f"SELECT Id FROM Task WHERE WhatId = '{scene.opportunity_id}' LIMIT 200"
    )
    return {one["Id"] for one in rows}


def test_every_action_and_every_address_that_takes_something_is_in_the_matrix():
    assert set(MAY_ACT) == set(ALL_KINDS)
    taking = {
        rule.rule
        for rule in create_app(
            build.settings(), lambda _: None, lambda _: None
        ).url_map.iter_rules()
        if rule.methods - {"GET", "HEAD", "OPTIONS"}
    }
    assert taking == NO_ACT
    assert set(SCREENS) == {"home", "run", *PREFIXES}
    assert {*PREFIXES.values()} == {*_PAGES}
    assert set().union(NAMES_THE_REP, *MAY_ACT.values()) <= set(EVERYBODY)


@pytest.mark.parametrize("screen", SCREENS)
def test_a_page_shows_everybody_what_is_theirs_to_see(scene, screen):
    found = {name: page_of(scene, scene.tries[name], screen)[1] for name in EVERYBODY}
    states = {name: re.search(r'data-state="([\w-]+)"', html)[1] for name, html in found.items()}
    told = {name: state if state in STATES else "shown" for name, state in states.items()}
    assert told == {
        name: TURNED_AWAY.get(name) or SCREENS[screen].get(name, "shown") for name in EVERYBODY
    }


@pytest.mark.parametrize("screen", SCREENS)
def test_a_page_costs_one_call(scene, screen):
    """One round trip, also for whoever lacks a right, as reps lack that to groups."""
    for name in ("rep", "manager", "executive"):
        before = scene.story.api_calls()
        page_of(scene, scene.tries[name], screen)
        assert scene.story.api_calls() - before == 1, (screen, name)


def test_a_page_names_whom_its_viewer_may_see(scene):
    found = {name: page_of(scene, scene.tries[name])[1] for name in EVERYBODY}
    named = {
        name for name, html in found.items()
        if scene.rep.name in html and name not in {"rep", "forged panel token"}
    }  # fmt: skip
    assert named == NAMES_THE_REP - {"rep"}
    assert scene.rep.score_id in found["rep"]


@pytest.mark.parametrize("kind", sorted(MAY_ACT))
def test_exactly_the_allowed_act(scene, kind):
    about = scene.winner if kind == CONGRATULATE else scene.rep
    before = len(scene.cast.acts(about))
    more = {"cause": "On leave"} if kind == REPLY else {}
    if kind == CONGRATULATE:
        more = {"score_id": None, "exception_id": None, "deal_id": scene.deal_id}
    if kind == REVIEW:
        more = {
            "score_id": None,
            "exception_id": None,
            "opportunity_id": scene.opportunity_id,
            "tasks": TASKS,
        }
    if kind == RATE:
        more = {"exception_id": None, "opportunity_id": scene.opportunity_id, "rating": "Helped"}
    tasks_before = tasks_of(scene)
    answers = {name: act(scene, scene.tries[name], kind, **more) for name in EVERYBODY}
    done = {name for name, (status, _) in answers.items() if status == 201}
    assert done == MAY_ACT[kind], answers
    assert {status for name, (status, _) in answers.items() if name not in done} == {403}, answers
    recorded = scene.cast.acts(about)[before:]
    seen = {name for name in done if answers[name][1] in {"done", "reviewed"}}
    made = tasks_of(scene) - tasks_before
    assert len(made) == (
        len(TASKS) * len(done) if kind == REVIEW else 0
    )  # none of what was refused
    assert seen == (
        done & ABOVE if kind == CONGRATULATE else done
    )  # the post alone says it elsewhere
    assert {one["CreatedById"] for one in recorded} == {
        scene.tries[name].player.user_id for name in seen
    }
    assert len(recorded) == len(seen)
