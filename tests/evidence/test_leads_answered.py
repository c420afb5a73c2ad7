"""Leads answered within 24 business hours: who answers, when it was in time, what cannot be told."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.evidence import business_hours
from service.evidence.reduce import reduce_rows
from service.scoring.rule_set import LeadRules
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

AS_OF = date(2021, 4, 16)  # a Friday
LEAD, CONTACT = "00Q000000000001AAA", "003000000000007AAA"
CAME = "2021-04-13 10:00:00"  # a Tuesday
NEVER = "2021-04-01 00:00:00"


def a_lead(number=1, owner=1, at=CAME, **over):
    return {
        "Id": f"00Q000000{number:06d}AAA", "OwnerId": user_id(owner), "Status": "New",
        "IsConverted": "0", "CreatedDate": at, "CreatedById": user_id(3),
        "LastModifiedDate": at, "LastModifiedById": user_id(3),
    } | over  # fmt: skip


def an_answer(at, who=LEAD, **over):
    return a_call(1, at, WhoId=who, CreatedById=user_id(1)) | over


#: Rows of nobody that fill the columns which a test may look at.
ANCHOR = an_answer(
    NEVER, "00Q000000000999AAA", OwnerId=user_id(9),
    LastModifiedDate=NEVER, LastModifiedById=user_id(9),
)  # fmt: skip


def judged(folder, leads, *, as_of=AS_OF, users=(), rules=None, **rows):
    """Everybody's (eligible, good, seen) of leads in all, by user number."""
    rows.setdefault("Task", [])
    rows["Task"] = [*rows["Task"], ANCHOR]
    everybody = [a_user(1), a_user(2), a_user(3, UserType="AutomatedProcess"), *users]
    some = tables(folder, User=everybody, Lead=leads, **rows)
    with reduce_rows(
        some, rules or a_rule_set(), as_of, work_dir=folder / "work", memory_limit_mb=100
    ) as reduced:
        assert "leads_answered" not in reduced.coverage.absent_measures
        found = {}
        for person in reduced.people():
            own = [one for one in rows_of(person) if one.measure == "leads_answered"]
            assert not [one for one in person.findings if one.measure == "leads_answered"]
            sums = tuple(sum(getattr(one, name) for one in own) for name in ("eligible", "good", "seen"))  # fmt: skip
            found[int(person.person.user_id[3:15])] = sums
    return found


def together(folder, cases, zones=(), **more):
    """What becomes of the lead of each case, (lead, other rows by object), all in one reading.

    Each case has an owner, a lead and a contact of its own, in the place of the first ones.
    """
    rows, users = defaultdict(list), []
    for number, (lead, others) in enumerate(cases, FIRST):
        own = {
            LEAD: f"00Q000000{number:06d}AAA", CONTACT: f"003000000{number:06d}AAA",
            user_id(1): user_id(number),
        }  # fmt: skip
        zone = zones[number - FIRST] if zones else "UTC"
        users.append(a_user(number, TimeZoneSidKey=zone))
        for name, some in {"Lead": [lead], **others}.items():
            rows[name] += [{key: own.get(value, value) for key, value in row.items()} for row in some]  # fmt: skip
    found = judged(folder, rows.pop("Lead"), users=users, **rows, **more)
    return [found[number] for number in range(FIRST, FIRST + len(cases))]


def numbered(cases):
    return [(at, *case) for at, case in enumerate(cases)]


