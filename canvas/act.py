"""What a page sends when its viewer acts: read, checked, and as the record that it becomes.

`kind` is what was done, `score_id` whom it is about, `exception_id` which exception (optional),
`note`, for an absence its first and last day, for a reply its cause, for a congratulation
`deal_id` instead of a person, for a deal review `opportunity_id` and `tasks`; and `key`, which the page makes once for each act, so that a request
that is sent twice records once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from canvas.ids import id18
from canvas.plain import clean, mapping
from canvas.review import RATED, RATINGS, REVIEWED, NewTask, lacks, read_tasks
from service.salesforce.fields import LONGEST_ABSENCE
from service.salesforce.fields import AdoptionAction as Fields

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The types of Adoption_Action__c that are recorded about others, in the order of the offer.
KINDS: Final = ("Coached", "Seen", "Praised", "Mailed", "Nudged", "Excused")
EXCUSED: Final = KINDS[-1]
REPLY: Final = "Reply"  #: of the person about themselves
WRITE: Final = "Write"  #: sends a mail, and records it as Mailed
CONGRATULATE: Final = "Congratulate"  #: posts on a deal, and records it as Praised
REVIEW: Final = "Review"  #: makes tasks on an opportunity, and records it as Reviewed
RATE: Final = "Rate"  #: of its owner about such a review
OWN_KINDS: Final = (REPLY, RATE)  #: what one does about oneself, and nobody else
ALL_KINDS: Final = (*KINDS, REPLY, WRITE, CONGRATULATE, REVIEW, RATE)
_RECORDED: Final = {WRITE: "Mailed", CONGRATULATE: "Praised", REVIEW: REVIEWED, RATE: RATED}
#: Which records a kind names; any other names a score, and may name an exception.
_ABOUT: Final = {
    CONGRATULATE: {"deal_id"},
    REVIEW: {"opportunity_id"},
    RATE: {"score_id", "opportunity_id"},
}
_IDS: Final = ("score_id", "exception_id", "deal_id", "opportunity_id")
CAUSES: Final = ("On leave", "Wrong owner", "Entered elsewhere", "Not my task", "Other")
OTHER: Final = CAUSES[-1]
NOTE_LENGTH: Final = 255
MAIL_LENGTH: Final = 2_000
#: The one form of a day that Salesforce takes; the standard library reads others, too.
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_KEY: Final = re.compile(r"[0-9A-Za-z-]{16,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that somebody did about a person, or says about themselves."""

    kind: str
    score_id: str | None  #: None for a congratulation and a review
    exception_id: str | None
    note: str  #: of a mail its text, with line breaks
    key: str
    cause: str = ""
    away: tuple[str, str] = ("", "")  #: first and last day as the page's fields give them
    deal_id: str | None = None  #: the alert
    is_preview: bool = False
    opportunity_id: str | None = None
    tasks: tuple[NewTask, ...] = ()  #: of a review
    rating: str = ""  #: of a review, by the owner of the deal

    @property
    def lacks(self) -> str | None:
        """What is missing or makes no sense, as a key of the catalogue's `acting`."""
        if any(self.away) and not _is_range(*self.away):
            return "range"
        if self.kind == REVIEW and lacks(self.tasks):
            return "tasks"
        needs_words = self.kind == EXCUSED and not any(self.away)
        if (needs_words or self.cause == OTHER or self.kind == WRITE) and not self.note:
            return "note"
        return None

    def as_record(self) -> dict[str, Any]:
        """The fields of the new record."""
        first, last = self.away
        note = self.note
        if self.kind == EXCUSED and first and not note:
            note = f"Away from {first} to {last}."  # an excuse without a reason is none
        of_review = {
            Fields.OPPORTUNITY: self.opportunity_id,
            Fields.RATING: self.rating or None,
        }
        return {
            Fields.SCORE: self.score_id,
            Fields.EXCEPTION: self.exception_id,
            Fields.TYPE: _RECORDED.get(self.kind, self.kind),
            Fields.NOTE: " ".join(note.split())[:NOTE_LENGTH] or None,
            Fields.CAUSE: self.cause or None,
            Fields.AWAY_FROM: first or None,
            Fields.AWAY_TO: last or None,
            **(of_review if self.opportunity_id else {}),
        }


def read_act(body: object) -> Act | None:
    """The act, or None for a body that no page of ours sends."""
    given = mapping(body)
    kind, key, cause = (clean(given.get(name)) for name in ("kind", "key", "cause"))
    rating = clean(given.get("rating"))
    if kind not in ALL_KINDS or not _KEY.fullmatch(key):
        return None
    if (cause in CAUSES) is not (kind == REPLY) or (rating in RATINGS) is not (kind == RATE):
        return None
    ids = {name: id18(given.get(name)) for name in _IDS}
    if not _names_its_records(kind, ids) or (given.get("exception_id") and not ids["exception_id"]):
        return None
    has_days = kind in (EXCUSED, REPLY)
    away = (clean(given.get("away_from")), clean(given.get("away_to"))) if has_days else ("", "")
    return Act(
        kind=kind,
        note=_note(kind, given),
        key=key,
        cause=cause,
        away=away,
        is_preview=kind == WRITE and given.get("preview") is True,
        tasks=read_tasks(given.get("tasks")) if kind == REVIEW else (),
        rating=rating,
        **ids,
    )


def _names_its_records(kind: str, ids: Mapping[str, str | None]) -> bool:
    named = {name for name, found in ids.items() if found}
    return named == _ABOUT[kind] if kind in _ABOUT else named - {"exception_id"} == {"score_id"}


def _note(kind: str, given: Mapping[str, Any]) -> str:
    note = given.get("note")
    if kind != WRITE or not isinstance(note, str):
        return clean(note)[:NOTE_LENGTH]
    return "\n".join(map(clean, note.splitlines())).strip()[:MAIL_LENGTH]


def _is_range(first: str, last: str) -> bool:
    if not (_DAY.fullmatch(first) and _DAY.fullmatch(last)):
        return False
    try:
        length = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
    except ValueError:
        return False
    return 0 < length <= LONGEST_ABSENCE
