"""Meetings: events that have started by the as-of day, on the local day of their start.

Not meetings: all-day events, events shown as out of office, and the row of a recurring series
(its occurrences have rows of their own). An event belongs to its owner; the copy that an invited
colleague gets (IsChild) is an event of that colleague's and counts once, for them.
`seen` counts all-day and out-of-office events as well.
Fields: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_event.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.tables import Gap

if TYPE_CHECKING:
    from service.evidence.staging import Scope
    from service.tables import Tables

MEASURE = "meetings"


def why_absent(tables: Tables) -> str | None:
    """Why meetings cannot be counted for anyone, or None."""
    missing = [name for name in ("OwnerId", "StartDateTime") if not tables.has("Event", name)]
    return f"Event lacks {', '.join(missing)}, so meetings cannot be counted." if missing else None


def gaps(tables: Tables) -> list[Gap]:
    """What would be set aside if the data could tell it."""
    if not tables.has("Event"):
        return []
    found = [
        Gap("Event", column, f"{what} cannot be told and may count as a meeting.")
        for column, what in (
            ("IsAllDayEvent", "An all-day event"),
            ("ShowAs", "An out-of-office event"),
            ("IsRecurrence", "The row of a recurring series"),
        )
        if not tables.has("Event", column)
    ]
    why = "Invitations are not read: a meeting counts for its owner and for each invited colleague."
    return [*found, Gap("Event", "IsChild", why)]


def reduce(scope: Scope) -> None:
    """Add evidence (done = meetings, seen = events) for each owner and local day."""
    scope.connection.execute(f"""
        INSERT INTO evidence
        SELECT p.u, '{MEASURE}', e.start_day, count(*) FILTER (NOT e.all_day AND NOT e.away), 0, 0, count(*)
        FROM staged_Event e JOIN users p ON p.u = e.owner AND p.scored
        WHERE e.is_occurrence AND {scope.days("e.start_day")}
        GROUP BY p.u, e.start_day
    """)  # noqa: S608
