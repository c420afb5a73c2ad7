"""Measures as data: what a measure counts, as conditions on the fields of one object.

Shapes only; `composition_rules` turns a plain mapping into one, and the evidence floor turns one
into a query. Nothing of what a person wrote is ever part of a query but through these shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

#: What a field holds; `service.columns` says it of the fields that are read, conditions of others.
FieldKind = Literal["id", "text", "boolean", "number", "rate", "date", "datetime"]
Operator = Literal["is", "is_not", "at_least", "at_most", "is_empty", "in"]


@dataclass(frozen=True, slots=True)
class DaysFromToday:
    """A day that moves with the as-of day: yesterday is -1."""

    days: int

    def on(self, as_of: date) -> date:
        """The day itself."""
        return as_of + timedelta(days=self.days)


Value = str | bool | Decimal | date | DaysFromToday


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold of a field. Several values: one of them is enough."""

    field: str
    kind: FieldKind
    operator: Operator
    values: tuple[Value, ...]

    @property
    def is_custom(self) -> bool:
        """Whether the field is the org's own."""
        return self.field.endswith("__c")


@dataclass(frozen=True, slots=True)
class Composition:
    """What a measure counts: rows of an object for which every condition holds.

    Count and money measures date each row by `day_field`; the others say how the records stand on
    the as-of day. Share measures ask of the rows which are `good`; money measures add up
    `amount_field`.
    """

    object_name: str
    owner_field: str
    predicate: tuple[Condition, ...] = ()
    day_field: str | None = None
    good: tuple[Condition, ...] = ()
    amount_field: str | None = None

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition that it makes."""
        return self.predicate + self.good
