"""Where one person stands with the minimums of their role. Separate from the score; pure.

An exception opens for others only when two windows that do not overlap lie below one minimum by
more than chance; see `evidence_rule`, `weekly_checks` and `exception_state`. A single reading
knows what was done on which day, but not how many records were out of order on earlier days:
hygiene limits are shown, not judged. Nor does it know who saw an exception and acted, unless that is
told: without, no exception is further than open.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from service.scoring.calendar import look_back
from service.scoring.credit import FOOTPRINT_DAYS
from service.scoring.exception_replay import exception_of
from service.scoring.expectation import working_time
from service.scoring.look import Look
from service.scoring.minimums import asked_since, minimum_on, schedule
from service.scoring.part_time import beside_the_calendar
from service.scoring.presence import days_of, days_there, days_used
from service.scoring.roles import role_of
from service.scoring.standing_result import MinimumResult, Standing, WindowResult
from service.scoring.weekly_checks import (
    WEEKS,
    Asked,
    Days,
    last_sunday,
    too_little,
    too_lumpy,
)
from service.scoring.windows import window_result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.scoring.calendar import Calendar
    from service.scoring.evidence import Coverage, Person, PersonEvidence
    from service.scoring.exception_told import Told
    from service.scoring.rule_set import Measure, RuleSet
    from service.scoring.standing_result import ExceptionResult

_PER = {"count": "week", "money": "month"}


def standing_of(
    person_evidence: PersonEvidence,
    coverage: Coverage,
    rules: RuleSet,
    as_of: date,
    calendar: Calendar,
    told: Mapping[str, Told] | None = None,
) -> Standing:
    """The minimums and exceptions of one person on a day, or why there are none.

    `told` has the person's exceptions that are known already, by measure.

    Minimums are shown for the weeks up to `as_of`; exceptions rest on the weekly checks of the
    last quarter, the last of them on the Sunday before. Reads nothing but its arguments.
    """
    window = look_back(person_evidence.person, calendar, rules, as_of)
    person = beside_the_calendar(person_evidence.person, calendar, window)
    role = role_of(person, coverage, rules)
    answer = Standing(person.user_id, as_of, role, person.segment, why_not=_why_not(person, rules))
    if answer.why_not is not None:
        return answer
    found = replace(person_evidence, person=person)
    days, question = days_of(found, coverage, rules, as_of, calendar)
    answer = replace(
        answer,
        away_question=question,
        checked_on=last_sunday(as_of),
        days_there=days_there(days, as_of),
        days_used=days_used(found, coverage, as_of),
    )
    return _judged(answer, found, days, coverage, rules, calendar, told or {})


def _judged(
    answer: Standing,
    found: PersonEvidence,
    days: Days,
    coverage: Coverage,
    rules: RuleSet,
    calendar: Calendar,
    told: Mapping[str, Told],
) -> Standing:
    """The answer with the minimums of the role."""
    role, as_of, absent = answer.role, answer.as_of, coverage.absent_measures
    if role is None:
        return replace(answer, why_not="The role is not defined.")
    minimums: list[MinimumResult] = []
    exceptions: list[ExceptionResult | None] = []
    for measure in [one for one in rules.measures if one.is_in_force(as_of)]:
        if measure.kind == "hygiene" and role in measure.limits:
            minimums.append(_limit(measure, role, found, coverage, as_of))
        asking = _asking(measure, role, found.person, days, coverage, rules)
        if asking is not None:
            look = Look(asking, found.of(measure.name))
            minimums.append(_minimum(look, as_of, absent.get(measure.name)))
            if measure.name not in absent and _may_flag(measure, coverage):
                exceptions.append(exception_of(look, as_of, calendar, told.get(measure.name)))
    opened = tuple(one for one in exceptions if one is not None)
    return replace(answer, minimums=tuple(minimums), exceptions=opened)


def _why_not(person: Person, rules: RuleSet) -> str | None:
    if not person.is_active:
        return "The user is not active."
    if person.user_type not in rules.user_types:
        return f"The rule set asks nothing of users of type {person.user_type}."
    return None if working_time(person) else "Working time is recorded as 0 %."


def _asking(
    measure: Measure, role: str, person: Person, days: Days, coverage: Coverage, rules: RuleSet
) -> Asked | None:
    """What a measure asks; None: it has no minimum for this role."""
    if measure.kind not in WEEKS:
        return None
    minimums = schedule(measure, role, person.segment, rules)
    if all(one.minimum is None for one in minimums):
        return None
    since = None if coverage.since is None else coverage.since.get(measure.name)
    typical = coverage.typical_deals.get(measure.name)
    began = (rules.agreed_on, person.role_since, asked_since(minimums))
    agreed = max((on for on in began if on and on > date.min), default=None)
    return Asked(measure, minimums, person, days, rules, since, typical, agreed)


def _may_flag(measure: Measure, coverage: Coverage) -> bool:
    """Whether a measure can be below its minimum at all.

    Presence has a rule of its own: days without a footprint ask whether somebody was away. And
    nobody is flagged for what nobody in the data did.
    """
    if measure.name == FOOTPRINT_DAYS:
        return False
    return coverage.since is None or measure.name in coverage.since


def _minimum(look: Look, as_of: date, why_absent: str | None) -> MinimumResult:
    asking, measure, span = look.asking, look.asking.measure, look.span(as_of)
    reason = why_absent or too_little(span, asking)
    return MinimumResult(
        measure=measure.name,
        label=measure.label,
        kind=measure.kind,
        in_force=minimum_on(asking.minimums, as_of),
        per=_PER[measure.kind],
        window=None if why_absent else window_result(span, asking),
        is_met=None if reason else span.total >= span.minimum,
        why_not=reason or too_lumpy(span, asking),
    )


def _limit(
    measure: Measure,
    role: str,
    person_evidence: PersonEvidence,
    coverage: Coverage,
    as_of: date,
) -> MinimumResult:
    """A hygiene count as it stands, against its limit. Earlier weeks are not in one reading."""
    series, limit = person_evidence.of(measure.name), measure.limits[role]
    why_absent = coverage.absent_measures.get(measure.name)
    count = sum(series.done[series.within(as_of, as_of)])
    actual = Decimal(count)
    window = WindowResult(as_of, as_of, actual, limit, 0, 0, 0, 0)
    return MinimumResult(
        measure=measure.name,
        label=measure.label,
        kind=measure.kind,
        in_force=limit,
        per="",
        window=None if why_absent else window,
        is_met=None if why_absent else actual <= limit,
        why_not=why_absent,
    )
