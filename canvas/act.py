"""What a page sends when its viewer acts: read, checked, and as the record that it becomes.

`kind` is what was done, `score_id` whom it is about, `exception_id` which exception (optional),
`note`, for an absence its first and last day, for a reply its cause, for a congratulation
`deal_id` instead of a person; and `key`, which the page makes once for each act, so that a request
that is sent twice records once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from canvas.ids import id18
from canvas.plain import clean, mapping
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
ALL_KINDS: Final = (*KINDS, REPLY, WRITE, CONGRATULATE)
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
    score_id: str | None  #: None for a congratulation alone
    exception_id: str | None
    note: str  #: of a mail its text, with line breaks
    key: str
    cause: str = ""
    away: tuple[str, str] = ("", "")  #: first and last day as the page's fields give them
    deal_id: str | None = None  #: the alert
    is_preview: bool = False

    @property
    def lacks(self) -> str | None:
        """What is missing or makes no sense, as a key of the catalogue's `acting`."""
        if any(self.away) and not _is_range(*self.away):
            return "range"
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
        return {
            Fields.SCORE: self.score_id,
            Fields.EXCEPTION: self.exception_id,
            Fields.TYPE: {WRITE: "Mailed", CONGRATULATE: "Praised"}.get(self.kind, self.kind),
            Fields.NOTE: " ".join(note.split())[:NOTE_LENGTH] or None,
            Fields.CAUSE: self.cause or None,
            Fields.AWAY_FROM: first or None,
            Fields.AWAY_TO: last or None,
        }


def read_act(body: object) -> Act | None:
    """The act, or None for a body that no page of ours sends."""
    given = mapping(body)
    kind, key, cause = (clean(given.get(name)) for name in ("kind", "key", "cause"))
    score, exception, deal = (
        id18(given.get(name)) for name in ("score_id", "exception_id", "deal_id")
    )
    if kind not in ALL_KINDS or not _KEY.fullmatch(key) or (cause in CAUSES) is not (kind == REPLY):
        return None
    about, other = (deal, score) if kind == CONGRATULATE else (score, deal)
    if about is None or other is not None or (given.get("exception_id") and exception is None):
        return None
    has_days = kind in (EXCUSED, REPLY)
    away = (clean(given.get("away_from")), clean(given.get("away_to"))) if has_days else ("", "")
    is_preview = kind == WRITE and given.get("preview") is True
    return Act(kind, score, exception, _note(kind, given), key, cause, away, deal, is_preview)


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
