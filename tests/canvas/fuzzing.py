"""Bodies that no page and no Salesforce sends, at the three doors of the panel, counted by status.

`python -m tests.canvas.fuzzing` sends 100,000 to each; the suite keeps a sample. Seeded by the
count, so that a failure repeats.
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
from collections import Counter

from canvas.context import read_context
from canvas.panel_token import PanelTokens
from service.app import create_app
from tests.canvas import panel_builders as build
from tests.canvas.conftest import ActsOfViewers, DictStore, ListOrg
from tests.canvas.test_signed_request import fuzzed

#: What a refused body may be answered with.
SIGNED, ACTS, APPROVALS = frozenset({400, 403}), frozenset({400, 403, 413}), frozenset({403, 413})
DOORS = ("/canvas", "/canvas/act", "/canvas/approved")
_RENEWED = 1_000
_FORM = "application/x-www-form-urlencoded"
_NAMES = ("kind", "score_id", "exception_id", "deal_id", "note", "key", "cause", "away_from",
          "away_to", "preview", "opportunity_id", "tasks", "rating")  # fmt: skip
_KINDS = ("Coached", "Excused", "Reply", "Write", "Congratulate", "Review", "Rate", "coached", "")


def signed_bodies(client, count) -> Counter[int]:
    """Damaged signed requests, and bodies that are none."""
    chance = random.Random(count)  # noqa: S311 - seeded, so that a failure repeats
    statuses: Counter[int] = Counter()
    for attempt in range(count):
        if attempt % 5:
            answer = client.post("/canvas", data={"signed_request": fuzzed(chance, attempt)})
        else:
            raw = b"signed_request=" + chance.randbytes(chance.randrange(300))
            kind = _FORM if attempt % 2 else "multipart/form-data; boundary=x"
            answer = client.post("/canvas", data=raw, content_type=kind)
        statuses[answer.status_code] += 1
    return statuses


def act_bodies(client, issue, count) -> Counter[int]:
    """Acts whose record ids are none, and bodies that are no acts, with and without a good token."""
    chance = random.Random(count)  # noqa: S311 - seeded, so that a failure repeats
    statuses: Counter[int] = Counter()
    for attempt in range(count):
        if attempt % _RENEWED == 0:  # a token ends after a quarter of an hour
            token = issue()
        given = token if attempt % 4 else token[::-1]
        kind = "application/json" if attempt % 7 else _FORM
        raw = _act(chance) if attempt % 5 else _nothing(chance)
        answer = client.post(
            "/canvas/act", data=raw, content_type=kind, headers={"X-Panel-Token": given}
        )
        statuses[answer.status_code] += 1
    return statuses


def _nothing(chance) -> bytes:
    """Bytes that are no JSON; some are nested deeper than any reader goes."""
    if chance.random() < 0.1:
        return b"[" * chance.randrange(9_900)
    return chance.randbytes(chance.randrange(300))


def approval_bodies(client, count) -> Counter[int]:
    """A good ticket with what is not its own, and bodies that are nothing."""
    chance = random.Random(count)  # noqa: S311 - seeded, so that a failure repeats
    statuses: Counter[int] = Counter()
    for attempt in range(count):
        if attempt % _RENEWED == 0:  # a ticket ends after ten minutes
            page = client.get("/canvas", query_string={"_sfdc_canvas_auth": "x"}).text
            good = json.loads(re.search(r"window\.approval = (\{.*?\});", page)[1])
        body = {name: _value(chance) for name in ("state", "code")} | {"ticket": good["ticket"]}
        if attempt % 3 == 0:
            body |= {"state": good["state"], "ticket": _damaged(chance, good["ticket"])}
        raw = json.dumps(body).encode() if attempt % 5 else _nothing(chance)
        answer = client.post("/canvas/approved", data=raw, content_type="application/json")
        statuses[answer.status_code] += 1
    return statuses


def _damaged(chance: random.Random, text: str) -> str:
    at = chance.randrange(len(text) - 2)  # the last letter holds unused bits
    other = chance.choice([one for one in "Aa0_-" if one != text[at]])
    return text[:at] + other + text[at + 1 :]


def _act(chance: random.Random) -> bytes:
    body = {name: _value(chance) for name in _NAMES if chance.random() < 0.8}
    body["kind"] = chance.choice([*_KINDS, _value(chance)])
    if chance.random() < 0.7:
        body["key"] = "0f6f2f0e-1111-4222-8333-444455556666"
    return json.dumps(body).encode()


def _value(chance: random.Random):
    """Of a wrong kind, or a text that is no record's id."""
    return chance.choice([
        None, True, chance.randrange(-9, 9), 1e308, [], [{}], {"Id": "x"}, "", "x" * 5000,
        "\u202e\ud83d", "' OR Id != null --", "a" * 16, f"a01{chance.randrange(10**9):09d}", "2026-02-30",
        chance.randbytes(20).decode("latin-1"),
    ])  # fmt: skip


def doors():
    """A panel in this process, an org that must not be asked, and what gives good tokens."""
    org, acts, store = ListOrg(), ActsOfViewers(), DictStore()
    settings = build.settings()
    asked = NobodyAsked()
    client = create_app(settings, org, acts, store, asked).test_client()
    viewer = read_context(build.envelope(), {settings.org_id})
    tokens = PanelTokens(settings.canvas_secrets, store)
    return client, org, acts, asked, lambda: tokens.issue(viewer)


class NobodyAsked:
    """An Approval that no body of these may reach."""

    def __init__(self) -> None:
        self.redeemed: list[tuple[str, str]] = []

    def address(self, state: str, _challenge: str) -> str:
        return f"{build.HOST}/services/oauth2/authorize?state={state}"

    def redeem(self, code: str, verifier: str) -> None:
        self.redeemed.append((code, verifier))


def refusals(count) -> tuple[Counter[int], ...]:
    """Send so many to each door. Raises AssertionError where one was accepted or broke something."""
    client, org, acts, asked, issue = doors()
    found = (
        signed_bodies(client, count), act_bodies(client, issue, count),
        approval_bodies(client, count),
    )  # fmt: skip
    for statuses, may_be in zip(found, (SIGNED, ACTS, APPROVALS), strict=True):
        assert statuses.total() == count
        assert set(statuses) <= may_be, statuses
    assert found[1][400] > count / 2, "most acts had a good token and were read"
    assert org.questions == []
    assert acts.made == acts.sent == acts.together == asked.redeemed == []
    return found


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    begun = time.monotonic()
    for door, statuses in zip(DOORS, refusals(count), strict=True):
        said = ", ".join(f"{status}: {number:,}" for status, number in sorted(statuses.items()))
        sys.stdout.write(f"{count:,} bodies to {door}: {said}; none accepted, no 500\n")
    sys.stdout.write(f"{time.monotonic() - begun:.0f} s\n")


if __name__ == "__main__":
    import structlog

    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    main()
