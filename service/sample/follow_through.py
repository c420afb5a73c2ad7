"""Tasks and leads, some kept on time and some not, so that both shares are known."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from service.sample import habits
from service.sample.activities import add_call
from service.sample.calendar import SATURDAY, moment, stamp
from service.sample.names import company_name, person_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from random import Random

    from service.sample.ledger import Ledger
    from service.sample.people import SamplePerson

TASKS_EACH = 10
#: Finished tasks count for so many days up to and with the as-of day (the default rules).
FINISHED_DAYS = 28


def give_tasks(ledger: Ledger, person: SamplePerson, days: Sequence[date], random: Random) -> None:
    """Ten tasks made on worked days: the habit keeps some on time, the others are overdue."""
    on_time = habits.on_time_of_ten(person)
    for number in range(TASKS_EACH):
        made = moment(random.choice(days[-9:-1]), person.time_zone, 220)
        back = -random.randrange(1, 30) if number < on_time else random.randrange(1, 40)
        ledger.add_by(
            "Task", person.user_id, made, Subject="Send the papers", Status="Not Started", IsClosed="0",
            TaskSubtype="Task", WhoId="", WhatId="", ActivityDate=str(ledger.as_of - timedelta(days=back)),
            IsRecurrence="0",
        )  # fmt: skip
        is_finished = number < on_time and number % 2 == 0
        if is_finished:
            _finish(ledger, person, days[-1])
        if not is_finished or days[-1] > ledger.as_of - timedelta(days=FINISHED_DAYS):
            ledger.truth[person.user_id].tasks += 1
            ledger.truth[person.user_id].tasks_on_time += number < on_time


def _finish(ledger: Ledger, person: SamplePerson, day: date) -> None:
    done = moment(day, person.time_zone, 230)
    ledger.change_last(
        "Task", person.user_id, done, Status="Completed", IsClosed="1",
        CompletedDateTime=stamp(done),
    )  # fmt: skip


def add_leads(
    ledger: Ledger, people: Sequence[SamplePerson], loader: SamplePerson, random: Random
) -> None:
    """Leads loaded every night by the integration user, up to the as-of day, owned by reps."""
    owners = [person for person in people if person.role == "Sales Development Rep"] or list(
        people[:1]
    )
    worked = {one.user_id: set(habits.worked_days(one, ledger.as_of)) for one in owners}
    for back in range(90, -1, -1):
        night = ledger.as_of - timedelta(days=back)
        for minute in range(2):
            came = datetime.combine(night, time(2, minute), UTC)
            owner = random.choice(owners)
            _add_lead(ledger, owner, loader, came, random)
            _treat(ledger, owner, came, worked[owner.user_id], random)


def _add_lead(
    ledger: Ledger, owner: SamplePerson, loader: SamplePerson, came: datetime, random: Random
) -> None:
    ledger.add_by(
        "Lead", loader.user_id, came, OwnerId=owner.user_id, LastName=person_name(came.day, random),
        Company=company_name(999, random), Status=random.choice(("New", "New", "New", "Nurturing")),
        IsConverted="0", Industry="Manufacturing", LeadSource="Web",
    )  # fmt: skip


def _treat(
    ledger: Ledger, owner: SamplePerson, came: datetime, worked: set[date], random: Random
) -> None:
    """The owner calls on the morning after, if at work and of that habit; nobody ever calls late.

    An unanswered lead is judged when its time is over, unless its status moved nobody knows when.
    """
    lead = ledger.rows["Lead"][-1]
    local = came.astimezone(ZoneInfo(owner.time_zone))
    truth, morning = ledger.truth[owner.user_id], _morning(local)
    if morning in worked and random.randrange(10) < habits.answers_of_ten(owner):
        when = moment(morning, owner.time_zone, 12 * (1 + came.minute))
        add_call(ledger, owner, when, lead["Id"], random)
        truth.calls[morning].add(lead["Id"])
        truth.calls_seen += 1
        truth.leads[local.date()][0] += 1
        truth.leads[local.date()][1] += 1
    elif lead["Status"] == "New" and _over(local) <= datetime.combine(ledger.as_of, time()):
        truth.leads[local.date()][0] += 1


def _morning(local: datetime) -> date:
    """The first morning of a weekday after that moment."""
    day = local.date() + timedelta(days=local.hour >= 9)  # noqa: PLR2004 - when work begins
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return day


def _over(local: datetime) -> datetime:
    """When 24 business hours from then are over, on the same clock."""
    clock = local.replace(tzinfo=None)
    if clock.weekday() >= SATURDAY:
        return datetime.combine(_morning(local), time()) + timedelta(days=1)
    after = clock + timedelta(days=1)
    return after + timedelta(days=2) if after.weekday() == SATURDAY else after
