"""Usage: records created and activities closed, by role, profile, region and manager."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.evidence.usage import KINDS
from service.report.groups import grouped, ways_to_group

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from service.evidence.usage import Usage
    from service.report.facts import Facts, Member

HEADINGS = {
    "accounts": "Accounts",
    "contacts": "Contacts",
    "opportunities": "Opportunities",
    "leads": "Leads",
    "activities": "Activities closed",
}


@dataclass(frozen=True)
class Cell:
    """One count, of the last 30 days and in all; None where the data cannot tell."""

    recent: int | None
    total: int | None


@dataclass(frozen=True)
class Row:
    """One group's counts, in the order of HEADINGS. `people` is None for records of no user."""

    label: str
    people: int | None
    cells: tuple[Cell, ...]


def total(facts: Facts) -> Row:
    """Every record, whoever owns it."""
    return Row("Everybody", len(facts.members), _cells([*_of(facts.members), facts.unowned], facts))


def tables(facts: Facts) -> dict[str, list[Row]]:
    """By every way to group people.

    Each table adds up to the total: records of queues and of owners who are not in the data are
    a row of their own.
    """
    return {name: _table(facts, key) for name, key in ways_to_group(facts).items()}


def _table(facts: Facts, key: Callable[[Member], str]) -> list[Row]:
    rows = [
        Row(one.label, len(one.members), _cells(_of(one.members), facts))
        for one in grouped(facts.members, key, facts.least)
    ]
    if rows and facts.unowned:
        rows.append(Row("Queues and owners not in the data", None, _cells([facts.unowned], facts)))
    return rows


def cells_of(member: Member, facts: Facts) -> tuple[Cell, ...]:
    """One person's counts."""
    return _cells([member.usage], facts)


def _of(members: Iterable[Member]) -> list[Mapping[str, Usage]]:
    return [member.usage for member in members]


def _cells(usages: Sequence[Mapping[str, Usage]], facts: Facts) -> tuple[Cell, ...]:
    return tuple(_cell(kind, usages, facts) for kind in KINDS)


def _cell(kind: str, usages: Sequence[Mapping[str, Usage]], facts: Facts) -> Cell:
    if kind not in facts.counted:
        return Cell(None, None)
    own = [usage[kind] for usage in usages if kind in usage]
    recent = sum(one.recent or 0 for one in own) if facts.counted[kind] else None
    return Cell(recent, sum(one.total for one in own))
