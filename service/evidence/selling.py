"""Selling time: hours with customers, as far as calendars show them. Reported, never scored.

Customer-facing is an event with a contact, a lead, an account or an opportunity that is no all-day
event and not shown as out of office. It counts on the local day of its start, with its length, and
a day counts eight hours at most, as overlapping events would add up otherwise. Calls and mail have
no length that can be trusted, and meetings kept elsewhere are not seen: it is a lower bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.evidence.ids import to_18
from service.evidence.staging import start_day
from service.tables import Gap

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from service.evidence.staging import Scope
    from service.tables import Tables

DAY_HOURS = 8
_DAY = DAY_HOURS * 3600
#: An event that lasts longer was entered wrongly, or is no meeting.
_LONGEST = 24 * 3600
_NEEDED = ("OwnerId", "StartDateTime", "EndDateTime")


def gaps(tables: Tables) -> list[Gap]:
    """Why no selling time is shown, if so."""
    missing = [name for name in _NEEDED if not tables.has("Event", name)]
    if not missing and not tables.has("Event", "WhoId") and not tables.has("Event", "WhatId"):
        missing = ["WhoId"]
    if not missing:
        return []
    why = f"Event lacks {', '.join(missing)}, so the report shows no selling time."
    return [Gap("Event", missing[0] if tables.has("Event") else None, why)]


def read(scope: Scope, windows: Mapping[str, tuple[date, date]]) -> dict[str, int] | None:
    """User id -> seconds with customers between two local days of theirs, 0 for everybody else.

    None where the data cannot show it. People without a window are left out.
    """
    if gaps(scope.tables):
        return None
    scope.connection.execute(
        "CREATE TABLE windows AS SELECT unnest($ids::VARCHAR[]) AS id,"
        " unnest($opens::DATE[]) AS opens, unnest($closes::DATE[]) AS closes",
        {
            "ids": [user[:15] for user in windows],
            "opens": [opens for opens, _ in windows.values()],
            "closes": [closes for _, closes in windows.values()],
        },
    )
    found = scope.connection.execute(f"""
        WITH days AS (
            SELECT e.owner, {start_day("p.clock")} AS day, least(sum(date_diff('second', e.started, e.ended)), {_DAY}) AS seconds
            FROM staged_Event e JOIN users p ON p.u = e.owner
            WHERE e.is_row AND NOT e.all_day AND NOT e.away
                AND (e.contact IS NOT NULL OR e.with_customer)
                AND date_diff('second', e.started, e.ended) BETWEEN 1 AND {_LONGEST}
            GROUP BY e.owner, day
        )
        SELECT w.id, coalesce(sum(d.seconds), 0)::BIGINT
        FROM days d JOIN users p ON p.u = d.owner
        RIGHT JOIN windows w ON w.id = p.id AND d.day BETWEEN w.opens AND w.closes
        GROUP BY w.id ORDER BY w.id
    """).fetchall()  # noqa: S608 - numbers are ours
    return {to_18(user): seconds for user, seconds in found}
