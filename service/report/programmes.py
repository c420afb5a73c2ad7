"""Campaign to pipeline: what each programme brought, in all, by month and by week. Never scored.

Where only aggregates may be shown, a figure of fewer than ten owners is hidden. One person may own
something of several programmes and in several months: of several counts of owners only the
largest is sure.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from service.facts.groups import hidden_figures
from service.report.rates import Rate, rate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from service.evidence.campaigns import By, Campaigns, Counts
    from service.report.facts import ReportFacts

#: A label and the programmes under it.
_Group = tuple[str, set[str]]
#: What a programme has, each shown or hidden by itself.
FIGURES = ("leads", "opportunities", "pipeline", "won", "won_amount")
LISTED = 20
MONTHS = 6
NONE = {"campaign": "No campaign", "lead source": "No lead source"}


@dataclass(frozen=True)
class Row:
    """One programme, or several together."""

    label: str
    leads: int | None  #: None: not known
    opportunities: int
    pipeline: Decimal
    won: Rate  #: of those that are closed
    won_amount: Decimal
    hidden: frozenset[str] = frozenset()  #: of FIGURES: too few, or a row beside it is covered

    @property
    def is_hidden(self) -> bool:
        """Whether nothing of it may be shown."""
        return self.hidden.issuperset(FIGURES)


@dataclass(frozen=True)
class Programme:
    """Leads and opportunities of one programme in stretches of time, the newest first."""

    label: str
    cells: tuple[tuple[int | None, int], ...]
    hidden: frozenset[str] = frozenset()  #: of FIGURES: in some month too few, or as above


@dataclass(frozen=True)
class Programmes:
    """What the section shows."""

    by: By
    since: date
    leads_known: bool
    rows: list[Row]
    total: Row
    months: tuple[date, ...]
    by_month: list[Programme]
    weeks: tuple[date, ...]
    by_week: Programme
    hidden_weeks: tuple[frozenset[str], ...]  #: of FIGURES, for each week


def programmes(facts: ReportFacts) -> Programmes | None:
    """The section; None where the data name no programme, or too few people own anything."""
    found = facts.beside.campaigns
    if found is None or not found.whole:
        return None
    groups = _groups(found, facts.least)
    counts = [[one for one in found.whole if one.programme in keys] for _, keys in groups]
    rows = _masked(
        [_row(label, own, found) for (label, _), own in zip(groups, counts, strict=True)],
        counts,
        facts,
    )
    if all(row.is_hidden for row in rows):
        return None
    months, weeks = _newest(found.months, MONTHS), _newest(found.weeks, None)
    return Programmes(
        by=found.by,
        since=found.since,
        leads_known=found.leads_known,
        rows=rows,
        total=_masked([_row("Everything", found.everything, found)], [found.everything], facts)[0],
        months=months,
        by_month=_by_month(found, groups, rows, months, facts.least),
        weeks=weeks,
        by_week=_over(found, found.every_week, "Everything", {""}, weeks),
        hidden_weeks=_few_weeks(found, weeks, facts.least),
    )


def _groups(found: Campaigns, least: int) -> list[_Group]:
    """(label, programmes): the largest pipelines first, then the others together, then none.

    Where only aggregates may be shown, a programme of fewer than `least` owners is one of the
    others, with the smallest of the rest when they are still too few.
    """
    own = [one for one in found.whole if one.programme]
    largest = sorted(own, key=lambda one: (-one.pipeline, -one.leads, one.programme))
    shown = [one for one in largest if one.owners >= least][:LISTED]
    others = [one for one in largest if one not in shown]
    while others and shown and max(one.owners for one in others) < least:
        others.append(shown.pop())
    groups = [(label_of(found, one.programme), {one.programme}) for one in shown]
    if others:
        groups.append((f"{len(others)} other programmes", {one.programme for one in others}))
    if any(not one.programme for one in found.whole):
        groups.append((NONE[found.by], {""}))
    return groups


def _masked(rows: list[Row], counts: Sequence[Sequence[Counts]], facts: ReportFacts) -> list[Row]:
    people = [_people(own) for own in counts]
    hidden = hidden_figures(people, facts.least, together=max)
    return [replace(row, hidden=few) for row, few in zip(rows, hidden, strict=True)]


def _people(counts: Collection[Counts]) -> dict[str, tuple[int, ...]]:
    """So many people at least stand behind each figure of a row."""

    def most(*names: str) -> tuple[int, ...]:
        return tuple(
            max((getattr(one.behind, name) for one in counts), default=0) for name in names
        )

    return {
        "leads": most("leads"), "opportunities": most("opportunities"), "pipeline": most("amounts"),
        "won": most("won", "lost"), "won_amount": most("won_amounts"),
    }  # fmt: skip


def _by_month(
    found: Campaigns,
    groups: Sequence[_Group],
    rows: Sequence[Row],
    months: Sequence[date],
    least: int,
) -> list[Programme]:
    """The last column of owners is of the months before: a programme's sum is known."""
    shown = [[one for one in found.months if one.starts == start] for start in months]
    columns = [*shown, [one for one in found.months if one.starts not in months]]
    people = []
    for _, keys in groups:
        cells = [_people([one for one in column if one.programme in keys]) for column in columns]
        people.append({name: [sum(cell[name]) for cell in cells] for name in FIGURES[:2]})
    hidden = hidden_figures(people, least, together=max)
    return [
        replace(_over(found, found.months, label, keys, months), hidden=few | row.hidden)
        for (label, keys), row, few in zip(groups, rows, hidden, strict=True)
    ]


def _few_weeks(found: Campaigns, weeks: Sequence[date], least: int) -> tuple[frozenset[str], ...]:
    people = [_people([one for one in found.every_week if one.starts == week]) for week in weeks]
    return tuple(hidden_figures(people, least, together=max))


def label_of(found: Campaigns, programme: str) -> str:
    """The name of a programme; a campaign that is not in the data goes by its id."""
    return found.names.get(programme, programme) or NONE[found.by]


def _row(label: str, own: Sequence[Counts], found: Campaigns) -> Row:
    won = sum(one.won for one in own)
    return Row(
        label=label,
        leads=sum(one.leads for one in own) if found.leads_known else None,
        opportunities=sum(one.opportunities for one in own),
        pipeline=money(sum(one.pipeline for one in own)),
        won=rate(won, won + sum(one.lost for one in own)),
        won_amount=money(sum(one.won_amount for one in own)),
    )


def money(hundredths: int) -> Decimal:
    """An amount from its hundredths."""
    return Decimal(hundredths).scaleb(-2)


def _newest(counts: Sequence[Counts], most: int | None) -> tuple[date, ...]:
    starts = sorted({one.starts for one in counts if one.starts}, reverse=True)
    return tuple(starts[:most])


def _over(
    found: Campaigns,
    counts: Sequence[Counts],
    label: str,
    keys: Iterable[str],
    starts: Sequence[date],
) -> Programme:
    wanted = set(keys)
    sums: defaultdict[date, list[int]] = defaultdict(lambda: [0, 0])
    for one in counts:
        if one.programme in wanted and one.starts:
            sums[one.starts][0] += one.leads
            sums[one.starts][1] += one.opportunities
    return Programme(label, tuple(_cell(sums, start, found.leads_known) for start in starts))


def _cell(
    sums: Mapping[date, list[int]],
    start: date,
    leads_known: bool,  # noqa: FBT001
) -> tuple[int | None, int]:
    leads, opportunities = sums[start]
    return (leads if leads_known else None), opportunities
