"""The method, told from the rules in force, and what the data could not show."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.scoring.rounding import plain

if TYPE_CHECKING:
    from decimal import Decimal

    from service.report.facts import Facts
    from service.scoring.rule_set import Measure, RuleSet

#: An example of an unreadable row may hold anything, also a name.
_EXAMPLE = re.compile(r"; for instance .*", re.DOTALL)


@dataclass(frozen=True)
class MeasureRow:
    """One measure of the rules, and why it could not be judged here, if so."""

    label: str
    explanation: str
    component: str
    weight: Decimal
    asked: str  #: "rep 25, manager 10 a week"
    why_not: str | None


@dataclass(frozen=True)
class Method:
    """What the method section shows beside the rule set itself."""

    measures: tuple[MeasureRow, ...]
    roles: tuple[tuple[str, str], ...]  #: (role of the rules, the Salesforce roles that are it)
    total_weight: Decimal


@dataclass(frozen=True)
class ObjectRow:
    """One object: rows read and set aside, and what is missing in it."""

    name: str
    rows: int | None  #: None: not in the export
    rejected: int
    gaps: tuple[str, ...]


def method(facts: Facts) -> Method:
    """The rules in force."""
    rules = facts.rules
    labels = {one.name: one.label for one in rules.components}
    rows = tuple(
        MeasureRow(
            label=one.label,
            explanation=one.explanation,
            component=labels.get(one.component, one.component),
            weight=one.weight,
            asked=_asked(one),
            why_not=facts.absent_measures.get(one.name),
        )
        for one in rules.scored
    )
    return Method(
        rows, _roles(rules), sum((one.weight for one in rules.scored), start=_zero(rules))
    )


def _zero(rules: RuleSet) -> Decimal:
    return rules.measures[0].weight * 0 if rules.measures else rules.ramp.first_week * 0


def _asked(measure: Measure) -> str:
    if measure.kind == "share":
        return f"all of them ({', '.join(measure.roles)})"
    parts = [f"{role} {plain(minimum)}" for role, minimum in measure.weekly_minimums.items()]
    return f"{', '.join(parts)} a week" if parts else "nobody"


def _roles(rules: RuleSet) -> tuple[tuple[str, str], ...]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, role in rules.role_names.items():
        found[role].append(name)
    return tuple((role, ", ".join(names)) for role, names in found.items())


def coverage(facts: Facts) -> tuple[ObjectRow, ...]:
    """Every object that was read or is missed, by name."""
    gaps: defaultdict[str, list[str]] = defaultdict(list)
    for gap in facts.gaps:
        gaps[gap.object_name].append(told(gap.why, facts))
    names = sorted({*facts.rows_read, *gaps})
    return tuple(
        ObjectRow(
            name, facts.rows_read.get(name), facts.rows_rejected.get(name, 0),
            tuple(dict.fromkeys(gaps[name])),
        )
        for name in names
    )  # fmt: skip


def told(why: str, facts: Facts) -> str:
    """The sentence of a gap, without its example where nobody may be named."""
    return _EXAMPLE.sub(".", why) if facts.options.aggregate_only else why
