from __future__ import annotations

from datetime import date
from itertools import count

import pytest

from service.evidence.reduce import reduce_rows
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

AS_OF = date(2021, 4, 16)


def calls_of(folder, calls, *, user=None, rules=None, as_of=AS_OF):
    """{day: (credited, seen)} of user 1."""
    some = tables(
        folder, User=[user or a_user(1), a_user(2, Username="robot@x.example")], Task=calls
    )
    with reduce_rows(
        some, rules or a_rule_set(), as_of, work_dir=folder, memory_limit_mb=200
    ) as reduced:
        ana = next(reduced.people())
        return {one.on: (one.done, one.seen) for one in rows_of(ana) if one.measure == "calls"}


def of_each(folder, measure, cases, *, zone="UTC", users=()):
    """{day: (credited, seen)} of each case, rows by object; all in one reading, each of an owner of its own."""
    rows = {}
    owners = range(101, 101 + len(cases))
    for owner, case in zip(owners, cases, strict=True):
        own = {user_id(1): user_id(owner)}
        for name, some in case.items():
            rows.setdefault(name, []).extend(
                {key: own.get(value, value) for key, value in row.items()} for row in some
            )
    everybody = [a_user(1), *users, *(a_user(owner, TimeZoneSidKey=zone) for owner in owners)]
    some = tables(folder, User=everybody, **rows)
    with reduce_rows(some, a_rule_set(), AS_OF, work_dir=folder, memory_limit_mb=200) as reduced:
        found = {
            one.person.user_id: {
                row.on: (row.done, row.seen) for row in rows_of(one) if row.measure == measure
            }
            for one in reduced.people()
        }
    return [found[user_id(owner)] for owner in owners]


@pytest.mark.parametrize(("look_back_days", "seen"), [(40, {}), (100, {date(2020, 10, 1): (1, 1)})])
def test_evidence_reaches_as_far_back_as_the_rule_set_looks(tmp_path, look_back_days, seen):
    calls = [a_call(at="2020-10-01 10:00:00")]
    rules = a_rule_set(look_back_days=look_back_days)
    assert calls_of(tmp_path, calls, rules=rules) == seen


def several(number, *, start=0, gap_seconds=30):
    """That many calls to different contacts, each some seconds after the other."""
    for index in range(number):
        seconds = start + index * gap_seconds
        at = f"2021-04-15 {10 + seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        yield a_call(at=at, WhoId=f"003000000{index:06d}AAA")


def test_two_calls_to_one_contact_on_one_day_are_one(tmp_path):
    calls = [
        a_call(at="2021-04-15 09:00:00"),
        a_call(at="2021-04-15 17:00:00"),
        a_call(at="2021-04-14 09:00:00"),
    ]
    assert calls_of(tmp_path, calls) == {date(2021, 4, 15): (1, 2), date(2021, 4, 14): (1, 1)}


RELATED = [
    ({"WhoId": "00Q000000000001AAA"}, 1),
    ({"WhoId": "", "WhatId": "006000000000001AAA"}, 1),
    ({"WhoId": "", "WhatId": "001000000000001AAA"}, 0),
    ({"WhoId": ""}, 0),
]


def test_a_call_must_relate_to_a_lead_a_contact_or_an_opportunity(tmp_path):
    found = of_each(tmp_path, "calls", [{"Task": [a_call(**related)]} for related, _ in RELATED])
    assert found == [{date(2021, 4, 15): (credited, 1)} for _, credited in RELATED]


def test_a_contact_named_by_15_and_by_18_characters_is_one(tmp_path):
    calls = [
        a_call(WhoId="003000000000001"),
        a_call(at="2021-04-15 12:00:00", WhoId="003000000000001AAA"),
    ]
    assert calls_of(tmp_path, calls) == {date(2021, 4, 15): (1, 2)}


@pytest.mark.parametrize(("number", "credited"), [(10, 10), (11, 0)])
def test_more_than_ten_calls_in_five_minutes_are_all_set_aside(tmp_path, number, credited):
    assert calls_of(tmp_path, several(number)) == {date(2021, 4, 15): (credited, number)}


@pytest.mark.parametrize(("gap_seconds", "credited"), [(30, 0), (31, 11)])
def test_five_minutes_include_both_ends(tmp_path, gap_seconds, credited):
    assert calls_of(tmp_path, several(11, gap_seconds=gap_seconds)) == {
        date(2021, 4, 15): (credited, 11)
    }


def test_calls_outside_the_five_minutes_survive_a_burst(tmp_path):
    calls = [*several(11), a_call(at="2021-04-15 10:10:01", WhoId="003000000009999AAA")]
    assert calls_of(tmp_path, calls) == {date(2021, 4, 15): (1, 12)}


def test_unrelated_calls_count_toward_a_burst(tmp_path):
    calls = [row | {"WhoId": ""} if index < 10 else row for index, row in enumerate(several(11))]
    assert calls_of(tmp_path, calls) == {date(2021, 4, 15): (0, 11)}


