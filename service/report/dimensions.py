"""The ways in which people are taken together wherever results are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.report.groups import manager_of, role_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.report.facts import Facts, Member


def dimensions(facts: Facts) -> dict[str, Callable[[Member], str]]:
    """Name -> label of a member; managers only where people may be named."""
    found: dict[str, Callable[[Member], str]] = {"role": role_of}
    if facts.managers_known and not facts.options.aggregate_only:
        found["manager"] = manager_of(facts)
    return found
