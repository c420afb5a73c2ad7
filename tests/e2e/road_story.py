"""The whole road for the stories about the panel: one demo, one night, one rep with a score."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from service.demo.road import Road

#: How every signed envelope starts: the Base64 of `{"algorithm"`; and a code of the stand-in.
ENVELOPE, CODE = "eyJhbGdvcml0aG0i", "aPrx"
SCORES = (
    "SELECT Id, Score__c, Word__c, User__c, User__r.Name, User__r.Username, User__r.UserRoleId"
    " FROM Adoption_Score__c"
    " WHERE Score__c != null ORDER BY User__r.Username"
)


@dataclass(frozen=True)
class RoadStory:
    """Where things are, and what the chosen rep must see."""

    page_url: str
    panel_url: str
    org_id: str
    rep_id: str
    rep_name: str
    rep_username: str
    score_id: str
    score: float
    word: str
    others_score_id: str  #: somebody else's score record
    secrets: tuple[str, ...]
    road: Road  #: the processes themselves, for what only an administrator does

    @property
    def org_folder(self):
        """Where the stand-in org keeps what it knows."""
        return self.road.folder / "org"

    def soql(self, query):
        """Ask as the administrator."""
        return _query(self.road, query)

    def post(self, path, body):
        """Make a record as the administrator; gives the org's answer."""
        return _call(self.road, path, json.dumps(body).encode(), "POST")

    def patch(self, path, body):
        """Change a record as the administrator."""
        _call(self.road, path, json.dumps(body).encode(), "PATCH")

    def delete(self, path):
        """Delete a record as the administrator."""
        _call(self.road, path, None, "DELETE")

    def outbox(self):
        """What went out of the org: mails, bells and posts of the standard actions."""
        return _call(self.road, None, None, "GET")["entries"]

    def api_calls(self):
        """How many calls the org has counted so far."""
        return _call(self.road, None, None, "GET", "counts")["api_calls"]

    @property
    def expected_score(self):
        """The number as the panel writes it."""
        return f"{self.score:.1f}".removesuffix(".0")

    @property
    def token_start(self):
        """How every API token of this org starts."""
        return f"{self.org_id[:15]}!"


@contextmanager
def whole_road(folder):
    """Run the demo's road for one night and choose a rep from what it wrote."""
    with Road(folder) as road:
        road.run_night("story-1")
        mine, other = _two_of_one_role(_query(road, SCORES))
        chosen = mine["User__r"]
        yield RoadStory(
            page_url=road.org.page_url,
            panel_url=road.panel_url,
            org_id=road.org.org_id,
            rep_id=mine["User__c"],
            rep_name=chosen["Name"],
            rep_username=chosen["Username"],
            score_id=mine["Id"],
            score=mine["Score__c"],
            word=mine["Word__c"],
            others_score_id=other["Id"],
            secrets=tuple(app["consumer_secret"] for app in road.org.apps.values()),
            road=road,
        )


def assert_nothing_secret_is_logged(story):
    """What the panel and the worker wrote so far holds no token, envelope, code or secret."""
    secrets = (story.token_start, ENVELOPE, CODE, "PRIVATE KEY", *story.secrets)
    for name in ("panel.log", "worker.log"):
        log = (story.road.folder / name).read_text("utf-8")
        assert "event" in log, f"{name} holds nothing"
        found = [secret[:6] for secret in secrets if secret in log]
        assert not found, f"{name} holds what begins with {found}"


def _two_of_one_role(scores):
    """Two people of one role, or of none: neither stands above the other."""
    by_role = {}
    for score in scores:
        same = by_role.setdefault(score["User__r"]["UserRoleId"], [])
        same.append(score)
        if len(same) == 2:
            return same
    raise AssertionError(f"no two of {len(scores)} scored people share a role")


def _query(road, soql):
    return _call(road, f"/query?{urlencode({'q': soql})}", None, "GET")["records"]


def _call(road, path, body, method, control="outbox"):
    """Through the org's API as the administrator; without a path, its own pages, such as the outbox."""
    start = f"/_localorg/{control}" if path is None else f"/services/data/v66.0{path}"
    headers = {
        "Authorization": f"Bearer {road.org.admin['session_id']}",
        "Content-Type": "application/json",
    }
    request = Request(f"{road.org.cli_url}{start}", body, headers, method=method)  # noqa: S310  # the stand-in's own loopback address
    with urlopen(request, timeout=30) as answer:  # noqa: S310  # the same
        text = answer.read()
        return json.loads(text) if text else None
