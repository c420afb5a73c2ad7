"""The age of stages and the pushes of close dates, from the history of opportunities."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.evidence.reduce import reduce_rows
from service.scoring.rule_set import HealthyRules
from tests.evidence.builders import a_rule_set, a_user, an_opportunity, rows_of, tables, user_id

AS_OF = date(2021, 4, 16)
FINE = {"NextStep": "Call on 2021-05-01", "CloseDate": "2021-06-01"}
SMALL, LARGE = "001000000000001AAA", "001000000000002AAA"
ACCOUNTS = [
    {"Id": SMALL, "OwnerId": user_id(1), "NumberOfEmployees": "999"},
    {"Id": LARGE, "OwnerId": user_id(1), "NumberOfEmployees": "1000"},
]


def a_save(number, at, stage, closes="2021-06-01", place=1):
    return {
        "Id": f"008000000{number:03d}{place:03d}AAA", "OpportunityId": f"006000000{number:06d}AAA",
        "StageName": stage, "CloseDate": closes, "CreatedDate": at,
    }  # fmt: skip


def judged(folder, deals, history=None, rules=None, zone="UTC", **rows):
    """({deal: faults} of user 1, gaps)"""
    users = [a_user(1, TimeZoneSidKey=zone), a_user(2)]
    if history is not None:
        rows["OpportunityHistory"] = history
    some = tables(folder, User=users, Opportunity=deals, Account=ACCOUNTS, **rows)
    with reduce_rows(
        some, rules or a_rule_set(), AS_OF, work_dir=folder / "work", memory_limit_mb=150
    ) as reduced:
        ana = next(reduced.people())
        gaps = {(gap.object_name, gap.column) for gap in reduced.gaps}
    assert [one for one in rows_of(ana) if one.measure == "healthy_opportunities"]
    return {
        found.record_name: found.faults for found in ana.findings
        if found.measure == "healthy_opportunities"
    }, gaps  # fmt: skip


def rules_of(least=2, days=None, factor="1.5", pushes=2):
    return a_rule_set(healthy=HealthyRules(30, Decimal(factor), least, days, pushes))


def won(number, days, stage="Proposal", account=SMALL, owner=2):
    """A won deal that stood for so many days in a stage, and its history."""
    entered = datetime.fromisoformat("2021-01-04 12:00:00")
    left = entered + timedelta(days=days)
    deal = an_opportunity(
        number, owner, IsClosed="1", IsWon="1", AccountId=account, StageName="Won"
    )
    return deal, [a_save(number, f"{entered}", stage), a_save(number, f"{left}", "Won", place=2)]


def an_open(number, days, account=SMALL, **over):
    """An open deal that has stood for so many days in its stage, by its history."""
    entered = (
        datetime.combine(AS_OF, datetime.min.time()) + timedelta(hours=9) - timedelta(days=days)
    )
    deal = an_opportunity(number, **FINE, AccountId=account, StageName="Proposal") | over
    return deal, [
        a_save(number, "2021-01-01 00:00:00", "Prospecting"),
        a_save(number, f"{entered}", "Proposal", place=2),
        a_save(number, f"{AS_OF} 08:00:00", "Proposal", place=3),  # a new amount, the same stage
    ]


def together(*pairs):
    return [deal for deal, _ in pairs], [save for _, saves in pairs for save in saves]


TOO_OLD = ("stage_too_old",)


@pytest.mark.parametrize(("days", "faults"), [(15, None), (16, TOO_OLD)])
def test_a_stage_may_last_one_and_a_half_times_the_median_of_won_deals(tmp_path, days, faults):
    deals, history = together(won(1, 8), won(2, 10), won(3, 30), an_open(9, days))
    assert judged(tmp_path, deals, history, rules_of(3))[0].get("Deal 9") == faults


def test_the_median_is_that_of_the_customers_size(tmp_path):
    deals, history = together(
        won(1, 4), won(2, 4), won(3, 40, account=LARGE), won(4, 40, account=LARGE),
        an_open(8, 7), an_open(9, 7, LARGE), an_open(10, 7, ""),
    )  # fmt: skip
    found, gaps = judged(tmp_path, deals, history, rules_of())
    assert found == {"Deal 8": TOO_OLD}  # of unknown size nobody won a deal
    assert ("OpportunityHistory", None) in gaps


def test_that_a_stage_has_no_median_is_told_only_where_somebody_is_in_it(tmp_path):
    deals, history = together(won(1, 4), won(2, 4), an_open(8, 7))
    assert ("OpportunityHistory", None) not in judged(tmp_path, deals, history, rules_of())[1]


@pytest.mark.parametrize(
    ("least", "days", "faults"),
    [(3, None, None), (3, 6, TOO_OLD), (3, 7, None), (2, 100, TOO_OLD), (2, None, TOO_OLD)],
)
def test_too_few_won_deals_leave_it_to_the_admins_days(tmp_path, least, days, faults):
    deals, history = together(won(1, 4), won(2, 4), an_open(9, 7))
    found, gaps = judged(tmp_path, deals, history, rules_of(least, days))
    assert found.get("Deal 9") == faults
    assert (("Opportunity", "LastStageChangeDate") in gaps) == (least == 3 and days is None)


def test_without_a_history_it_is_as_before(tmp_path):
    deal = an_opportunity(9, **FINE, LastStageChangeDate="2021-04-01 12:00:00")
    for name, days, faults in (("a", 14, TOO_OLD), ("b", 15, None), ("c", None, None)):
        assert judged(tmp_path / name, [deal], rules=rules_of(days=days))[0].get("Deal 9") == faults


def test_lost_deals_and_what_came_after_the_as_of_day_teach_nothing(tmp_path):
    lost, saves = won(1, 4)
    later, after = won(2, 400)
    deals, history = together(
        (lost | {"IsWon": "0"}, saves), (later, after), won(3, 20), won(4, 20), an_open(9, 8)
    )
    assert judged(tmp_path, deals, history, rules_of())[0] == {}


def test_visits_add_up_and_a_stage_takes_a_day_at_least(tmp_path):
    back, _ = won(1, 0)
    saves = [
        a_save(1, "2021-01-04 12:00:00", "Proposal"), a_save(1, "2021-01-06 12:00:00", "Review", place=2),
        a_save(1, "2021-01-08 12:00:00", "Proposal", place=3), a_save(1, "2021-01-10 12:00:00", "Won", place=4),
    ]  # fmt: skip
    for name, days, faults in (("a", 6, None), ("b", 7, TOO_OLD)):
        deals, history = together((back, saves), an_open(9, days))
        assert judged(tmp_path / name, deals, history, rules_of(1))[0].get("Deal 9") == faults
    for name, days, faults in (("c", 1, None), ("d", 2, TOO_OLD)):
        deals, history = together(won(1, 0), an_open(9, days))
        assert judged(tmp_path / name, deals, history, rules_of(1))[0].get("Deal 9") == faults


def test_the_field_of_the_opportunity_goes_before_its_history(tmp_path):
    deals, history = together(won(1, 4), an_open(9, 100, LastStageChangeDate="2021-04-14 00:00:00"))
    assert judged(tmp_path, deals, history, rules_of(1))[0] == {}


PUSHED = ("no_next_step", "pushed_twice")


@pytest.mark.parametrize(
    ("closes", "faults"),
    [
        (("2021-04-30", "2021-05-31", "2021-06-30"), PUSHED),
        (("2021-04-30", "2021-05-31"), ("no_next_step",)),
        (("2021-05-01", "2021-05-30", "2021-05-31"), ("no_next_step",)),  # within the month
        (("2021-06-30", "2021-05-31", "2021-06-01", "2021-07-01"), PUSHED),  # pulled, then pushed
        (("2020-12-31", "2021-01-01", "2022-01-01"), PUSHED),
    ],
)
def test_a_push_moves_the_close_date_to_a_later_month(tmp_path, closes, faults):
    deal = an_opportunity(9, CloseDate="2021-06-30", NextStep="", StageName="Proposal")
    saves = [
        a_save(9, f"2021-0{at}-01 00:00:00", "Proposal", day, at)
        for at, day in enumerate(closes, 1)
    ]
    other = an_opportunity(8, **FINE)
    found, _ = judged(tmp_path, [deal, other], saves, Task=[_a_relating_task()])
    assert found["Deal 9"] == faults


def _a_relating_task():
    """Shows that this company relates activities to opportunities."""
    return {
        "Id": "00T000000000001AAA", "OwnerId": user_id(2), "IsClosed": "1", "IsRecurrence": "0",
        "ActivityDate": "2021-01-01", "WhatId": "006000000000008AAA", "CreatedDate": "2021-01-01 00:00:00",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "faults"),
    [("2021-02-15 00:00:00", ("no_next_step",)), ("2021-01-15 00:00:00", PUSHED)],
)
def test_pushes_count_from_the_last_new_next_step(tmp_path, written, faults):
    deal = an_opportunity(9, CloseDate="2021-06-30", NextStep="", StageName="Proposal")
    saves = [
        a_save(9, f"2021-0{at}-01 00:00:00", "Proposal", day, at)
        for at, day in enumerate(("2021-04-30", "2021-05-31", "2021-06-30"), 1)
    ]
    steps = [
        {"Id": "017000000000001AAA", "OpportunityId": "006000000000009AAA", "Field": field, "CreatedDate": at}
        for field, at in (("NextStep", written), ("Amount", "2021-04-01 00:00:00"))
    ]  # fmt: skip
    found, _ = judged(
        tmp_path, [deal, an_opportunity(8, **FINE)], saves,
        Task=[_a_relating_task()], OpportunityFieldHistory=steps,
    )  # fmt: skip
    assert found["Deal 9"] == faults


@pytest.mark.parametrize(
    ("made", "text", "written", "faults"),
    [
        ("2021-01-15", "", None, ("pushed_twice",)),  # an old task, whose day was moved along
        ("2021-02-15", "", None, ()),  # planned after the last push but one
        ("2021-01-15", "Call on 20 April", None, ()),  # nobody knows how old the text is
        ("2021-01-15", "Call on 20 April", "2021-01-16", ("pushed_twice",)),
        ("2021-01-15", "Call on 20 April", "2021-02-16", ()),
    ],
)
def test_a_next_step_that_was_there_before_the_pushes_is_no_new_one(
    tmp_path, made, text, written, faults
):
    deal = an_opportunity(9, CloseDate="2021-06-30", NextStep=text, StageName="Proposal")
    saves = [
        a_save(9, f"2021-0{at}-01 00:00:00", "Proposal", day, at)
        for at, day in enumerate(("2021-04-30", "2021-05-31", "2021-06-30"), 1)
    ]
    task = _a_relating_task() | {
        "Id": "00T000000000002AAA", "IsClosed": "0", "ActivityDate": "2021-04-20",
        "WhatId": deal["Id"], "CreatedDate": f"{made} 00:00:00",
    }  # fmt: skip
    step = {
        "Id": "017000000000001AAA", "OpportunityId": deal["Id"], "Field": "NextStep",
        "CreatedDate": f"{written} 00:00:00",
    }  # fmt: skip
    found, _ = judged(
        tmp_path, [deal, an_opportunity(8, **FINE)], saves, Task=[_a_relating_task(), task],
        **({"OpportunityFieldHistory": [step]} if written else {}),
    )  # fmt: skip
    assert found.get("Deal 9", ()) == faults


def test_the_history_counts_where_the_field_counts_otherwise(tmp_path):
    """PushCount is newer than many an opportunity; its history was there all along."""
    deal = an_opportunity(9, CloseDate="2021-06-30", NextStep="", StageName="P", PushCount="5")
    saves = [a_save(9, "2021-01-01 00:00:00", "P", "2021-06-30")]
    pushed = an_opportunity(7, CloseDate="2021-06-30", NextStep="", StageName="P", PushCount="2")
    some = [deal, pushed, an_opportunity(8, **FINE)]
    found, _ = judged(tmp_path, some, saves, Task=[_a_relating_task()])
    assert found == {"Deal 9": ("no_next_step",), "Deal 7": PUSHED}


SAVE = st.tuples(st.integers(0, 200), st.sampled_from("ABC"))
DEAL = st.tuples(
    st.lists(SAVE, min_size=1, max_size=6), st.booleans(), st.sampled_from([SMALL, LARGE, ""])
)


@settings(max_examples=5, deadline=None)  # a reading costs much more than its rows
@given(st.lists(DEAL, min_size=8, max_size=30), st.integers(1, 4))
def test_medians_equal_an_independent_count(tmp_path_factory, deals, least):
    """Won deals of each size and stage, walked by hand; then every open deal judged by them."""
    folder, start = tmp_path_factory.mktemp("stages"), date(2020, 9, 1)
    rows, history, stays, now = [], [], defaultdict(lambda: defaultdict(int)), {}
    for number, (saves, is_won, account) in enumerate(deals, 1):
        moments = sorted(saves, key=lambda one: one[0])
        before, entered = None, None
        for place, (offset, stage) in enumerate(moments, 1):
            day = start + timedelta(days=offset)
            history.append(a_save(number, f"{day} 12:00:00", stage, place=place))
            if stage != before:
                if before is not None and is_won:
                    stays[account, before][number] += (day - entered).days
                before, entered = stage, day
        state = (
            {"IsClosed": "1", "IsWon": "1", "StageName": "Won"} if is_won else {"StageName": before}
        )
        rows.append(an_opportunity(number, **FINE, AccountId=account) | state)
        if not is_won:
            now[number] = (account, before, entered)
    rows.append(an_opportunity(999, **FINE))  # so that the measure is there
    # 12:00 UTC is the same day in Moscow
    found, _ = judged(folder, rows, history, rules_of(least), zone="Europe/Moscow")
    limits = {
        key: Decimal(statistics.median(max(1, days) for days in by_deal.values())) * Decimal("1.5")
        for key, by_deal in stays.items() if len(by_deal) >= least
    }  # fmt: skip
    expected = Counter(
        f"Deal {number}" for number, (account, stage, entered) in now.items()
        if (account, stage) in limits and (AS_OF - entered).days > limits[account, stage]
    )  # fmt: skip
    assert found == dict.fromkeys(expected, TOO_OLD)
