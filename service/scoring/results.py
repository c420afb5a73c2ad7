"""Exact credits as published results: rounded once, and still adding up."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from service.scoring.credit import score_of, share_of, weight_of
from service.scoring.result import ComponentResult, MeasureResult
from service.scoring.rounding import apportion, from_units, published, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.scoring.credit import Credit
    from service.scoring.rule_set import Component, RuleSet

SCORE_PLACES = 1


def score_tenths(credits_in_order: Sequence[Credit]) -> int:
    """The published score in tenths of a point."""
    return units(score_of(credits_in_order), SCORE_PLACES)


def points(credits_in_order: Sequence[Credit]) -> tuple[Decimal, ...]:
    """What each measure adds; they add up to the published score exactly."""
    total = weight_of(credits_in_order)
    parts = [1000 * share_of(credit) / total for credit in credits_in_order]
    return _tenths(apportion(parts, score_tenths(credits_in_order)))


def losses(credits_in_order: Sequence[Credit]) -> tuple[Decimal, ...]:
    """What each measure lacks; they add up to 100 less the published score exactly."""
    total = weight_of(credits_in_order)
    parts = [1000 * (credit.weight - share_of(credit)) / total for credit in credits_in_order]
    return _tenths(apportion(parts, 1000 - score_tenths(credits_in_order)))


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


def component_results(
    credits_in_order: Sequence[Credit], rules: RuleSet
) -> tuple[ComponentResult, ...]:
    """Every component of the rule set, in its order."""
    return tuple(_component(component, credits_in_order) for component in rules.components)


def _component(component: Component, credits_in_order: Sequence[Credit]) -> ComponentResult:
    own = [credit for credit in credits_in_order if credit.measure.component == component.name]
    is_scorable = weight_of(own) > 0
    return ComponentResult(
        component=component.name,
        label=component.label,
        weight=published(sum((Fraction(credit.measure.weight) for credit in own), Fraction(0)), 2),
        score=published(score_of(own), SCORE_PLACES) if is_scorable else None,
    )


def _tenths(counts: Sequence[int]) -> tuple[Decimal, ...]:
    return tuple(from_units(count, SCORE_PLACES) for count in counts)
