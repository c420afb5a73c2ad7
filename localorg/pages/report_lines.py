"""A report's result as the lines of a table: groups with their sums, details, grand total."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localorg.pages import show
from localorg.pages.port import FieldInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localorg.pages.port import Person
    from localorg.reports.result import Key, Result, Tally

_LABELS = {"Sum": "Sum of", "Average": "Average", "Minimum": "Lowest", "Maximum": "Highest"}


@dataclass(frozen=True)
class Line:
    """One line: a group of some level with its sums, or one record."""

    kind: str  #: ``group``, ``row`` or ``total``
    level: int = 0
    label: str = ""
    count: int = 0
    sums: tuple[str, ...] = ()
    cells: tuple[show.Cell, ...] = ()


def cell(viewer: Person, type_: str, scale: int, value: Any, behind: str | None) -> show.Cell:  # noqa: ANN401
    """One value; a name leads to its record."""
    about = FieldInfo("", "", type_, scale)
    if type_ == "boolean":
        return show.Cell("", "☑" if value else "☐", kind="check")
    if value is None or value == "":
        return show.Cell("", "", kind=show.kind_of(about))
    href = f"/{behind}" if behind else None
    return show.Cell("", show.text_of(about, value, viewer), href=href, kind=show.kind_of(about))


def heads(result: Result) -> list[tuple[str, str]]:
    """Label and kind of each detail column."""
    return [
        (one.label, show.kind_of(FieldInfo(one.name, one.label, one.type)))
        for one in result.columns
    ]


def sums(result: Result, tally: Tally, viewer: Person) -> tuple[str, ...]:
    """Every summary of a group in words: `Average Score: 71.4`."""
    found = []
    for at, kind, shown in result.aggregates:
        value = tally.value(at, kind) if tally.rows else None
        scale = max(shown.scale, 1) if kind == "Average" else shown.scale
        text = cell(viewer, shown.type, scale, value, None).text or "-"
        found.append(f"{_LABELS[kind]} {shown.label}: {text}")
    return tuple(found)


def lines(result: Result, viewer: Person) -> Iterator[Line]:
    """The lines of a tabular or summary report."""
    yield from _groups(result, viewer, ())
    total = result.total
    yield Line("total", 0, "Total", total.rows, sums(result, total, viewer))


def _groups(result: Result, viewer: Person, path: tuple[Key, ...]) -> Iterator[Line]:
    level = len(path)
    if level == len(result.groupings):
        yield from _rows(result, viewer, path) if result.definition.show_details else ()
        return
    for keys, tally in result.rolled(range(level + 1)).items():
        if keys[:-1] == path:
            label = result.labels[level][keys[-1]]
            yield Line("group", level, label, tally.rows, sums(result, tally, viewer))
            yield from _groups(result, viewer, keys)


def _rows(result: Result, viewer: Person, path: tuple[Key, ...]) -> Iterator[Line]:
    for row in result.rows:
        if row.keys == path:
            cells = zip(result.columns, row.values, row.ids, strict=True)
            made = (cell(viewer, one.type, one.scale, value, key) for one, value, key in cells)
            yield Line("row", len(path), cells=tuple(made))


@dataclass(frozen=True)
class Matrix:
    """A matrix report: labels across, and one line of counts for each path of groups down."""

    across: tuple[str, ...]
    lines: tuple[tuple[tuple[str, ...], tuple[int, ...], int], ...]  #: labels, counts, total
    totals: tuple[int, ...]
    total: int


def matrix(result: Result) -> Matrix:
    """The counts of a matrix report."""
    many, all_ = len(result.definition.down), len(result.groupings)
    across = list(result.rolled(range(many, all_)).items())
    cells = result.rolled(range(all_))

    def labels(first: int, keys: tuple[Key, ...]) -> tuple[str, ...]:
        return tuple(result.labels[first + at][key] for at, key in enumerate(keys))

    made = []
    for keys, tally in result.rolled(range(many)).items():
        found = (cells.get((*keys, *other)) for other, _ in across)
        counts = tuple(one.rows if one else 0 for one in found)
        made.append((labels(0, keys), counts, tally.rows))
    return Matrix(
        across=tuple(" · ".join(labels(many, keys)) for keys, _ in across),
        lines=tuple(made),
        totals=tuple(tally.rows for _, tally in across),
        total=result.total.rows,
    )
