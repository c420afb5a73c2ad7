"""Opportunities: open ones with the faults planted in them, closed ones, and the big deals."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from math import exp
from typing import TYPE_CHECKING

from service.sample.activities import add_event, add_task
from service.sample.calendar import midnight
from service.sample.deal_rows import STAGES, Change, Deal, write_deal

if TYPE_CHECKING:
    from datetime import date

    from service.sample.leads import Handover
    from service.sample.life import Life

OPEN_EACH = 10
_LEADERS_OPEN = 6
#: (days before the as-of day, amount) of the planted big deals and of two that just miss.
BIG = (
    (0, Decimal(125_000)), (9, Decimal(480_000)), (30, Decimal(100_000)), (31, Decimal(150_000)),
    (80, Decimal(310_000)), (5, Decimal("99999.99")),
)  # fmt: skip
FAULTS = ("close_date_past", "no_next_step", "amount_missing", "pushed_twice")
#: Median amounts of large and of small customers' deals; two of three lie within a factor of 1.8.
_MEDIAN, _SIGMA = {"field": 30_000, "corporate": 14_000}, 0.6
#: A won deal has stood so many days in each of its stages.
_STAGE_DAYS = (14, 27)
_STAGE_IS_NEW = 19  #: days that no limit is below: half as much again as a won deal's usual stage
_ROUNDED = 6  #: deals of each deal rounder


@dataclass(frozen=True)
class _Open:
    """What is planted in one open opportunity."""

    fault: str | None
    is_complete: bool
    lacks: str  #: the field that is empty if it is not complete


def plant(life: Life, handovers: list[Handover]) -> None:
    """Everything that this person sells; `handovers` are what development reps gave them."""
    _open_deals(life)
    if life.person.sells:
        _close_deals(life)
        _take_over(life, handovers)
    if life.person.habit == "diligent" and not life.world.has_big_deals:
        _close_big_deals(life)
    if life.person.habit == "deal_rounder":
        _close_rounded_deals(life)


def _open_deals(life: Life) -> None:
    """Open opportunities, of which the habit keeps some healthy; each other has a planted fault."""
    ways = life.ways
    count = OPEN_EACH if life.person.sells else _LEADERS_OPEN
    # Nobody who has not been there of late has an opportunity that moves.
    healthy = ways.healthy if _lately(life) else 0
    for number in range(count):
        fault = None if number < healthy else FAULTS[(number - healthy) % len(FAULTS)]
        if fault and life.person.habit == "date_pusher":
            fault = "pushed_twice"
        lacks = ("Type", "LeadSource")[number % 2]
        _open(life, _Open(fault, number < ways.complete, lacks))


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


def _open(life: Life, plan: _Open) -> None:
    random, fault = life.random, plan.fault
    stage = random.randrange(len(STAGES))
    made, moved = _made_and_moved(life, stage)
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
        None if fault == "amount_missing" else amount(life), pushes=pushes,
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
    made = life.random.choice([day for day in life.active[-60:] if day <= moved])
    return (made if stage else moved), moved


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


def _close_deals(life: Life) -> None:
    """Won and lost opportunities of all these months, one every two weeks."""
    for number in range(len(life.active) // 9):
        _close(life, life.random.choice(life.active), amount(life), won=number % 2 == 0)


def _close_big_deals(life: Life) -> None:
    """The planted big deals, closed on the planted days, recorded on working days."""
    life.world.has_big_deals = True
    for number, (back, worth) in enumerate(BIG):
        closed = life.days.as_of - timedelta(days=back)
        _close(life, life.active[-1 - number], worth, won=True, close_date=closed)


def _close_rounded_deals(life: Life) -> None:
    """Won deals that lie just over the amount that is announced; without the habit, just under."""
    chance, is_left_out = life.chance("rounded"), life.is_left_out("deal_rounder")
    least = 94_000 if is_left_out else 100_000
    for number in range(_ROUNDED):
        day = life.active[-5 - 12 * number % (len(life.active) - 5)]
        _close(life, day, Decimal(least + 50 * chance.randrange(40)), won=True)
    if not is_left_out:
        life.truth.gaming["amounts_at_limit"] = _ROUNDED


def _close(
    life: Life, day: date, worth: Decimal, *, won: bool, close_date: date | None = None
) -> None:
    """One deal that went through all stages and closed on a day of theirs."""
    last, at = close_date or day, day
    changes = [_change(life, day, 14_400, "Closed Won" if won else "Closed Lost", last)]
    for stage in reversed(STAGES):
        at = _earlier(life, at - timedelta(days=life.random.randrange(*_STAGE_DAYS)))
        changes.append(_change(life, at, 14_300, stage, last))
    changes.reverse()
    write_deal(life, Deal(life.person.user_id, life.random.choice(life.accounts), changes, worth))


def _earlier(life: Life, day: date) -> date:
    """The nearest working day of theirs up to that day; the day itself before the sample begins."""
    if not life.is_told(day):
        return max(day, life.person.started_on)
    at = bisect_right(life.active, day)
    return life.active[at - 1] if at else life.person.started_on


def amount(life: Life) -> Decimal:
    """An amount in corporate currency, in steps of 500."""
    scale = _MEDIAN.get(life.person.kind, 14_000)
    return Decimal(500 * max(1, round(scale * exp(life.random.gauss(0, _SIGMA)) / 500)))


def _change(life: Life, day: date, seconds: int, stage: str, close_date: date) -> Change:
    return Change(day, life.moment(day, seconds), stage, close_date)
