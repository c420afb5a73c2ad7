"""The last day that counts: named, or the newest on which anything was created."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.evidence.newest import newest_staged, oldest_staged

if TYPE_CHECKING:
    from datetime import date

    from service.evidence.intake import Intake
    from service.tables import Tables

#: An export may be read so many days after its newest record; later everybody would look idle.
DAYS_AFTER = 31


class DayError(Exception):
    """A day of which the data say nothing; whoever named it must name another."""


def day_of(asked: date | None, intake: Intake, tables: Tables) -> date:
    """The as-of day of a finished reading.

    Raises DayError for a day before or long after everything in it, and ValueError where none was
    named and the data have no dates.
    """
    is_dated = any(tables.has(name, "CreatedDate") for name in tables.by_name)
    if asked is not None and not is_dated:
        return asked
    newest = newest_staged(intake, tables)
    if asked is None:
        return newest
    oldest = oldest_staged(intake, tables)
    if oldest <= asked and (asked - newest).days <= DAYS_AFTER:
        return asked
    where = "before the data begin" if asked < oldest else "long after the data end"
    raise DayError(
        f"--as-of {asked} lies {where}: their records were created from {oldest} to {newest}. "
        f"Name a day in between, or none for {newest}."
    )
