"""What a run knows of everyone: score, minimums and exceptions, in the words of the report.

The same values as `service/report/gather.py` makes of an export, so that groups and exceptions of
an org are those of the report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.calendars import calendar_for, calendar_gaps
from service.evidence import usage
from service.evidence.roles import read_roles
from service.report.european import naming
from service.report.facts import Facts, Member, Options
from service.scoring.score import score_person
from service.scoring.standing import standing_of

if TYPE_CHECKING:
    from jobs.exceptions_known import KnownExceptions
    from jobs.run import Run
    from service.evidence import Reduced
    from service.scoring.rule_set import RuleSet


def facts_of(
    reduced: Reduced, rules: RuleSet, run: Run, known: KnownExceptions
) -> tuple[Facts, str | None]:
    """Score everyone, and say why nobody is named where nobody asked for that."""
    members = _members(reduced, rules, run, known)
    countries = (one.user.country for one in members if one.score is not None)
    named = naming(run.settings.aggregate_only, countries)
    gaps = (*reduced.gaps, *calendar_gaps(reduced.persons(), run.as_of))
    options = Options((), run.folder, run.as_of, aggregate_only=named.aggregate_only)
    coverage = reduced.coverage
    facts = Facts(
        options=options,
        as_of=run.as_of,
        rules=rules,
        members=members,
        unowned={},
        counted={},
        deals=(),
        rows_read={},
        rows_rejected=reduced.rows_rejected,
        gaps=gaps,
        absent_measures=coverage.absent_measures,
        roles_known=coverage.roles_known,
        logins_known=False,
        managers_known=any(one.user.manager_id for one in members),
        regions_known=any(one.user.region for one in members),
        roles=read_roles(reduced.scope),
        why_aggregate=named.why,
        currency=reduced.currency.code,
    )
    return facts, named.why


def _members(
    reduced: Reduced, rules: RuleSet, run: Run, known: KnownExceptions
) -> tuple[Member, ...]:
    calendar = calendar_for(reduced.persons(), run.as_of)
    found = {}
    for one in reduced.people():
        user_id, common = one.person.user_id, (one, reduced.coverage, rules, run.as_of, calendar)
        found[user_id] = (score_person(*common), standing_of(*common, known.told(user_id)))
    nobody = (None, None)
    users = usage.read_users(reduced.scope)
    judged = ((user, *found.get(user.user_id, nobody)) for user in users)
    return tuple(Member(user, score, standing=standing) for user, score, standing in judged)
