"""What somebody did about a person, or a person about themselves, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from canvas.act import REPLY
from canvas.ids import id18
from canvas.people_questions import ACTS
from canvas.plain import children, clean, mapping, read_day
from service.salesforce.fields import AdoptionAction as Action

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date


@dataclass(frozen=True, slots=True)
class ShownAct:
    """What somebody did about a person."""

    kind: str
    on: date | None
    by: str
    note: str
    outcome: str
    cause: str = ""  #: of a reply
    exception_id: str | None = None  #: what it is about; None: the person as a whole
    away: tuple[date, date] | None = None  #: first and last day
    opportunity_id: str | None = None  #: of a deal review and of its rating
    rating: str = ""
    record_id: str | None = None
    by_id: str | None = None  #: the user who recorded it


def reply_about(acts: Iterable[ShownAct], exception_id: str | None) -> ShownAct | None:
    """The latest of what somebody replied to one exception."""
    about = (one for one in acts if one.kind == REPLY and exception_id)
    return next((one for one in about if one.exception_id == exception_id), None)


def read_acts(record: Mapping[str, Any]) -> tuple[ShownAct, ...]:
    """What was done about a person, the latest first."""
    return tuple(
        ShownAct(
            kind=clean(one.get(Action.TYPE)),
            on=read_day(one.get(Action.DONE_ON)) or read_day(one.get("CreatedDate")),
            by=clean(mapping(one.get("CreatedBy")).get("Name")),
            note=clean(one.get(Action.NOTE)),
            outcome=clean(one.get(Action.OUTCOME)),
            cause=clean(one.get(Action.CAUSE)),
            exception_id=id18(one.get(Action.EXCEPTION)),
            away=_away(one),
            opportunity_id=id18(one.get(Action.OPPORTUNITY)),
            rating=clean(one.get(Action.RATING)),
            record_id=id18(one.get("Id")),
            by_id=id18(one.get("CreatedById")),
        )
        for one in children(record, ACTS)
    )


def _away(act: Mapping[str, Any]) -> tuple[date, date] | None:
    first, last = read_day(act.get(Action.AWAY_FROM)), read_day(act.get(Action.AWAY_TO))
    return (first, last) if first and last else None
