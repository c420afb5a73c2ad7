"""Accounts, contacts and opportunities, the faults planted in them, and the big deals."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from service.sample import habits
from service.sample.activities import add_event
from service.sample.calendar import moment, stamp
from service.sample.names import company_name, person_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from random import Random

    from service.sample.ledger import Ledger
    from service.sample.people import SamplePerson

ACCOUNTS_EACH, CONTACTS_EACH, OPEN_EACH = 3, 30, 10
STAGES = (
    "Prospecting",
    "Qualification",
    "Needs Analysis",
    "Proposal/Price Quote",
    "Negotiation/Review",
)
#: (days before the as-of day, amount) of the planted big deals and of two that just miss.
BIG = (
    (0, "125000.00"), (9, "480000.00"), (30, "100000.00"), (31, "150000.00"), (80, "310000.00"),
    (5, "99999.99"),
)  # fmt: skip
FAULTS = ("close_date_past", "no_next_step", "amount_missing", "pushed_twice")
TYPES = ("New Business", "Existing Business")
SOURCES = ("Web", "Phone Inquiry", "Partner Referral", "Other")
_DESCRIPTION = 'First line, with "quotes"\nand a second line; ends here'


def open_books(ledger: Ledger, person: SamplePerson, random: Random) -> tuple[list[str], list[str]]:
    """The person's accounts and contacts, entered on their first day. Gives both lists of ids."""
    first = _first_moment(person)
    accounts = [
        _account(ledger, person, first, random) for _ in range(ACCOUNTS_EACH)
    ]  # fmt: skip
    contacts = [
        ledger.add_by(
            "Contact", person.user_id, first, LastName=person_name(random.randrange(500), random),
            AccountId=random.choice(accounts),
        ) for _ in range(CONTACTS_EACH)
    ]  # fmt: skip
    return accounts, contacts


def _first_moment(person: SamplePerson) -> datetime:
    return moment(person.started_on, person.time_zone, 5)


def _account(ledger: Ledger, person: SamplePerson, when: datetime, random: Random) -> str:
    number = len(ledger.rows["Account"])
    return ledger.add_by(
        "Account", person.user_id, when, Name=company_name(number, random), Description=_DESCRIPTION,
        NumberOfEmployees=str(random.choice((18, 90, 420, 999, 1000, 5200, 48_000))),
        Industry=("Technology", "Manufacturing", "Energy")[number % 3],
    )  # fmt: skip


def load_old_calls(
    ledger: Ledger, person: SamplePerson, loader: SamplePerson, contacts: Sequence[str]
) -> None:
    """Calls of a former system, loaded for somebody: seen, and never credited."""
    day = ledger.as_of - timedelta(days=20)
    for index, contact in enumerate(contacts):
        when = datetime.combine(day, time(3), UTC) + timedelta(minutes=10 * index)
        ledger.add_by(
            "Task", loader.user_id, when, OwnerId=person.user_id, Subject="Imported call", Status="Completed",
            IsClosed="1", TaskSubtype="Call", WhoId=contact, WhatId="", ActivityDate=str(day), IsRecurrence="0",
        )  # fmt: skip
    ledger.truth[person.user_id].calls_seen += len(contacts)


def open_opportunities(
    ledger: Ledger,
    person: SamplePerson,
    accounts: Sequence[str],
    days: Sequence[date],
    random: Random,
) -> None:
    """Ten open opportunities, of which the habit keeps some healthy; each other has a planted fault."""
    healthy = habits.healthy_of_ten(person)
    truth = ledger.truth[person.user_id]
    for number in range(OPEN_EACH):
        fault = None if number < healthy else FAULTS[(number - healthy) % len(FAULTS)]
        if fault and person.habit == "date_pusher":
            fault = "pushed_twice"
        _open_one(ledger, person, random.choice(accounts), _worked(days, random), fault, random)
        truth.open_opportunities += 1
        truth.healthy_opportunities += fault is None
        if number < habits.complete_of_ten(person):
            truth.complete_opportunities += 1
        else:
            ledger.rows["Opportunity"][-1][("Type", "LeadSource")[number % 2]] = ""


def _worked(days: Sequence[date], random: Random) -> date:
    """A day among the last worked ones, so that an opportunity leaves no footprint of its own."""
    return random.choice(days[-12:])


