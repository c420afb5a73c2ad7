from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from service.evidence.deals import WonDeal
from service.evidence.findings import SHOWN_AT_MOST
from service.evidence.reduce import reduce_rows
from tests.evidence.builders import (
    a_meeting,
    a_rule_set,
    a_user,
    an_opportunity,
    rows_of,
    tables,
    user_id,
)

AS_OF = date(2021, 4, 16)
#: Has a next step near the as-of day, so that the column is there and no fault of its own is.
FINE = {"NextStep": "Call on 2021-05-01"}


def judged(folder, opportunities, rules=None, **objects):
    """({record: faults} of user 1, (eligible, good), gaps of Opportunity)"""
    some = tables(folder, Opportunity=opportunities, **objects)
    with reduce_rows(
        some, rules or a_rule_set(), AS_OF, work_dir=folder, memory_limit_mb=200
    ) as reduced:
        ana = next(reduced.people())
        gaps = {gap.column for gap in reduced.gaps if gap.object_name == "Opportunity"}
    (share,) = [one for one in rows_of(ana) if one.measure == "healthy_opportunities"]
    assert share.on == AS_OF
    faults = {finding.record_name: finding.faults for finding in ana.findings}
    return faults, (share.eligible, share.good), gaps


def test_a_healthy_opportunity_has_no_finding(tmp_path):
    assert judged(tmp_path, [an_opportunity(**FINE)])[:2] == ({}, (1, 1))


@pytest.mark.parametrize(
    ("close", "faults"), [("2021-04-15", ("close_date_past",)), ("2021-04-16", None)]
)
def test_a_close_date_is_past_from_the_day_after(tmp_path, close, faults):
    found, _, _ = judged(tmp_path, [an_opportunity(**FINE, CloseDate=close)])
    assert found.get("Deal 1") == faults


def test_a_missing_amount_is_a_fault_and_a_missing_amount_column_a_gap(tmp_path):
    without = an_opportunity(1, **FINE, Amount="")
    assert judged(tmp_path / "a", [without, an_opportunity(2, **FINE)])[0] == {
        "Deal 1": ("amount_missing",)
    }
    faults, counts, gaps = judged(tmp_path / "b", [without])
    assert (faults, counts) == ({}, (1, 1))
    assert "Amount" in gaps


def a_task(due, **over):
    return {
        "Id": "00T000000000001AAA", "OwnerId": user_id(2), "IsClosed": "0", "IsRecurrence": "0", "ActivityDate": due,
        "WhatId": "006000000000001AAA", "CreatedDate": "2021-04-01 00:00:00",
    } | over  # fmt: skip


TASKS = [
    (a_task("2021-04-16"), True),
    (a_task("2021-05-16"), True),
    (a_task("2021-05-17"), False),
    (a_task("2021-04-15"), False),
    (a_task("2021-05-01", IsClosed="1"), False),
    (a_task("2021-05-01", IsRecurrence="1"), False),
    (a_task("2021-05-01", CreatedDate="2019-01-01 00:00:00"), True),
    (a_task("2021-05-01", WhatId="006000000000001"), True),
]


@pytest.fixture(scope="module")
def faults_of_tasks(tmp_path_factory):
    """The faults of the opportunity of each task, all in one reading."""
    numbers = range(101, 101 + len(TASKS))
    tasks = []
    for number, (task, _) in zip(numbers, TASKS, strict=True):
        own = f"006000000000{number}AAA"[: len(task["WhatId"])]
        tasks.append(task | {"Id": f"00T000000000{number}AAA", "WhatId": own})
    rows = [an_opportunity(number) for number in numbers]
    faults, _, _ = judged(tmp_path_factory.mktemp("tasks"), rows, Task=tasks)
    return [faults.get(f"Deal {number}", ()) for number in numbers]


@pytest.mark.parametrize(("at", "task", "is_near"), [(at, *case) for at, case in enumerate(TASKS)])
def test_an_open_task_of_anybody_due_within_30_days_is_a_next_step(
    faults_of_tasks, at, task, is_near
):
    assert faults_of_tasks[at] == (() if is_near else ("no_next_step",))


