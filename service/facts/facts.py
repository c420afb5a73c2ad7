"""What is known of everybody: frozen values of one reading, of an export or of an org."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from service.evidence.roles import Role
    from service.evidence.usage import Usage, User
    from service.facts.question import Question
    from service.scoring.credit import Tally
    from service.scoring.result import Score
    from service.scoring.rule_set import RuleSet
    from service.scoring.standing_result import Standing
    from service.tables import Gap

#: Below so many scored people a team has no median: it would be somebody's score.
TEAM_LEAST = 5
#: Below so many people a group is not shown at all where only aggregates may be.
AGGREGATE_LEAST = 10


@dataclass(frozen=True)
class Member:
    """One user with everything that is known of them. Only a report fills in what says `report`."""

    user: User
    score: Score | None = None  #: None for users who are not scored as people
    standing: Standing | None = None  #: minimums and exceptions, beside the score
    usage: Mapping[str, Usage] = field(default_factory=dict)  #: report: by kind
    question: Question | None = None  #: report: what must be answered before there can be a score
    weeks_used: int = 0  #: report: of the last 8 weeks, those with a footprint
    #: report: by measure that is not scored
    also: Mapping[str, Tally] = field(default_factory=dict)

    @property
    def has_number(self) -> bool:
        """Whether there is a score, and not a reason instead."""
        return self.score is not None and self.score.value is not None


@dataclass(frozen=True)
class Facts:
    """Everybody with a score or the reason why not, and what was read to get there."""

    aggregate_only: bool  #: whether nobody may be named
    as_of: date
    rules: RuleSet
    members: tuple[Member, ...]  #: every user, by id
    rows_rejected: Mapping[str, int]
    gaps: tuple[Gap, ...]
    absent_measures: Mapping[str, str]
    roles_known: bool
    managers_known: bool
    regions_known: bool = False
    roles: tuple[Role, ...] = ()  #: the tree of roles
    footprint_complete: bool = True  #: whether rows say who created them
    why_aggregate: str | None = None  #: why nobody is named although nobody asked for that
    currency: str | None = None  #: ISO code of all amounts; None: the data name none
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
        return AGGREGATE_LEAST if self.aggregate_only else 1

    def shown_scored(self, members: Collection[Member]) -> int | None:
        """How many of a group have a number; None where that, or the rest, is too few to show."""
        scored = sum(member.has_number for member in members)
        too_few = any(0 < count < self.least for count in (scored, len(members) - scored))
        return None if too_few else scored
