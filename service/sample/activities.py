"""Calls, meetings and mails, planted day by day so that their credit is known.

A week's number is drawn from the person's true rate with the scatter of scoring's simulation
(a negative binomial of dispersion 20); days off take off their fifth of the week.
"""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

from service.sample.calendar import WORK_SECONDS, opens, stamp
from service.sample.life import audit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from random import Random

    from service.sample.life import Life

DISPERSION = 20
CONTACTS_EACH = 45  #: more than anybody calls in one day
_MOST_CALLS, _MOST_MEETINGS, _MOST_EMAILS = 40, 14, 30
_SUBJECTS = (
    "Call",
    "Follow up on the quote",
    "Intro call",
    "Renewal: first talk",
    "Préparer l'offre",
)
_NOTE = "Wants the offer by Friday;\nsecond line, after a line break"
_WITH_NOTE = 0.01  #: of all
#: Acts asked of a new person in week 1 and the week from which all is asked: the default ramp.
_FIRST_WEEK, _FULL_IN_WEEK = 0.25, 13


def live(life: Life, leads_called: Mapping[date, Sequence[str]]) -> None:
    """Log the calls, meetings and mails of all active days; `leads_called` are called first."""
    number = 0
    for week in life.weeks:
        days = [day for day in week if day in life.active_days]
        waves = [life.random.gammavariate(DISPERSION, 1 / DISPERSION) for _ in range(3)]
        for at, day in enumerate(days):
            calls, meetings, emails = _numbers(life, day, waves, len(week) / len(days), number + at)
            leads = leads_called.get(day, ())
            _calls(life, day, calls, leads)
            _meetings(life, day, meetings)
            # A day on which they were there shows it, or several of them would look like leave.
            _emails(life, day, emails if calls or meetings or leads else max(1, emails))
        number += len(days)


def _numbers(
    life: Life, day: date, waves: Sequence[float], days_in_one: float, number: int
) -> tuple[int, int, int]:
    """Calls, meetings and mails of an active day, which stands for so many days of its week."""
    ways, random = life.ways, life.random
    share = days_in_one / 5 * asked_share(life, day)
    emails = min(_MOST_EMAILS, poisson(ways.rates["emails"] * waves[2] * share, random))
    if ways.steady:
        calls, meetings = ways.steady
        return calls[number % len(calls)], meetings[number % len(meetings)], emails
    return (
        min(_MOST_CALLS, poisson(ways.rates["calls"] * waves[0] * share, random)),
        min(_MOST_MEETINGS, poisson(ways.rates["meetings"] * waves[1] * share, random)),
        emails,
    )


def asked_share(life: Life, day: date) -> float:
    """New people do what the ramp asks of those who meet their minimums."""
    week = (day - life.person.started_on).days // 7 + 1
    if week >= _FULL_IN_WEEK:
        return 1.0
    return _FIRST_WEEK + (1 - _FIRST_WEEK) * (week - 1) / (_FULL_IN_WEEK - 1)


def poisson(mean: float, random: Random) -> int:
    """A random number of that mean. Knuth, The Art of Computer Programming 2, 3.4.1."""
    limit, product, count = exp(-mean), random.random(), 0
    while product > limit:
        product *= random.random()
        count += 1
    return count


def _calls(life: Life, day: date, number: int, leads: Sequence[str]) -> None:
    """Leads first, two minutes apart; then contacts, spread over the day, none of them twice."""
    start, chance = opens(day, life.person.time_zone), life.random.random
    moments, whom = [start + 120 * (at + 1) for at in range(len(leads))], list(leads)
    rest = number - len(leads)
    if rest > 0:
        begin, slot = start + 120 * (len(leads) + 1), (WORK_SECONDS - 120 * len(leads)) // rest
        first = 0 if life.person.habit == "one_contact" else int(CONTACTS_EACH * chance())
        moments += [begin + at * slot + int(0.6 * slot * chance()) for at in range(rest)]
        whom += [life.contacts[(first + at) % CONTACTS_EACH] for at in range(rest)]
    if whom:
        log_calls(life, moments, whom)
        life.mark(day)
        life.count("calls", day, len(whom))
        life.count("calls_seen", day, len(whom))