@pytest.mark.parametrize(
    ("start", "is_near"),
    [("2021-05-16 23:00:00", True), ("2021-05-17 00:00:00", False), ("2021-04-15 23:00:00", False)],
)
def test_an_event_within_30_days_is_a_next_step(tmp_path, start, is_near):
    event = a_meeting(2, at=start, WhatId="006000000000001AAA", CreatedDate="2021-04-01 00:00:00")
    faults, _, _ = judged(tmp_path, [an_opportunity()], Event=[event])
    assert faults == ({} if is_near else {"Deal 1": ("no_next_step",)})


WRITTEN = [
    "2021-05-01", "call 2021-5-1!", "01.05.2021 Angebot", "1.5.", "5/1/2021", "01/05/2021", "5/1/21", "demo 5/1",
    "May 1", "Call on 1 May", "1st May 2021", "MAY 1, 2021", "Apr. 30", "30 April",
]  # fmt: skip
NOT_WRITTEN = [
    "call",
    "2021-06-01",
    "2020-05-01",
    "01.07.2021",
    "version 2.0",
    "13/13/2021",
    "December 24",
    "40% off",
    "24/7",
]


@pytest.fixture(scope="module")
def faults_of_texts(tmp_path_factory):
    """text -> faults of the opportunity that has it, all in one reading."""
    # A task on another opportunity shows that this company relates activities to opportunities.
    other = a_task("2021-05-01", WhatId="006000000000002AAA")
    texts = [*WRITTEN, *NOT_WRITTEN]
    rows = [an_opportunity(number, NextStep=text) for number, text in enumerate(texts, 101)]
    faults, (judged_in_all, _), _ = judged(tmp_path_factory.mktemp("texts"), rows, Task=[other])
    assert judged_in_all == len(texts)
    return {text: faults.get(f"Deal {number}", ()) for number, text in enumerate(texts, 101)}


@pytest.mark.parametrize("text", WRITTEN + NOT_WRITTEN)
def test_a_date_written_into_next_step_counts_in_every_common_form(faults_of_texts, text):
    assert faults_of_texts[text] == (() if text in WRITTEN else ("no_next_step",))


def test_a_date_across_the_turn_of_the_year_needs_no_year(tmp_path):
    some = tables(
        tmp_path,
        Opportunity=[an_opportunity(NextStep="Jan 5", CloseDate="2022-02-01")],
        Task=[a_task("2021-01-01")],
    )
    with reduce_rows(
        some, a_rule_set(), date(2021, 12, 20), work_dir=tmp_path, memory_limit_mb=200
    ) as reduced:
        assert next(reduced.people()).findings == ()


def test_where_no_activity_relates_to_an_opportunity_any_text_is_a_next_step(tmp_path):
    faults, _, _ = judged(tmp_path, [an_opportunity(1, NextStep="call"), an_opportunity(2)])
    assert faults == {"Deal 2": ("no_next_step",)}


def test_where_nothing_could_show_a_next_step_nobody_is_judged_by_it(tmp_path):
    faults, counts, gaps = judged(
        tmp_path, [an_opportunity()], Task=[a_task("2021-05-01", WhatId="001000000000001AAA")]
    )
    assert (faults, counts) == ({}, (1, 1))
    assert {"NextStep", "PushCount"} <= gaps


@pytest.mark.parametrize(
    ("pushes", "near", "is_fault"), [("2", False, True), ("1", False, False), ("5", True, False)]
)
def test_two_pushes_without_a_next_step_are_a_fault(tmp_path, pushes, near, is_fault):
    text = "2021-05-01" if near else "2019-01-01"
    other = a_task("2021-05-01", WhatId="006000000000002AAA")
    faults, _, _ = judged(tmp_path, [an_opportunity(NextStep=text, PushCount=pushes)], Task=[other])
    assert ("pushed_twice" in faults.get("Deal 1", ())) == is_fault


@pytest.mark.parametrize(
    ("changed", "days", "is_fault"),
    [
        ("2021-03-01 00:00:00", 45, True),
        ("2021-03-02 00:00:00", 45, False),
        ("", 45, True),
        ("2020-01-01 00:00:00", None, False),
    ],
)
def test_a_stage_is_too_old_after_the_days_the_admin_gave(tmp_path, changed, days, is_fault):
    rules = a_rule_set(healthy=replace(a_rule_set().healthy, stage_age_days=days))
    # The other opportunity keeps the column from being wholly empty.
    both = [
        an_opportunity(1, **FINE, LastStageChangeDate=changed),
        an_opportunity(2, **FINE, LastStageChangeDate="2021-04-15 00:00:00"),
    ]
    faults, _, gaps = judged(tmp_path, both, rules)
    assert ("stage_too_old" in faults.get("Deal 1", ())) == is_fault
    assert "Deal 2" not in faults
    assert ("LastStageChangeDate" in gaps) == (days is None)


