"""One account as the viewer may read it: who is in touch with it, and what is open there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from canvas.ids import checked18, id18
from canvas.plain import (
    CURRENCY,
    children,
    clean,
    currency_of,
    event_day,
    mapping,
    number,
    read_day,
)
from service.salesforce.times import literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from decimal import Decimal
    from zoneinfo import ZoneInfo

PREFIX: Final = "001"
LISTED: Final = 50  #: rows of each list; a list that is longer says so
#: A contact whom somebody was in touch with in these days counts as covered: a quarter.
COVERED_DAYS: Final = 91
_LATEST: Final = 3
_DEAL: Final = ("Id", "Name", "StageName", "Amount", "CloseDate", "Owner.Name")


def account_questions(
    record_id: str, today: date, now: datetime, own: Sequence[str] = ()
) -> dict[str, str]:
    """By name; five. Activities of its contacts and opportunities count as the account's own.

    `own` are fields that opportunities of the org have beside the usual ones.
    `today` is the viewer's day, `now` in UTC: a meeting later today has not been yet.
    """
    account = checked18(record_id)
    until = (today + timedelta(days=1)).isoformat()
    of, task = f"WHERE AccountId = '{account}'", "Id, Subject, ActivityDate, Owner.Name FROM Task"
    event, row = (
        "Id, Subject, StartDateTime, IsAllDayEvent, Owner.Name FROM Event",
        "IsRecurrence = false",
    )
    contacts = (
        "(SELECT Id, Name, Title, LastActivityDate FROM Contacts"  # noqa: S608 - a number
        f" ORDER BY LastActivityDate DESC NULLS LAST LIMIT {LISTED})"
    )
    fields = {
        "account": f"Id, Name, Industry, Owner.Name, {contacts} FROM Account WHERE Id = '{account}'",
        "deals": f"{', '.join((*_DEAL, *own))} FROM Opportunity {of}"
        f" AND IsClosed = false ORDER BY CloseDate LIMIT {LISTED}",
        "tasks": f"{task} {of} AND IsClosed = false AND {row}"
        f" ORDER BY ActivityDate NULLS LAST LIMIT {LISTED}",
        "done": f"{task} {of} AND IsClosed = true AND {row} AND ActivityDate < {until}"
        f" ORDER BY ActivityDate DESC NULLS LAST LIMIT {_LATEST}",
        "met": f"{event} {of} AND StartDateTime <= {literal(now)}"
        f" ORDER BY StartDateTime DESC LIMIT {_LATEST}",
    }  # fmt: skip
    return {name: f"SELECT {asked}" for name, asked in fields.items()}


def bare_account_query(record_id: str) -> str:
    """What everybody who sees the account may read."""
    return f"SELECT Id, Name, Owner.Name FROM Account WHERE Id = '{checked18(record_id)}'"  # noqa: S608 - a checked id


@dataclass(frozen=True, slots=True)
class Activity:
    """A task or an event, done or still open."""

    record_id: str | None
    subject: str
    on: date | None
    by: str


@dataclass(frozen=True, slots=True)
class OpenDeal:
    """One open opportunity of the account."""

    record_id: str | None
    name: str
    stage: str
    amount: Decimal | None
    currency: str  #: of the amount; "": not known
    closes_on: date | None
    owner: str


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact, and when somebody was last in touch."""

    record_id: str | None
    name: str
    title: str
    last_on: date | None


@dataclass(frozen=True, slots=True)
class AccountScreen:
    """The account's page. A list is None where Salesforce did not show it, or not just now."""

    name: str
    owner: str
    industry: str
    latest: tuple[Activity, ...] | None
    deals: tuple[OpenDeal, ...] | None
    tasks: tuple[Activity, ...] | None
    contacts: tuple[Contact, ...] | None
    covered: int  #: contacts with an activity in the last quarter
    today: date

    @property
    def late_deals(self) -> int:
        """Open opportunities whose close date is past."""
        return sum(
            one.closes_on is not None and one.closes_on < self.today for one in self.deals or ()
        )

    @property
    def late_tasks(self) -> int:
        """Open tasks that were due before today."""
        return sum(one.on is not None and one.on < self.today for one in self.tasks or ())


def account_screen(
    record: Mapping[str, Any],
    lists: Mapping[str, Sequence[Mapping[str, Any]] | None],
    zone: ZoneInfo,
    today: date,
    usual_currency: str = "",
) -> AccountScreen:
    """Put the answers together. `lists` are those of deals, tasks, done and met; None: refused."""
    deals, tasks, done, met = (lists[name] for name in ("deals", "tasks", "done", "met"))
    contacts = _contacts(record) if "Contacts" in record else None
    since = today - timedelta(days=COVERED_DAYS)
    return AccountScreen(
        name=clean(record.get("Name")),
        owner=_owner(record),
        industry=clean(record.get("Industry")),
        latest=_latest(done, met, zone),
        deals=None if deals is None else tuple(_deal(one, usual_currency) for one in deals),
        tasks=None if tasks is None else tuple(map(_task, tasks)),
        contacts=contacts,
        covered=sum(one.last_on is not None and one.last_on >= since for one in contacts or ()),
        today=today,
    )


def _latest(
    done: Sequence[Mapping[str, Any]] | None,
    met: Sequence[Mapping[str, Any]] | None,
    zone: ZoneInfo,
) -> tuple[Activity, ...] | None:
    """None also where one half is missing and the other empty: that nobody was in touch is not known."""
    found = [*map(_task, done or ()), *(_event(one, zone) for one in met or ())]
    dated = [one for one in found if one.on is not None]
    if not dated and (done is None or met is None):
        return None
    return tuple(sorted(dated, key=lambda one: str(one.on), reverse=True)[:_LATEST])


def _task(one: Mapping[str, Any]) -> Activity:
    on = read_day(one.get("ActivityDate"))
    return Activity(id18(one.get("Id")), clean(one.get("Subject")), on, _owner(one))


def _event(one: Mapping[str, Any], zone: ZoneInfo) -> Activity:
    on = event_day(one, zone)
    return Activity(id18(one.get("Id")), clean(one.get("Subject")), on, _owner(one))


def _deal(one: Mapping[str, Any], usual_currency: str) -> OpenDeal:
    return OpenDeal(
        id18(one.get("Id")),
        clean(one.get("Name")),
        clean(one.get("StageName")),
        number(one.get("Amount")),
        currency_of(one.get(CURRENCY)) or usual_currency,
        read_day(one.get("CloseDate")),
        _owner(one),
    )


def _contacts(record: Mapping[str, Any]) -> tuple[Contact, ...]:
    return tuple(
        Contact(
            id18(one.get("Id")),
            clean(one.get("Name")),
            clean(one.get("Title")),
            read_day(one.get("LastActivityDate")),
        )
        for one in children(record, "Contacts")
    )


def _owner(record: Mapping[str, Any]) -> str:
    return clean(mapping(record.get("Owner")).get("Name"))
