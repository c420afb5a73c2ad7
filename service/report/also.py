"""What the rules count beside the score: measures without a weight, in all, by group and by person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from statistics import median_high, median_low
from typing import TYPE_CHECKING

from service.facts.groups import grouped, hide, is_few, ways_to_group
from service.report.rates import Rate, rate
from service.scoring.credit import Tally
from service.scoring.rounding import published

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from decimal import Decimal

    from service.facts.facts import Facts, Member
    from service.scoring.evidence import PersonEvidence
    from service.scoring.rule_set import Measure, RuleSet

DAYS = 28  #: count and money measures: the as-of day is the last; the others say how things stand


@dataclass(frozen=True)
class Cell:
    """One measure of some people. Money is in corporate currency, a share is good of all."""

    total: Decimal | None = None
    share: Rate | None = None
    is_hidden: bool = False


@dataclass(frozen=True)
class Row:
    """One measure: in all, and what is typical of a person."""

    measure: Measure
    cell: Cell
    people: int | None  #: who have any; None: hidden
    median: Decimal | None
    why_not: str | None


@dataclass(frozen=True)
class Group:
    """One group's cells, in the order of the measures that can be counted."""

    label: str
    people: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Also:
    """What the section shows."""

    since: date
    rows: list[Row]
    measures: tuple[Measure, ...]
    tables: dict[str, list[Group]]


def tallies(person: PersonEvidence, rules: RuleSet, as_of: date) -> dict[str, Tally]:
    """One person's counts of the measures that are not scored."""
    return {one.name: _tally(person, one, as_of) for one in rules.measures if not one.weight}


def _tally(person: PersonEvidence, measure: Measure, as_of: date) -> Tally:
    series = person.of(measure.name)
    first = as_of - timedelta(days=DAYS - 1) if measure.kind in ("count", "money") else as_of
    at = series.within(first, as_of)
    return Tally(
        done=sum(series.done[at]), seen=sum(series.seen[at]), good=sum(series.good[at]),
        eligible=sum(series.eligible[at]),
    )  # fmt: skip


def also(facts: Facts) -> Also | None:
    """The section; None where every measure of the rules is scored."""
    measures = [one for one in facts.rules.measures if not one.weight]
    if not measures:
        return None
    known = tuple(one for one in measures if one.name not in facts.absent_measures)
    return Also(
        since=facts.as_of - timedelta(days=DAYS - 1),
        rows=[_row(facts, one) for one in measures],
        measures=known,
        tables={
            name: _groups(
                facts,
                known,
                [(one.label, one.members) for one in grouped(facts.people, key, facts.least)],
            )
            for name, key in ways_to_group(facts).items()
        },
    )


def _row(facts: Facts, measure: Measure) -> Row:
    why_not = facts.absent_measures.get(measure.name)
    own = [_of(one, measure) for one in facts.people]
    people = sum(_is_any(measure, one) for one in own)
    few = any(is_few(count, facts.least) for count in _behind(measure, own))
    cell = Cell() if why_not else _hide(_cell(measure, own), hidden=few)
    is_shown = (
        not (why_not or cell.is_hidden or measure.kind == "share") and len(own) >= facts.least
    )
    typical = _amount(measure, _median([one.done for one in own])) if is_shown and own else None
    without = is_few(len(own) - people, facts.least)
    return Row(measure, cell, None if without else people, typical, why_not)


def _groups(
    facts: Facts, measures: Sequence[Measure], groups: Sequence[tuple[str, Sequence[Member]]]
) -> list[Group]:
    columns = [_column(facts, one, [members for _, members in groups]) for one in measures]
    return [
        Group(label, len(members), tuple(column[at] for column in columns))
        for at, (label, members) in enumerate(groups)
    ]


def _column(facts: Facts, measure: Measure, groups: Sequence[Sequence[Member]]) -> list[Cell]:
    """One measure for every group; of few people it is hidden where nobody may be named."""
    own = [[_of(one, measure) for one in members] for members in groups]
    hidden = hide([_behind(measure, some) for some in own], facts.least)
    return [_hide(_cell(measure, some), hidden=few) for some, few in zip(own, hidden, strict=True)]


def _of(member: Member, measure: Measure) -> Tally:
    return member.also.get(measure.name, Tally())


def _is_any(measure: Measure, tally: Tally) -> bool:
    return bool(tally.eligible if measure.kind == "share" else tally.done)


def _behind(measure: Measure, own: Sequence[Tally]) -> tuple[int, ...]:
    """How many people the number is about; of a share, those with good ones and with others."""
    if measure.kind == "share":
        good = sum(one.good > 0 for one in own)
        return good, sum(one.good < one.eligible for one in own)
    return (sum(_is_any(measure, one) for one in own),)


def _cell(measure: Measure, own: Iterable[Tally]) -> Cell:
    tallied = list(own)
    if measure.kind == "share":
        return Cell(
            share=rate(sum(one.good for one in tallied), sum(one.eligible for one in tallied))
        )
    return Cell(total=_amount(measure, Fraction(sum(one.done for one in tallied))))


def _amount(measure: Measure, done: Fraction) -> Decimal:
    return published(done / 100 if measure.kind == "money" else done, 2)


def _median(numbers: Sequence[int]) -> Fraction:
    """Exactly: `statistics.median` of whole numbers is a float, and of fractions slow."""
    return Fraction(median_low(numbers) + median_high(numbers), 2)


def _hide(cell: Cell, *, hidden: bool) -> Cell:
    return Cell(is_hidden=True) if hidden else cell
