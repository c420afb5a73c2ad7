"""`POST /canvas/act`: a viewer records what they did, as themselves; Salesforce decides.

The body is JSON: `kind`, `score_id`, `exception_id` (optional), `note`, and `key`, which the page
makes once for each act, so that a request that is sent twice records once. The answer is JSON with
`state` and a `text` to show.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from canvas.ids import id18
from canvas.panel_token import SECONDS
from canvas.plain import clean, mapping
from canvas.port import ReadingError
from service.salesforce.fields import AdoptionAction as Fields

if TYPE_CHECKING:
    from canvas.catalogue import Catalogue
    from canvas.panel_token import Lent, PanelTokens, Store
    from canvas.port import ViewerActs

#: The types of Adoption_Action__c in the order in which they are offered.
KINDS: Final = ("Coached", "Seen", "Praised", "Mailed", "Nudged", "Excused")
NOTE_LENGTH: Final = 255
BODY_LIMIT: Final = 4_000
_KEY: Final = re.compile(r"[0-9A-Za-z-]{16,64}", re.ASCII)
_MOST_A_MINUTE: Final = 20
#: An act that was sent and not answered yet, and one that is surely recorded.
_SENT, _DONE = b"sent", b"done"
_NEEDS_A_NOTE: Final = "Excused"


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that somebody did about a person."""

    kind: str
    score_id: str
    exception_id: str | None
    note: str
    key: str

    def as_record(self) -> dict[str, Any]:
        """The fields of the new record."""
        return {
            Fields.SCORE: self.score_id,
            Fields.EXCEPTION: self.exception_id,
            Fields.TYPE: self.kind,
            Fields.NOTE: self.note or None,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What the page is told. `state` is a key of the catalogue's `acting`."""

    status: int
    state: str


def read_act(body: object) -> Act | None:
    """The act, or None for a body that no page of ours sends."""
    given = mapping(body)
    kind, key, score_id = clean(given.get("kind")), clean(given.get("key")), given.get("score_id")
    exception = given.get("exception_id")
    checked_score, checked_exception = id18(score_id), id18(exception)
    if kind not in KINDS or not _KEY.fullmatch(key) or checked_score is None:
        return None
    if exception and checked_exception is None:
        return None
    return Act(kind, checked_score, checked_exception, clean(given.get("note"))[:NOTE_LENGTH], key)


def perform(
    body: object, token: str, tokens: PanelTokens, store: Store, acts: ViewerActs
) -> Answer:
    """Record one act as the viewer, once."""
    lent, act = tokens.open(token), read_act(body)
    if lent is None:
        return Answer(403, "reload")
    if act is None:
        return Answer(400, "wrong")
    if act.kind == _NEEDS_A_NOTE and not act.note:
        return Answer(400, "note")
    if act.score_id == lent.own_score_id:
        return Answer(403, "own")
    if _is_busy(store, lent):
        return Answer(429, "busy")
    return _record_once(act, lent, store, acts)


def _record_once(act: Act, lent: Lent, store: Store, acts: ViewerActs) -> Answer:
    """The key is taken before the record is made: an act in doubt is not made twice."""
    once = _name("act", lent.user_id, act.key, json.dumps(act.as_record(), sort_keys=True))
    if not store.set(once, _SENT, SECONDS, nx=True):
        return Answer(200, "done") if store.get(once) == _DONE else Answer(504, "doubt")
    try:
        acts(lent).create(Fields.OBJECT, act.as_record())
    except ReadingError as error:
        if error.state == "in_doubt":
            return Answer(504, "doubt")
        store.delete(once)  # surely not recorded: the same act may be tried again
        return Answer(*_REFUSED.get(error.state, (502, "again")))
    store.set(once, _DONE, SECONDS)
    return Answer(201, "done")


_REFUSED: Final = {
    "session_ended": (403, "reload"),
    "api_not_enabled": (403, "refused"),
    "not_visible": (403, "refused"),
    "refused": (403, "refused"),
    "broken": (422, "rejected"),
    "salesforce_limit": (503, "limit"),
}


def _is_busy(store: Store, lent: Lent) -> bool:
    """Whether this viewer acted too often in this minute."""
    name = _name("minute", lent.user_id)
    store.set(name, b"0", 60, nx=True)  # first, so that no count is ever without an end
    return store.incr(name) > _MOST_A_MINUTE


def _name(*parts: str) -> str:
    return f"bellwether:panel:{hashlib.sha256(':'.join(parts).encode()).hexdigest()}"


def told(answer: Answer, texts: Catalogue) -> dict[str, str]:
    """The answer as JSON."""
    return {"state": answer.state, "text": texts(f"acting.{answer.state}")}
