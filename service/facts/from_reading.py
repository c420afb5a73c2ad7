"""Facts from one reading, of an export or of an org: whether anybody may be named, and what is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.evidence.roles import read_roles
from service.facts.european import naming
from service.facts.facts import Facts

if TYPE_CHECKING:
    from service.evidence.reduce import Reduced
    from service.facts.facts import Member
    from service.scoring.rule_set import RuleSet
    from service.tables import Gap


def facts_from(
    reduced: Reduced,
    rules: RuleSet,
    aggregate_only: bool | None,  # noqa: FBT001 - None where nobody said
    members: tuple[Member, ...],
    gaps: tuple[Gap, ...],
) -> Facts:
    """What both know. Decides whether people may be named, and says why not where nobody did."""
    countries = (one.user.country for one in members if one.score is not None)
    named, coverage = naming(aggregate_only, countries), reduced.coverage
    return Facts(
        aggregate_only=named.aggregate_only,
        as_of=reduced.scope.as_of,
        rules=rules,
        members=members,
        rows_rejected=reduced.rows_rejected,
        gaps=gaps,
        absent_measures=coverage.absent_measures,
        roles_known=coverage.roles_known,
        managers_known=any(one.user.manager_id for one in members),
        regions_known=any(one.user.region for one in members),
        roles=read_roles(reduced.scope),
        footprint_complete=coverage.footprint_complete,
        why_aggregate=named.why,
        currency=reduced.currency.code,
        values_rejected=reduced.values_rejected,
    )
