"""The method, told from the rules in force, and what the data could not show."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.report.told_measures import asked_of, counted
from service.report.told_rules import told_rules

if TYPE_CHECKING:
    from decimal import Decimal

    from service.report.facts import ReportFacts
    from service.report.told_rules import Told
    from service.scoring.rule_set import Measure


@dataclass(frozen=True)
class MeasureRow:
    """One measure of the rules, and why it could not be judged here, if so."""

    label: str
    explanation: str
    component: str  #: "" where it enters no score
    weight: Decimal
    asked: str  #: "rep 25, manager 10 a week"
    since: str  #: when it holds, where that is not always
    why_not: str | None
    counted: str  #: of a measure that the rules make up themselves


@dataclass(frozen=True)
class Method:
    """What the method section shows."""

    scored: tuple[MeasureRow, ...]
    beside: tuple[MeasureRow, ...]  #: measures that enter no score
    rules: tuple[Told, ...]


@dataclass(frozen=True)
class ObjectRow:
    """One object: rows read and set aside, and what is missing in it."""

    name: str
    rows: int | None  #: None: not in the export
    rejected: int
    gaps: tuple[str, ...]


def method(facts: ReportFacts) -> Method:
    """The rules in force."""
    rows = [(one.weight, _row(facts, one)) for one in facts.rules.measures]
    return Method(
        scored=tuple(row for weight, row in rows if weight),
        beside=tuple(row for weight, row in rows if not weight),
        rules=told_rules(facts),
    )


def _row(facts: ReportFacts, measure: Measure) -> MeasureRow:
    labels = {one.name: one.label for one in facts.rules.components}
    return MeasureRow(
        label=measure.label,
        explanation=measure.explanation,
        component=labels.get(measure.component, measure.component),
        weight=measure.weight,
        asked=asked_of(measure),
        since=_since(measure),
        why_not=facts.absent_measures.get(measure.name),
        counted=counted(measure.counts) if measure.counts else "",
    )


def _since(measure: Measure) -> str:
    since = [f"from {measure.effective_from}"] if measure.effective_from else []
    until = [f"to {measure.effective_to}"] if measure.effective_to else []
    return " ".join([*since, *until])


def coverage(facts: ReportFacts) -> tuple[ObjectRow, ...]:
    """Every object that was read or is missed, by name."""
    gaps: defaultdict[str, list[str]] = defaultdict(list)
    for gap in facts.gaps:
        gaps[gap.object_name].append(gap.told(is_named=not facts.aggregate_only))
    names = sorted({*facts.rows_read, *gaps})
    return tuple(
        ObjectRow(
            name, facts.rows_read.get(name), facts.rows_rejected.get(name, 0),
            tuple(dict.fromkeys(gaps[name])),
        )
        for name in names
    )  # fmt: skip
