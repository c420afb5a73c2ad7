"""Opportunities: which of a rep's are open, with the faults planted in them, and which are not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from service.sample.activities import add_event, add_task
from service.sample.calendar import midnight
from service.sample.closed_deals import close_deals, close_planted
from service.sample.deal_rows import STAGES, Change, Deal, write_deal
from service.sample.pipeline import amount, made_by

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from service.sample.leads import Handover
    from service.sample.life import Life
    from service.sample.pipeline import Made

OPEN_EACH = 10
_LEADERS_OPEN = 6
FAULTS = ("close_date_past", "no_next_step", "amount_missing", "pushed_twice")
_STAGE_IS_NEW = 19  #: days that no limit is below: half as much again as a won deal's usual stage
_OPEN_DAYS = 60  #: open opportunities were made on the last days at work


@dataclass(frozen=True)
class _Open:
    """What is planted in one open opportunity."""

    fault: str | None
    is_complete: bool
    lacks: str  #: the field that is empty if it is not complete


def plant(life: Life, handovers: list[Handover]) -> None:
    """Everything that this person sells; `handovers` are what development reps gave them."""
    plans = _plans(life)
    made: list[Made] = []
    if life.person.sells:
        made = made_by(life, (one.day for one in handovers))
    still_open = _still_open(life, made, sum(one.fault != "amount_missing" for one in plans))
    _open_deals(life, plans, still_open)
    is_open = set(still_open)
    close_deals(life, [one for one in made if one not in is_open])
    if life.person.sells:
        _take_over(life, handovers)
    close_planted(life)


def _plans(life: Life) -> list[_Open]:
    """What is planted in open opportunities: the habit keeps some healthy, each other has a fault."""
    ways = life.ways
    count = OPEN_EACH if life.person.sells else _LEADERS_OPEN
    # Nobody who has not been there of late has an opportunity that moves.
    healthy = ways.healthy if _lately(life) else 0
    plans = []
    for number in range(count):
        fault = None if number < healthy else FAULTS[(number - healthy) % len(FAULTS)]
        if fault and life.person.habit == "date_pusher":
            fault = "pushed_twice"
        lacks = ("Type", "LeadSource")[number % 2]
        plans.append(_Open(fault, number < ways.complete, lacks))
    return plans


def _still_open(life: Life, made: list[Made], count: int) -> list[Made]:
    """So many of those that were made of late, or the last ones where there are too few."""
    since = life.active[-_OPEN_DAYS:][0]
    of_late = [one for one in made if one.day >= since]
    if len(of_late) < count:
        return made[-count:] if count else []
    return life.random.sample(of_late, count)


def _open_deals(life: Life, plans: list[_Open], made: list[Made]) -> None:
    """One without an amount is no pipeline, so it comes on top of what the rep makes."""
    left = list(made)
    for plan in plans:
        has_amount = plan.fault != "amount_missing"
        _open(life, plan, left.pop() if left and has_amount else None)


def _take_over(life: Life, handovers: list[Handover]) -> None:
    """Opportunities from leads that a development rep converted: healthy, and not yet old."""
    for one in handovers:
        deal = Deal(
            life.person.user_id, one.account, [Change(one.day, one.moment, STAGES[0], one.close)],
            amount(life), record_id=one.opportunity, campaign=one.campaign, made_by=one.made_by,
            source="Web",
        )  # fmt: skip
        later = [day for day in life.active if day > one.day + timedelta(days=20)]
        if later and one.day < life.days.as_of - timedelta(days=60):
            day = life.random.choice(later)
            stage = life.random.choice(("Closed Won", "Closed Lost"))
            deal.changes.append(_change(life, day, 13_000, stage, day))
            write_deal(life, deal)
        else:
            _keep_open(life, deal, one)


def _keep_open(life: Life, deal: Deal, handover: Handover) -> None:
    """It moves on of late, or is new; else nobody planned a next step."""
    lately = [day for day in _lately(life) if day > handover.day]
    is_healthy = bool(lately) or (life.days.as_of - handover.day).days <= _STAGE_IS_NEW
    if lately:
        deal.changes.append(_change(life, lately[0], 12_500, STAGES[1], handover.close))
    if is_healthy:
        deal.next_step = (
            f"Visit on {life.days.as_of + timedelta(days=life.random.randrange(2, 25))}"
        )
    write_deal(life, deal)
    _count(life, is_healthy=is_healthy, is_complete=True)


def _open(life: Life, plan: _Open, one: Made | None) -> None:
    """Without an opportunity that the rep made, one is made up."""
    random, fault = life.random, plan.fault
    stage = random.randrange(len(STAGES))
    made, moved = _made_and_moved(life, stage)
    if one is not None:
        made, moved, stage = one.day, *_moved(life, one.day, stage)
    pushes, close = _pushes(life, fault)
    first = close - timedelta(days=30 * pushes)
    changes = [_change(life, made, 12_000, STAGES[0], first)]
    if stage:
        changes.append(_change(life, moved, 12_060, STAGES[stage], first))
    for at in range(1, pushes + 1):
        day = max(moved, life.active[max(at - pushes - 1, -len(life.active))])
        later = close - timedelta(days=30 * (pushes - at))
        changes.append(_change(life, day, 12_100 + at, STAGES[stage], later))
    deal = Deal(
        life.person.user_id, random.choice(life.accounts), changes,
        _worth(life, plan, one), pushes=pushes,
        lacks="" if plan.is_complete else plan.lacks,
    )  # fmt: skip
    kind = None if fault in ("no_next_step", "pushed_twice") else random.randrange(3)
    step_on = life.days.as_of + timedelta(days=random.randrange(2, 25))
    deal.next_step = f"Visit on {step_on}" if kind == 0 else random.choice(("", "", "Call back"))
    _next_step(life, kind, write_deal(life, deal), step_on)
    _count(life, is_healthy=fault is None, is_complete=plan.is_complete)


def _pushes(life: Life, fault: str | None) -> tuple[int, date]:
    """How often the close date was pushed, and what it is now."""
    past = fault == "close_date_past"
    away = -life.random.randrange(1, 60) if past else life.random.randrange(5, 90)
    pushes, close = life.random.randrange(2), life.days.as_of + timedelta(days=away)
    if fault != "pushed_twice":
        return pushes, close
    if life.person.habit != "date_pusher":
        return 3, close
    if life.is_left_out("date_pusher"):  # then what was pushed away is past
        overdue = life.chance(f"overdue {life.truth.open_opportunities}").randrange(1, 60)
        return 0, life.days.as_of - timedelta(days=overdue)
    life.truth.gaming["date_pushes"] = life.truth.gaming.get("date_pushes", 0) + 1
    return 3, close


def _made_and_moved(life: Life, stage: int) -> tuple[date, date]:
    """When it was made and last moved on, of late, so that no stage is too old."""
    moved = life.random.choice(_lately(life) or life.active[-8:])
    made = life.random.choice([day for day in life.active[-_OPEN_DAYS:] if day <= moved])
    return (made if stage else moved), moved


def _moved(life: Life, made: date, stage: int) -> tuple[date, int]:
    """When it moved on, and to which stage: whatever is not new has left the first one."""
    lately = _lately(life)
    if not stage and made in lately:
        return made, stage
    days = [day for day in lately or life.active[-8:] if day >= made]
    return life.random.choice(days) if days else made, stage or 1


def _worth(life: Life, plan: _Open, one: Made | None) -> Decimal | None:
    if plan.fault == "amount_missing":
        return None
    return amount(life) if one is None else one.worth


def _lately(life: Life) -> list[date]:
    """The active days of the last weeks: a stage entered on one of them is not old yet."""
    since = life.days.as_of - timedelta(days=_STAGE_IS_NEW)
    return [day for day in life.active[-_STAGE_IS_NEW:] if day >= since]


def _next_step(life: Life, kind: int | None, opportunity: str, step_on: date) -> None:
    """A task or an event to come, made when the person was last there."""
    day = life.active[-1]
    if kind == 1:
        add_task(life, day, 12_200, step_on, Subject="Next step", WhatId=opportunity)
        is_judged = day < life.days.as_of
        life.truth.tasks += is_judged
        life.truth.tasks_on_time += is_judged
    if kind == 2:  # noqa: PLR2004 - the third kind of next step
        start = midnight(step_on, hour=12)
        life.mark(day)
        add_event(life, life.moment(day, 12_200), start, Subject="Next step", WhatId=opportunity)


def _count(life: Life, *, is_healthy: bool, is_complete: bool) -> None:
    truth = life.truth
    truth.open_opportunities += 1
    truth.healthy_opportunities += is_healthy
    truth.fields_judged += 1
    truth.fields_complete += is_complete


def _change(life: Life, day: date, seconds: int, stage: str, close_date: date) -> Change:
    return Change(day, life.moment(day, seconds), stage, close_date)
