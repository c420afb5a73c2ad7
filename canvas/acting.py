"""`POST /canvas/act`: a viewer records what they did, as themselves; Salesforce decides.

The body is JSON (`canvas/act.py`); the answer is JSON with `state` and a `text` to show, and for a
preview with the `mail`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from redis.exceptions import RedisError

from canvas.act import CONGRATULATE, OWN_KINDS, RATE, REVIEW, WRITE, read_act
from canvas.answers import log_store, timed_org
from canvas.busy import ACTS, is_busy, name_of
from canvas.panel_token import LONGEST_SECONDS
from canvas.port import ReadingError
from canvas.review import assert_reviewed, records_of
from canvas.writing import Letter, letter_to, praise_of, score_of
from service.salesforce.fields import AdoptionAction as Fields

if TYPE_CHECKING:
    from canvas.act import Act
    from canvas.catalogue import Catalogue
    from canvas.panel import Doors
    from canvas.panel_token import Lent, PanelTokens
    from canvas.port import ViewerWrites

#: A text of the greatest length, all of it letters that JSON writes as twelve.
BODY_LIMIT: Final = 30_000
#: One congratulates on a deal once, not once for each page.
_A_WEEK: Final = 7 * 24 * 3600
#: Kept of an act that was sent and not answered yet; afterwards the state that it came to.
_SENT: Final = b"sent"
#: What went out already, or may have: it must not be sent a second time, whatever the page shows.
_GOES_OUT: Final = (WRITE, CONGRATULATE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the page is told. `state` is a key of the catalogue's `acting`."""

    status: int
    state: str
    letter: Letter | None = None  #: of a preview


@dataclass(frozen=True, slots=True)
class Desk:
    """Where acts are done: whose page is open, what keeps keys, how an org is opened, the texts."""

    tokens: PanelTokens
    doors: Doors
    texts: Catalogue

    def perform(self, body: object, token: str) -> Answer:
        """Do one act as the viewer, once."""
        lent, act = self.tokens.open(token), read_act(body)
        if lent is None:
            return Answer(403, "reload")
        if act is None:
            return Answer(400, "wrong")
        return self._refused(act, lent) or self._done(act, lent)

    def _refused(self, act: Act, lent: Lent) -> Answer | None:
        """Why Salesforce is not even asked."""
        if act.lacks:
            return Answer(400, act.lacks)
        is_own = act.score_id is not None and act.score_id == lent.own_score_id
        if is_own is not (act.kind in OWN_KINDS):
            return Answer(403, "own" if is_own else "refused")
        too_often = is_busy(self.doors.store, ACTS, lent.user_id, lent.org_id)
        return Answer(429, "busy") if too_often else None

    def _done(self, act: Act, lent: Lent) -> Answer:
        if act.is_preview:
            try:
                with timed_org():
                    letter = letter_to(act, lent, self.doors.acts(lent), self.texts)
                return Answer(200, "preview", letter)
            except ReadingError as error:
                return _answer_to(error)
        return self._once(act, lent)

    def _once(self, act: Act, lent: Lent) -> Answer:
        """The key is taken before anything is made: an act in doubt is not made twice."""
        store = self.doors.store
        once = name_of(act.kind, lent.user_id, _unique(act))
        seconds = _A_WEEK if act.kind == CONGRATULATE else LONGEST_SECONDS
        if not store.set(once, _SENT, seconds, nx=True):
            kept = store.get(once)
            return _in_doubt(act) if kept in (_SENT, None) else Answer(200, kept.decode())
        try:
            with timed_org():
                state = self._make(act, lent)
        except ReadingError as error:
            if error.state == "in_doubt":
                return _in_doubt(act)
            store.delete(once)  # surely not made: the same act may be tried again
            return _answer_to(error)
        try:
            store.set(once, state.encode(), seconds)
        except RedisError as error:
            log_store(error)  # it is made all the same, and what is kept prevents a second one
        return Answer(201, state)

    def _make(self, act: Act, lent: Lent) -> str:
        """Do it; give the state that it came to. Raises ReadingError where nothing is done."""
        org = self.doors.acts(lent)
        if act.kind == WRITE:
            letter = letter_to(act, lent, org, self.texts)
            org.mail(letter.address, letter.subject, letter.text)
            return _record(act, org)
        if act.kind == CONGRATULATE:
            praise = praise_of(act, lent, org, self.texts)
            org.post(praise.address, praise.text)
            return _record_praise(act, praise, org)
        if act.kind == REVIEW:
            org.create_together(records_of(act, lent, org))
            return "reviewed"
        if act.kind == RATE:
            assert_reviewed(act, org)
        org.create(Fields.OBJECT, act.as_record())
        return "done"


def _unique(act: Act) -> str:
    """What makes it the same act when it comes again."""
    if act.kind == CONGRATULATE:
        return act.deal_id or ""
    if act.kind == REVIEW:  # changed after a request without an answer, it is still that review
        return act.key
    return json.dumps(asdict(act))


def _record(act: Act, org: ViewerWrites) -> str:
    """Record what went out already; that it is out is the truth, whatever becomes of this."""
    try:
        org.create(Fields.OBJECT, act.as_record())
    except ReadingError:
        return "unlogged"
    return "done"


def _record_praise(act: Act, praise: Letter, org: ViewerWrites) -> str:
    """Below the owner's score, where the viewer sees one; elsewhere the post alone says it."""
    try:
        score_id = score_of(praise.to, org)
    except ReadingError:
        return "unlogged"
    if score_id is None:
        return "posted"
    return _record(replace(act, score_id=score_id, note=praise.subject), org)


def _in_doubt(act: Act) -> Answer:
    return Answer(504, "out_doubt" if act.kind in _GOES_OUT else "doubt")


def _answer_to(error: ReadingError) -> Answer:
    return Answer(*_REFUSED.get(error.state, (502, "again")))


_REFUSED: Final = {
    "session_ended": (403, "reload"),
    "api_not_enabled": (403, "refused"),
    "not_visible": (403, "refused"),
    "refused": (403, "refused"),
    "own": (403, "own"),
    "closed": (422, "closed"),
    "no_address": (422, "no_address"),
    "broken": (422, "rejected"),
    "salesforce_limit": (503, "limit"),
}


def told(answer: Answer, texts: Catalogue) -> dict[str, Any]:
    """The answer as JSON. The address stays here: the page knows the name."""
    said: dict[str, Any] = {"state": answer.state, "text": texts(f"acting.{answer.state}")}
    if answer.letter:
        said["mail"] = {
            name: text for name, text in asdict(answer.letter).items() if name != "address"
        }
    return said
