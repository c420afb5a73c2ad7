"""What to do next: a few sentences, each from a count of the report and linked to its section."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.facts.groups import is_few, those_without_role
from service.report import care, leaders, login
from service.rules_file import DRAFT, init_command

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from service.report.care import Fault
    from service.report.facts import ReportFacts
    from service.scoring.rule_set import RuleSet

MOST = 5


@dataclass(frozen=True)
class Step:
    """One thing to do: the section that shows it, the deed, why, and a command to paste."""

    section: str
    deed: str
    why: str
    command: str | None = None


def next_steps(facts: ReportFacts, faults: Sequence[Fault]) -> list[Step]:
    """At most five, in the order of the work: what is asked, who leads, who is measured, what to mend."""
    found = (
        *([first] if (first := without_roles(facts)) else _rules(facts)),
        *([offer] if (offer := without_minimums(facts)) else ()),
        *_leaders(facts),
        *_roles(facts),
        *_absences(facts),
        *_records(faults),
        *_licenses(facts),
    )
    return list(found)[:MOST]


def without_roles(facts: ReportFacts) -> Step | None:
    """What comes first where the data name no roles, and the rules name none instead."""
    count, people = _people_without_role(facts), len(facts.people)
    is_told = is_few(count, facts.least) or is_few(people - count, facts.least)
    may_be_shown = count == people or not is_told  # how many people there are is shown anyway
    if facts.roles_known or facts.rules.role_when_unknown or not count or not may_be_shown:
        return None
    why = (
        f"{_people(count)} {_have(count)} no role in these data, and nobody is "
        "judged by a minimum that was not given to their role"
    )
    deed, file = "Confirm one role for everybody", facts.options.rules_file
    if file is not None:
        return Step("unscored", deed, f"{why}; set when_unknown under [roles] in {file.name}")
    remedy = (
        f"this writes {DRAFT}, where you confirm it; then run the report again with --rules {DRAFT}"
    )
    return Step("unscored", deed, f"{why}; {remedy}", _init(facts))


def _init(facts: ReportFacts) -> str:
    return init_command([one.name for one in facts.options.exports], facts.options.program)


def _people_without_role(facts: ReportFacts) -> int:
    return sum(
        one.score is not None
        and one.score.not_scored_code == "role_not_defined"
        and not one.user.role
        for one in facts.people
    )


def without_minimums(facts: ReportFacts) -> Step | None:
    """What comes next where roles are confirmed, but the offered minimums were not taken."""
    asking_nobody, file = _asking_nobody(facts), facts.options.rules_file
    count = care.waiting(facts, "not_enough_evidence")
    # How many wait may be too few to show, but that nobody at all has a score is said anyway.
    is_told = count or (facts.aggregate_only and not facts.scored)
    if file is None or not asking_nobody or not is_told or not has_confirmed_roles(facts.rules):
        return None
    who = f"{_people(count)} {_have(count)} too few measures for" if count else "nobody has"
    return Step(
        "unscored",
        "Take or change the offered minimums",
        f"nobody is asked for {', '.join(asking_nobody)}, and {who} a score; in "
        f'{file.name} take away the "# " before each offered weekly_minimums, and the line '
        '"weekly_minimums = {}" below it',
    )


def _asking_nobody(facts: ReportFacts) -> list[str]:
    """The scored count measures in force that have no minimum for any role."""
    changed = {one.measure for one in facts.rules.minimum_changes}
    return [
        one.label.lower()
        for one in facts.rules.measures
        if one.kind == "count" and one.weight and one.is_in_force(facts.as_of)
        if not (one.weekly_minimums or one.segment_minimums or one.name in changed)
        if one.name not in facts.absent_measures
    ]


def _rules(facts: ReportFacts) -> Iterator[Step]:
    if not has_confirmed_roles(facts.rules):
        yield Step(
            "unscored",
            "Confirm in your rules file who has which role",
            "it names none so far, and nobody is scored before",
        )
    elif facts.options.rules_file is None:
        yield Step(
            "method",
            "Agree on your own minimums",
            "the rules in force are the examples that ship with Bellwether; this writes a file of your "
            "own to begin with",
            _init(facts),
        )


def has_confirmed_roles(rules: RuleSet) -> bool:
    """Whether any name in Salesforce is a role of these rules, or one role is everybody's."""
    return bool(rules.role_names or rules.profile_roles or rules.role_when_unknown)


def _roles(facts: ReportFacts) -> Iterator[Step]:
    if without_roles(facts) or not has_confirmed_roles(facts.rules):
        return  # the rules come first, and say so
    if not facts.roles_known:
        role = facts.rules.role_when_unknown
        whoever = those_without_role(facts)
        stands_in = f"the data have no roles, so {whoever} is measured as “{role}”" if role else ""
        yield Step(
            "method", "Export the roles too", stands_in or "without roles nobody can be scored"
        )
        return
    count = care.waiting(facts, "role_not_defined")
    if count:
        yield Step(
            "unscored",
            "Say what is asked of the roles that the rules do not know",
            f"{_people(count)} cannot be scored before",
        )


def _leaders(facts: ReportFacts) -> Iterator[Step]:
    found = [one for one in leaders.leaders(facts) if one.percent is not None]
    rare = [
        one for one in found if one.percent is not None and one.percent < leaders.PRESENT_PERCENT
    ]
    if rare and not any(is_few(one, facts.least) for one in (len(rare), len(found) - len(rare))):
        yield Step(
            "leaders",
            "Begin with the leaders",
            f"{len(rare)} of {len(found)} left a footprint on fewer than 4 of 5 days",
        )


def _records(faults: Sequence[Fault]) -> Iterator[Step]:
    if faults:
        worst = max(faults, key=lambda one: one.records)
        yield Step(
            "care",
            "Mend records, the most frequent fault first",
            f"{worst.records:,} of them: “{worst.text}”",
        )


def _absences(facts: ReportFacts) -> Iterator[Step]:
    count = care.waiting(facts, "asked")
    if count:
        yield Step(
            "away",
            "Answer who was away",
            f"{_people(count)} left no footprint for {facts.rules.away_after_days} days or longer, "
            "and cannot be scored before",
        )


def _licenses(facts: ReportFacts) -> Iterator[Step]:
    found = login.licenses(facts)
    if found is not None and found.unused:
        cost = f", which cost {found.cost:,.2f} a month" if found.cost else ""
        yield Step("login", "Win back or free unused licences", f"{found.unused:,} are idle{cost}")


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def _have(count: int) -> str:
    return "has" if count == 1 else "have"
