"""`POST /canvas/act`: a viewer records what they did, as themselves; Salesforce decides.

The body is JSON (`canvas/act.py`); the answer is JSON with `state` and a `text` to show.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from canvas.act import REPLY, read_act
from canvas.panel_token import SECONDS
from canvas.port import ReadingError
from service.salesforce.fields import AdoptionAction as Fields

if TYPE_CHECKING:
    from canvas.act import Act
    from canvas.catalogue import Catalogue
    from canvas.panel_token import Lent, PanelTokens, Store
    from canvas.port import ViewerActs

BODY_LIMIT: Final = 4_000
_MOST_A_MINUTE: Final = 20
#: An act that was sent and not answered yet, and one that is surely recorded.
_SENT, _DONE = b"sent", b"done"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the page is told. `state` is a key of the catalogue's `acting`."""

    status: int
    state: str


def perform(
    body: object, token: str, tokens: PanelTokens, store: Store, acts: ViewerActs
) -> Answer:
    """Record one act as the viewer, once."""
    lent, act = tokens.open(token), read_act(body)
    if lent is None:
        return Answer(403, "reload")
    if act is None:
        return Answer(400, "wrong")
    return _refused(act, lent, store) or _record_once(act, lent, store, acts)


def _refused(act: Act, lent: Lent, store: Store) -> Answer | None:
    """Why Salesforce is not even asked."""
    if act.lacks:
        return Answer(400, act.lacks)
    if (act.score_id == lent.own_score_id) is not (act.kind == REPLY):
        return Answer(403, "refused" if act.kind == REPLY else "own")
    return Answer(429, "busy") if _is_busy(store, lent) else None


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
