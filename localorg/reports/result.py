"""What a report found: groups, sums and details, as numbers that add up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from localorg.reports.definition import Definition

Key = str | float | int | None
#: The most rows that a report shows or answers with.
MOST_ROWS = 2000


@dataclass(frozen=True)
class Shown:
    """A column as the viewer sees it."""

    name: str
    label: str
    type: str  #: as describe names it
    scale: int = 0


@dataclass(frozen=True)
class Tally:
    """A group's number of rows, and of each summarised column (sum, filled rows, least, most)."""

    rows: int
    stats: tuple[tuple[float, int, Any, Any], ...] = ()

    def __add__(self, other: Tally) -> Tally:
        pairs = zip(self.stats, other.stats, strict=True)
        return Tally(self.rows + other.rows, tuple(_merged(one, two) for one, two in pairs))

    def value(self, at: int, kind: str) -> Any:  # noqa: ANN401  # a number or a date
        """One summary; None if no row has a value."""
        total, filled, least, most = self.stats[at]
        if not filled:
            return None
        known = {"Sum": total, "Average": total / filled, "Minimum": least, "Maximum": most}
        return known[kind]


@dataclass(frozen=True)
class Row:
    """One row of the details: the keys of its groups, its values, the ids behind names."""

    keys: tuple[Key, ...]
    values: tuple[Any, ...]
    ids: tuple[str | None, ...]


@dataclass(frozen=True)
class Result:
    """A report that was run for somebody."""

    definition: Definition
    columns: tuple[Shown, ...]  #: of the details, without those that the viewer may not see
    groupings: tuple[Shown, ...]  #: down before across
    aggregates: tuple[tuple[int, str, Shown], ...]  #: (place in a tally, `Sum` …, the column)
    cells: Mapping[tuple[Key, ...], Tally]  #: by the keys of all groupings
    labels: tuple[Mapping[Key, str], ...]  #: of the keys of each grouping
    rows: tuple[Row, ...] = ()
    complete: bool = True  #: whether `rows` are all of them
    _empty: Tally = field(default=Tally(0), repr=False)

    @property
    def total(self) -> Tally:
        """Of all rows."""
        return self.rolled(()).get((), self._empty)

    def rolled(self, levels: Iterable[int]) -> dict[tuple[Key, ...], Tally]:
        """Tallies by the keys of some of the groupings, in the order of the groups."""
        wanted = tuple(levels)
        found: dict[tuple[Key, ...], Tally] = {}
        for keys, tally in self.cells.items():
            at = tuple(keys[level] for level in wanted)
            found[at] = found[at] + tally if at in found else tally
        order = [{key: place for place, key in enumerate(self.keys(level))} for level in wanted]
        return dict(
            sorted(
                found.items(),
                key=lambda one: [known[key] for known, key in zip(order, one[0], strict=True)],
            )
        )

    def keys(self, level: int) -> list[Key]:
        """The groups of one level in their order; rows without a value come first."""
        labels = self.labels[level]
        descending = self.definition.groupings[level].descending
        return sorted(
            labels,
            key=lambda key: (key is not None, _sortable(key, labels[key])),
            reverse=descending,
        )

    def level(self, column: str) -> int:
        """Which grouping a column is; `ValueError` if it is none."""
        return [one.column for one in self.definition.groupings].index(column)


def _sortable(key: Key, label: str) -> tuple[int, float, str]:
    if isinstance(key, int | float):
        return 0, float(key), ""
    return 1, 0.0, str(key) if label[:1].isalpha() and str(key)[:4].isdigit() else label.casefold()


def _merged(
    one: tuple[float, int, Any, Any], two: tuple[float, int, Any, Any]
) -> tuple[float, int, Any, Any]:
    least = [value for value in (one[2], two[2]) if value is not None]
    most = [value for value in (one[3], two[3]) if value is not None]
    return (
        one[0] + two[0],
        one[1] + two[1],
        min(least, default=None),
        max(most, default=None),
    )
