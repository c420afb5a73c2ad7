"""The tree of roles: who stands below whom where no managers are named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.evidence import typed
from service.evidence.ids import to_18
from service.evidence.people import load_users
from service.evidence.spill import open_database

if TYPE_CHECKING:
    from pathlib import Path

    from service.evidence.staging import Scope
    from service.scoring.rule_set import RuleSet
    from service.tables import Tables


@dataclass(frozen=True, slots=True)
class Role:
    """One UserRole of the data."""

    role_id: str
    name: str
    parent_id: str | None  #: the role above


@dataclass(frozen=True, slots=True)
class Holders:
    """How many active people have one role and one profile in Salesforce."""

    role: str | None
    profile: str | None
    people: int


def read_holders(tables: Tables, rules: RuleSet, work_dir: Path) -> tuple[Holders, ...]:
    """Everybody who may be scored, by the names of role and profile. Raises NoUsersError."""
    with open_database(work_dir, memory_limit_mb=100) as connection:
        load_users(connection, tables, rules)
        found = connection.execute("""
            SELECT nullif(trim(role), ''), nullif(trim(profile), ''), count(*) FROM users
            WHERE scored GROUP BY ALL ORDER BY ALL NULLS LAST
        """).fetchall()
    return tuple(Holders(*row) for row in found)


def read_roles(scope: Scope) -> tuple[Role, ...]:
    """Every role, in the order of their ids; () where the data have none."""
    table = scope.tables.by_name.get("UserRole")
    rows = typed.select(table, "UserRole", ("Id", "Name", "ParentRoleId"), "UTC")
    found = scope.connection.execute(f"""
        SELECT Id, any_value(coalesce(Name, Id)), any_value(ParentRoleId) FROM ({rows})
        WHERE bad IS NULL AND Id IS NOT NULL GROUP BY Id ORDER BY Id
    """).fetchall()  # noqa: S608 - names are ours
    return tuple(Role(to_18(one), name, to_18(above) if above else None) for one, name, above in found)  # fmt: skip