def test_closed_opportunities_and_those_of_later_days_are_not_judged(tmp_path):
    rows = [
        an_opportunity(1, IsClosed="1", CloseDate="2020-01-01"), an_opportunity(2, CreatedDate="2021-04-17 00:00:00"),
        an_opportunity(3, **FINE),
    ]  # fmt: skip
    assert judged(tmp_path, rows)[:2] == ({}, (1, 1))


def test_findings_are_capped_largest_first_and_counts_stay_exact(tmp_path):
    rows = [
        an_opportunity(number, CloseDate="2021-01-01", Amount=f"{number}.00", **FINE)
        for number in range(1, 252)
    ]
    some = tables(tmp_path, Opportunity=rows)
    with reduce_rows(some, a_rule_set(), AS_OF, work_dir=tmp_path, memory_limit_mb=200) as reduced:
        ana = next(reduced.people())
    assert [finding.amount for finding in ana.findings] == [
        Decimal(n) for n in range(251, 251 - SHOWN_AT_MOST, -1)
    ]
    assert [(one.eligible, one.good) for one in rows_of(ana) if one.eligible] == [(251, 0)]
    assert ana.findings[0].record_id == "006000000000251AAA"


def test_every_judged_opportunity_is_given_with_its_faults_and_no_other(tmp_path):
    rows = [
        *(an_opportunity(n, CloseDate="2021-01-01", **FINE) for n in range(1, 252)),
        an_opportunity(252, **FINE), an_opportunity(253, IsClosed="1"),
    ]  # fmt: skip
    some = tables(tmp_path, Opportunity=rows)
    with reduce_rows(some, a_rule_set(), AS_OF, work_dir=tmp_path, memory_limit_mb=200) as reduced:
        found = dict(reduced.judged_opportunities())
    assert found.pop("006000000000252AAA") == ()
    assert found == {f"006000000000{n:03d}AAA": ("close_date_past",) for n in range(1, 252)}


def test_where_opportunities_cannot_be_judged_nothing_is_said_of_any(tmp_path):
    some = tables(tmp_path, Opportunity=[{"Id": "006000000000001", "Name": "x"}])
    with reduce_rows(some, a_rule_set(), AS_OF, work_dir=tmp_path, memory_limit_mb=200) as reduced:
        assert reduced.judged_opportunities() is None


def test_won_deals_come_with_names_and_from_the_amount_upwards(tmp_path):
    rows = [
        an_opportunity(
            1,
            IsClosed="1",
            IsWon="1",
            Amount="100000.00",
            CloseDate="2021-04-02",
            AccountId="001000000000001",
        ),
        an_opportunity(2, IsClosed="1", IsWon="1", Amount="99999.99"),
        an_opportunity(3, IsClosed="1", IsWon="0", Amount="900000"),
        an_opportunity(
            4, owner=9, IsClosed="1", IsWon="1", Amount="250000", CloseDate="2021-04-01"
        ),
    ]
    accounts = [{"Id": "001000000000001AAA", "Name": "<b>Ærø & Søn</b>"}]
    some = tables(tmp_path, User=[a_user(1)], Opportunity=rows, Account=accounts)
    with reduce_rows(some, a_rule_set(), AS_OF, work_dir=tmp_path, memory_limit_mb=200) as reduced:
        found = list(reduced.won_deals(Decimal(100_000)))
    assert found == [
        WonDeal(
            "006000000000004AAA", "Deal 4", None, None, None, Decimal(250_000), date(2021, 4, 1)
        ),
        WonDeal(
            "006000000000001AAA",
            "Deal 1",
            user_id(1),
            "User 1",
            "<b>Ærø & Søn</b>",
            Decimal(100_000),
            date(2021, 4, 2),
        ),
    ]


def test_without_won_or_amount_there_are_no_deals_but_a_gap(tmp_path):
    some = tables(tmp_path, Opportunity=[an_opportunity(Amount="")])
    with reduce_rows(some, a_rule_set(), AS_OF, work_dir=tmp_path, memory_limit_mb=200) as reduced:
        assert list(reduced.won_deals(Decimal(1))) == []
        assert any("big deals cannot be told" in gap.why for gap in reduced.gaps)
