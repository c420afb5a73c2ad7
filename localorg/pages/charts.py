"""The geometry of a dashboard's charts: numbers for an SVG, no colours and no HTML."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 420
_ROW, _LABEL, _VALUE = 24, 150, 56  #: height of a bar's row; widths left for label and value
_TALL, _FOOT, _HEAD = 190, 34, 16
_LONGEST = 20
_COLOURS = 8


@dataclass(frozen=True)
class Mark:
    """One bar, column, slice or point with its label and value."""

    label: str
    short: str
    value: float
    x: float
    y: float
    width: float
    height: float
    colour: int = 0


@dataclass(frozen=True)
class Chart:
    """A drawing of `width` by `height` units."""

    kind: str
    width: float
    height: float
    marks: tuple[Mark, ...]
    path: str = ""  #: of a line


def chart(kind: str, points: Sequence[tuple[str, float]]) -> Chart:
    """The drawing of a chart of that kind: `Bar`, `Column`, `Line` or `Donut`."""
    draw = {"Bar": _bars, "Column": _columns, "Line": _line, "Donut": _donut}[kind]
    return draw(points)


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…"


def _most(points: Sequence[tuple[str, float]]) -> float:
    return max((value for _, value in points), default=0) or 1


def _bars(points: Sequence[tuple[str, float]]) -> Chart:
    room = WIDTH - _LABEL - _VALUE
    marks = tuple(
        Mark(label, _short(label), value, _LABEL, at * _ROW + 4,
             round(max(0.0, value) / _most(points) * room, 1), _ROW - 8)
        for at, (label, value) in enumerate(points)
    )  # fmt: skip
    return Chart("Bar", WIDTH, max(1, len(points)) * _ROW, marks)


def _columns(points: Sequence[tuple[str, float]]) -> Chart:
    step = WIDTH / max(1, len(points))
    room = _TALL - _FOOT - _HEAD
    marks = []
    for at, (label, value) in enumerate(points):
        height = round(max(0.0, value) / _most(points) * room, 1)
        top = _HEAD + room - height
        marks.append(
            Mark(label, _fit(label, step), value, round(at * step + step * 0.15, 1), top,
                 round(step * 0.7, 1), height)
        )  # fmt: skip
    return Chart("Column", WIDTH, _TALL, tuple(marks))


def _fit(label: str, room: float) -> str:
    letters = max(3, int(room / 7))
    return label if len(label) <= letters else f"{label[: letters - 1]}…"


def _line(points: Sequence[tuple[str, float]]) -> Chart:
    columns = _columns(points)
    marks = tuple(
        Mark(one.label, one.short, one.value, one.x + one.width / 2, one.y, 0, 0)
        for one in columns.marks
    )
    path = " ".join(f"{'L' if at else 'M'}{one.x:.1f} {one.y:.1f}" for at, one in enumerate(marks))
    return Chart("Line", WIDTH, _TALL, marks, path)


def _donut(points: Sequence[tuple[str, float]]) -> Chart:
    """`x` is where a slice begins on the ring, `width` how long it is; the ring is 2π·60 long."""
    round_ = 2 * math.pi * 60
    whole = sum(value for _, value in points) or 1
    marks, at = [], 0.0
    for number, (label, value) in enumerate(points):
        length = value / whole * round_
        marks.append(
            Mark(label, _short(label), value, round(at, 2), number * 22 + 30, round(length, 2),
                 round(round_ - length, 2), number % _COLOURS)
        )  # fmt: skip
        at += length
    return Chart("Donut", WIDTH, max(170, len(points) * 22 + 40), tuple(marks))
