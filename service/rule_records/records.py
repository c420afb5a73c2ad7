"""The records of an org that hold its rules, as a query gives them, and what may be wrong in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from service.rules_file import RulesError
from service.salesforce.fields import BigDealRule
from service.salesforce.rule_fields import (
    AdoptionMeasure,
    AdoptionMinimum,
    AdoptionRole,
    AdoptionSetting,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.salesforce.custom_object import CustomObject

#: In the order in which they are asked for.
TYPES: tuple[type[CustomObject], ...] = (
    AdoptionSetting, AdoptionRole, AdoptionMeasure, AdoptionMinimum, BigDealRule,
)  # fmt: skip
NAME, LABEL = "DeveloperName", "MasterLabel"


class RuleRecordsError(RulesError):
    """Rules in an org that cannot be used; the message names each record, field and remedy.

    The admin who edits them must act, in Setup > Custom Metadata Types.
    """


@dataclass(frozen=True)
class Records:
    """All that an org has of its rules."""

    settings: Sequence[Mapping[str, Any]] = ()
    roles: Sequence[Mapping[str, Any]] = ()
    measures: Sequence[Mapping[str, Any]] = ()
    minimums: Sequence[Mapping[str, Any]] = ()
    big_deals: Sequence[Mapping[str, Any]] = ()

    @property
    def hold_rules(self) -> bool:
        """Whether the org has rules of its own: big deal rules alone are none."""
        return bool(self.settings or self.roles or self.measures or self.minimums)


@dataclass
class Reading:
    """The mapping that is being made, where each of its keys came from, and what is wrong."""

    mapping: dict[str, Any] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)  #: key path -> "type name, field"
    errors: list[str] = field(default_factory=list)

    def refuse(self, place: str, remedy: str) -> None:
        """Keep an error about one field of one record."""
        self.errors.append(f"{place}: {remedy}.")


def query_fields(one: type[CustomObject]) -> tuple[str, ...]:
    """The fields that are asked for of one of TYPES."""
    return tuple(dict.fromkeys((NAME, LABEL, *one.field_names())))


def query(one: type[CustomObject]) -> str:
    """SOQL for all records of one of TYPES."""
    names = ", ".join(query_fields(one))
    return f"SELECT {names} FROM {one.OBJECT} ORDER BY {NAME}"  # noqa: S608 - constants


def place(one: type[CustomObject], name: object, field_name: str = "") -> str:
    """How a record and its field are named in messages."""
    record = f"{one.OBJECT} {name}"
    return f"{record}, {field_name}" if field_name else record
