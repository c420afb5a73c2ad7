"""One person's score: evidence in, the whole answer out. Pure; the same in, the same out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from service.scoring.band import band
from service.scoring.calendar import look_back
from service.scoring.credit import credits_of
from service.scoring.fixes import fixes
from service.scoring.not_scored import before_the_evidence, too_little
from service.scoring.part_time import beside_the_calendar
from service.scoring.reasons import reasons
from service.scoring.reckoning import reckon
from service.scoring.result import Score
from service.scoring.results import component_results, measure_result, points, score_tenths
from service.scoring.roles import role_of
from service.scoring.rounding import from_units
from service.scoring.word import NOT_SCORED, word_for

if TYPE_CHECKING:
    from datetime import date

    from service.scoring.calendar import Calendar, Window
    from service.scoring.evidence import Coverage, Person, PersonEvidence
    from service.scoring.not_scored import NotScored
    from service.scoring.rule_set import RuleSet


def score_person(
    person_evidence: PersonEvidence,
    coverage: Coverage,
    rules: RuleSet,
    as_of: date,
    calendar: Calendar,
) -> Score:
    """The score of one person on a day, or why there is none.

    Reads nothing but its arguments: evidence dated outside the window is ignored. Raises ValueError for evidence that cannot be (negative
    counts, more good records than eligible ones).
    """
    window = look_back(person_evidence.person, calendar, rules, as_of)
    person = beside_the_calendar(person_evidence.person, calendar, window)
    person_evidence, role = _own(person_evidence, person), role_of(person, coverage, rules)
    answer = _not_yet_scored(person, role, rules, window)
    refused = before_the_evidence(person_evidence, role, coverage, rules, window)
    if refused is not None or role is None:
        return _without_number(answer, refused)
    earned = credits_of(person_evidence, role, coverage, rules, window)
    reckoning = reckon(earned)
    refused = too_little(reckoning, rules)
    if refused is not None:
        seen = tuple(measure_result(credit, Decimal("0.0")) for credit in earned)
        return replace(_without_number(answer, refused), measures=seen)
    components = component_results(reckoning, rules)
    value = from_units(score_tenths(reckoning), 1)
    return replace(
        answer,
        word=word_for(value, components, rules),
        value=value,
        band=band(reckoning),
        components=components,
        measures=tuple(
            measure_result(credit, added)
            for credit, added in zip(earned, points(reckoning), strict=True)
        ),
        reasons=reasons(reckoning, person_evidence, coverage, rules, window),
        fixes=fixes(reckoning, person_evidence.findings, rules),
    )


def _own(person_evidence: PersonEvidence, person: Person) -> PersonEvidence:
    """Another person's record never changes mine, whatever was handed over."""
    user_id = person.user_id
    return replace(
        person_evidence,
        person=person,
        findings=tuple(found for found in person_evidence.findings if found.user_id == user_id),
    )


def _not_yet_scored(person: Person, role: str | None, rules: RuleSet, window: Window) -> Score:
    """What every answer says, with or without a number."""
    return Score(
        user_id=person.user_id,
        as_of=window.looked_to,
        rule_version=rules.version,
        word=NOT_SCORED,
        role=role,
        available_days=len(window.available),
        window_from=window.opens,
        window_to=window.looked_to if window.available else None,
        on_track_at=rules.on_track_at,
        building_at=rules.building_at,
    )


def _without_number(answer: Score, refused: NotScored | None) -> Score:
    if refused is None:  # a person without a role is always refused before
        raise ValueError(f"No reason not to score {answer.user_id}, and no role either.")
    return replace(
        answer,
        not_scored_code=refused.code,
        not_scored_reason=refused.reason,
        reasons=(refused.reason,),
    )
