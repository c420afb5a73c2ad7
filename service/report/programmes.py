"""Campaign to pipeline: what each programme brought, in all, by month and by week. Never scored."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from service.report.rates import Rate, rate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from service.evidence.campaigns import By, Campaigns, Counts
    from service.report.facts import Facts

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


@dataclass(frozen=True)
class Programme:
    """Leads and opportunities of one programme in stretches of time, the newest first."""

    label: str
    cells: tuple[tuple[int | None, int], ...]


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


def programmes(facts: Facts) -> Programmes | None:
    """The section; None where the data name no programme, or too few people own anything."""
    found = facts.beside.campaigns
    if found is None or not found.whole:
        return None
    groups = _groups(found, facts.least)
    if groups is None:
        return None
    months, weeks = _newest(found.months, MONTHS), _newest(found.weeks, None)
    everything = {one.programme for one in found.whole}
    return Programmes(
        by=found.by,
        since=found.since,
        leads_known=found.leads_known,
        rows=[_row(found, label, keys) for label, keys in groups],
        total=_row(found, "Everything", everything),
        months=months,
        by_month=[_over(found, found.months, label, keys, months) for label, keys in groups],
        weeks=weeks,
        by_week=_over(found, found.weeks, "Everything", everything, weeks),
    )


def _groups(found: Campaigns, least: int) -> list[tuple[str, set[str]]] | None:
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
    if others and (least == 1 or max(one.owners for one in others) >= least):
        groups.append((f"{len(others)} other programmes", {one.programme for one in others}))
    nothing = [one for one in found.whole if not one.programme and one.owners >= least]
    if nothing:
        groups.append((NONE[found.by], {""}))
    return groups or None


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