FIRST = 101
GOOD, BAD, NOT_JUDGED = (1, 1, 1), (1, 0, 1), (0, 0, 1)
HOURS = [
    # weekdays: the same time of the next weekday, to the second
    ("UTC", "2021-04-06 10:00:00", "2021-04-07 10:00:00", True),
    ("UTC", "2021-04-06 10:00:00", "2021-04-07 10:00:01", False),
    ("UTC", "2021-04-06 10:00:00", "2021-04-06 10:00:00", True),
    ("UTC", "2021-04-06 10:00:00", "2021-04-06 09:59:59", False),  # before the lead came
    # a Friday's lead: until Monday at the same time
    ("UTC", "2021-04-09 15:00:00", "2021-04-12 15:00:00", True),
    ("UTC", "2021-04-09 15:00:00", "2021-04-12 15:00:01", False),
    ("UTC", "2021-04-09 15:00:00", "2021-04-11 23:00:00", True),
    # a weekend's lead: all Monday long
    ("UTC", "2021-04-10 03:00:00", "2021-04-13 00:00:00", True),
    ("UTC", "2021-04-11 23:59:59", "2021-04-13 00:00:01", False),
    ("UTC", "2021-04-10 12:00:00", "2021-04-10 13:00:00", True),
    # the owner's clock decides what is a weekend: Friday 17:00 in Los Angeles
    ("America/Los_Angeles", "2021-04-10 00:00:00", "2021-04-13 00:00:00", True),
    ("America/Los_Angeles", "2021-04-10 00:00:00", "2021-04-13 00:00:01", False),
    # and Monday 05:45 in Kathmandu while it is Sunday in UTC
    ("Asia/Kathmandu", "2021-04-12 00:00:00", "2021-04-13 00:00:00", True),
    ("Asia/Kathmandu", "2021-04-12 00:00:00", "2021-04-13 00:00:01", False),
    # over the change of clocks on 28 March: Friday 12:00 CET to Monday 12:00 CEST
    ("Europe/Berlin", "2021-03-26 11:00:00", "2021-03-29 10:00:00", True),
    ("Europe/Berlin", "2021-03-26 11:00:00", "2021-03-29 10:00:01", False),
    # and on 14 March in New York: Friday 12:00 EST to Monday 12:00 EDT
    ("America/New_York", "2021-03-12 17:00:00", "2021-03-15 16:00:00", True),
    ("America/New_York", "2021-03-12 17:00:00", "2021-03-15 16:00:01", False),
]


@pytest.fixture(scope="module")
def of_hours(tmp_path_factory):
    cases = [(a_lead(at=came), {"Task": [an_answer(at)]}) for _, came, at, _ in HOURS]
    return together(tmp_path_factory.mktemp("hours"), cases, [zone for zone, *_ in HOURS])


@pytest.mark.parametrize(("at", "zone", "came", "answered", "is_in_time"), numbered(HOURS))
def test_24_business_hours(of_hours, at, zone, came, answered, is_in_time):
    assert of_hours[at] == (GOOD if is_in_time else BAD)


UNANSWERED = [
    ("2021-04-14 10:00:00", date(2021, 4, 15), NOT_JUDGED),  # its last day is the as-of day
    ("2021-04-14 10:00:00", date(2021, 4, 16), BAD),
    ("2021-04-14 23:59:59", date(2021, 4, 15), NOT_JUDGED),
    ("2021-04-15 00:00:00", date(2021, 4, 16), BAD),  # over as the as-of day begins
    ("2021-04-15 00:00:01", date(2021, 4, 16), NOT_JUDGED),
    ("2021-04-16 00:00:00", date(2021, 4, 18), BAD),  # over since Friday's end
    ("2021-04-16 10:00:00", date(2021, 4, 19), NOT_JUDGED),
    ("2021-04-16 10:00:00", date(2021, 4, 20), BAD),
    ("2021-04-17 10:00:00", date(2021, 4, 19), NOT_JUDGED),
    ("2021-04-17 10:00:00", date(2021, 4, 20), BAD),
    ("2021-04-17 10:00:00", date(2021, 4, 16), (0, 0, 0)),  # it comes after the as-of day
]


@pytest.mark.parametrize("as_of", sorted({as_of for _, as_of, _ in UNANSWERED}), ids=str)
def test_an_unanswered_lead_is_judged_once_its_time_is_over(tmp_path, as_of):
    told = {came: expected for came, on, expected in UNANSWERED if on == as_of}
    found = together(tmp_path, [(a_lead(at=came), {}) for came in told], as_of=as_of)
    assert dict(zip(told, found, strict=True)) == told


def test_answering_late_changes_nothing_even_on_the_day_it_falls_due(tmp_path):
    lead = [a_lead(at="2021-04-15 10:00:00")]
    for name, task in (("a", []), ("b", [an_answer("2021-04-16 11:00:00")])):
        assert judged(tmp_path / name, lead, Task=task)[1] == NOT_JUDGED


def test_an_answer_in_time_counts_before_the_time_is_over(tmp_path):
    lead = [a_lead(at="2021-04-16 08:00:00")]
    assert judged(tmp_path, lead, Task=[an_answer("2021-04-16 08:30:00")])[1] == GOOD


