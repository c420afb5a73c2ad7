"""What would raise a score by 10: exact, and the cheapest first.

Every step is re-scored on top of the steps before it, so that the points listed are the points
gained by doing the list from its top. Fixing a record that exists keeps the number of records;
logging acts stops at the expectation. What cannot be caught up (minutes 0: footprint days) is
never listed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from service.scoring.credit import score_of
from service.scoring.result import Fix
from service.scoring.rounding import from_units, units

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from service.scoring.credit import Credit
    from service.scoring.evidence import Finding
    from service.scoring.rule_set import RuleSet

TARGET_POINTS = 10
POINTS_PLACES = 2


@dataclass(frozen=True, slots=True)
class _Option:
    """One record to fix (`finding`), or up to `most` acts of a kind to log."""

    at: int  #: position of the measure's credit
    most: int
    finding: Finding | None = None


def fixes(
    credits_in_order: Sequence[Credit], findings: Iterable[Finding], rules: RuleSet
) -> tuple[Fix, ...]:
    """The cheapest list, by points per minute, that gains 10 points, or all there is.

    Points have two decimals; those of the first n fixes add up to the rounded gain of the n.
    """
    now, start = list(credits_in_order), score_of(credits_in_order)
    options = sorted(
        _options(credits_in_order, findings), key=lambda option: -_points_a_minute(now, option)
    )
    listed: list[Fix] = []
    shown = gained = Fraction(0)
    for option in options:
        if gained >= TARGET_POINTS:
            break
        times = _times(now, option, TARGET_POINTS - gained)
        now[option.at] = _after(now[option.at], option, times)
        gained = score_of(now) - start
        points = from_units(
            units(gained, POINTS_PLACES) - units(shown, POINTS_PLACES), POINTS_PLACES
        )
        shown = gained
        listed.append(_fix(now[option.at], option, times, points, rules))
    return tuple(listed)


def _options(credits_in_order: Sequence[Credit], findings: Iterable[Finding]) -> Iterator[_Option]:
    by_id = {(found.measure, found.record_id): found for found in findings}
    for at, credit in enumerate(credits_in_order):
        if credit.value is None or credit.value == 1 or not credit.measure.minutes:
            continue
        if credit.expected is not None:
            yield _Option(at, ceil(credit.expected - credit.tally.done))
            continue
        own = [found for found in by_id.values() if found.measure == credit.measure.name]
        faulty = credit.tally.eligible - credit.tally.good
        for found in sorted(own, key=_easiest_first)[:faulty]:
            yield _Option(at, 1, found)


def _easiest_first(finding: Finding) -> tuple[int, Decimal, str]:
    """Records of one measure are worth the same: fewest faults, then the largest amount."""
    return len(finding.faults), -(finding.amount or Decimal(0)), finding.record_id


def _after(credit: Credit, option: _Option, times: int) -> Credit:
    """The credit after a record was fixed or acts were logged."""
    tally = credit.tally
    if option.finding is None:
        return replace(credit, tally=replace(tally, done=tally.done + times))
    return replace(credit, tally=replace(tally, good=tally.good + times))


def _gain(now: Sequence[Credit], option: _Option, times: int) -> Fraction:
    then = list(now)
    then[option.at] = _after(now[option.at], option, times)
    return score_of(then) - score_of(now)


def _points_a_minute(now: Sequence[Credit], option: _Option) -> Fraction:
    return _gain(now, option, 1) / now[option.at].measure.minutes


def _times(now: Sequence[Credit], option: _Option, wanted: Fraction) -> int:
    """The fewest acts that gain what is wanted, or all that are credited."""
    return min(option.most, ceil(wanted / _gain(now, option, 1)))


def _fix(credit: Credit, option: _Option, times: int, points: Decimal, rules: RuleSet) -> Fix:
    measure, finding = credit.measure, option.finding
    if finding is None:
        text = measure.act if times == 1 else f"{measure.act}, {times} times"
        return Fix(measure.name, text, points, times * measure.minutes)
    todo = [rules.fault_texts.get(fault, f"{measure.act} ({fault})") for fault in finding.faults]
    return Fix(
        measure=measure.name,
        text="; ".join(todo) or measure.act,
        points=points,
        minutes=measure.minutes,
        record_id=finding.record_id,
        record_name=finding.record_name,
    )
