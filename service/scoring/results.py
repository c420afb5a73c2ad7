"""Exact credits as published results: rounded once, and still adding up."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from service.scoring.result import ComponentResult, MeasureResult
from service.scoring.rounding import apportion, from_units, published, units_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.scoring.credit import Credit
    from service.scoring.reckoning import Reckoning
    from service.scoring.rule_set import Component, RuleSet

SCORE_PLACES = 1


def score_tenths(reckoning: Reckoning) -> int:
    """The published score in tenths of a point."""
    return units_of(100 * sum(reckoning.earned), sum(reckoning.weights), SCORE_PLACES)


def points(reckoning: Reckoning) -> tuple[Decimal, ...]:
    """What each measure adds; they add up to the published score exactly."""
    parts = [1000 * earned for earned in reckoning.earned]
    return _tenths(apportion(parts, sum(reckoning.weights), score_tenths(reckoning)))


def losses(reckoning: Reckoning) -> tuple[Decimal, ...]:
    """What each measure lacks; they add up to 100 less the published score exactly."""
    pairs = zip(reckoning.weights, reckoning.earned, strict=True)
    parts = [1000 * (weight - earned) for weight, earned in pairs]
    return _tenths(apportion(parts, sum(reckoning.weights), 1000 - score_tenths(reckoning)))


def measure_result(credit: Credit, points_added: Decimal) -> MeasureResult:
    """One measure as people see it; credits to 4 decimals, expectations to 2."""
    measure, tally, value = credit.measure, credit.tally, credit.value
    is_count = measure.kind == "count"
    return MeasureResult(
        measure=measure.name,
        label=measure.label,
        component=measure.component,
        kind=measure.kind,
        weight=measure.weight,
        scorable_weight=published(credit.weight, 2),
        credit=None if value is None else published(value, 4),
        points=points_added,
        done=Decimal(tally.done) if is_count else None,
        expected=None if credit.expected is None else published(credit.expected, 2),
        seen=tally.seen,
        good=None if is_count else tally.good,
        eligible=None if is_count else tally.eligible,
        why_not=credit.why_not,
        explanation=measure.explanation,
    )


def component_results(reckoning: Reckoning, rules: RuleSet) -> tuple[ComponentResult, ...]:
    """Every component of the rule set, in its order."""
    return tuple(_component(component, reckoning) for component in rules.components)


def _component(component: Component, reckoning: Reckoning) -> ComponentResult:
    own = [
        at
        for at, credit in enumerate(reckoning.credits)
        if credit.measure.component == component.name
    ]
    weight = sum(reckoning.weights[at] for at in own)
    earned = sum(reckoning.earned[at] for at in own)
    full = sum((reckoning.credits[at].measure.weight for at in own), Decimal(0))
    return ComponentResult(
        component=component.name,
        label=component.label,
        weight=published(Fraction(full), 2),
        score=from_units(units_of(100 * earned, weight, 1), 1) if weight else None,
    )


def _tenths(counts: Sequence[int]) -> tuple[Decimal, ...]:
    return tuple(from_units(count, SCORE_PLACES) for count in counts)
