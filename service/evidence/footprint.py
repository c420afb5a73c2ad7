"""Footprint days: local days on which a person created or changed a record, a task or an event.

A record tells who created it and when, and who changed it *last*: earlier changes by others or
by the same person leave no trace in it, so a footprint is a lower bound. Where rows do not name
their creator or last changer, their owner stands in, and the coverage says so. A change dated
before the creation is not believed, and one at the same moment is the creation itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.evidence import typed
from service.evidence.clocks import local_day
from service.tables import Gap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.evidence.staging import Scope
    from service.tables import Tables

MEASURE = "footprint_days"


#: Objects whose records leave a footprint.
OBJECTS = ("Account", "Contact", "Lead", "Opportunity", "Task", "Event")


def why_absent(tables: Tables) -> str | None:
    """Why no footprint can be known at all, or None."""
    if any(_dated(tables, name) for name in OBJECTS):
        return None
    return "No object in the data says when its records were created and by whom."


def _dated(tables: Tables, name: str) -> bool:
    return tables.has(name, "CreatedDate") and (
        tables.has(name, "CreatedById") or tables.has(name, "OwnerId")
    )


def gaps(tables: Tables) -> list[Gap]:
    """Objects whose rows do not name who acted; empty means that the footprint is complete."""
    found = []
    for name in OBJECTS:
        for column, acted, dated in (
            ("CreatedById", "created", "CreatedDate"),
            ("LastModifiedById", "changed", "LastModifiedDate"),
        ):
            if tables.has(name, dated) and not tables.has(name, column):
                why = f"Who {acted} a record of {name} is not known: its owner stands in, for footprint days."
                found.append(Gap(name, column, why))
    return found


def reduce(scope: Scope) -> None:
    """Add evidence (done 1, seen = acts) for each person and local day."""
    acts = " UNION ALL ".join(one for name in OBJECTS for one in _acts(scope, name))
    scope.connection.execute(f"""
        INSERT INTO evidence
        SELECT a.u, '{MEASURE}', {local_day("a.acted_at", "p.clock")} AS day, 1, 0, 0, count(*)
        FROM ({acts}) a JOIN users p ON p.u = a.u AND p.scored
        GROUP BY a.u, day HAVING {scope.days("day", scope.checked_since)}
    """)  # noqa: S608


def _acts(scope: Scope, name: str) -> Iterator[str]:
    """SQL: who created (or last changed) records of an object, and when."""
    for who, when, column in (
        ("creator", "created", "CreatedDate"),
        ("modifier", "modified", "LastModifiedDate"),
    ):
        if column in typed.kinds(name):
            actor = scope.actor(name, who)
            in_time = scope.in_window(when, scope.checked_since)
            yield f"SELECT {actor} AS u, {when} AS acted_at FROM staged_{name} WHERE {in_time}"  # noqa: S608
