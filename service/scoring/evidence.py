"""What the scoring floor reads, and all it reads: daily evidence, findings, people.

The shape is additive over any split of the rows by owner: adding the `done`, `eligible` and
`good` of two disjoint splits gives the evidence of the whole.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from decimal import Decimal
    from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Evidence:
    """One person, one measure, one local day.

    Count measures use `done` (credited acts; for footprint days 1 means a footprint that day).
    Share measures use `eligible` and `good`, dated on the as-of day; those of `credit.CAME_IN` on
    the day that a record came in. Hygiene measures use `done` for the records that are not in
    order on that day, money measures for hundredths of the corporate currency.
    `seen` counts the raw rows before any rule set one aside, so that a person can be told
    "18 calls logged, 11 credited"; of money, the deals.
    """

    user_id: str
    measure: str
    on: date
    done: int = 0
    eligible: int = 0
    good: int = 0
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Series:
    """The evidence of one person and one measure: parallel columns, one entry a day, ascending.

    The columns mean what they mean in `Evidence`.
    """

    days: tuple[date, ...] = ()
    done: tuple[int, ...] = ()
    eligible: tuple[int, ...] = ()
    good: tuple[int, ...] = ()
    seen: tuple[int, ...] = ()

    @classmethod
    def of_rows(cls, rows: Iterable[Evidence]) -> Series:
        """The series of one person's rows of one measure; rows of one day are added up."""
        sums: defaultdict[date, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        for row in rows:
            counts = (row.done, row.eligible, row.good, row.seen)
            sums[row.on] = [old + new for old, new in zip(sums[row.on], counts, strict=True)]
        days = tuple(sorted(sums))
        done, eligible, good, seen = (tuple(sums[on][at] for on in days) for at in range(4))
        return cls(days, done, eligible, good, seen)

    def within(self, first: date, last: date) -> slice:
        """Where the entries from one day to another are; both days belong to them."""
        return slice(bisect_left(self.days, first), bisect_right(self.days, last))


NO_EVIDENCE = Series()


@dataclass(frozen=True, slots=True)
class Finding:
    """One record that keeps a share measure down, and what would mend it."""

    user_id: str
    measure: str
    record_id: str
    record_name: str
    faults: tuple[str, ...]  #: codes such as "close_date_past"; texts live in the rule set
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A person who may be scored. Time zone and weekend decide which days are working days."""

    user_id: str
    name: str
    time_zone: str
    role: str | None = None  #: UserRole.Name; None when the person has none
    manager_id: str | None = None
    is_active: bool = True
    user_type: str = "Standard"
    started_on: date | None = None
    fte: Decimal | Fraction | None = None  #: None means full time
    away_on: frozenset[date] = field(default_factory=frozenset)
    present_on: frozenset[date] = field(
        default_factory=frozenset
    )  #: there, though nothing shows it
    country: str | None = None  #: ISO 3166: DE, or DE-BY with the region
    username: str | None = None  #: how files may name the person
    segment: str | None = None  #: field or corporate, by the size of the customers
    region: str | None = None  #: for groups; nothing is scored by it
    profile: str | None = None  #: Profile.Name
    role_since: date | None = None  #: its minimums judge nothing before; None: always had it
    rules_role: str | None = None  #: the role of the rules that a file gives them


@dataclass(frozen=True, slots=True)
class PersonEvidence:
    """Everything about one person that a score may rest on."""

    person: Person
    evidence: Mapping[str, Series] = field(default_factory=dict)  #: measure -> its series
    findings: tuple[Finding, ...] = ()

    @classmethod
    def of_rows(
        cls, person: Person, rows: Iterable[Evidence], findings: tuple[Finding, ...] = ()
    ) -> PersonEvidence:
        """The evidence of a person from rows in any order; rows of other people are left out."""
        by_measure: defaultdict[str, list[Evidence]] = defaultdict(list)
        for row in rows:
            if row.user_id == person.user_id:
                by_measure[row.measure].append(row)
        found = {name: Series.of_rows(own) for name, own in by_measure.items()}
        return cls(person, found, findings)

    def of(self, measure: str) -> Series:
        """The series of a measure; an empty one where there is no evidence."""
        return self.evidence.get(measure, NO_EVIDENCE)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What this reading can show at all: measure -> why it cannot be scored for anyone."""

    absent_measures: Mapping[str, str] = field(default_factory=dict)
    roles_known: bool = True  #: False: the data has no roles (no UserRole, or an empty column)
    footprint_complete: bool = True  #: False: rows carry no creator, owners stand in for them
    #: measure -> the first day on which the data show it for anybody; a measure that is not here
    #: is shown for nobody. None: the data reach back as far as anything looks
    since: Mapping[str, date] | None = None
    #: money measure -> everybody's typical deal, in hundredths: `evidence_rule.TypicalDeals`
    typical_deals: Mapping[str, Fraction] = field(default_factory=dict)
