"""Measures of the rules' own: what they count equals what a person would tick off, and no more."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.evidence.reduce import reduce_rows
from service.scoring.composition import Composition, Condition, DaysFromToday
from service.scoring.rule_set import Measure
from tests.evidence.builders import (
    a_call,
    a_meeting,
    a_rule_set,
    a_user,
    an_opportunity,
    rows_of,
    tables,
    user_id,
)

AS_OF = date(2021, 4, 16)
ROBOT = user_id(3)


def own(kind, object_name, *predicate, owner="OwnerId", day=None, good=(), amount=None, **more):
    counts = Composition(object_name, owner, predicate, day, good, amount)
    return Measure("own", "Own", "Own.", "", kind, Decimal(0), (), {}, 0, "", counts=counts, **more)


def counted(folder, measure, zone="UTC", **rows):
    """({(user, day): (done, eligible, good, seen)}, findings, why absent, gaps about it)"""
    rows.setdefault(
        "User", [a_user(1, TimeZoneSidKey=zone), a_user(2), a_user(3, UserType="AutomatedProcess")]
    )
    some = tables(folder, **rows)
    rules = a_rule_set(measures=(measure,))
    with reduce_rows(some, rules, AS_OF, work_dir=folder / "work", memory_limit_mb=150) as reduced:
        people = list(reduced.people())
        found = {
            (int(one.user_id[3:15]), one.on): (one.done, one.eligible, one.good, one.seen)
            for person in people for one in rows_of(person) if one.measure == "own"
        }  # fmt: skip
        findings = [
            (one.record_id, one.record_name, one.faults)
            for person in people for one in person.findings if one.measure == "own"
        ]  # fmt: skip
        absent = reduced.coverage.absent_measures.get("own")
        return found, findings, absent, [gap for gap in reduced.gaps if "Own" in gap.why]


def a_task(owner=1, at="2021-04-15 10:00:00", **over):
    return a_call(owner, at, CreatedById=user_id(owner)) | over


def by_day(folder, measure, **rows):
    found, _, absent, _ = counted(folder, measure, **rows)
    assert absent is None
    return found


EMAIL = Condition("TaskSubtype", "text", "is", ("email",))
CLOSED = Condition("IsClosed", "boolean", "is", (True,))


def test_acts_count_on_the_owners_local_day(tmp_path):
    emails = own("count", "Task", EMAIL, CLOSED, day="CreatedDate")
    some = [
        a_task(at=at, TaskSubtype="Email")
        for at in ("2021-04-15 03:59:59", "2021-04-15 04:00:00", "2021-04-16 03:59:59")
    ]
    more = [a_task(), a_task(TaskSubtype="Email", IsClosed="0"), a_task(2, TaskSubtype="EMAIL ")]
    found = by_day(tmp_path, emails, zone="America/New_York", Task=some + more)
    assert found == {
        (1, date(2021, 4, 14)): (1, 0, 0, 1), (1, date(2021, 4, 15)): (2, 0, 0, 2),
        (2, date(2021, 4, 15)): (1, 0, 0, 1),
    }  # fmt: skip


def test_calls_and_every_other_subtype_can_be_asked_for(tmp_path):
    some = [a_task(), a_task(IsClosed="0"), a_task(TaskSubtype="Email"), a_task(TaskSubtype="")]
    for at, (operator, values, count) in enumerate((
        ("is", ("Call",), 2), ("in", ("call", "Email"), 3), ("in", ("Email", "Task"), 1),
        ("is_not", ("Call",), 2), ("is_empty", (True,), 1),
    )):  # fmt: skip
        measure = own(
            "count", "Task", Condition("TaskSubtype", "text", operator, values), day="CreatedDate"
        )
        found = by_day(tmp_path / str(at), measure, Task=some)
        assert sum(done for done, _, _, _ in found.values()) == count, operator


def test_what_a_robot_created_is_seen_and_not_counted(tmp_path):
    some = [a_task(), a_task(CreatedById=ROBOT), a_task(IsRecurrence="1")]
    found = by_day(tmp_path, own("count", "Task", day="CreatedDate"), Task=some)
    assert found == {(1, date(2021, 4, 15)): (1, 0, 0, 2)}


@pytest.mark.parametrize(
    ("owner", "users"),
    [("OwnerId", {1: 2}), ("CreatedById", {1: 1, 2: 1}), ("LastModifiedById", {2: 2})],
)
def test_whose_row_it_is_says_the_owner_field(tmp_path, owner, users):
    at = {"LastModifiedDate": "2021-04-15 11:00:00", "LastModifiedById": user_id(2)}
    some = [
        an_opportunity(1, CreatedDate="2021-04-15 10:00:00", CreatedById=user_id(1), **at),
        an_opportunity(2, CreatedDate="2021-04-15 10:00:00", CreatedById=user_id(2), **at),
    ]
    found = by_day(
        tmp_path, own("count", "Opportunity", owner=owner, day="CreatedDate"), Opportunity=some
    )
    assert {user: done for (user, _), (done, _, _, _) in found.items()} == users


def test_days_outside_the_window_are_left_out(tmp_path):
    some = [
        a_task(at=f"{day} 10:00:00")
        for day in ("2020-11-26", "2020-11-27", "2021-04-16", "2021-04-17")
    ]
    found = by_day(tmp_path, own("count", "Task", day="CreatedDate"), Task=some)
    assert [day for _, day in found] == [date(2020, 11, 27), AS_OF]


def test_an_event_counts_on_the_day_it_starts_and_an_all_day_one_as_it_stands(tmp_path):
    some = [
        a_meeting(at="2021-04-15 03:00:00", Subject="Demo of it"),
        a_meeting(at="2021-04-15 00:00:00", IsAllDayEvent="1", Subject="demo of it "),
        a_meeting(at="2021-04-15 12:00:00", Subject="Demo"),
        a_meeting(at="2021-04-15 12:00:00", Subject="Demo of it", IsRecurrence="1"),
    ]
    demos = own(
        "count", "Event", Condition("Subject", "text", "is", ("Demo of it",)), day="StartDateTime"
    )
    found = by_day(tmp_path, demos, zone="America/New_York", Event=some)
    assert found == {(1, date(2021, 4, 14)): (1, 0, 0, 1), (1, date(2021, 4, 15)): (1, 0, 0, 1)}


def test_money_is_hundredths_and_deals_of_what_can_be_counted(tmp_path):
    money = own("money", "Opportunity", day="CreatedDate", amount="Amount")
    some = [
        an_opportunity(at, CreatedDate="2021-04-15 10:00:00", **more)
        for at, more in enumerate(
            ({"Amount": "10.01"}, {"Amount": "5"}, {"Amount": ""}, {"Amount": "-7"})
        )
    ]
    assert by_day(tmp_path, money, Opportunity=some) == {(1, date(2021, 4, 15)): (1501, 0, 0, 2)}


def test_money_is_in_corporate_currency(tmp_path):
    types = [
        {
            "Id": f"01L00000000000{at}AAA",
            "IsoCode": code,
            "ConversionRate": rate,
            "IsCorporate": corporate,
        }
        for at, (code, rate, corporate) in enumerate((("USD", "1", "1"), ("EUR", "0.8", "0")))
    ]
    some = [
        an_opportunity(at, CreatedDate="2021-04-15 10:00:00", Amount="100", CurrencyIsoCode=code)
        for at, code in enumerate(("USD", "EUR", "CHF"))
    ]
    money = own("money", "Opportunity", day="CreatedDate", amount="Amount")
    found = by_day(tmp_path, money, Opportunity=some, CurrencyType=types)
    assert found == {(1, date(2021, 4, 15)): (22_500, 0, 0, 2)}


OPEN = Condition("IsClosed", "boolean", "is", (False,))
MEDDIC = Condition("MEDDIC__c", "text", "is_empty", (False,))


def test_a_share_has_the_good_of_all_and_lists_the_others(tmp_path):
    some = [
        an_opportunity(1, MEDDIC__c="yes"), an_opportunity(2, MEDDIC__c=" "), an_opportunity(3),
        an_opportunity(4, IsClosed="1"), an_opportunity(5, owner=2, MEDDIC__c="x"),
        an_opportunity(6, CreatedDate="2021-04-17 00:00:00"), an_opportunity(7, OwnerId="00G000000000001AAA"),
    ]  # fmt: skip
    measure = own("share", "Opportunity", OPEN, good=(MEDDIC,))
    found, findings, _, gaps = counted(tmp_path, measure, Opportunity=some)
    assert found == {(1, AS_OF): (0, 3, 1, 3), (2, AS_OF): (0, 1, 1, 1)}
    assert sorted(findings) == [
        ("006000000000002AAA", "Deal 2", ("own",)), ("006000000000003AAA", "Deal 3", ("own",)),
    ]  # fmt: skip
    assert gaps == []


def test_a_share_of_tasks_names_its_records_too(tmp_path):
    some = [
        a_task(Subject="A"),
        a_task(Subject="B", Id="00T000000000002AAA", IsClosed="0", ActivityDate=""),
    ]
    measure = own("share", "Task", good=(Condition("Subject", "text", "is", ("a",)),))
    found, findings, _, _ = counted(tmp_path, measure, Task=some)
    assert found == {(1, AS_OF): (0, 2, 1, 2)}
    assert [record[:15] for record, _, _ in findings] == ["00T000000000002"]


def test_hygiene_counts_what_is_out_of_order_on_the_as_of_day(tmp_path):
    past = Condition("CloseDate", "date", "at_most", (DaysFromToday(-1),))
    some = [
        an_opportunity(1, CloseDate="2021-04-15"), an_opportunity(2, CloseDate="2021-04-16"),
        an_opportunity(3, CloseDate="2021-01-01", IsClosed="1"), an_opportunity(4, CloseDate="2020-01-01"),
    ]  # fmt: skip
    found = by_day(tmp_path, own("hygiene", "Opportunity", OPEN, past), Opportunity=some)
    assert found == {(1, AS_OF): (2, 0, 0, 2)}


def test_a_user_is_ones_own_record(tmp_path):
    never = own(
        "hygiene", "User", Condition("LastLoginDate", "datetime", "is_empty", (True,)), owner="Id"
    )
    lately = Condition("LastLoginDate", "datetime", "at_most", (DaysFromToday(-8),))
    users = [
        a_user(1), a_user(2, LastLoginDate="2021-04-08 23:00:00"), a_user(4, LastLoginDate="2021-04-09 00:00:00"),
        a_user(5, IsActive="0"),
    ]  # fmt: skip
    assert by_day(tmp_path / "a", never, User=users) == {(1, AS_OF): (1, 0, 0, 1)}
    found = by_day(tmp_path / "b", own("hygiene", "User", lately, owner="Id"), User=users)
    assert found == {(2, AS_OF): (1, 0, 0, 1)}


VALUES = [
    # field, kind, operator, values, the texts that hold, the texts that do not
    ("X__c", "text", "is", ("it's",), ["it's", " IT'S "], ["its", "", "it''s"]),
    ("X__c", "text", "is", ("'; DROP TABLE users; --",), ["'; drop table users; --"], ["x", ""]),
    ("X__c", "text", "is", ('a"b\\c%_',), ['A"B\\C%_'], ["a", "ab", ""]),
    ("X__c", "text", "is_not", ("a",), ["b", "", " "], ["a", "A "]),
    ("X__c", "text", "in", ("a", "b"), ["a", "B"], ["c", "", "ab"]),
    ("X__c", "text", "is_empty", (True,), ["", " "], ["x", "0"]),
    ("X__c", "text", "is", ("ÄSS",), ["äss", "ÄSS"], ["ass"]),
    ("X__c", "number", "at_least", (Decimal("0.005"),), ["0.005", "1", "1e3"], ["0.0049", "-1", "", "x", "1,5"]),
    ("X__c", "number", "at_most", (Decimal(-5),), ["-5", "-5.0001"], ["-4.9", "0", ""]),
    ("X__c", "number", "is", (Decimal(3),), ["3", "3.00"], ["3.01", "", "three"]),
    ("X__c", "number", "in", (Decimal(1), Decimal("2.5")), ["1", "2.50"], ["2", ""]),
    ("X__c", "number", "is_not", (Decimal(1),), ["2", "", "x"], ["1.0"]),
    ("X__c", "boolean", "is", (True,), ["1", "true", "TRUE"], ["0", "false", "", "maybe"]),
    ("X__c", "boolean", "is", (False,), ["0", "false", "", "maybe"], ["1", "true"]),
    ("X__c", "date", "at_least", (DaysFromToday(0),), ["2021-04-16", "2099-01-01"], ["2021-04-15", "", "soon"]),
    ("X__c", "date", "at_most", (date(2021, 1, 1),), ["2021-01-01", "1999-01-01"], ["2021-01-02", ""]),
    ("X__c", "date", "is_empty", (False,), ["2021-01-01"], ["", "soon"]),
    ("X__c", "datetime", "at_most", (DaysFromToday(-1),), ["2021-04-15 23:59:59"], ["2021-04-16 00:00:00", ""]),
    ("X__c", "id", "is", ("001000000000001AAA",), ["001000000000001", "001000000000001AAA"], ["001000000000002AAA", ""]),
    ("Amount", "number", "at_least", (Decimal(100),), ["100", "1e4"], ["99.99", ""]),
    ("CloseDate", "date", "is", (date(2021, 5, 1),), ["2021-05-01"], ["2021-05-02", ""]),
    ("AccountId", "id", "in", ("001000000000001", "001000000000002AAA"), ["001000000000001AAA"], ["", "001000000000003AAA"]),
    ("NextStep", "text", "is_empty", (True,), ["", "  "], ["call"]),
]  # fmt: skip


@pytest.mark.parametrize(("field", "kind", "operator", "values", "holds", "fails"), VALUES)
def test_conditions_hold_as_they_read(tmp_path, field, kind, operator, values, holds, fails):
    some = [
        an_opportunity(at, **{field: text}, Type="holds" if text in holds else "fails")
        for at, text in enumerate([*holds, *fails], 1)
    ]
    measure = own("share", "Opportunity", good=(Condition(field, kind, operator, values),))
    found, findings, _, _ = counted(tmp_path, measure, Opportunity=some)
    assert found == {(1, AS_OF): (0, len(holds) + len(fails), len(holds), len(holds) + len(fails))}
    assert {int(record[3:15]) for record, _, _ in findings} == set(
        range(len(holds) + 1, len(holds) + len(fails) + 1)
    )


def test_texts_that_are_not_what_a_custom_field_is_taken_for_are_named(tmp_path):
    some = [an_opportunity(1, X__c="1"), an_opportunity(2, X__c="many"), an_opportunity(3, X__c="")]
    measure = own(
        "share", "Opportunity", good=(Condition("X__c", "number", "at_least", (Decimal(1),)),)
    )
    found, _, _, gaps = counted(tmp_path, measure, Opportunity=some)
    assert found == {(1, AS_OF): (0, 3, 1, 3)}  # and no row is lost for it
    (gap,) = gaps
    assert gap.column == "X__c"
    assert "1 values of X__c are no number and count as empty" in gap.why


@pytest.mark.parametrize(
    ("measure", "why"),
    [
        (own("count", "Lead", day="CreatedDate"), "The data have no Lead."),
        (own("hygiene", "Opportunity", MEDDIC), "Opportunity lacks MEDDIC__c, so it cannot be counted."),
        (own("count", "Opportunity", CLOSED, owner="CreatedById", day="LastModifiedDate"),
         "Opportunity lacks CreatedById, LastModifiedDate, so it cannot be counted."),
        (own("hygiene", "Opportunity", effective_from=date(2021, 4, 17)), "It is not in force on 2021-04-16."),
        (own("hygiene", "Opportunity", effective_to=date(2021, 4, 15)), "It is not in force on 2021-04-16."),
    ],
)  # fmt: skip
def test_what_cannot_be_counted_is_absent_and_named(tmp_path, measure, why):
    found, _, absent, _ = counted(tmp_path, measure, Opportunity=[an_opportunity(MEDDIC__c="")])
    assert (found, absent) == ({}, why)


ROWS = st.lists(
    st.tuples(
        st.sampled_from([1, 2]), st.integers(0, 400), st.sampled_from(["Call", "Email", "Task", ""]),
        st.booleans(), st.sampled_from([1, 2, 3]),
    ),
    min_size=20, max_size=90,
)  # fmt: skip


@settings(max_examples=5, deadline=None)  # a reading costs much more than its rows
@given(ROWS, st.sampled_from(["UTC", "Asia/Tokyo", "America/Los_Angeles"]))
def test_counts_equal_an_independent_count(tmp_path_factory, rows, zone):
    """Closed tasks of two subtypes by owner and local day, ticked off by hand."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    start, tasks, done, seen = (
        datetime.fromisoformat("2021-04-02T00:00:00+00:00"),
        [],
        Counter(),
        Counter(),
    )
    for owner, hours, subtype, is_closed, creator in rows:
        at = start + timedelta(hours=hours)
        tasks.append(a_task(
            owner, f"{at:%Y-%m-%d %H:%M:%S}", TaskSubtype=subtype, IsClosed=str(int(is_closed)),
            CreatedById=user_id(creator),
        ))  # fmt: skip
        day = at.astimezone(ZoneInfo(zone if owner == 1 else "UTC")).date()
        if subtype in ("Email", "Task") and is_closed and day <= AS_OF:
            seen[owner, day] += 1
            done[owner, day] += creator != 3
    tasks.append(a_task(3, TaskSubtype="Email"))  # so that every column has a value
    wanted = Condition("TaskSubtype", "text", "in", ("Email", "Task"))
    folder = tmp_path_factory.mktemp("counts")
    found = by_day(
        folder, own("count", "Task", wanted, CLOSED, day="CreatedDate"), zone=zone, Task=tasks
    )
    assert found == {key: (done[key], 0, 0, seen[key]) for key in seen}


def test_amounts_reach_back_for_two_windows_of_a_quarter_and_acts_do_not(tmp_path):
    """39 weeks of windows, and the week under way."""
    days = [AS_OF - timedelta(days=back) for back in (0, 140, 141, 279, 280)]
    made = [an_opportunity(at, CreatedDate=f"{day} 12:00:00") for at, day in enumerate(days, 1)]
    money = own("money", "Opportunity", day="CreatedDate", amount="Amount")
    acts = own("count", "Opportunity", day="CreatedDate")
    assert [on for _, on in by_day(tmp_path / "m", money, Opportunity=made)] == sorted(days[:4])
    assert [on for _, on in by_day(tmp_path / "a", acts, Opportunity=made)] == sorted(days[:2])
