"""How soon leads were answered: by the moment, by the hour, and what the data cannot tell."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

import pytest

from service.evidence import lead_response
from service.evidence.reduce import reduce_rows
from service.export import read_export
from tests.evidence.builders import a_call, a_rule_set, a_user, tables, user_id
from tests.evidence.test_trial_export import EXPORT, answers_of, business_seconds, local
from tests.report.world import read_zip
from tests.shared_data import shared_path

AS_OF = date(2021, 4, 16)  # a Friday
CAME = "2021-04-13 10:00:00"  # a Tuesday
NEVER = "2021-04-01 00:00:00"


def a_lead(number=1, owner=1, at=CAME, **over):
    return {
        "Id": f"00Q000000{number:06d}AAA", "OwnerId": user_id(owner), "Company": f"Firm {number}",
        "Status": "New", "IsConverted": "0", "CreatedDate": at, "CreatedById": user_id(3),
    } | over  # fmt: skip


def an_answer(at, number=1, **over):
    who = f"00Q000000{number:06d}AAA"
    return a_call(1, at, WhoId=who, CreatedById=user_id(1)) | over


def response(folder, leads, tasks=(), as_of=AS_OF, owners=(), **rows):
    anchor = an_answer(NEVER, 999, OwnerId=user_id(9))
    users = [a_user(1), a_user(2), a_user(3, UserType="AutomatedProcess"), *owners]
    some = tables(folder, User=users, Lead=leads, Task=[*tasks, anchor], **rows)
    return read(some, folder, as_of)


def read(some, folder, as_of):
    with reduce_rows(
        some, a_rule_set(), as_of, work_dir=folder / "work", memory_limit_mb=100
    ) as reduced:
        return lead_response.read(reduced.scope, reduced.coverage.absent_measures)


def only(folder, lead, tasks=(), **more):
    return response(folder, [lead], tasks, **more).by_user[user_id(1)]


#: answered, took, in an hour, in a day
ANSWERS = [
    ("2021-04-13 10:00:00", 0, 1, 1),
    ("2021-04-13 11:00:00", 3600, 1, 1),
    ("2021-04-13 11:00:01", 3601, 0, 1),
    ("2021-04-14 10:00:00", 86_400, 0, 1),
    ("2021-04-14 10:00:01", 86_401, 0, 0),
    ("2021-04-16 09:00:00", 3 * 86_400 - 3600, 0, 0),
    ("2021-04-17 09:00:00", None, 0, 0),  # after the as-of day: not yet
    ("2021-04-13 09:59:59", None, 0, 0),  # before the lead came
]


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """What is told of the lead of each answer, each of an owner of its own."""
    numbers = range(101, 101 + len(ANSWERS))
    leads = [a_lead(number, number) for number in numbers]
    tasks = [an_answer(at, number) for number, (at, *_) in zip(numbers, ANSWERS, strict=True)]
    owners = [a_user(number) for number in numbers]
    found = response(tmp_path_factory.mktemp("answers"), leads, tasks, owners=owners).by_user
    return [found[user_id(number)] for number in numbers]


@pytest.mark.parametrize(
    ("at", "answered", "took", "in_hour", "in_day"), [(at, *one) for at, one in enumerate(ANSWERS)]
)
def test_an_answer_is_timed_to_the_second(answers, at, answered, took, in_hour, in_day):
    found = answers[at]
    assert found.took == (() if took is None else (took,))
    assert (found.hour_good, found.hour_judged) == (in_hour, 1)
    assert (found.day_good, found.day_judged) == (in_day, 1)
    assert found.unanswered == (took is None)


def test_the_first_of_several_answers_counts_and_a_weekend_takes_no_time(tmp_path):
    friday = a_lead(at="2021-04-09 23:00:00")
    found = only(
        tmp_path, friday, [an_answer("2021-04-12 02:00:00"), an_answer("2021-04-12 01:00:00")]
    )
    assert found.took == (2 * 3600,)


def test_a_lead_of_the_as_of_day_is_not_judged_before_its_time_is_over(tmp_path):
    found = only(tmp_path, a_lead(at="2021-04-16 08:00:00"))
    assert (found.leads, found.hour_judged, found.day_judged, found.unanswered) == (1, 0, 0, 0)
    found = only(tmp_path / "b", a_lead(at="2021-04-15 22:00:00"))
    assert (found.hour_judged, found.day_judged) == (1, 0)


CONVERTED = {"IsConverted": "1", "Status": "Qualified", "ConvertedContactId": "003000000000007AAA"}
SAME_DAY, NEXT_DAY = {"ConvertedDate": "2021-04-13"}, {"ConvertedDate": "2021-04-14"}
LATE = [an_answer("2021-04-15 11:00:00")]
A_HISTORY = {
    "Id": "017000000000001AAA", "LeadId": "00Q000000000998AAA", "Field": "Status",
    "CreatedDate": NEVER, "CreatedById": user_id(1),
}  # fmt: skip


@pytest.mark.parametrize(
    ("lead", "tasks", "took", "hour", "day", "unclear"),
    [
        # a conversion has a day only: in time for 24 hours, of unknown length, and for the hour
        # judged only where it surely came after it
        (CONVERTED | SAME_DAY, [], (), (0, 0), (1, 1), 0),
        (CONVERTED | NEXT_DAY, [], (), (0, 1), (1, 1), 0),
        (CONVERTED | SAME_DAY, LATE, (), (0, 0), (1, 1), 0),
        (CONVERTED | {"ConvertedDate": "2021-04-15"}, LATE, (49 * 3600,), (0, 1), (0, 1), 0),
    ],
)
def test_a_conversion_has_a_day_and_no_moment(tmp_path, lead, tasks, took, hour, day, unclear):
    found = only(tmp_path, a_lead(**lead), tasks, LeadHistory=[A_HISTORY])
    assert (found.took, (found.hour_good, found.hour_judged)) == (took, hour)
    assert ((found.day_good, found.day_judged), found.unclear) == (day, unclear)


def test_a_status_that_moved_at_an_unknown_time_is_unclear(tmp_path):
    lead = a_lead(Status="Working")
    silent, late, soon = (
        only(tmp_path / name, lead, tasks)
        for name, tasks in (("a", []), ("b", LATE), ("c", [an_answer("2021-04-13 12:00:00")]))
    )
    for one in (silent, late):
        assert (one.took, one.hour_judged, one.day_judged, one.unclear) == ((), 0, 0, 1)
    assert (soon.took, soon.hour_judged, soon.day_good, soon.unclear) == ((7200,), 0, 1, 0)


def test_late_leads_are_listed_with_what_the_data_show(tmp_path):
    leads = [a_lead(1), a_lead(2, at="2021-04-12 10:00:00"), a_lead(3, owner=2), a_lead(4)]
    tasks = [an_answer("2021-04-15 10:00:00", 1), an_answer("2021-04-13 10:30:00", 4)]
    found = response(tmp_path, leads, tasks)
    assert [(one.user_id, one.company, one.came_on, one.took) for one in found.late] == [
        (user_id(1), "Firm 1", date(2021, 4, 13), 48 * 3600),
        (user_id(1), "Firm 2", date(2021, 4, 12), None),
        (user_id(2), "Firm 3", date(2021, 4, 13), None),
    ]


def test_leads_of_queues_and_of_the_time_before_are_left_out(tmp_path):
    queue = a_lead(1, OwnerId="00G000000000001AAA")
    first_day, before = a_lead(2, at="2021-01-16 10:00:00"), a_lead(3, at="2021-01-15 10:00:00")
    found = response(tmp_path, [queue, first_day, before, a_lead(4, owner=3)])
    assert found.since == date(2021, 1, 16)
    assert [one.leads for one in found.by_user.values()] == [1]
    assert found.owned_by_nobody == 2


def test_without_tasks_nothing_can_be_told(tmp_path):
    some = tables(tmp_path, Lead=[a_lead()])
    assert read(some, tmp_path, AS_OF) is None


def test_the_trial_export_equals_an_independent_reading(tmp_path):
    """The trial export has no history and no date of a conversion."""
    rows = read_zip(shared_path(EXPORT))
    zones = {user["Id"]: user["TimeZoneSidKey"] for user in rows["User"]}
    answers = answers_of(rows)
    day_begins = datetime.combine(AS_OF, datetime.min.time())
    expected = defaultdict(lambda: [0] * 7)
    times = defaultdict(list)
    for lead in rows["Lead"]:
        zone = zones[lead["OwnerId"]]
        came = local(lead["CreatedDate"], zone)
        if not AS_OF - timedelta(days=90) <= came.date() <= AS_OF:
            continue
        moments = [local(text, zone) for text in answers[lead["Id"]]]
        taken = [business_seconds(came, at) for at in moments if at >= came and at.date() <= AS_OF]
        first, age = min(taken, default=None), business_seconds(came, day_begins)
        is_told = lead["IsConverted"] == "0" and lead["Status"] == "Not Contacted"
        within = [first is not None and first <= limit for limit in (3600, 86_400)]
        judged = [
            good or (age >= limit and is_told)
            for good, limit in zip(within, (3600, 86_400), strict=True)
        ]
        if first is not None and (is_told or within[1]):
            times[lead["OwnerId"]].append(first)
        unanswered = judged[1] and first is None
        unclear = age >= 86_400 and not judged[1]
        for at, fact in enumerate(
            (True, within[0], judged[0], within[1], judged[1], unanswered, unclear)
        ):
            expected[lead["OwnerId"]][at] += fact
    tables_read = read_export([shared_path(EXPORT)], tmp_path)
    found = read(tables_read, tmp_path, AS_OF)
    assert {
        user: [one.leads, one.hour_good, one.hour_judged, one.day_good, one.day_judged, one.unanswered, one.unclear]
        for user, one in found.by_user.items()
    } == dict(expected)  # fmt: skip
    assert {user: list(one.took) for user, one in found.by_user.items()} == {
        user: sorted(times[user]) for user in expected
    }
    assert sum(counts[0] for counts in expected.values()) > 500
