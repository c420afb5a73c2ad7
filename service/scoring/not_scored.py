"""Why a person has no score, in a sentence that says who can change that.

Order: inactive, role, days, an absence to ask about, evidence. Sentences fit a text field of
255 characters (`Not_Scored_Reason__c`), with role names up to the 80 of UserRole.Name, see
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_role.htm
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from service.scoring.absence import unknown_absences
from service.scoring.expectation import working_time
from service.scoring.rounding import plain

if TYPE_CHECKING:
    from service.scoring.calendar import Window
    from service.scoring.evidence import Coverage, Person, PersonEvidence
    from service.scoring.reckoning import Reckoning
    from service.scoring.rule_set import RuleSet

REASON_LENGTH = 255
_NAMED_AT_MOST = 3  #: stretches that are named in a question, the latest ones
_ASKS: Final = "Were you away?"
_SPAN: Final = re.compile(r"from (\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class NotScored:
    """A code for machines and a sentence for people."""

    code: str
    reason: str


def before_the_evidence(
    person_evidence: PersonEvidence,
    role: str | None,
    coverage: Coverage,
    rules: RuleSet,
    window: Window,
) -> NotScored | None:
    """Why no evidence is judged at all; None when it may be."""
    person = person_evidence.person
    if not person.is_active:
        return NotScored(
            "inactive", "Not scored: this user is not active. An administrator can change that."
        )
    if person.user_type not in rules.user_types:
        return NotScored("role_not_defined", _user_type(person))
    if role is None:
        return NotScored("role_not_defined", _role(person, coverage))
    return _days(person, rules, window) or _absence(person_evidence, coverage, rules, window)


def too_little(reckoning: Reckoning, rules: RuleSet) -> NotScored | None:
    """Not enough evidence: too little of the weight is scorable."""
    weight = reckoning.weight
    if weight >= rules.weight_at_least:
        return None
    missing = ", ".join(
        credit.measure.label.lower()
        for credit in reckoning.credits
        if credit.weight < credit.measure.weight
    )
    reason = (
        f"Not scored: not enough evidence. Measures worth {plain(weight)} points can be judged, "
        f"{rules.weight_at_least} are needed"
    )
    return NotScored("not_enough_evidence", _fitted(f"{reason}; missing or few: {missing}"))


def _user_type(person: Person) -> str:
    return (
        f"Not scored: role not defined. The rule set asks nothing of users of type "
        f"{person.user_type}. Your sales-ops admin can change that in it."
    )


def _role(person: Person, coverage: Coverage) -> str:
    if person.role is None and not coverage.roles_known:
        return (
            "Not scored: role not defined. The data has no roles, and the rule set names none to "
            "use instead. Your sales-ops admin can change that in it."
        )
    if person.role is None:
        return (
            "Not scored: role not defined. This user has no role in Salesforce. "
            "An administrator can give one."
        )
    return (
        f"Not scored: role not defined. The rule set does not say what is asked of the role "
        f"“{person.role}”. Your sales-ops admin can change that in it."
    )


def _days(person: Person, rules: RuleSet, window: Window) -> NotScored | None:
    if not working_time(person):
        return NotScored(
            "away",
            "Not scored (away): working time is recorded as 0 %. "
            "If that is wrong, your manager can correct it.",
        )
    days = len(window.available)
    if days >= rules.available_at_least:
        return None
    needed = f"{rules.available_at_least} are needed"
    if person.started_on is not None and person.started_on > window.looked_from:
        return NotScored(
            "new",
            f"Not scored (new): {_working_days(days)} since the start on {person.started_on}; "
            f"{needed}. The score then starts by itself.",
        )
    if person.role_since is not None and person.role_since > window.looked_from:
        return NotScored(
            "new",
            f"Not scored (new in the role): {_working_days(days)} in it since {person.role_since}; "
            f"{needed}. The score then starts by itself.",
        )
    # No date here: it would differ every night, and a record is written only when it differs.
    return NotScored(
        "away",
        f"Not scored (away): {days} of the last {rules.look_back_days} working days were "
        f"available; {needed}. If days off are recorded wrongly, your manager can correct them.",
    )


def _working_days(days: int) -> str:
    return "1 working day" if days == 1 else f"{days} working days"


def _absence(
    person_evidence: PersonEvidence, coverage: Coverage, rules: RuleSet, window: Window
) -> NotScored | None:
    stretches = unknown_absences(person_evidence, coverage, rules, window)
    if not stretches:
        return None
    named, more = stretches[-_NAMED_AT_MOST:], len(stretches) - _NAMED_AT_MOST
    spans = " and ".join(f"from {first} to {last}" for first, last in named)
    if more > 0:
        spans += f" and {more} times before"
    question = (
        f"Not scored yet: nothing was created or changed {spans}. {_ASKS} "
        "Your manager can approve it or log the days off."
    )
    return NotScored("away", question)


def asked_absence(reason: str) -> tuple[date, date] | None:
    """The latest days of which a reason asks whether the person was away; None where it does not."""
    asked, found, _ = reason.partition(_ASKS)
    spans = _SPAN.findall(asked) if found else []
    try:
        first, last = (date.fromisoformat(day) for day in spans[-1])
    except (IndexError, ValueError):  # no such question, or written by hand
        return None
    return first, last


def _fitted(text: str) -> str:
    return text if len(text) <= REASON_LENGTH else text[: REASON_LENGTH - 1] + "…"
