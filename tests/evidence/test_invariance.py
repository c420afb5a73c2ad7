"""The same acts by the clock on one's own wall are the same evidence in every zone, summer or winter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from service.evidence.reduce import reduce_rows
from service.scoring.calendar import Calendar
from service.scoring.score import score_person
from tests.evidence.builders import (
    a_call,
    a_meeting,
    a_rule_set,
    a_user,
    an_id,
    rows_of,
    tables,
    user_id,
)
from tests.scoring.builders import default_rules

ZONES = (
    "UTC", "Europe/Berlin", "America/Los_Angeles", "Pacific/Auckland", "Asia/Kolkata",
    "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Pago_Pago",
)  # fmt: skip
#: In the 40 days before them the clocks of some of these zones change, forward or back.
DAYS = (date(2021, 4, 16), date(2021, 11, 12))


def stamp(day, hour, minute, zone):
    local = datetime.combine(day, time(hour, minute), ZoneInfo(zone))
    return local.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def life_of(number, zone, as_of):
    """Calls around midnight, meetings, a lead and two kinds of leave, by the wall clock."""
    calls, events, leads = [], [], []
    me = {"CreatedById": user_id(number), "OwnerId": user_id(number)}
    for back in range(45):
        day = as_of - timedelta(days=back)
        for at, (hour, minute) in enumerate(((0, 1), (12, 0), (23, 58))):
            contact = f"003000000{at:06d}AAA"
            calls.append(a_call(at=stamp(day, hour, minute, zone), WhoId=contact, **me))
        start = stamp(day, 23, 30, zone)
        events.append(a_meeting(at=start, EndDateTime=start, **me))
        leads.append({"Id": an_id("00Q"), "CreatedDate": stamp(day, 4, 0, zone), **me})
    gone = {**me, "ShowAs": "OutOfOffice", "CreatedDate": start}
    week = as_of - timedelta(days=30)
    events.append(
        a_meeting(at=f"{week} 00:00:00", EndDateTime=f"{week + timedelta(days=4)} 00:00:00",
                  IsAllDayEvent="1", **gone),
    )  # fmt: skip
    for back in (5, 9, 12, 19, 33):  # clocks change on some of these days
        day = as_of - timedelta(days=back)
        ends = stamp(day, 17, 0, zone)
        events.append(a_meeting(at=stamp(day, 9, 0, zone), EndDateTime=ends, **gone))
    return calls, events, leads


@pytest.fixture(scope="module", params=DAYS, ids=str)
def reading(request, tmp_path_factory):
    """(as-of day, evidence of one person for each zone)"""
    folder, as_of = tmp_path_factory.mktemp("zones"), request.param
    users = [a_user(at, TimeZoneSidKey=zone) for at, zone in enumerate(ZONES, 1)]
    lives = [life_of(at, zone, as_of) for at, zone in enumerate(ZONES, 1)]
    calls, events, leads = ([row for life in lives for row in life[at]] for at in range(3))
    some = tables(folder, User=users, Task=calls, Event=events, Lead=leads)
    with reduce_rows(some, a_rule_set(), as_of, work_dir=folder, memory_limit_mb=200) as reduced:
        return as_of, list(reduced.people()), reduced.coverage


def test_the_same_acts_are_the_same_evidence_in_every_zone(reading):
    _, people, _ = reading
    plain = [
        (sorted((row.measure, row.on, row.done, row.seen) for row in rows_of(one)), one.person.away_on)
        for one in people
    ]  # fmt: skip
    assert len(plain) == len(ZONES)
    assert len(plain[0][0]) > 100
    assert len(plain[0][1]) == 10
    assert all(other == plain[0] for other in plain)


def test_the_same_acts_score_the_same_in_every_zone(reading):
    as_of, people, coverage = reading
    rules = replace(default_rules(), weight_at_least=45, role_when_unknown="rep")
    scores = [score_person(one, coverage, rules, as_of, Calendar()) for one in people]
    values = {score.value for score in scores}
    assert None not in values
    assert len(values) == 1
