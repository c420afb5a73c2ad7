"""Exceptions under the manager whose they are to solve, those of inactive managers first.

Somebody whose manager does not use Salesforce, or has left, has nobody to show them how; so the
manager is named before them, and asked before them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from service.scoring.rule_set import RuleSet
    from service.scoring.standing_result import Standing

Item = TypeVar("Item")
Inactive = Literal["left", "no_use"]


@dataclass(frozen=True)
class ManagerGroup(Generic[Item]):
    """The exceptions of the people of one manager; without a manager, of all who name none."""

    manager_id: str | None
    inactive: Inactive | None  #: why the manager comes before them
    items: tuple[Item, ...]


def why_inactive(standing: Standing | None, rules: RuleSet, *, is_active: bool) -> Inactive | None:
    """Whether a manager is inactive: they left, or left no footprint of their own in four weeks.

    Only days that are not recorded as away count, and it takes as many of them as a score does;
    where the data show no footprints, nobody is said to be without one. Of managers who are not
    scored (`standing` None) only their leaving is known.
    """
    if not is_active:
        return "left"
    if standing is None or standing.days_used != 0:
        return None
    return "no_use" if standing.days_there >= rules.available_at_least else None


def by_manager(
    items: Iterable[Item],
    manager_of: Callable[[Item], str | None],
    inactive: Mapping[str, Inactive],
) -> list[ManagerGroup[Item]]:
    """The items by manager, in the order in which they come; inactive managers before others."""
    found: defaultdict[str | None, list[Item]] = defaultdict(list)
    for item in items:
        found[manager_of(item)].append(item)
    groups = [
        ManagerGroup(key, inactive.get(key) if key else None, tuple(own))
        for key, own in found.items()
    ]
    return sorted(groups, key=lambda group: group.inactive is None)
