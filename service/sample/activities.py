"""Calls and meetings, planted day by day so that their credit is known."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from service.sample import habits
from service.sample.calendar import moment, stamp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from random import Random

    from service.sample.ledger import Ledger
    from service.sample.people import SamplePerson

#: Minutes between two calls, so that only the burst logger is ever in a burst.
_GAP_MINUTES = 31
_BURST_GAP_SECONDS = 9
_SUBJECTS = (
    "Call",
    "Follow up on the quote",
    "Intro call",
    "Renewal: first talk",
    "Préparer l'offre",
)


def live(
    ledger: Ledger,
    person: SamplePerson,
    contacts: Sequence[str],
    days: Sequence[date],
    random: Random,
) -> None:
    """Log the person's calls and meetings of their worked days. `contacts` has at least 24."""
    for day in days:
        plan = habits.day_of(person, day, random)
        _calls(ledger, person, contacts, day, plan.calls, random)
        for slot in range(plan.meetings):
            _meeting(ledger, person, contacts, day, 20 + slot * 100, random)
    if person.habit == "vacationer":
        first, last = (ledger.as_of - timedelta(days=back) for back in habits.VACATION)
        _out_of_office(ledger, person, first, last, days)
    if person.habit == "away":
        first = ledger.as_of - timedelta(days=habits.AWAY_SINCE)
        _out_of_office(ledger, person, first, ledger.as_of + timedelta(days=60), days)


def _calls(
    ledger: Ledger,
    person: SamplePerson,
    contacts: Sequence[str],
    day: date,
    number: int,
    random: Random,
) -> None:
    truth = ledger.truth[person.user_id]
    for index in range(number):
        if person.habit == "burst_logger":
            when = moment(day, person.time_zone, 300) + timedelta(
                seconds=index * _BURST_GAP_SECONDS
            )
            contact = contacts[index]
        else:
            when = moment(day, person.time_zone, index * _GAP_MINUTES + random.randrange(20))
            contact = _contact(person, contacts, index, day, random)
        add_call(ledger, person, when, contact, random)
        if ledger.is_told(day):
            truth.calls_seen += 1
            if person.habit != "burst_logger":
                truth.calls[day].add(contact)


def _contact(
    person: SamplePerson, contacts: Sequence[str], index: int, day: date, random: Random
) -> str:
    if person.habit == "one_contact":
        return contacts[0]
    if person.habit == "diligent":
        return contacts[(day.toordinal() * 6 + index) % len(contacts)]
    return random.choice(contacts)


def add_call(
    ledger: Ledger, person: SamplePerson, when: datetime, contact: str, random: Random
) -> None:
    """One finished call, recorded at that moment."""
    ledger.add_by(
        "Task", person.user_id, when, Subject=random.choice(_SUBJECTS), Status="Completed", IsClosed="1",
        TaskSubtype="Call", WhoId=contact, WhatId="", ActivityDate=stamp(when)[:10], IsRecurrence="0",
        CompletedDateTime=stamp(when),
        CallDurationInSeconds=str(random.randrange(30, 1800)),
    )  # fmt: skip


def _meeting(
    ledger: Ledger,
    person: SamplePerson,
    contacts: Sequence[str],
    day: date,
    minutes: int,
    random: Random,
) -> None:
    """A meeting entered that morning; all of it lies in the past of its own day."""
    entered = moment(day, person.time_zone, random.randrange(15))
    start = moment(day, person.time_zone, minutes)
    add_event(ledger, person, entered, start, WhoId=random.choice(contacts), Subject="Meeting")
    if ledger.is_told(day):
        ledger.truth[person.user_id].meetings += 1


def add_event(
    ledger: Ledger, person: SamplePerson, entered: datetime, start: datetime, **values: str
) -> None:
    """One event of 45 minutes unless `values` say otherwise."""
    usual = {
        "StartDateTime": stamp(start), "EndDateTime": stamp(start + timedelta(minutes=45)),
        "IsAllDayEvent": "0", "ShowAs": "Busy", "WhoId": "", "WhatId": "", "IsRecurrence": "0",
    }  # fmt: skip
    ledger.add_by("Event", person.user_id, entered, **{**usual, **values})


def _out_of_office(
    ledger: Ledger, person: SamplePerson, first: date, last: date, days: Sequence[date]
) -> None:
    before = max(day for day in days if day < first)
    add_event(
        ledger, person, moment(before, person.time_zone, 30), moment(before, person.time_zone, 30),
        Subject="Out of office", IsAllDayEvent="1", ShowAs="OutOfOffice",
        StartDateTime=f"{first} 00:00:00", EndDateTime=f"{last} 00:00:00",
    )  # fmt: skip
    gone = (first + timedelta(days=at) for at in range((last - first).days + 1))
    ledger.truth[person.user_id].away.update(day for day in gone if ledger.is_told(day))
