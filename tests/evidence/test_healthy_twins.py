"""One definition of healthy: the night's SQL and the arithmetic of a single record, side by side."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from service.evidence.findings import SHOWN_AT_MOST
from service.evidence.reduce import reduce_rows
from service.scoring.healthy import FAULTS, OpenOpportunity, Save, entered_stage, faults, pushes
from service.scoring.rule_set import HealthyRules
from service.scoring.written_dates import names_day_between
from tests.evidence.builders import a_rule_set, a_user, an_opportunity, tables
from tests.evidence.test_opportunities import NOT_WRITTEN, WRITTEN, a_task
from tests.evidence.test_stages import ACCOUNTS, LARGE, SMALL, a_save, won

AS_OF = date(2021, 4, 16)
SIZES = {SMALL: 999, LARGE: 1000, "": None}


def a_deal(chance: random.Random) -> dict[str, Any]:
    """Anything that may stand in an opportunity; most of it at an edge of a criterion."""

    def a_day():
        return AS_OF + timedelta(
            days=chance.choice([-45, -1, 0, 1, 29, 30, 31, chance.randint(-45, 45)])
        )

    odd = "".join(chance.choices("0123456789./- maprjunedcoctSsthd", k=chance.randint(0, 14)))
    saves = [
        (
            date(2021, 1, 4) + timedelta(days=chance.randint(0, 102)),
            chance.choice(["Proposal", "Demo"]),
            a_day(),
        )
        for _ in range(chance.randint(0, 5))
    ]
    return {
        "close": a_day(), "step": chance.choice(["", "call", *WRITTEN, *NOT_WRITTEN, odd, odd, odd]),
        "amount": chance.choice(["", "0", "1000"]), "due": a_day() if chance.random() < 0.3 else None,
        "stage": chance.choice(["Proposal", "Demo", "Rare"]), "account": chance.choice([*SIZES]),
        "made": a_moment(chance), "written": a_moment(chance) if chance.random() < 0.4 else None,
        "saves": sorted(saves), "pushed": chance.randint(0, 3),
    }  # fmt: skip


def a_moment(chance):
    """After, before or among the saves, never at the same second."""
    day = date(2021, 1, 4) + timedelta(days=chance.randint(0, 102))
    return datetime(day.year, day.month, day.day, 18, tzinfo=UTC)


def judged_by_night(folder, deals, rules):
    """({deal: faults}, the yardstick after its way through JSON)"""
    past = [won(900 + one, days, account=account) for one, (days, account) in enumerate(
        [(8, SMALL), (9, SMALL), (21, LARGE), (24, LARGE)])]  # fmt: skip
    rows = [deal for deal, _ in past]
    history = [save for _, saves in past for save in saves]
    tasks, steps = [a_task("2021-01-01", WhatId="006000000000900AAA")], []
    for number, one in enumerate(deals, 1):
        rows.append(an_opportunity(
            number, number // SHOWN_AT_MOST + 1, Name=f"Deal {number}", CloseDate=f"{one['close']}", NextStep=one["step"], StageName=one["stage"],
            Amount=one["amount"], AccountId=one["account"], PushCount=str(one["pushed"]),
            CreatedDate="2021-01-01 12:00:00", LastStageChangeDate="",
        ))  # fmt: skip
        history += [
            a_save(number, f"{day} 12:00:00", stage, f"{closes}", place)
            for place, (day, stage, closes) in enumerate(one["saves"], 1)
        ]
        if one["due"]:
            task_id = f"00T00000000{number:04d}AAA"
            tasks.append(
                a_task(
                    f"{one['due']}",
                    Id=task_id,
                    WhatId=rows[-1]["Id"],
                    CreatedDate=f"{one['made']:%F %T}",
                )
            )
        if one["written"]:
            steps.append({"Id": f"01700000000{number:04d}AAA", "OpportunityId": rows[-1]["Id"],
                          "Field": "NextStep", "CreatedDate": f"{one['written']:%F %T}"})  # fmt: skip
    some = tables(folder, User=list(map(a_user, range(1, 100))), Opportunity=rows, OpportunityHistory=history,
                  Task=tasks, Account=ACCOUNTS, **({"OpportunityFieldHistory": steps} if steps else {}))  # fmt: skip
    with reduce_rows(some, rules, AS_OF, work_dir=folder / "w", memory_limit_mb=150) as reduced:
        told = {found.record_name: found.faults for one in reduced.people() for found in one.findings
                if found.measure == "healthy_opportunities"}  # fmt: skip
        return told, reduced.yardstick()


def judged_alone(one, by):
    saves = [
        Save(datetime(day.year, day.month, day.day, 12, tzinfo=UTC), stage, closes)
        for day, stage, closes in one["saves"]
    ]
    entered = entered_stage(saves, one["stage"])
    near = AS_OF + timedelta(days=by.next_step_within_days)
    is_due = one["due"] is not None and AS_OF <= one["due"] <= near
    is_written = names_day_between(one["step"], AS_OF, near)
    steps = (one["written"], one["made"] if is_due else None)
    return faults(OpenOpportunity(
        closes_on=one["close"], has_next_step=is_due or is_written,
        days_in_stage=(AS_OF - (entered.date() if entered else date(2021, 1, 1))).days,
        days_at_most=by.days_at_most(one["stage"], SIZES[one["account"]]),
        has_amount=one["amount"] != "", pushes=pushes(saves, *steps) if saves else one["pushed"],
        is_step_dated=bool(saves) and (one["written"] is not None or not is_written),
    ), by, AS_OF)  # fmt: skip


def test_the_night_and_a_single_reading_find_the_same_faults(tmp_path):
    chance = random.Random(20210416)  # noqa: S311 - seeded, so that a failure repeats
    deals = [a_deal(chance) for _ in range(800)]
    rules = a_rule_set(healthy=HealthyRules(30, Decimal("1.5"), 2, 40, 2))
    told, by = judged_by_night(tmp_path, deals, rules)
    alone = {f"Deal {at}": judged_alone(one, by) for at, one in enumerate(deals, 1)}
    assert {fault for found in told.values() for fault in found} == set(FAULTS)
    assert {name: found for name, found in alone.items() if found} == told
    # Of some a next step is near, and older than the pushes.
    assert any("pushed_twice" in one and "no_next_step" not in one for one in told.values())


def test_the_yardstick_holds_the_limits_that_the_night_found(tmp_path):
    rules = a_rule_set(healthy=HealthyRules(14, Decimal("1.5"), 2, 60, 3),
                       fault_texts={"no_next_step": "Plan it", "task_overdue": "Do it"})  # fmt: skip
    _, by = judged_by_night(tmp_path, [], rules)
    assert json.loads(json.dumps(by.as_details())) == {
        "criteria": ["close_date_past", "no_next_step", "stage_too_old", "amount_missing", "pushed_twice"],
        "next_step_within_days": 14, "any_text_is_a_next_step": False, "pushes_below": 3,
        "corporate_below": 1000, "other_days": 60, "texts": {"no_next_step": "Plan it"},
        "limits": [["corporate", "Proposal", 12], ["field", "Proposal", 33]],
    }  # fmt: skip
    assert [by.days_at_most("Proposal", one) for one in (10, 5000, None)] == [12, 33, 60]
