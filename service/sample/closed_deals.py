"""Closed opportunities: what became of those that a rep made, the big deals, and the rounded ones."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from service.sample.deal_rows import STAGES, Change, Deal, write_deal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from service.sample.life import Life
    from service.sample.pipeline import Made

#: (days before the as-of day, amount) of the planted big deals and of two that just miss.
BIG = (
    (0, Decimal(125_000)), (9, Decimal(480_000)), (30, Decimal(100_000)), (31, Decimal(150_000)),
    (80, Decimal(310_000)), (5, Decimal("99999.99")),
)  # fmt: skip
#: A deal has stood so many days in each of its stages.
_STAGE_DAYS = (14, 27)
#: How many stages a deal is in before it is won or lost (at least, at most): large customers take
#: their time, small ones do not.
_STAGES_OF = {"field": (3, 5), "corporate": (1, 2)}
_ROUNDED = 6  #: deals of each deal rounder


def close_deals(life: Life, made: Sequence[Made]) -> None:
    """Every other one is won. Those of the last weeks had no time for more than the first stage."""
    for number, one in enumerate(made):
        days = _days(life, one.day, life.random.randint(*_STAGES_OF[life.person.kind]))
        between = sorted(life.random.sample(range(1, len(STAGES)), len(days) - 2))
        ending = "Closed Lost" if number % 2 else "Closed Won"
        stages = (*(STAGES[at] for at in (0, *between)), ending)
        changes = [
            _change(life, day, 14_300, stage, days[-1])
            for day, stage in zip(days[:-1], stages[:-1], strict=True)
        ]
        _write(life, [*changes, _change(life, days[-1], 14_400, ending, days[-1])], one.worth)


def _days(life: Life, made: date, stages: int) -> list[date]:
    """When it entered each stage, and when it was closed, as far as there was time for it."""
    days = [made]
    for _ in range(stages):
        day = _later(life, days[-1] + timedelta(days=life.random.randrange(*_STAGE_DAYS)))
        if day is None:
            break
        days.append(day)
    if len(days) == 1:
        left = life.active[bisect_right(life.active, made) :]
        days.append(life.random.choice(left or [made]))
    return days


def _later(life: Life, day: date) -> date | None:
    """The first day of theirs from that day on; before the sample every day is one."""
    if day < life.days.first:
        return day
    at = bisect_left(life.active, day)
    return life.active[at] if at < len(life.active) else None


def close_planted(life: Life) -> None:
    """The big deals, which one person has, and those of the deal rounders."""
    if life.person.habit == "diligent" and not life.world.has_big_deals:
        _close_big_deals(life)
    if life.person.habit == "deal_rounder":
        _close_rounded_deals(life)


def _close_big_deals(life: Life) -> None:
    """The planted big deals, closed on the planted days, recorded on working days."""
    life.world.has_big_deals = True
    for number, (back, worth) in enumerate(BIG):
        closed = life.days.as_of - timedelta(days=back)
        _win(life, life.active[-1 - number], worth, closed)


def _close_rounded_deals(life: Life) -> None:
    """Won deals that lie just over the amount that is announced; without the habit, just under."""
    chance, is_left_out = life.chance("rounded"), life.is_left_out("deal_rounder")
    least = 94_000 if is_left_out else 100_000
    for number in range(_ROUNDED):
        day = life.active[-5 - 12 * number % (len(life.active) - 5)]
        _win(life, day, Decimal(least + 50 * chance.randrange(40)))
    if not is_left_out:
        life.truth.gaming["amounts_at_limit"] = _ROUNDED


def _win(life: Life, day: date, worth: Decimal, close_date: date | None = None) -> None:
    """One deal that went through all stages and was won on a day of theirs."""
    last, at = close_date or day, day
    changes = [_change(life, day, 14_400, "Closed Won", last)]
    for stage in reversed(STAGES):
        at = _earlier(life, at - timedelta(days=life.random.randrange(*_STAGE_DAYS)))
        changes.append(_change(life, at, 14_300, stage, last))
    changes.reverse()
    _write(life, changes, worth)


def _write(life: Life, changes: list[Change], worth: Decimal) -> None:
    write_deal(life, Deal(life.person.user_id, life.random.choice(life.accounts), changes, worth))


def _earlier(life: Life, day: date) -> date:
    """The nearest working day of theirs up to that day; the day itself before the sample begins."""
    if not life.is_told(day):
        return max(day, life.person.started_on)
    at = bisect_right(life.active, day)
    return life.active[at - 1] if at else life.person.started_on


def _change(life: Life, day: date, seconds: int, stage: str, close_date: date) -> Change:
    return Change(day, life.moment(day, seconds), stage, close_date)
