"""A sample read back: the real export reader and the real reduction, and what was planted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from service.evidence.newest import newest_creation_date
from service.evidence.reduce import reduce_rows
from service.export import read_export
from service.rules_file import read_rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from service.sample import SampleFacts
    from service.scoring.evidence import PersonEvidence

EVIDENCE_DAYS = 140


@dataclass(frozen=True)
class Reading:
    """What the evidence floor makes of a sample."""

    rows_read: Mapping[str, int]
    rows_rejected: Mapping[str, int]
    newest: date
    not_people: Mapping[str, int]
    absent: Mapping[str, str]
    gaps: frozenset[tuple[str, str | None]]
    people: Mapping[str, PersonEvidence]
    deals: Mapping[str, Any]


def read(facts: SampleFacts, folder: Path) -> Reading:
    tables = read_export([facts.path], folder)
    with reduce_rows(
        tables, read_rules(None), facts.as_of, work_dir=folder, memory_limit_mb=200
    ) as reduced:
        return Reading(
            {name: table.rows for name, table in tables.by_name.items()},
            reduced.rows_rejected,
            newest_creation_date(tables),
            reduced.not_people,
            reduced.coverage.absent_measures,
            frozenset((gap.object_name, gap.column) for gap in reduced.gaps),
            {one.person.user_id: one for one in reduced.people()},
            {deal.opportunity_id: deal for deal in reduced.won_deals(Decimal(100_000))},
        )


def planted(
    facts: SampleFacts, counts: Sequence[int], days_back: int = EVIDENCE_DAYS
) -> dict[date, int]:
    """What the truth says of the days that evidence covers."""
    days = {facts.first_day + timedelta(days=at): count for at, count in enumerate(counts) if count}
    since = facts.as_of - timedelta(days=days_back)
    return {day: count for day, count in days.items() if day >= since}


def found(person: PersonEvidence, measure: str, column: str) -> dict[date, int]:
    """What the evidence says, day by day, without zeros."""
    series = person.of(measure)
    pairs = zip(series.days, getattr(series, column), strict=True)
    return {day: count for day, count in pairs if count}


def total(person: PersonEvidence, measure: str, column: str) -> int:
    return sum(getattr(person.of(measure), column))
