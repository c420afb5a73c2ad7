"""Usage: records created and activities closed, by role, profile, region and manager."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from service.evidence.usage import KINDS
from service.facts.groups import grouped, hide, ways_to_group

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from service.evidence.usage import Usage
    from service.facts.facts import Member
    from service.report.facts import ReportFacts

HEADINGS = {
    "accounts": "Accounts",
    "contacts": "Contacts",
    "opportunities": "Opportunities",
    "leads": "Leads",
    "activities": "Activities closed",
}
NOBODY = "Queues and owners not in the data"


@dataclass(frozen=True)
class Cell:
    """One count, of the last 30 days and in all; None where the data cannot tell."""

    recent: int | None = None
    total: int | None = None
    is_hidden: bool = False  #: too few people own any of it, or a row beside it must be covered


@dataclass(frozen=True)
class Row:
    """One group's counts, in the order of HEADINGS. `people` is None for records of no user."""

    label: str
    people: int | None
    cells: tuple[Cell, ...]


def total(facts: ReportFacts) -> Row:
    """Every record, whoever owns it."""
    usages = [*_of(facts.members), facts.unowned]
    row = Row("Everybody", len(facts.members), _cells(usages, facts))
    return _masked([row], [usages], facts)[0]


def tables(facts: ReportFacts) -> dict[str, list[Row]]:
    """By every way to group people.

    Each table adds up to the total: records of queues and of owners who are not in the data are
    a row of their own.
    """
    return {name: _table(facts, key) for name, key in ways_to_group(facts).items()}


def _table(facts: ReportFacts, key: Callable[[Member], str]) -> list[Row]:
    groups = grouped(facts.members, key, facts.least)
    usages = [_of(one.members) for one in groups]
    rows = [
        Row(one.label, len(one.members), _cells(own, facts))
        for one, own in zip(groups, usages, strict=True)
    ]
    if rows and facts.unowned:
        rows.append(Row(NOBODY, None, _cells([facts.unowned], facts)))
        usages.append([facts.unowned])
    return _masked(rows, usages, facts)


def _masked(
    rows: Sequence[Row], usages: Sequence[Sequence[Mapping[str, Usage]]], facts: ReportFacts
) -> list[Row]:
    """Rows without the counts behind which stand too few; owners who are no users count as one."""
    hidden = [hide([_owners(kind, own) for own in usages], facts.least) for kind in KINDS]
    return [
        replace(
            row,
            cells=tuple(
                Cell(is_hidden=True) if few[at] else cell
                for cell, few in zip(row.cells, hidden, strict=True)
            ),
        )
        for at, row in enumerate(rows)
    ]


def _owners(kind: str, usages: Sequence[Mapping[str, Usage]]) -> tuple[int, int]:
    """How many own any, and how many any of the last 30 days."""
    own = [usage[kind] for usage in usages if kind in usage]
    return sum(one.total > 0 for one in own), sum(bool(one.recent) for one in own)


def cells_of(member: Member, facts: ReportFacts) -> tuple[Cell, ...]:
    """One person's counts."""
    return _cells([member.usage], facts)


def _of(members: Iterable[Member]) -> list[Mapping[str, Usage]]:
    return [member.usage for member in members]


def _cells(usages: Sequence[Mapping[str, Usage]], facts: ReportFacts) -> tuple[Cell, ...]:
    return tuple(_cell(kind, usages, facts) for kind in KINDS)


def _cell(kind: str, usages: Sequence[Mapping[str, Usage]], facts: ReportFacts) -> Cell:
    if kind not in facts.counted:
        return Cell(None, None)
    own = [usage[kind] for usage in usages if kind in usage]
    recent = sum(one.recent or 0 for one in own) if facts.counted[kind] else None
    return Cell(recent, sum(one.total for one in own))
