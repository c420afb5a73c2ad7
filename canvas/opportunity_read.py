"""One opportunity as the viewer may read it: the questions, and their tolerant reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from canvas.ids import checked18, id18
from canvas.people_questions import reviews_of
from canvas.plain import (
    CURRENCY,
    children,
    clean,
    currency_of,
    event_day,
    mapping,
    number,
    read_day,
    read_moment,
    whole,
)
from service.salesforce.fields import AdoptionScore as Score
from service.scoring.healthy import Save

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime
    from decimal import Decimal
    from zoneinfo import ZoneInfo

PREFIX: Final = "006"
_FIELDS: Final = (
    "Id", "Name", "IsClosed", "IsWon", "StageName", "Amount", "CloseDate", "NextStep", "PushCount",
    "LastStageChangeDate", "CreatedDate", "Owner.Name", "Account.Name", "Account.NumberOfEmployees",
)  # fmt: skip
_BARE: Final = ("Id", "Name", "IsClosed", "IsWon", "StageName", "CloseDate", "Owner.Name")
_LISTED: Final = 5
_EVENTS: Final = (
    20  #: those of the day before are asked for, too, and left out by the viewer's clock
)
_HISTORY_ROWS: Final = (
    200  #: a response of a composite holds one page; more saves than that are odd
)


def opportunity_query(
    record_id: str, today: date, *, whole_record: bool = True, own: Sequence[str] = ()
) -> str:
    """The opportunity, with its planned activities; without `whole_record` what everybody may read.

    `own` are fields that the org has beside the usual ones.

    The nearest activities come first, so that they show whether one is near, however near is meant.
    """
    where = f"FROM Opportunity WHERE Id = '{checked18(record_id)}'"
    if not whole_record:
        return f"SELECT {', '.join(_BARE)} {where}"
    return (
        f"SELECT {', '.join((*_FIELDS, *own))},"  # noqa: S608 - constants, a date and a checked id
        " (SELECT Subject, ActivityDate, CreatedDate, Owner.Name FROM Tasks WHERE IsClosed = false AND IsRecurrence = false"
        f" AND ActivityDate >= {today.isoformat()} ORDER BY ActivityDate LIMIT {_LISTED}),"
        " (SELECT Subject, StartDateTime, IsAllDayEvent, CreatedDate, Owner.Name FROM Events"
        f" WHERE StartDateTime >= {today - timedelta(days=1)}T00:00:00Z"
        f" ORDER BY StartDateTime LIMIT {_EVENTS})"
        f" {where}"
    )


def history_query(record_id: str) -> str:
    """Its stages and close dates, the latest saves first."""
    return (
        "SELECT StageName, CloseDate, CreatedDate FROM OpportunityHistory"  # noqa: S608 - a checked id
        f" WHERE OpportunityId = '{checked18(record_id)}'"
        f" ORDER BY CreatedDate DESC, Id DESC LIMIT {_HISTORY_ROWS}"
    )


def steps_query(record_id: str) -> str:
    """When the next step was last written anew, where the org tracks that field."""
    return (
        "SELECT CreatedDate FROM OpportunityFieldHistory"  # noqa: S608 - a checked id
        f" WHERE OpportunityId = '{checked18(record_id)}'"
        " AND Field = 'NextStep' ORDER BY CreatedDate DESC LIMIT 1"
    )


def owner_score_query(record_id: str, *, reviews: bool = True) -> str:
    """The score of whoever owns it, as far as the viewer may see that; with its reviews so far."""
    checked = checked18(record_id)
    more = f", {reviews_of(checked)}" if reviews else ""
    return (
        f"SELECT Id, {Score.USER}, {Score.DETAILS}{more} FROM {Score.OBJECT} WHERE {Score.USER} IN"  # noqa: S608 - constants and a checked id
        f" (SELECT OwnerId FROM Opportunity WHERE Id = '{checked}') LIMIT 1"
    )


@dataclass(frozen=True, slots=True)
class Planned:
    """A task or an event that is still to come."""

    subject: str
    on: date
    by: str
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShownOpportunity:
    """What could be read; `is_whole` is False where the viewer may read its bare fields only."""

    record_id: str | None
    name: str
    owner: str
    account: str
    stage: str
    is_closed: bool
    is_won: bool
    closes_on: date | None
    amount: Decimal | None
    currency: str  #: of the amount; "": not known
    next_step: str
    employees: int | None
    push_count: int | None
    stage_changed_at: datetime | None
    created_at: datetime | None
    planned: tuple[Planned, ...]
    is_whole: bool


def read_opportunity(
    record: Mapping[str, Any], zone: ZoneInfo, today: date, usual_currency: str = ""
) -> ShownOpportunity:
    """The record as it is shown. Never raises on what it holds."""
    account = mapping(record.get("Account"))
    return ShownOpportunity(
        record_id=id18(record.get("Id")),
        name=clean(record.get("Name")),
        owner=clean(mapping(record.get("Owner")).get("Name")),
        account=clean(account.get("Name")),
        stage=clean(record.get("StageName")),
        is_closed=record.get("IsClosed") is True,
        is_won=record.get("IsWon") is True,
        closes_on=read_day(record.get("CloseDate")),
        amount=number(record.get("Amount")),
        currency=currency_of(record.get(CURRENCY)) or usual_currency,
        next_step=clean(record.get("NextStep")),
        employees=whole(account.get("NumberOfEmployees")),
        push_count=whole(record.get("PushCount")),
        stage_changed_at=read_moment(record.get("LastStageChangeDate")),
        created_at=read_moment(record.get("CreatedDate")),
        planned=_planned(record, zone, today),
        is_whole="NextStep" in record,
    )


def read_saves(records: Iterable[Mapping[str, Any]]) -> tuple[Save, ...]:
    """Its history from the first save on; rows without a time are left out."""
    found = [
        Save(at, clean(one.get("StageName")), read_day(one.get("CloseDate")))
        for one in records
        if (at := read_moment(one.get("CreatedDate")))
    ]
    return tuple(reversed(found))


def _planned(record: Mapping[str, Any], zone: ZoneInfo, today: date) -> tuple[Planned, ...]:
    tasks = [(one, read_day(one.get("ActivityDate"))) for one in children(record, "Tasks")]
    events = [(one, event_day(one, zone)) for one in children(record, "Events")]
    found = [
        Planned(
            clean(one.get("Subject")),
            day,
            clean(mapping(one.get("Owner")).get("Name")),
            read_moment(one.get("CreatedDate")),
        )
        for one, day in (*tasks, *events)
        if day is not None and day >= today
    ]
    return tuple(sorted(found, key=lambda one: one.on)[:_LISTED])
