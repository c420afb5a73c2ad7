"""The tree of roles: who stands below whom where no managers are named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.evidence import typed
from service.evidence.ids import to_18

if TYPE_CHECKING:
    from service.evidence.staging import Scope


@dataclass(frozen=True, slots=True)
class Role:
    """One UserRole of the data."""

    role_id: str
    name: str
    parent_id: str | None  #: the role above


def read_roles(scope: Scope) -> tuple[Role, ...]:
    """Every role, in the order of their ids; () where the data have none."""
    table = scope.tables.by_name.get("UserRole")
    rows = typed.select(table, "UserRole", ("Id", "Name", "ParentRoleId"), "UTC")
    found = scope.connection.execute(f"""
        SELECT Id, any_value(coalesce(Name, Id)), any_value(ParentRoleId) FROM ({rows})
        WHERE bad IS NULL AND Id IS NOT NULL GROUP BY Id ORDER BY Id
    """).fetchall()  # noqa: S608 - names are ours
    return tuple(Role(to_18(one), name, to_18(above) if above else None) for one, name, above in found)  # fmt: skip
