"""The readable rows of an object that no measure stages, as a piece of SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.evidence import typed

if TYPE_CHECKING:
    from service.evidence.staging import Scope


def rows(scope: Scope, name: str, columns: tuple[str, ...]) -> str:
    """SQL of the named columns, typed, NULL where the data lack one; no rows without the object."""
    found = typed.select(scope.tables.by_name.get(name), name, columns, scope.tables.naive_zone)
    return f"SELECT {', '.join(columns)} FROM ({found}) WHERE bad IS NULL"  # noqa: S608 - names are ours
