"""Records to mend, added up person by person, so that not all of them are held at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.scoring.evidence import Finding

RECORDS_LISTED = 25


@dataclass(frozen=True, slots=True)
class ToMend:
    """One record with an amount, and everything that any measure finds wrong with it."""

    amount: Decimal
    record_id: str
    record_name: str
    user_id: str  #: whose it is
    faults: tuple[str, ...]  #: codes


@dataclass
class Mending:
    """What is wrong with everybody's records. A record has one owner."""

    records: Counter[str] = field(default_factory=Counter)  #: fault -> records with it
    people: Counter[str] = field(default_factory=Counter)  #: fault -> people with such a record
    with_amount: Counter[str] = field(default_factory=Counter)  #: fault -> those with an amount
    amounts: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    unhealthy: int = 0  #: records with at least one fault, whichever measure found it
    largest: list[ToMend] = field(default_factory=list)  #: by falling amount

    def add(self, findings: Iterable[Finding]) -> None:
        """Add one person's records."""
        by_record: dict[str, list[Finding]] = {}
        for finding in findings:
            by_record.setdefault(finding.record_id, []).append(finding)
            self.records.update(finding.faults)
            for code in finding.faults if finding.amount else ():
                self.amounts[code] += finding.amount or 0
        self.unhealthy += len(by_record)
        found = [one for own in by_record.values() for one in own]
        self.people.update({code for one in found for code in one.faults})
        self.with_amount.update({code for one in found if one.amount for code in one.faults})
        own = [_to_mend(found) for found in by_record.values() if any(one.amount for one in found)]
        self._add_largest(own)

    def merge(self, other: Mending) -> None:
        """Add what was found of other people."""
        self.records.update(other.records)
        self.people.update(other.people)
        self.with_amount.update(other.with_amount)
        for code, amount in other.amounts.items():
            self.amounts[code] += amount
        self.unhealthy += other.unhealthy
        self._add_largest(other.largest)

    def _add_largest(self, found: Iterable[ToMend]) -> None:
        self.largest = sorted([*self.largest, *found], key=_largest_first)[:RECORDS_LISTED]


def _to_mend(found: list[Finding]) -> ToMend:
    first = next(one for one in found if one.amount)
    codes = dict.fromkeys(code for one in found for code in one.faults)
    return ToMend(
        first.amount or Decimal(0), first.record_id, first.record_name, first.user_id, tuple(codes)
    )


def _largest_first(one: ToMend) -> tuple[Decimal, str]:
    return -one.amount, one.record_id
