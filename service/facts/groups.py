"""People in groups, and figures, none of them of fewer people than may be shown.

The one rule of aggregates: a figure is decided by itself, by the number of people it is about. An
amount is about those whose records have one; a share of good ones is about those who have good
ones and, apart, about those who have others, because each can be told from it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from service.facts.facts import Facts, Member

Item = TypeVar("Item")
#: Longer lists of pooled groups are counted, not named.
_NAMED_AT_MOST = 3


@dataclass(frozen=True)
class Group(Generic[Item]):
    """Some people under a label. `key` is the label's own, or "" for groups taken together."""

    key: str
    label: str
    members: tuple[Item, ...]


def grouped(items: Iterable[Item], key: Callable[[Item], str], least: int) -> list[Group[Item]]:
    """Groups of at least `least`, ordered by label; see `pooled` for the smaller ones."""
    found: defaultdict[str, list[Item]] = defaultdict(list)
    for item in items:
        found[key(item)].append(item)
    return pooled(dict(sorted(found.items(), key=lambda one: one[0].casefold())), least)


def pooled(groups: Mapping[str, Sequence[Item]], least: int) -> list[Group[Item]]:
    """Groups in their order; those below `least` together as one at the end.

    One group left out could be told by taking the others from the total. So the smaller ones are
    taken together, with the next smallest when they are still too few, and when even everybody is
    too few, nothing is given.
    """
    by_size = sorted((label for label in groups if groups[label]), key=lambda one: len(groups[one]))
    pool: list[str] = []
    for label in by_size:
        size = sum(len(groups[one]) for one in pool)
        if len(groups[label]) < least or 0 < size < least:
            pool.append(label)
    whole = [
        Group(one, one, tuple(groups[one])) for one in groups if groups[one] and one not in pool
    ]
    together = tuple(item for one in groups if one in pool for item in groups[one])
    if not together or len(together) < least:
        return whole
    named = [one for one in groups if one in pool]
    label = " or ".join(named) if len(named) <= _NAMED_AT_MOST else f"{len(named)} smaller groups"
    return [*whole, Group("", label, together)]


def is_few(count: int, least: int) -> bool:
    """Whether these are people, but fewer than may be shown."""
    return 0 < count < least


def hide(
    rows: Sequence[Sequence[int]],
    least: int,
    together: Callable[[Iterable[int]], int] = sum,
) -> list[bool]:
    """Which rows of counts to hide, so that no count of fewer than `least` people can be told.

    The columns' totals are known, so what is hidden could be told together by taking the rest
    from them: the next smallest row joins until every hidden column comes to nothing or to `least`.
    Where one person may stand in several rows, `together` is `max`: so many there are at least.
    """
    found = [any(is_few(count, least) for count in row) for row in rows]
    while any(is_few(total, least) for total in _totals(rows, found, together)):
        shown = [at for at, is_hidden in enumerate(found) if not is_hidden and any(rows[at])]
        if not shown:
            break
        found[min(shown, key=lambda at: sum(rows[at]))] = True
    return found


def hidden_figures(
    rows: Sequence[Mapping[str, Sequence[int]]],
    least: int,
    together: Callable[[Iterable[int]], int] = sum,
) -> list[frozenset[str]]:
    """The figures of each row to hide. `rows` have the numbers of people behind each figure."""
    names = list(rows[0]) if rows else []
    hidden = {name: hide([row[name] for row in rows], least, together) for name in names}
    return [frozenset(name for name in names if hidden[name][at]) for at in range(len(rows))]


def _totals(
    rows: Sequence[Sequence[int]],
    chosen: Sequence[bool],
    together: Callable[[Iterable[int]], int],
) -> list[int]:
    own = [row for row, is_chosen in zip(rows, chosen, strict=True) if is_chosen]
    return [together(column) for column in zip(*own, strict=True)]


def role_of(member: Member) -> str:
    """The label of a member's role."""
    return _kind(member) or member.user.role or "No role"


def profile_of(member: Member) -> str:
    """The label of a member's profile."""
    return member.user.profile or "No profile"


def region_of(member: Member) -> str:
    """The label of a member's region."""
    return member.user.region or "No region"


def ways_to_group(facts: Facts) -> dict[str, Callable[[Member], str]]:
    """How people are compared: by role, profile, region and manager, less `missing_ways`."""
    ways: dict[str, Callable[[Member], str]] = {
        "role": role_of,
        "profile": profile_of,
        "region": region_of,
        "manager": manager_of(facts),
    }
    return {name: key for name, key in ways.items() if name not in missing_ways(facts)}


def those_without_role(facts: Facts) -> str:
    """Who is measured as the role that stands in, where the data name no roles."""
    is_told = any(one.user.role for one in facts.members)
    return "whoever has none in the people file" if is_told else "everybody"


def missing_ways(facts: Facts) -> dict[str, str]:
    """Why people are not compared in some way: a sentence for each."""
    found = {}
    if not facts.roles_known and not any(one.user.role for one in facts.members):
        found["role"] = "the export names no roles (tick UserRole in Setup > Data Export)"
    if not any(one.user.profile for one in facts.members):
        found["profile"] = "the export names no profiles (tick Profile in Setup > Data Export)"
    if not facts.regions_known:
        fields = " or ".join(f"User.{name}" for name in facts.rules.region_fields)
        found["region"] = f"no user has a {fields}; --people takes a column region"
    if facts.aggregate_only:
        found["manager"] = "it would name people"
    elif not facts.managers_known:
        found["manager"] = "no user has a User.ManagerId; --people takes a column manager"
    return found


def manager_of(facts: Facts) -> Callable[[Member], str]:
    """Labels by direct manager."""
    name = manager_named(facts)
    return lambda member: name(member.user.manager_id)


def manager_named(facts: Facts) -> Callable[[str | None], str]:
    """Labels by a manager's id; namesakes are told apart by role, else by id; who has left is said."""
    by_id = {one.user.user_id: one.user for one in facts.members}
    names = Counter(user.name for user in by_id.values())
    with_roles = Counter((user.name, user.role) for user in by_id.values())

    def label(manager_id: str | None) -> str:
        if not manager_id:
            return "No manager named"
        manager = by_id.get(manager_id)
        if manager is None:
            return "A manager who is not in the data"
        by_role = manager.role if with_roles[manager.name, manager.role] == 1 else None
        apart = f" ({by_role or manager.user_id})" if names[manager.name] > 1 else ""
        return f"{manager.name}{apart}{'' if manager.is_active else ' (not active)'}"

    return label


def _kind(member: Member) -> str | None:
    if not member.user.is_person:
        return "Integration and other users"
    return None if member.user.is_active else "Users who are not active"
