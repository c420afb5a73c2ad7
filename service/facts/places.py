"""Where people stand: under their managers, else in the tree of roles, else all together."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.facts.groups import manager_named
from service.scoring.teams import tree, without_loops

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from service.facts.facts import Facts, Member
    from service.scoring.teams import Loops, Unit

NOBODY = ""  #: the place of those who stand under nobody
EVERYBODY = "Everybody"


@dataclass(frozen=True)
class Places:
    """The tree, and how its places are called."""

    way: str  #: "manager", "role" or "" for all together
    tops: tuple[Unit[Member], ...]
    label: Callable[[str], str]
    loops: Loops  #: circles that were cut, keys of places
    gone: Mapping[
        str, int
    ]  #: managers who are not active: how many people stand directly under them


def places(facts: Facts) -> Places:
    """By manager where anybody's manager is known; else by role where roles stand under roles."""
    if facts.managers_known:
        return _by_manager(facts)
    if any(role.parent_id for role in facts.roles) and any(
        one.user.role_id for one in facts.people
    ):
        return _by_role(facts)
    return Places("", tree({NOBODY: facts.people}, {}), lambda _: EVERYBODY, (), {})


def _by_manager(facts: Facts) -> Places:
    managers, loops = without_loops(
        {one.user.user_id: one.user.manager_id for one in facts.members}
    )
    under: defaultdict[str, list[Member]] = defaultdict(list)
    for one in facts.people:
        under[managers[one.user.user_id] or NOBODY].append(one)
    alone = under.pop(NOBODY, [])
    tops = tree(under, managers)
    leads = _keys(tops)
    # Whoever leads is at the top of a team of their own.
    rest = tree({NOBODY: [one for one in alone if one.user.user_id not in leads]}, {})
    inactive = {one.user.user_id for one in facts.members if not one.user.is_active}
    gone = {key: len(people) for key, people in under.items() if key in inactive}
    return Places("manager", (*tops, *rest), manager_named(facts), loops, gone)


def _keys(tops: tuple[Unit[Member], ...]) -> set[str]:
    units, keys = list(tops), set()
    while units:
        unit = units.pop()
        keys.add(unit.key)
        units.extend(unit.below)
    return keys


def _by_role(facts: Facts) -> Places:
    parents, loops = without_loops({role.role_id: role.parent_id for role in facts.roles})
    inside: defaultdict[str, list[Member]] = defaultdict(list)
    for one in facts.people:
        inside[one.user.role_id or NOBODY].append(one)
    names = {role.role_id: role.name for role in facts.roles}
    twice = Counter(names.values())

    def label(key: str) -> str:
        name = names.get(key, "A role that is not in the data" if key else "No role")
        return f"{name} ({key})" if twice[name] > 1 else name

    return Places("role", tree(inside, parents), label, loops, {})
