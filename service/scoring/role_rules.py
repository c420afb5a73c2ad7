"""Reads who is who from a rule set: its roles, and which names in Salesforce are which of them.

A name that stands for "" is not confirmed yet: whoever has it is "Not scored: role not defined".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.scoring.roles import same_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from service.scoring.mapping import Table

#: The fields of User that may name a region: those that are read.
REGION_FIELDS = ("Division", "State", "Country")
_MAPS = ("names", "profiles")


@dataclass(frozen=True, slots=True)
class Roles:
    """What `[roles]` says. Names that are not confirmed are in neither mapping."""

    names: Mapping[str, str]  #: UserRole.Name -> role
    profiles: Mapping[str, str]  #: Profile.Name -> role
    when_unknown: str | None
    defined: tuple[str, ...]  #: the roles that measures may ask something of, in their order


def roles_of(top: Table) -> Roles:
    """The roles of a rule set; without `defined` they are those that some name is mapped to."""
    table = top.table("roles", ("defined", *_MAPS, "when_unknown"))
    names, profiles = (_map(table, key) for key in _MAPS)
    when_unknown = table.text("when_unknown") if "when_unknown" in table.data else None
    last = [when_unknown] if when_unknown else []
    used = dict.fromkeys((*names.values(), *profiles.values(), *last))
    defined = table.texts("defined", tuple(used))
    for role in sorted(used.keys() - set(defined)):
        table.refuse("defined", f"lacks {role!r}, which a name is mapped to; add it or correct it")
    if not defined:
        table.refuse("names", "is empty: say which role names are which role, or nobody is scored")
    return Roles(names, profiles, when_unknown, defined)


def _map(roles: Table, key: str) -> dict[str, str]:
    inner = roles.table(key)
    found = {name: inner.text(name, "") for name in inner.data}
    if len({same_name(name) for name in found}) < len(found):
        roles.refuse(key, "names a role twice (case and spacing do not count); keep one")
    return {name: role for name, role in found.items() if role}


def region_fields_of(people: Table, usual: Collection[str]) -> tuple[str, ...]:
    """The fields of User that name a region, the first that is filled in holds."""
    fields = people.texts("region_fields", usual)
    for name in fields:
        if name not in REGION_FIELDS:
            known = ", ".join(REGION_FIELDS)
            people.refuse("region_fields", f"{name} is not read; use some of {known}")
    return tuple(name for name in fields if name in REGION_FIELDS)
