"""Patterns worth a look: what was seen, what it earns, and what may be an innocent reason."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.evidence.gaming import PATTERNS
from service.facts.groups import is_few
from service.scoring.minimums import minimum_on, schedule

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from decimal import Decimal

    from service.evidence.gaming import Seen
    from service.evidence.gaming_bunching import Bunching
    from service.facts.facts import Member
    from service.report.facts import ReportFacts
    from service.scoring.rule_set import RuleSet

#: People listed under each pattern, those with most rows first.
LISTED_AT_MOST = 50
#: pattern -> (what was seen, what it earns, what else may leave such rows)
_WORDS = {
    "bulk_calls": (
        "Calls logged in bulk", "nothing: they are set aside and answer no lead",
        "real calls that were entered late, all at once",
    ),
    "repeated_contact": (
        "The same contact called again and again on one day", "one call a day",
        "a contact who was hard to reach",
    ),
    "closed_at_once": (
        "Tasks made and finished within a minute, in series", "nothing: a task counts from the day after it was made",
        "a checklist that is worked through",
    ),
    "meetings_at_once": (
        "Meetings of one person that begin together", "one meeting, and none where more than three do",
        "rooms or devices that are booked as meetings",
    ),
    "pushed_dates": (
        "Close dates pushed again and again without a next step", "nothing: such an opportunity is not healthy",
        "customers who keep putting off",
    ),
    "loaded_calls": (
        "Calls that an integration user recorded", "nothing: they are set aside",
        "a telephone system: let it record in the name of who called",
    ),
    "loaded_meetings": (
        "Meetings that an integration user recorded more than a day late", "nothing: they are set aside",
        "a former system that was moved into this one",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Pattern:
    """One pattern. `people` is None where too few have it to say how many."""

    label: str
    earns: str
    innocent: str
    rows: int | None
    people: int | None
    listed: tuple[tuple[Member, Seen], ...]  #: empty where nobody may be named


@dataclass(frozen=True)
class Limit:
    """The numbers around one published limit."""

    label: str
    found: Bunching
    verdict: str


def patterns(facts: ReportFacts) -> list[Pattern]:
    """Every pattern that somebody has; where nobody may be named, also those of nobody."""
    by_pattern: defaultdict[str, list[Seen]] = defaultdict(list)
    members = {one.user.user_id: one for one in facts.people}
    for one in facts.gaming.seen:
        if one.user_id in members:
            by_pattern[one.pattern].append(one)
    found = [_pattern(facts, name, by_pattern[name], members) for name in PATTERNS]
    return [one for one in found if one.people != 0]


def _pattern(
    facts: ReportFacts, name: str, seen: list[Seen], members: dict[str, Member]
) -> Pattern:
    label, earns, innocent = _WORDS[name]
    hidden = len(seen) < facts.least and facts.aggregate_only
    most = sorted(seen, key=lambda one: (-one.rows, one.user_id))[:LISTED_AT_MOST]
    return Pattern(
        label,
        earns,
        innocent,
        rows=None if hidden else sum(one.rows for one in seen),
        people=None if hidden else len(seen),
        listed=() if facts.aggregate_only else tuple((members[one.user_id], one) for one in most),
    )


def limits(facts: ReportFacts) -> list[Limit]:
    """Every limit around which there are numbers, the most striking first."""
    labels = {one.name: f"{one.label} a week" for one in facts.rules.measures}
    labels |= {
        one.name: f"Won deals of {one.amount_at_least:,f} ({one.name})"
        for one in facts.rules.big_deals
    }
    found = [
        one
        for one in facts.gaming.bunching
        if one.n and not any(is_few(people, facts.least) for people in one.people)
    ]
    return [
        Limit(labels.get(one.what, one.what), one, _verdict(one))
        for one in sorted(found, key=lambda one: (one.probability, one.what))
    ]


def _verdict(found: Bunching) -> str:
    if found.is_found:
        return "hardly chance"
    return "may be chance" if found.is_possible else "as chance has it"


def weekly_minimums(
    members: Iterable[Member], rules: RuleSet, as_of: date
) -> dict[str, dict[str, Decimal]]:
    """What is asked of each person a week on that day, by measure and user id."""
    roles = {
        one.user.user_id: (one.score.role, one.standing.segment if one.standing else None)
        for one in members
        if one.score and one.score.role
    }
    found: dict[str, dict[str, Decimal]] = {}
    for measure in (one for one in rules.measures if one.kind == "count"):
        asked = {
            (role, segment): minimum_on(schedule(measure, role, segment, rules), as_of)
            for role, segment in set(roles.values())
        }
        found[measure.name] = {
            user: minimum for user, role in roles.items() if (minimum := asked[role]) is not None
        }
    return found
