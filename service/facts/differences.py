"""Teams whose counts are left out, so that no difference of two teams tells of too few people.

Counts of teams that lie in each other can be taken from each other: a director's team less the
managers' teams below it is the director's direct people, and the company less its top team is
whoever leads it. So of every team with counts, those who stand in no team below that has any must
be nobody or enough; where they are too few, the smallest team below gives up its own and joins
them. Whatever adds up counts of such teams then speaks of enough people. (Medians do not add up.)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from service.facts.groups import is_few
from service.facts.teams import top_down

if TYPE_CHECKING:
    from collections.abc import Collection

    from service.facts.facts import Member
    from service.scoring.teams import Unit

Sizes = tuple[int, int]  #: people, and those of them who are scored


def teams_to_hide(
    tops: Collection[Unit[Member]], everybody: Collection[Member], least: int
) -> frozenset[str]:
    """Keys of teams that are large enough themselves. The counts of everybody are known, too."""
    found = _Nested(least)
    for _, unit in reversed([*top_down(tuple(tops))]):
        found.add(unit)
    found.join(_sizes(everybody), [key for one in tops for key in found.outer[one.key]])
    return frozenset(found.hidden)


@dataclass
class _Nested:
    """Teams from the lowest up. `outer`: the outermost teams with counts in a unit, itself included."""

    least: int
    outer: dict[str, list[str]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    _inner: dict[str, list[str]] = field(default_factory=dict)  #: the same without the unit itself
    _sizes: dict[str, Sizes] = field(default_factory=dict)

    def add(self, unit: Unit[Member]) -> None:
        size = self._sizes[unit.key] = _sizes([*unit.everyone()])
        below = [key for one in unit.below for key in self.outer[one.key]]
        inner = self._inner[unit.key] = self.join(size, below)
        self.outer[unit.key] = [unit.key] if size[1] >= self.least else inner

    def join(self, whole: Sizes, below: list[str]) -> list[str]:
        """Those of `below` that keep their counts beside those of the whole."""
        kept = list(below)
        while kept and self._leaves_few(whole, kept):
            smallest = min(kept, key=lambda key: (self._sizes[key], key))
            self.hidden.add(smallest)
            kept = [key for key in kept if key != smallest] + self._inner[smallest]
        return kept

    def _leaves_few(self, whole: Sizes, kept: Collection[str]) -> bool:
        taken = [self._sizes[key] for key in kept]
        return any(
            is_few(count - sum(size[at] for size in taken), self.least)
            for at, count in enumerate(whole)
        )


def _sizes(people: Collection[Member]) -> Sizes:
    return len(people), sum(one.has_number for one in people)