def log_calls(life: Life, moments: Sequence[int], whom: Sequence[str]) -> None:
    """Finished calls, recorded at those moments."""
    _log(life, moments, whom, "Call", _SUBJECTS)


def _log(
    life: Life, moments: Sequence[int], whom: Sequence[str], subtype: str, subjects: Sequence[str]
) -> None:
    """Rows of Task, columns in its order: here speed matters, so one loop and no names."""
    sheet, user, chance, rows = life.sheets["Task"], life.person.user_id, life.random.random, []
    for record, moment, who in zip(sheet.next_ids(len(whom)), moments, whom, strict=True):
        when, share = stamp(moment), chance()
        lasted = str(30 + int(1700 * share)) if subtype == "Call" else ""
        rows.append((
            record, user, subjects[int(share * len(subjects))], _NOTE if share < _WITH_NOTE else "",
            "Completed", "1", subtype, who, "", when[:10], "0", when, lasted, when, user, when, user,
        ))  # fmt: skip
    sheet.extend(rows)


def _meetings(life: Life, day: date, number: int) -> None:
    """Entered that morning, one after another; all of it lies in the past of its own day."""
    if not number:
        return
    sheet, user, chance = life.sheets["Event"], life.person.user_id, life.random.random
    start, step = opens(day, life.person.time_zone), (WORK_SECONDS - 1200) // number
    lasts, rows = min(2700, step - 300), []
    for at, record in enumerate(sheet.next_ids(number)):
        entered, begins = stamp(start + int(900 * chance())), start + 1200 + at * step
        who = life.contacts[int(CONTACTS_EACH * chance())]
        rows.append((
            record, user, "Meeting", stamp(begins), stamp(begins + lasts), "0", "Busy", who, "", "0",
            entered, user, entered, user,
        ))  # fmt: skip
    sheet.extend(rows)
    life.mark(day)
    life.count("meetings", day, number)


def _emails(life: Life, day: date, number: int) -> None:
    if not number:
        return
    start, slot = opens(day, life.person.time_zone) + 600, (WORK_SECONDS - 600) // number
    chance = life.random.random
    whom = [life.contacts[int(CONTACTS_EACH * chance())] for _ in range(number)]
    moments = [start + at * slot for at in range(number)]
    _log(life, moments, whom, "Email", ("Email: our offer",))
    life.mark(day)
    life.count("emails", day, number)


def add_event(life: Life, entered: int, start: int, by: str = "", **values: str) -> None:
    """One event of 45 minutes, entered at that moment, unless `values` say otherwise."""
    usual = {
        "OwnerId": life.person.user_id, "StartDateTime": stamp(start),
        "EndDateTime": stamp(start + 2700), "IsAllDayEvent": "0", "ShowAs": "Busy", "IsRecurrence": "0",
    }  # fmt: skip
    made = audit(entered, by or life.person.user_id)
    life.sheets["Event"].add(**{**usual, **values}, **made)


def add_task(life: Life, made_on: date, seconds: int, due: date, **values: str) -> None:
    """An open task with a due date, made on that day of theirs, unless `values` say otherwise."""
    usual = {
        "OwnerId": life.person.user_id, "Subject": "Send the papers", "Status": "Not Started",
        "IsClosed": "0", "TaskSubtype": "Task", "ActivityDate": str(due), "IsRecurrence": "0",
    }  # fmt: skip
    life.sheets["Task"].add(**{**usual, **life.made(made_on, seconds), **values})


def finished(life: Life, made: int, done_on: date, seconds: int) -> dict[str, str]:
    """The columns of a task that was made at that moment and finished on a day of theirs."""
    life.mark(done_on)
    done = life.moment(done_on, seconds)
    return {
        "Status": "Completed", "IsClosed": "1", "CompletedDateTime": stamp(done),
        **audit(made, life.person.user_id, done),
    }  # fmt: skip