def test_a_contact_called_in_a_burst_and_again_by_hand_counts_once(tmp_path):
    again = a_call(at="2021-04-15 15:00:00", WhoId="003000000000000AAA")
    assert calls_of(tmp_path, [*several(11), again]) == {date(2021, 4, 15): (1, 12)}


NO_CALLS = (
    {"TaskSubtype": "Email"},
    {"IsClosed": "0"},
    {"IsRecurrence": "1"},
    {"OwnerId": "00G000000000001AAA"},
)


def test_what_is_no_finished_call_is_not_even_seen(tmp_path):
    one = a_call(at="2021-04-01 10:00:00")
    cases = [{"Task": [a_call(**no_call), one | {"Id": an_id("00T")}]} for no_call in NO_CALLS]
    assert of_each(tmp_path, "calls", cases) == [{date(2021, 4, 1): (1, 1)}] * len(NO_CALLS)


def test_calls_loaded_by_an_excluded_user_are_seen_and_not_credited(tmp_path):
    calls = [
        a_call(CreatedById=user_id(2)),
        a_call(at="2021-04-01 10:00:00", CreatedById=user_id(1)),
    ]
    rules = a_rule_set(excluded_usernames=("Robot@x.example",))
    assert calls_of(tmp_path, calls, rules=rules) == {
        date(2021, 4, 15): (0, 1),
        date(2021, 4, 1): (1, 1),
    }


def test_calls_loaded_by_an_integration_user_are_not_credited_and_those_of_a_colleague_are(
    tmp_path,
):
    users = [a_user(1), a_user(2, UserType="CloudIntegrationUser"), a_user(3, IsActive="0")]
    calls = [
        a_call(at="2021-04-15 10:00:00", CreatedById=user_id(2)),
        a_call(at="2021-04-14 10:00:00", CreatedById=user_id(3)),
        a_call(at="2021-04-13 10:00:00", CreatedById="005000000999999AAA"),
    ]
    some = tables(tmp_path, User=users, Task=calls)
    with reduce_rows(some, a_rule_set(), AS_OF, work_dir=tmp_path, memory_limit_mb=200) as reduced:
        ana = next(reduced.people())
    assert [one.done for one in rows_of(ana) if one.measure == "calls"] == [1, 1, 0]


LOCAL = [
    # 23:30 the evening before the clocks change
    ("2021-03-14T07:30:00.000Z", date(2021, 3, 13)),
    ("2021-03-15T06:30:00.000Z", date(2021, 3, 14)),  # 23:30 that day, an hour nearer to UTC
    ("2021-03-14T08:30:00.000+0000", date(2021, 3, 14)),
    ("2021-03-14T10:00:00+05:30", date(2021, 3, 13)),  # 20:30 in California
    ("2021-03-14T10:00:00+0530", date(2021, 3, 13)),
    ("2021-03-14 08:30:00.500", date(2021, 3, 14)),
]


def test_a_call_counts_on_the_local_day_of_its_owner(tmp_path):
    cases = [{"Task": [a_call(at=at, ActivityDate="")]} for at, _ in LOCAL]
    found = of_each(tmp_path, "calls", cases, zone="America/Los_Angeles")
    assert found == [{on: (1, 1)} for _, on in LOCAL]


# Each of the four moments lies a second on either side of a local midnight.
@pytest.mark.parametrize(
    ("zone", "last_in", "first_out"),
    [
        ("Pacific/Auckland", "2021-04-16 11:59:59", "2021-04-16 12:00:00"),
        ("America/Los_Angeles", "2021-04-17 06:59:59", "2021-04-17 07:00:00"),
    ],
)
def test_what_happens_after_the_local_as_of_day_is_no_evidence(tmp_path, zone, last_in, first_out):
    calls = [a_call(at=last_in), a_call(at=first_out)]
    assert calls_of(tmp_path, calls, user=a_user(1, TimeZoneSidKey=zone)) == {AS_OF: (1, 1)}


@pytest.mark.parametrize(
    ("zone", "first_in", "last_out"),
    [
        ("Pacific/Auckland", "2020-11-26 11:00:00", "2020-11-26 10:59:59"),
        ("America/Los_Angeles", "2020-11-27 08:00:00", "2020-11-27 07:59:59"),
    ],
)
def test_evidence_begins_140_local_days_before(tmp_path, zone, first_in, last_out):
    calls = [a_call(at=first_in), a_call(at=last_out)]
    assert calls_of(tmp_path, calls, user=a_user(1, TimeZoneSidKey=zone)) == {
        date(2020, 11, 27): (1, 1)
    }


def test_calls_of_two_owners_are_no_burst_together(tmp_path):
    mine = list(several(6))
    theirs = [row | {"OwnerId": user_id(2)} for row in several(6)]
    assert calls_of(tmp_path, mine + theirs) == {date(2021, 4, 15): (6, 6)}


