"""Open exceptions as the page shows them: by manager, inactive managers before their people.

A heads-up is between Salesforce and the person: here and in the file it is a number, never a name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.facts.groups import manager_named
from service.scoring.exception_groups import by_manager, why_inactive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.facts.facts import Facts, Member
    from service.scoring.exception_groups import Inactive
    from service.scoring.standing_result import ExceptionResult

#: The page lists so many people; the file has all.
LISTED_AT_MOST = 300
#: Managers that the page shows at once, if no more of them are to be asked first.
_MANAGERS = 12


@dataclass(frozen=True)
class Flagged:
    """One person with what is open."""

    member: Member
    exceptions: tuple[ExceptionResult, ...]


@dataclass(frozen=True)
class Group:
    """The people of one manager who have something open."""

    label: str
    inactive: Inactive | None
    people: tuple[Flagged, ...]


@dataclass(frozen=True)
class Exceptions:
    """What the section shows. `groups` is empty where nobody may be named."""

    groups: tuple[Group, ...]
    people: int  #: with something open
    heads_ups: int  #: people with what is still between Salesforce and them; only they know who
    cleared: int  #: people whose exception cleared within the last weeks
    judged: int  #: people of whom at least one minimum is judged
    inactive: tuple[tuple[str, Inactive], ...]  #: all inactive managers, by name


def managers_shown(found: Exceptions) -> int:
    """How many groups stand above the fold: all that are to be asked first, and the next."""
    return max(_MANAGERS, sum(group.inactive is not None for group in found.groups))


def exceptions(facts: Facts) -> Exceptions:
    """Everything that is open, and how much is not."""
    if facts.aggregate_only:
        return Exceptions((), 0, 0, 0, 0, ())
    found = [one for one in facts.people if one.standing is not None]
    states = [{each.state for each in one.standing.exceptions} for one in found if one.standing]
    inactive = _inactive(facts)
    named = manager_named(facts)
    groups = by_manager(_flagged(facts), lambda one: one.member.user.manager_id, inactive)
    shown = [Group(named(one.manager_id), one.inactive, one.items) for one in groups]
    return Exceptions(
        groups=tuple(sorted(shown, key=lambda one: (one.inactive is None, one.label.casefold()))),
        people=sum(len(one.items) for one in groups),
        heads_ups=sum(bool(one.standing and one.standing.is_private) for one in found),
        cleared=sum("cleared" in one for one in states),
        judged=sum(bool(one.standing and one.standing.minimums) for one in found),
        inactive=tuple(sorted((named(key), why) for key, why in inactive.items())),
    )


def _flagged(facts: Facts) -> Iterator[Flagged]:
    """Whoever has something open, by name."""
    for one in sorted(facts.people, key=lambda one: (one.user.name.casefold(), one.user.user_id)):
        if one.standing is not None and one.standing.opened:
            yield Flagged(one, one.standing.opened)


def _inactive(facts: Facts) -> dict[str, Inactive]:
    """Managers of anybody who is scored, and why they are inactive."""
    named = {one.user.manager_id for one in facts.people}
    found = {
        one.user.user_id: why_inactive(one.standing, facts.rules, is_active=one.user.is_active)
        for one in facts.members
        if one.user.user_id in named
    }
    return {key: why for key, why in found.items() if why is not None}
