"""Login: who was in the org lately, who never, and what unused licences cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from service.facts.groups import Group, grouped, hide, is_few, pooled, ways_to_group
from service.facts.shares import Share, shares

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from service.facts.facts import Member
    from service.report.facts import ReportFacts

ACTIVE_DAYS = 7
IDLE_DAYS = 90
#: Also the order in which they are drawn.
STATES = {
    "active": f"Logged in within {ACTIVE_DAYS} days",
    "inactive": f"Not within {ACTIVE_DAYS} days",
    "never": "Never logged in",
    "unknown": "Not known",
}


@dataclass(frozen=True)
class Row:
    """One group and how many of it are in each state."""

    label: str
    people: int
    states: tuple[tuple[str, int], ...]  #: (state, how many), in the order of STATES
    is_masked: bool = False  #: some state has too few people, so none of the row's may be shown


@dataclass(frozen=True)
class Licenses:
    """Licences that nobody uses. `cost` is a month's, None without a price."""

    never: int
    idle: int
    cost: Decimal | None

    @property
    def unused(self) -> int:
        """Both kinds together."""
        return self.never + self.idle


def state_of(member: Member, facts: ReportFacts) -> str:
    """Which of STATES a member is in, on the as-of day."""
    if not facts.logins_known or member.user.is_login_lost:
        return "unknown"
    days = _days_since(member, facts)
    if days is None:
        return "never"
    return "active" if days <= ACTIVE_DAYS else "inactive"


def states(facts: ReportFacts) -> dict[str, str]:
    """Those of STATES that the tables tell apart; "unknown" only where somebody's login is."""
    is_any_lost = any(one.user.is_login_lost for one in facts.people)
    return {key: text for key, text in STATES.items() if key != "unknown" or is_any_lost}


def _days_since(member: Member, facts: ReportFacts) -> int | None:
    login = member.user.last_login_on
    return None if login is None else (facts.as_of - login).days


def overview(facts: ReportFacts) -> tuple[Share, ...]:
    """Everybody who may be scored, by state."""
    by_state = _by_state(facts.people, facts)
    if facts.least == 1:
        return shares([(key, label, len(by_state[key])) for key, label in STATES.items()])
    groups = pooled({STATES[key]: members for key, members in by_state.items()}, facts.least)
    keys = {label: key for key, label in STATES.items()}
    return shares([(keys.get(one.key, "pooled"), one.label, len(one.members)) for one in groups])


def _by_state(members: tuple[Member, ...], facts: ReportFacts) -> dict[str, list[Member]]:
    found: dict[str, list[Member]] = {state: [] for state in STATES}
    for member in members:
        found[state_of(member, facts)].append(member)
    return found


def tables(facts: ReportFacts) -> dict[str, list[Row]]:
    """By every way to group people; {} where logins are unknown."""
    if not facts.logins_known:
        return {}
    shown = states(facts)
    return {
        name: masked(
            [_row(one, facts, shown) for one in grouped(facts.people, key, facts.least)],
            facts.least,
        )
        for name, key in ways_to_group(facts).items()
    }


def _row(group: Group[Member], facts: ReportFacts, shown: Iterable[str]) -> Row:
    by_state = _by_state(group.members, facts)
    counts = tuple((state, len(by_state[state])) for state in shown)
    return Row(group.label, len(group.members), counts)


def masked(rows: list[Row], least: int) -> list[Row]:
    """Rows with a state of fewer than `least` people, and as many more as hide them, are masked."""
    hidden = hide([[count for _, count in row.states] for row in rows], least)
    return [replace(row, is_masked=few) for row, few in zip(rows, hidden, strict=True)]


def silent(facts: ReportFacts) -> list[Member]:
    """Those who did not log in within a week or never did, by name; [] where nobody may be named."""
    if facts.aggregate_only or not facts.logins_known:
        return []
    away = [one for one in facts.people if state_of(one, facts) in ("inactive", "never")]
    return sorted(away, key=lambda one: (one.user.name.casefold(), one.user.user_id))


def licenses(facts: ReportFacts) -> Licenses | None:
    """Active licences without a login ever, or in 90 days; None where logins are unknown.

    None too where the number, or what is left of it without those who never did, or of those not
    active without it, is of too few to show.
    """
    if not facts.logins_known:
        return None
    days = [_days_since(one, facts) for one in facts.people if not one.user.is_login_lost]
    never = sum(one is None for one in days)
    idle = sum(one is not None and one > IDLE_DAYS for one in days)
    lapsing = sum(one is not None and ACTIVE_DAYS < one <= IDLE_DAYS for one in days)
    if any(is_few(one, facts.least) for one in (never + idle, idle, lapsing)):
        return None
    price = facts.options.license_price
    return Licenses(never, idle, None if price is None else price * (never + idle))
