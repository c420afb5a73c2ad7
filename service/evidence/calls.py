"""Calls, counted by `[calls]` of the rules (docs/rules.md).

*A call* is a task whose TaskSubtype is one of the rule set's, that is closed and is not the row
of a recurring series. It belongs to its owner.

*Its day* is the local day of its CreatedDate: the moment it was recorded. CompletedDateTime is
not among the columns of older exports; ActivityDate is a due date that anybody may type, also in
the future; CreatedDate is set by Salesforce and cannot be moved. So a call logged late counts on
the day of logging, and a call planned as a task counts on the day of planning once it is closed.

*Credit*: one call per contact and day. The contact is WhoId (a contact or a lead), else the
opportunity in WhatId; a call that relates to none is set aside. Set aside too are calls that an
excluded user, or one of a user type that is no person, created (data loads), and bulk: with the default rule, every call in any stretch of
5 minutes, ends included, that holds more than 10 calls of one owner. `seen` counts every call.
Fields: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_task.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.evidence.clocks import local_day
from service.tables import Gap

if TYPE_CHECKING:
    from service.evidence.staging import Scope
    from service.tables import Tables

MEASURE = "calls"
_NEEDED = ("OwnerId", "CreatedDate", "TaskSubtype", "IsClosed")


def why_absent(scope: Scope) -> str | None:
    """Why calls cannot be counted for anyone, or None."""
    tables = scope.tables
    missing = [name for name in _NEEDED if not tables.has("Task", name)]
    if missing:
        return f"Task lacks {', '.join(missing)}, so calls cannot be told."
    if not tables.has("Task", "WhoId") and not tables.has("Task", "WhatId"):
        return "Task has neither WhoId nor WhatId, so a call's contact is not known."
    query = "SELECT 1 FROM staged_Task WHERE is_call LIMIT 1"
    if scope.connection.execute(query).fetchone() is None:
        kinds = " or ".join(scope.rules.calls.subtypes)
        return f"No task of the last months is a finished call (TaskSubtype {kinds})."
    return None


def gaps(tables: Tables) -> list[Gap]:
    """What would be set aside if the data could tell it."""
    if tables.has("Task") and not tables.has("Task", "IsRecurrence"):
        return [
            Gap(
                "Task",
                "IsRecurrence",
                "The row of a recurring series cannot be told and may count as a call.",
            )
        ]
    return []


#: One row for each owner and local day. `loaded` are calls that robots made, `repeats` those of a
#: contact that was called before on that day; `bulk_at` are the moments of calls in bulk.
TABLE = """
    CREATE TABLE call_days (u INTEGER, day DATE, done BIGINT, seen BIGINT, bulk BIGINT,
        loaded BIGINT, repeats BIGINT, bulk_at TIMESTAMP[]);
"""


def reduce(scope: Scope) -> None:
    """Fill `call_days`, and add evidence (done = credited, seen = all) for each of its rows."""
    scope.connection.execute(f"INSERT INTO call_days {_without_bulk(_calls(scope))}")
    _recount_bulk(scope)
    scope.connection.execute(
        "INSERT INTO evidence SELECT u, ?, day, done, 0, 0, seen FROM call_days", [MEASURE]
    )


def _calls(scope: Scope) -> str:
    """SQL: the calls of the window."""
    day = local_day("t.created", "p.clock")
    return f"""
        SELECT t.owner AS u, {day} AS day, t.created, t.contact, coalesce(c.robot, false) AS loaded
        FROM staged_Task t JOIN users p ON p.u = t.owner AND p.scored
        LEFT JOIN users c ON c.u = t.{scope.actor("Task", "creator")}
        WHERE t.is_call AND {scope.in_window("t.created")} AND {scope.days("day")}
    """  # noqa: S608


def _without_bulk(calls: str) -> str:
    """SQL: `call_days` of calls of which none is bulk."""
    return f"""
        SELECT u, day, count(contact) FILTER (kept > 0) AS done, sum(n), 0, sum(by_robots),
            coalesce(sum(kept) FILTER (contact IS NOT NULL), 0) - done, NULL
        FROM (
            SELECT u, day, contact, count(*) AS n, count(*) FILTER (loaded) AS by_robots, n - by_robots AS kept
            FROM ({calls}) GROUP BY u, day, contact
        ) GROUP BY u, day
    """  # noqa: S608


def _recount_bulk(scope: Scope) -> None:
    """Count the days again that may hold bulk: few, and only they need their calls in order.

    A stretch of minutes touches two days at most, which then have more calls than it may hold.
    """
    rules = scope.rules.calls
    minutes, records = int(rules.burst_minutes), int(rules.burst_records)
    scope.connection.execute(f"""
        CREATE TEMP TABLE busy_days AS
        SELECT u, day FROM (
            SELECT u, day, seen + greatest(
                CASE WHEN lag(day) OVER person = day - 1 THEN lag(seen) OVER person ELSE 0 END,
                CASE WHEN lead(day) OVER person = day + 1 THEN lead(seen) OVER person ELSE 0 END
            ) AS at_most
            FROM call_days WINDOW person AS (PARTITION BY u ORDER BY day)
        ) WHERE at_most > {records} OR {minutes} >= 1440;
        DELETE FROM call_days WHERE (u, day) IN (SELECT (u, day) FROM busy_days);
        INSERT INTO call_days {_with_bulk(scope, minutes, records)}
    """)  # noqa: S608 - numbers are ours


def _with_bulk(scope: Scope, minutes: int, records: int) -> str:
    """SQL: `call_days` of the busy days."""
    stretch = f"INTERVAL {minutes} MINUTES"
    return f"""
        WITH starts AS (
            SELECT a.*, count(*) OVER (
                PARTITION BY u ORDER BY created RANGE BETWEEN CURRENT ROW AND {stretch} FOLLOWING
            ) > {records} AS starts_bulk
            FROM ({_calls(scope)}) a SEMI JOIN busy_days b ON b.u = a.u AND b.day = a.day
        ), marked AS (
            SELECT *, bool_or(starts_bulk) OVER (
                PARTITION BY u ORDER BY created RANGE BETWEEN {stretch} PRECEDING AND CURRENT ROW
            ) AS is_bulk
            FROM starts
        )
        SELECT u, day, count(DISTINCT contact) FILTER (NOT is_bulk AND NOT loaded) AS done, count(*),
            count(*) FILTER (is_bulk AND NOT loaded), count(*) FILTER (loaded),
            count(contact) FILTER (NOT is_bulk AND NOT loaded) - done,
            list(DISTINCT created) FILTER (is_bulk AND NOT loaded)
        FROM marked GROUP BY u, day
    """  # noqa: S608
