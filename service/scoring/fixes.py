"""What would raise a score by 10: exact, and the cheapest first.

The points listed are the points gained by doing the list from its top. Fixing a record that exists
keeps the number of records, and logging acts stops at the expectation, so that no weight changes
and every step is worth the same wherever it stands. What cannot be caught up (minutes 0: footprint days) is
never listed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from heapq import nsmallest
from math import ceil
from typing import TYPE_CHECKING

from service.scoring.result import Fix
from service.scoring.rounding import from_units, units

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from service.scoring.evidence import Finding
    from service.scoring.reckoning import Reckoning
    from service.scoring.rule_set import Measure, RuleSet

TARGET_POINTS = 10
POINTS_PLACES = 2
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Option:
    """What one measure would gain: acts to log, or records to fix, each worth the same.

    Neither changes a weight, so a step is worth as much after other steps as before them.
    """

    measure: Measure
    each: Fraction  #: points of a whole step
    left: Fraction  #: steps that are credited; of acts the last one may be a part of one
    findings: tuple[Finding, ...] | None = None  #: None: acts

    def gain(self, steps: int) -> Fraction:
        """Points of so many steps."""
        return self.each * min(Fraction(steps), self.left)


def fixes(reckoning: Reckoning, findings: Iterable[Finding], rules: RuleSet) -> tuple[Fix, ...]:
    """The cheapest list, by points per minute, that gains 10 points, or all there is.

    Points have two decimals; those of the first n fixes add up to the rounded gain of the n.
    """
    listed: list[Fix] = []
    gained = Fraction(0)
    for option in sorted(_options(reckoning, findings), key=_dearest_first):
        if gained >= TARGET_POINTS:
            break
        times = min(ceil(option.left), ceil((TARGET_POINTS - gained) / option.gain(1)))
        if option.findings is None:
            then = gained + option.gain(times)
            listed.append(_acts(option.measure, times, _between(gained, then)))
            gained = then
            continue
        for found in nsmallest(times, option.findings, key=_easiest_first):
            then = gained + option.each
            listed.append(_record(option.measure, found, _between(gained, then), rules))
            gained = then
    return tuple(listed)


def _dearest_first(option: _Option) -> Fraction:
    return -option.gain(1) / option.measure.minutes


def _options(reckoning: Reckoning, findings: Iterable[Finding]) -> Iterator[_Option]:
    own: defaultdict[str, dict[str, Finding]] = defaultdict(dict)
    for found in findings:
        own[found.measure][found.record_id] = found
    for credit, weight in zip(reckoning.credits, reckoning.weights, strict=True):
        measure, tally = credit.measure, credit.tally
        if credit.value is None or credit.value == 1 or not measure.minutes:
            continue
        points = Fraction(100 * weight, sum(reckoning.weights))
        if credit.expected is not None:
            yield _Option(measure, points / credit.expected, credit.expected - tally.done)
        elif own[measure.name]:
            records = tuple(own[measure.name].values())
            left = min(len(records), tally.eligible - tally.good)
            yield _Option(measure, points / tally.eligible, Fraction(left), records)


def _easiest_first(finding: Finding) -> tuple[int, Decimal, str]:
    """Records of one measure are worth the same: fewest faults, then the largest amount."""
    return len(finding.faults), -(finding.amount or _NOTHING), finding.record_id


def _between(gained: Fraction, then: Fraction) -> Decimal:
    """What a step adds to the rounded gain."""
    return from_units(units(then, POINTS_PLACES) - units(gained, POINTS_PLACES), POINTS_PLACES)


def _acts(measure: Measure, times: int, points: Decimal) -> Fix:
    text = measure.act if times == 1 else f"{measure.act}, {times} times"
    return Fix(measure.name, text, points, times * measure.minutes)


def _record(measure: Measure, finding: Finding, points: Decimal, rules: RuleSet) -> Fix:
    todo = [rules.fault_texts.get(fault, f"{measure.act} ({fault})") for fault in finding.faults]
    return Fix(
        measure=measure.name,
        text="; ".join(todo) or measure.act,
        points=points,
        minutes=measure.minutes,
        record_id=finding.record_id,
        record_name=finding.record_name,
    )
