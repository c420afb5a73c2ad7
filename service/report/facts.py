"""What the report knows: frozen values, gathered once, that every section only reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from service.evidence.beside import Beside
from service.evidence.gaming import Gaming
from service.program import NAME
from service.report.mending import Mending

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date
    from decimal import Decimal
    from pathlib import Path

    from service.evidence.deals import WonDeal
    from service.evidence.roles import Role
    from service.evidence.usage import Usage, User
    from service.export import Limits
    from service.report.questions import Question
    from service.scoring.credit import Tally
    from service.scoring.result import Score
    from service.scoring.rule_set import BigDealRule, RuleSet
    from service.scoring.standing_result import Standing
    from service.tables import Gap

#: Below so many scored people a team has no median: it would be somebody's score.
TEAM_LEAST = 5
#: Below so many people a group is not shown at all where only aggregates may be.
AGGREGATE_LEAST = 10
#: The rule set's roles that lead; their own usage comes first.
LEADING = ("executive", "manager")


@dataclass(frozen=True)
class Options:
    """What the admin asked for."""

    exports: tuple[Path, ...]
    out: Path
    as_of: date | None = None  #: None: the newest creation date in the data
    rules_file: Path | None = None
    people_file: Path | None = None  #: what the export does not say of people
    absences_file: Path | None = None
    encoding: str = "utf-8-sig"
    naive_zone: str = "UTC"
    license_price: Decimal | None = None  #: of one licence and month, in the admin's currency
    aggregate_only: bool | None = None  #: None: where most users are in the EU
    memory_limit_mb: int = 256
    program: str = NAME  #: how the commands on the page call this program
    limits: Limits | None = None  #: what the zips may unpack to; None: the usual


@dataclass(frozen=True)
class Member:
    """One user with everything that the report says of them."""

    user: User
    score: Score | None = None  #: None for users who are not scored as people
    usage: Mapping[str, Usage] = field(default_factory=dict)  #: by kind
    question: Question | None = None  #: what must be answered before there can be a score
    weeks_used: int = 0  #: of the last 8 weeks, those with a footprint
    standing: Standing | None = None  #: minimums and exceptions, beside the score
    also: Mapping[str, Tally] = field(default_factory=dict)  #: by measure that is not scored

    @property
    def has_number(self) -> bool:
        """Whether there is a score, and not a reason instead."""
        return self.score is not None and self.score.value is not None


@dataclass(frozen=True)
class BigDeal:
    """A won deal at or above a rule's amount, and what a run would do about it."""

    deal: WonDeal
    rule: BigDealRule
    verdict: str  #: "announce" or "baseline"


@dataclass(frozen=True)
class Facts:
    """Everything that was read and worked out, ready to be shown."""

    options: Options  #: with `aggregate_only` decided
    as_of: date
    rules: RuleSet
    members: tuple[Member, ...]  #: every user, by id
    unowned: Mapping[str, Usage]  #: by kind: records whose owner is no user
    counted: Mapping[str, bool]  #: kinds of usage that can be counted: whether by day, too
    deals: tuple[BigDeal, ...]  #: newest first
    rows_read: Mapping[str, int]
    rows_rejected: Mapping[str, int]
    gaps: tuple[Gap, ...]
    absent_measures: Mapping[str, str]
    roles_known: bool
    logins_known: bool
    managers_known: bool
    regions_known: bool = False
    roles: tuple[Role, ...] = ()  #: the tree of roles
    footprint_complete: bool = True  #: whether rows say who created them
    why_aggregate: str | None = None  #: why nobody is named although nobody asked for that
    currency: str | None = None  #: ISO code of all amounts; None: the data name none
    beside: Beside = field(default_factory=Beside)  #: results and times, never scored
    gaming: Gaming = field(default_factory=Gaming)  #: patterns worth a look
    mending: Mending = field(default_factory=Mending)  #: records out of order
    values_rejected: Mapping[str, int] = field(default_factory=dict)  #: the row is kept

    @cached_property
    def people(self) -> tuple[Member, ...]:
        """Those who have a score or a reason why not."""
        return tuple(member for member in self.members if member.score is not None)

    @cached_property
    def scored(self) -> tuple[Member, ...]:
        """Those who have a number."""
        return tuple(member for member in self.members if member.has_number)

    @property
    def least(self) -> int:
        """The smallest group that may be shown."""
        return AGGREGATE_LEAST if self.options.aggregate_only else 1

    def shown_scored(self, members: Collection[Member]) -> int | None:
        """How many of a group have a number; None where that, or the rest, is too few to show."""
        scored = sum(member.has_number for member in members)
        too_few = any(0 < count < self.least for count in (scored, len(members) - scored))
        return None if too_few else scored
