"""Teams as a tree, and what is typical of everybody below a place in it.

A place is whatever people stand under: a manager or a role. Every level is worked out from the
people themselves, never from the medians of the levels below it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from statistics import median, quantiles
from typing import TYPE_CHECKING, Generic, TypeVar

from service.scoring.rounding import published

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

Item = TypeVar("Item")
Loops = tuple[tuple[str, ...], ...]
_TWO = 2


@dataclass(frozen=True)
class Spread:
    """Where the middle half of some scores lies."""

    count: int
    low: Decimal  #: first quartile
    median: Decimal
    high: Decimal  #: third quartile

    @property
    def width(self) -> Decimal:
        """The interquartile range, in points."""
        return self.high - self.low


@dataclass(frozen=True)
class Unit(Generic[Item]):
    """One place: whoever stands directly under it, and the places below."""

    key: str
    level: int  #: 1 at the top
    directly: tuple[Item, ...]
    below: tuple[Unit[Item], ...]

    def everyone(self) -> Iterator[Item]:
        """All who stand under it, at whatever level."""
        units = [self]
        while units:
            unit = units.pop()
            yield from unit.directly
            units.extend(reversed(unit.below))


def spread(numbers: Sequence[Decimal], least: int) -> Spread | None:
    """Median and quartiles (linear between the numbers, halves upwards), or None below `least`."""
    if len(numbers) < max(least, _TWO):
        return None
    low, _, high = quantiles(numbers, n=4, method="inclusive")
    places = [published(Fraction(one), 1) for one in (low, median(numbers), high)]
    return Spread(len(numbers), *places)


def without_loops(parents: Mapping[str, str | None]) -> tuple[dict[str, str | None], Loops]:
    """The same parents without circles, and the circles, each from the place that is made a top.

    In each circle the smallest key loses its parent, so that the same data always give the same
    tree.
    """
    clean, loops = dict(parents), []
    visited: set[str] = set()
    for start in sorted(parents):
        way: list[str] = []
        key: str | None = start
        while key is not None and key not in visited:
            visited.add(key)
            way.append(key)
            key = clean.get(key)
        if key in way:
            circle = way[way.index(key) :]
            at = circle.index(min(circle))
            clean[circle[at]] = None
            loops.append((*circle[at:], *circle[:at]))
    return clean, tuple(loops)


def tree(
    members: Mapping[str, Sequence[Item]], parents: Mapping[str, str | None]
) -> tuple[Unit[Item], ...]:
    """The tops of the tree of places, in the order of their keys.

    `members` says who stands directly under which place, `parents` which place a place stands
    under, without loops (`without_loops`). Places without anybody under them are left out.
    """
    below: defaultdict[str | None, list[str]] = defaultdict(list)
    levels = _levels([key for key in members if members[key]], parents)
    for key in sorted(levels):
        below[parents.get(key)].append(key)
    units: dict[str, Unit[Item]] = {}
    for key in sorted(levels, key=lambda one: -levels[one]):
        lower = tuple(units[one] for one in below[key])
        units[key] = Unit(key, levels[key], tuple(members.get(key, ())), lower)
    return tuple(units[key] for key in below[None])


def _levels(keys: Sequence[str], parents: Mapping[str, str | None]) -> dict[str, int]:
    """The level of every place and of all that stand over it, 1 at the top."""
    levels: dict[str, int] = {}
    for start in keys:
        way: list[str] = []
        key: str | None = start
        while key is not None and key not in levels:
            way.append(key)
            key = parents.get(key)
        above = levels[key] if key is not None else 0
        for up, place in enumerate(reversed(way), start=1):
            levels[place] = above + up
    return levels