def _open_one(
    ledger: Ledger, person: SamplePerson, account: str, day: date, fault: str | None, random: Random
) -> None:
    when = moment(day, person.time_zone, 200)
    past = fault == "close_date_past"
    close = ledger.as_of + timedelta(
        days=-random.randrange(1, 60) if past else random.randrange(5, 90)
    )
    has_step = fault not in ("no_next_step", "pushed_twice")
    kind = random.randrange(3) if has_step else None
    step_on = ledger.as_of + timedelta(days=random.randrange(2, 25))
    number = len(ledger.rows["Opportunity"])
    opportunity = ledger.add_by(
        "Opportunity", person.user_id, when, Name=f"{_account_name(ledger, account)} - {1000 + number}",
        AccountId=account, StageName=random.choice(STAGES), IsClosed="0", IsWon="0",
        Amount="" if fault == "amount_missing" else f"{random.randrange(4, 240) * 500}.00", CloseDate=str(close),
        NextStep=f"Visit on {step_on}" if kind == 0 else random.choice(("", "", "Call back")),
        Type=random.choice(TYPES), LeadSource=random.choice(SOURCES),
        LastStageChangeDate=stamp(when), PushCount=str(3 if fault == "pushed_twice" else random.randrange(2)),
    )  # fmt: skip
    if kind == 1:
        _todo(ledger, person, when, opportunity, step_on)
    if kind == 2:  # noqa: PLR2004 - the third kind of next step
        start = datetime.combine(step_on, time(12), UTC)
        add_event(ledger, person, when, start, Subject="Next step", WhatId=opportunity)


def _account_name(ledger: Ledger, account: str) -> str:
    return next(row["Name"] for row in ledger.rows["Account"] if row["Id"] == account)


def _todo(
    ledger: Ledger, person: SamplePerson, when: datetime, opportunity: str, due: date
) -> None:
    ledger.add_by(
        "Task", person.user_id, when, Subject="Next step", Status="Not Started", IsClosed="0", TaskSubtype="Task",
        WhoId="", WhatId=opportunity, ActivityDate=str(due), IsRecurrence="0",
    )  # fmt: skip
    is_judged = when.astimezone(ZoneInfo(person.time_zone)).date() < ledger.as_of
    ledger.truth[person.user_id].tasks += is_judged
    ledger.truth[person.user_id].tasks_on_time += is_judged


def close_deals(
    ledger: Ledger,
    person: SamplePerson,
    accounts: Sequence[str],
    days: Sequence[date],
    random: Random,
) -> None:
    """Some won and lost opportunities of the last months, all below the amount that is big."""
    for number in range(6):
        day = random.choice(days[-40:])
        won = number % 2 == 0
        _close_one(
            ledger,
            person,
            random.choice(accounts),
            day,
            str(random.randrange(10, 180) * 500),
            won=won,
        )


def close_big_deals(
    ledger: Ledger, seller: SamplePerson, accounts: Sequence[str], days: Sequence[date]
) -> None:
    """The planted big deals, recorded on worked days, closed on the planted days."""
    for number, (back, amount) in enumerate(BIG):
        closed = ledger.as_of - timedelta(days=back)
        record = _close_one(
            ledger,
            seller,
            accounts[number % len(accounts)],
            days[-1 - number],
            amount,
            won=True,
            closed=closed,
        )
        ledger.won[record] = (closed, Decimal(amount))


def _close_one(
    ledger: Ledger,
    person: SamplePerson,
    account: str,
    day: date,
    amount: str,
    *,
    won: bool,
    closed: date | None = None,
) -> str:
    when = moment(day, person.time_zone, 240)
    return ledger.add_by(
        "Opportunity", person.user_id, when, Name=f"{_account_name(ledger, account)} - {'won' if won else 'lost'}",
        AccountId=account, StageName="Closed Won" if won else "Closed Lost", IsClosed="1", IsWon="1" if won else "0",
        Amount=amount, CloseDate=str(closed or day), NextStep="", LastStageChangeDate=stamp(when), PushCount="0", Type=TYPES[0], LeadSource=SOURCES[0],
    )  # fmt: skip
