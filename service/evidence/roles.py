"""The tree of roles: who stands below whom where no managers are named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.evidence.ids import to_18
from service.evidence.intake import open_intake

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
    with open_intake(rules, tables.naive_zone, work_dir=work_dir, memory_limit_mb=100) as intake:
        intake.take_pages(tables)
        intake.finish()
        found = intake.connection.execute("""
            SELECT nullif(trim(role), ''), nullif(trim(profile), ''), count(*) FROM users
            WHERE scored GROUP BY ALL ORDER BY ALL NULLS LAST
        """).fetchall()
    return tuple(Holders(*row) for row in found)


def read_roles(scope: Scope) -> tuple[Role, ...]:
    """Every role, in the order of their ids; () where the data have none."""
    found = scope.connection.execute("""
        SELECT Id, any_value(coalesce(Name, Id)), any_value(ParentRoleId) FROM staged_UserRole
        WHERE Id IS NOT NULL GROUP BY Id ORDER BY Id
    """).fetchall()
    return tuple(Role(to_18(one), name, to_18(above) if above else None) for one, name, above in found)  # fmt: skip