def test_the_burst_of_another_owner_sets_nothing_of_mine_aside(tmp_path):
    theirs = [row | {"OwnerId": user_id(2)} for row in several(11)]
    assert calls_of(tmp_path, [*several(3), *theirs]) == {date(2021, 4, 15): (3, 3)}


def test_the_same_contact_may_count_for_two_owners(tmp_path):
    some = tables(tmp_path, Task=[a_call(1), a_call(2)])
    with reduce_rows(some, a_rule_set(), AS_OF, work_dir=tmp_path, memory_limit_mb=200) as reduced:
        done = [
            one.done
            for person in reduced.people()
            for one in rows_of(person)
            if one.measure == "calls"
        ]
    assert done == [1, 1]


def meetings_of(folder, events, user=None):
    some = tables(folder, User=[user or a_user(1)], Event=events)
    with reduce_rows(some, a_rule_set(), AS_OF, work_dir=folder, memory_limit_mb=200) as reduced:
        ana = next(reduced.people())
        return {one.on: (one.done, one.seen) for one in rows_of(ana) if one.measure == "meetings"}


def test_meetings_are_counted_by_the_local_day_of_their_start(tmp_path):
    user = a_user(1, TimeZoneSidKey="Asia/Kolkata")
    events = [
        a_meeting(at="2021-04-14 18:31:00"),
        a_meeting(at="2021-04-15 18:29:00"),
        a_meeting(at="2021-04-15 18:30:00"),
    ]
    assert meetings_of(tmp_path, events, user) == {
        date(2021, 4, 15): (2, 2),
        date(2021, 4, 16): (1, 1),
    }


@pytest.mark.parametrize(
    "over",
    [{"IsAllDayEvent": "1", "StartDateTime": "2021-04-15 00:00:00"}, {"ShowAs": "OutOfOffice"}],
)
def test_all_day_and_out_of_office_events_are_seen_and_no_meetings(tmp_path, over):
    user = a_user(1, TimeZoneSidKey="America/Los_Angeles")
    events = [a_meeting(at="2021-04-15 18:00:00", **over), a_meeting(at="2021-04-01 18:00:00")]
    assert meetings_of(tmp_path, events, user)[date(2021, 4, 15)] == (0, 1)


def at_once(count, at="2021-04-15 10:0%d:00"):
    return [a_meeting(at=at % number) for number in range(count)]


def test_meetings_that_begin_in_one_quarter_of_an_hour_are_one_and_many_are_none(tmp_path):
    credited = {1: 1, 2: 1, 3: 1, 4: 0, 9: 0}
    cases = [
        {"Event": [*at_once(many), a_meeting(at="2021-04-15 10:15:00"), a_meeting(at="2021-04-15 11:00:00")]}
        for many in credited
    ]  # fmt: skip
    expected = [{date(2021, 4, 15): (2 + good, 2 + many)} for many, good in credited.items()]
    assert of_each(tmp_path, "meetings", cases) == expected


def test_a_quarter_of_one_day_says_nothing_of_the_next(tmp_path):
    events = [*at_once(2), *at_once(2, "2021-04-14 10:0%d:00")]
    assert meetings_of(tmp_path, events) == {
        date(2021, 4, 14): (1, 2),
        date(2021, 4, 15): (1, 2),
    }


RECORDED = [
    ("2021-04-16 10:00:00", 2, 1),  # captured within a day of its beginning
    ("2021-04-16 10:00:01", 2, 0),  # loaded
    ("2021-04-10 10:00:00", 2, 1),  # scheduled before
    ("2021-04-16 20:00:00", 1, 1),  # entered late by hand
]


def test_meetings_that_a_robot_loads_later_are_none(tmp_path):
    robot = a_user(2, UserType="CloudIntegrationUser")
    cases = [
        {"Event": [a_meeting(at="2021-04-15 10:00:00", CreatedDate=recorded, CreatedById=user_id(by))]}
        for recorded, by, _ in RECORDED
    ]  # fmt: skip
    found = of_each(tmp_path, "meetings", cases, users=[robot])
    assert found == [{date(2021, 4, 15): (credited, 1)} for *_, credited in RECORDED]


def test_series_rows_and_meetings_yet_to_come_are_not_counted(tmp_path):
    future, series = a_meeting(at="2021-04-17 00:00:00"), a_meeting(IsRecurrence="1")
    assert meetings_of(tmp_path, [future, series, a_meeting(at="2021-04-16 23:59:00")]) == {
        AS_OF: (1, 1)
    }


def test_counting_is_the_same_in_any_order_of_rows(tmp_path):
    calls = [*several(11), *several(5, start=7200), a_call(at="2021-04-14 10:00:00")]
    folders = (tmp_path / str(number) for number in count())
    first = calls_of(next(folders), calls)
    assert calls_of(next(folders), calls[::-1]) == first
    assert calls_of(next(folders), calls[5:] + calls[:5]) == first
