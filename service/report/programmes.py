"""Campaign to pipeline: what each programme brought, in all, by month and by week. Never scored.

Where only aggregates may be shown, what fewer than ten people own is hidden. One person may own
something of several programmes and in several months: of several counts of owners only the
largest is sure.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from service.report.groups import hide
from service.report.rates import Rate, rate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from service.evidence.campaigns import By, Campaigns, Counts
    from service.report.facts import Facts

#: A label and the programmes under it.
_Group = tuple[str, set[str]]
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
    is_hidden: bool = False  #: too few people own any of it, or a row beside it must be covered


@dataclass(frozen=True)
class Programme:
    """Leads and opportunities of one programme in stretches of time, the newest first."""

    label: str
    cells: tuple[tuple[int | None, int], ...]
    is_hidden: bool = False  #: in some month too few people own any of it, or as above


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
    hidden_weeks: frozenset[date]


def programmes(facts: Facts) -> Programmes | None:
    """The section; None where the data name no programme, or too few people own anything."""
    found = facts.beside.campaigns
    if found is None or not found.whole:
        return None
    groups = _groups(found, facts.least)
    rows = _rows(found, groups, facts.least)
    if all(row.is_hidden for row in rows):
        return None
    months, weeks = _newest(found.months, MONTHS), _newest(found.weeks, None)
    everything = {one.programme for one in found.whole}
    return Programmes(
        by=found.by,
        since=found.since,
        leads_known=found.leads_known,
        rows=rows,
        total=_row(found, "Everything", everything),
        months=months,
        by_month=_by_month(found, groups, rows, months, facts.least),
        weeks=weeks,
        by_week=_over(found, found.weeks, "Everything", everything, weeks),
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


def _rows(found: Campaigns, groups: Sequence[_Group], least: int) -> list[Row]:
    owners = [[_owners(found.whole, keys)] for _, keys in groups]
    hidden = hide(owners, least, together=max)
    return [
        replace(_row(found, label, keys), is_hidden=few)
        for (label, keys), few in zip(groups, hidden, strict=True)
    ]


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
    owners = [[_owners(counts, keys) for counts in columns] for _, keys in groups]
    hidden = hide(owners, least, together=max)
    return [
        replace(_over(found, found.months, label, keys, months), is_hidden=few or row.is_hidden)
        for (label, keys), row, few in zip(groups, rows, hidden, strict=True)
    ]


def _few_weeks(found: Campaigns, weeks: Sequence[date], least: int) -> frozenset[date]:
    hidden = hide([[found.owners_by_week.get(one) or 1] for one in weeks], least, together=max)
    return frozenset(one for one, few in zip(weeks, hidden, strict=True) if few)


def _owners(counts: Iterable[Counts], keys: Collection[str]) -> int:
    """So many people own any of it at least; an owner who is not in the data is one, too."""
    return max((one.owners or 1 for one in counts if one.programme in keys), default=0)


def label_of(found: Campaigns, programme: str) -> str:
    """The name of a programme; a campaign that is not in the data goes by its id."""
    return found.names.get(programme, programme) or NONE[found.by]


def _row(found: Campaigns, label: str, keys: Iterable[str]) -> Row:
    wanted = set(keys)
    own = [one for one in found.whole if one.programme in wanted]
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