ROBOT = {"CreatedById": user_id(3)}
SOON, LATE = "2021-04-13 11:00:00", "2021-04-15 11:00:00"


TASKS = [
        ({}, GOOD),
        ({"OwnerId": user_id(2), "CreatedById": user_id(2)}, GOOD),  # a colleague answered
        ({"TaskSubtype": "Email"}, GOOD),
        ({"IsClosed": "0"}, BAD),
        ({"IsRecurrence": "1"}, BAD),
        ({"WhoId": "00Q000000000002AAA"}, BAD),
        (ROBOT, BAD),
        (ROBOT | {"LastModifiedDate": SOON, "LastModifiedById": user_id(3)}, BAD),
        # a reminder that a flow made at once, and a person finished
        ({"CreatedDate": CAME, "CompletedDateTime": SOON, "LastModifiedDate": SOON,
          "LastModifiedById": user_id(1)} | ROBOT, GOOD),
        ({"CreatedDate": CAME, "CompletedDateTime": LATE}, BAD),  # planned at once, done late
]  # fmt: skip


@pytest.fixture(scope="module")
def of_tasks(tmp_path_factory):
    cases = [(a_lead(), {"Task": [an_answer(SOON) | task]}) for task, _ in TASKS]
    return together(tmp_path_factory.mktemp("tasks"), cases)


@pytest.mark.parametrize(("at", "task", "expected"), numbered(TASKS))
def test_which_tasks_answer(of_tasks, at, task, expected):
    assert of_tasks[at] == expected


MEETINGS = [
    ({}, GOOD),
    ({"CreatedDate": NEVER}, GOOD),
    ({"StartDateTime": LATE}, BAD),
    ({"IsAllDayEvent": "1"}, BAD),
    ({"ShowAs": "OutOfOffice"}, BAD),
    ({"OwnerId": user_id(3)}, BAD),
]


@pytest.fixture(scope="module")
def of_meetings(tmp_path_factory):
    meeting = a_meeting(1, SOON, WhoId=LEAD, CreatedDate=SOON)
    cases = [(a_lead(), {"Event": [meeting | event | {"Id": an_id("00U")}]}) for event, _ in MEETINGS]  # fmt: skip
    return together(tmp_path_factory.mktemp("meetings"), cases)


@pytest.mark.parametrize(("at", "event", "expected"), numbered(MEETINGS))
def test_which_meetings_answer(of_meetings, at, event, expected):
    assert of_meetings[at] == expected


CONVERTED = {"IsConverted": "1", "Status": "Qualified", "ConvertedContactId": CONTACT}


UNTOLD = [
    (CONVERTED | {"ConvertedDate": "2021-04-14"}, [], GOOD),  # some time on the last day
    (CONVERTED | {"ConvertedDate": "2021-04-13"}, [], GOOD),
    (CONVERTED | {"ConvertedDate": "2021-04-15"}, [], NOT_JUDGED),  # the status moved sometime
    (CONVERTED, [], NOT_JUDGED),
    (CONVERTED, [an_answer(SOON, CONTACT)], GOOD),  # the activity went with the conversion
    (CONVERTED, [an_answer(LATE, CONTACT)], NOT_JUDGED),
    ({"Status": "Working"}, [], NOT_JUDGED),
    ({"Status": " not contacted "}, [], BAD),
    ({"OwnerId": "00G000000000001AAA"}, [], (0, 0, 0)),  # a queue's
]


@pytest.fixture(scope="module")
def of_untold(tmp_path_factory):
    cases = [(a_lead(**lead), {"Task": tasks}) for lead, tasks, _ in UNTOLD]
    return together(tmp_path_factory.mktemp("untold"), cases)


@pytest.mark.parametrize(("at", "lead", "tasks", "expected"), numbered(UNTOLD))
def test_what_cannot_be_told_is_not_judged(of_untold, at, lead, tasks, expected):
    assert of_untold[at] == expected


def a_change(at, who=1, field="Status", lead=LEAD):
    return {
        "Id": an_id("017"), "LeadId": lead, "Field": field, "CreatedDate": at,
        "CreatedById": user_id(who),
    }  # fmt: skip


CHANGES = [
    ([a_change(SOON)], GOOD),
    ([a_change(SOON, who=2)], GOOD),
    ([a_change(SOON, field="leadConverted")], GOOD),
    ([a_change(LATE)], BAD),
    ([a_change(SOON, who=3)], BAD),  # a flow moved it
    ([a_change(SOON, field="Rating")], BAD),
    ([], BAD),
]


