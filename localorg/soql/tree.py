"""A parsed query, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ValueKind = Literal["string", "number", "date", "datetime", "boolean", "null", "date_literal"]
Combination = Literal["and", "or", "not"]


@dataclass(frozen=True)
class Path:
    """A field, perhaps of a parent: `("Owner", "Name")`. `at` is its place in the text."""

    parts: tuple[str, ...]
    at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True)
class Call:
    """A function: `COUNT()`, `MAX(CreatedDate)`, `CALENDAR_YEAR(CloseDate)`."""

    function: str  #: upper case
    path: Path | None
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Selected:
    """One selected field or function, or a child query."""

    what: Path | Call | Query
    alias: str | None = None


@dataclass(frozen=True)
class Value:
    """A literal. `text` is unescaped, except in LIKE patterns; `number` counts units of a literal."""

    kind: ValueKind
    text: str
    number: int | None = None


@dataclass(frozen=True)
class Comparison:
    """`operand operator value(s)`; operators: = != < <= > >= LIKE IN "NOT IN"."""

    operand: Path | Call
    operator: str
    values: tuple[Value, ...] | Query


@dataclass(frozen=True)
class Combined:
    """Conditions joined by one of `and`, `or`, `not`."""

    how: Combination
    parts: tuple[Condition, ...]


Condition = Comparison | Combined


@dataclass(frozen=True)
class Ordering:
    """One key of ORDER BY."""

    operand: Path | Call
    descending: bool = False
    nulls_last: bool = False


@dataclass(frozen=True)
class Query:
    """A whole query. `text` is what the client sent; `from_at` is where the object's name is."""

    text: str
    select: tuple[Selected, ...]
    source: str
    alias: str | None = None
    where: Condition | None = None
    group_by: tuple[Path | Call, ...] = ()
    having: Condition | None = None
    order_by: tuple[Ordering, ...] = ()
    limit: int | None = None
    offset: int | None = None
    from_at: int = 0

    @property
    def aggregates(self) -> bool:
        """Whether the result is AggregateResults rather than records."""
        return bool(self.group_by) or any(isinstance(one.what, Call) for one in self.select)
