"""Meetings: events that have started by the as-of day, on the local day of their start.

Not meetings: all-day events, events shown as out of office, and the row of a recurring series
(its occurrences have rows of their own). An event belongs to its owner; the copy that an invited
colleague gets (IsChild) is an event of that colleague's and counts once, for them.

*Credit*: one meeting for each quarter of an hour in which meetings of a person begin, because
nobody is in two at once; more than three of one quarter are bulk and count for none. An event that an integration user recorded more than a day after it began
was loaded, not kept, and is none; one that it recorded in time was captured and is as good as
another. `seen` counts every event, all-day and out-of-office ones as well.
Fields: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_event.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.evidence.staging import start_day
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
    return [
        Gap("Event", column, f"{what} cannot be told and may count as a meeting.")
        for column, what in (
            ("IsAllDayEvent", "An all-day event"),
            ("ShowAs", "An out-of-office event"),
            ("IsRecurrence", "The row of a recurring series"),
        )
        if not tables.has("Event", column)
    ]


#: One row for each owner and local day: events that are no meetings for what they are left out.
TABLE = """
    CREATE TABLE meeting_days (u INTEGER, day DATE, done BIGINT, seen BIGINT, loaded BIGINT,
        at_once BIGINT);
"""
_QUARTER_SECONDS, _QUARTERS = 900, 96
_AT_ONCE_AT_MOST = 3


def reduce(scope: Scope) -> None:
    """Fill `meeting_days`, and add evidence (done = meetings, seen = events) for its rows."""
    # A bit for each quarter of the day: cheaper than counting distinct values.
    scope.connection.execute(f"""
        INSERT INTO meeting_days
        SELECT u, day,
            coalesce(bit_count(bit_or(1::HUGEINT << quarter) FILTER (is_kept)), 0) AS done, count(*),
            count(*) FILTER (is_meeting AND NOT is_kept), count(*) FILTER (is_kept) - done
        FROM ({_events(scope)}) GROUP BY u, day
    """)  # noqa: S608
    _set_bulk_aside(scope)
    scope.connection.execute(
        "INSERT INTO evidence SELECT u, ?, day, done, 0, 0, seen FROM meeting_days", [MEASURE]
    )


def _events(scope: Scope) -> str:
    """SQL: the events of the window, each with the quarter of the day in which it begins."""
    return f"""
        SELECT p.u, {start_day("p.clock")} AS day, NOT e.all_day AND NOT e.away AS is_meeting,
            is_meeting AND NOT (coalesce(c.robot, false)
                AND e.created > e.started + INTERVAL 1 DAY) AS is_kept,
            ((epoch(e.started)::BIGINT // {_QUARTER_SECONDS}) % {_QUARTERS})::INTEGER AS quarter
        FROM staged_Event e JOIN users p ON p.u = e.owner AND p.scored
        LEFT JOIN users c ON c.u = e.{scope.actor("Event", "creator")}
        WHERE e.is_row AND {scope.in_window("e.started")} AND {scope.days("day")}
    """  # noqa: S608


def _set_bulk_aside(scope: Scope) -> None:
    """Take the credit from quarters with too many; only days with several at once are looked at."""
    scope.connection.execute(f"""
        UPDATE meeting_days m SET done = m.done - b.quarters, at_once = m.at_once + b.quarters
        FROM (
            SELECT u, day, count(*) AS quarters FROM (
                SELECT u, day FROM ({_events(scope)})
                WHERE is_kept AND (u, day) IN (
                    SELECT (u, day) FROM meeting_days WHERE at_once >= {_AT_ONCE_AT_MOST})
                GROUP BY u, day, quarter HAVING count(*) > {_AT_ONCE_AT_MOST}
            ) GROUP BY u, day
        ) b WHERE m.u = b.u AND m.day = b.day
    """)  # noqa: S608