@pytest.fixture(scope="module")
def of_changes(tmp_path_factory):
    cases = [(a_lead(Status="Working"), {"LeadHistory": changes}) for changes, _ in CHANGES]
    return together(tmp_path_factory.mktemp("changes"), cases)


@pytest.mark.parametrize(("at", "changes", "expected"), numbered(CHANGES))
def test_with_a_history_every_change_of_status_is_told(of_changes, at, changes, expected):
    assert of_changes[at] == expected


def test_hours_and_statuses_are_the_rule_sets(tmp_path):
    rules = a_rule_set(leads=LeadRules(within_hours=48, untouched_statuses=("Fresh",)))
    leads = [a_lead(at="2021-04-12 10:00:00"), a_lead(2, Status="Fresh", at="2021-04-12 10:00:00")]
    task = [an_answer("2021-04-14 10:00:00")]
    assert judged(tmp_path, leads, rules=rules, Task=task)[1] == (2, 1, 2)


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ({"Lead": [a_lead()], "Task": [ANCHOR | {"WhoId": ""}]}, "Task.WhoId"),
        ({"Lead": [a_lead()]}, "Task.WhoId, Task.IsClosed, Task.CreatedDate"),
        ({"Task": [ANCHOR]}, "Lead.Id, Lead.OwnerId, Lead.CreatedDate, Lead.Status"),
        ({"Lead": [a_lead(Status="")], "Task": [ANCHOR]}, "Lead.Status"),
    ],
)
def test_what_is_absent_is_a_named_gap_and_never_zero(tmp_path, rows, named):
    some = tables(tmp_path, **rows)
    with reduce_rows(
        some, a_rule_set(), AS_OF, work_dir=tmp_path / "w", memory_limit_mb=100
    ) as reduced:
        why = reduced.coverage.absent_measures["leads_answered"]
        assert named in why
        assert not [
            one for person in reduced.people() for one in rows_of(person)
            if one.measure == "leads_answered"
        ]  # fmt: skip


def hour_by_hour(start: datetime, end: datetime) -> int:
    """Business seconds between two local times, by walking."""
    total, at = 0, start
    while at < end:
        step = min(end, (at + timedelta(days=1)).replace(hour=0, minute=0, second=0))
        total += int((step - at).total_seconds()) if at.weekday() < 5 else 0
        at = step
    return total


MIDNIGHT = datetime(2020, 12, 1)  # noqa: DTZ001 - a local time
times = st.integers(0, 180 * 86_400).map(lambda seconds: MIDNIGHT + timedelta(seconds=seconds))


@pytest.fixture(scope="module")
def clock():
    with duckdb.connect() as connection:
        business_hours.define(connection)
        yield lambda at: connection.execute("SELECT business_seconds(?::TIMESTAMP)", [at]).fetchone()[0]  # fmt: skip


@given(one=times, other=times)
def test_business_time_equals_a_walk_through_the_days(clock, one, other):
    start, end = sorted((one, other))
    assert clock(end) - clock(start) == hour_by_hour(start, end)


def test_the_walk_knows_a_weekend():
    friday = datetime(2021, 4, 9, 15)  # noqa: DTZ001 - a local time
    assert hour_by_hour(friday, friday + timedelta(days=3)) == 24 * 3600


@pytest.mark.parametrize(("others", "expected"), [(9, GOOD), (10, BAD)])
def test_calls_in_bulk_answer_nobody(tmp_path, others, expected):
    at = datetime.fromisoformat("2021-04-13 11:00:00")
    calls = [an_answer(f"{at + timedelta(seconds=9)}")]
    calls += [
        an_answer(f"{at + timedelta(seconds=10 * number)}", f"003000000{number:06d}AAA")
        for number in range(others)
    ]
    assert judged(tmp_path, [a_lead()], Task=calls)[1] == expected


def test_a_task_beside_a_bulk_of_calls_still_answers(tmp_path):
    at = "2021-04-13 11:00:00"
    calls = [an_answer(at, f"003000000{number:06d}AAA") for number in range(12)]
    task = an_answer(at, TaskSubtype="Task")
    assert judged(tmp_path, [a_lead()], Task=[*calls, task])[1] == GOOD
