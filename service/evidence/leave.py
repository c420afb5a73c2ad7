"""Leave: the days that a person's own calendar shows as out of office.

A local day is away when one event that is shown as out of office takes at least six of its hours
from 9 to 17: an all-day event takes every day from its first to its last, a timed one those that
it covers. All-day events that are shown as busy or free (a conference, a birthday) are no leave;
they are counted, and a gap says how many there are, so that nobody's week vanishes unsaid.

The last day of an all-day event is the day of its EndDateTime, which like its start is a date at
midnight UTC, to be read as it stands. An event belongs to its owner.
Fields: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_event.htm
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from service.evidence.clocks import local_time
from service.evidence.staging import start_day
from service.tables import Gap

if TYPE_CHECKING:
    from datetime import date

    import duckdb

    from service.evidence.staging import Scope
    from service.tables import Tables

COLUMNS = ("OwnerId", "StartDateTime", "EndDateTime", "IsAllDayEvent", "ShowAs")
_OPENS, _CLOSES, _HOURS_AWAY = 9, 17, 6
_ALL_DAY_AT_WORK = "e.all_day AND NOT e.away AND e.is_row"


def reduce(scope: Scope) -> list[Gap]:
    """Make the table `away` (u, day) of everyone who is scored, since the first day of any check."""
    scope.connection.execute("CREATE TABLE away (u INTEGER, day DATE)")
    missing = _missing(scope.tables)
    if missing:
        why = "Leave is not seen in calendars: it has to be recorded in the absence file."
        return [Gap("Event", column, why) for column in missing[:1]]
    scope.connection.execute(f"""
        INSERT INTO away
        WITH spans AS (
            SELECT p.u, {_span("s.started::DATE::TIMESTAMP", local_time("s.started", "p.clock"))} AS away_from,
                {_span("s.ended::DATE + INTERVAL 1 DAY", local_time("s.ended", "p.clock"))} AS away_to
            FROM staged_Event s JOIN users p ON p.u = s.owner AND p.scored
            WHERE s.away AND s.is_row
        )
        SELECT DISTINCT e.u, e.day FROM (
            SELECT u, away_from, away_to, unnest(generate_series(
                greatest(away_from::DATE, DATE '{scope.checked_since}'),
                least(away_to::DATE, DATE '{scope.as_of}'), INTERVAL 1 DAY))::DATE AS day
            FROM spans WHERE away_to > away_from AND {scope.checked("away_from", "away_to")}
        ) e
        WHERE least(e.away_to, e.day + INTERVAL {_CLOSES} HOUR)
            - greatest(e.away_from, e.day + INTERVAL {_OPENS} HOUR) >= INTERVAL {_HOURS_AWAY} HOUR
    """)  # noqa: S608 - dates and numbers of ours
    return _all_day_at_work(scope)


def _span(whole_day: str, clock: str) -> str:
    """SQL: a bound of an event, by the clock on its owner's wall."""
    return f"CASE WHEN s.all_day THEN {whole_day} ELSE {clock} END"


def _missing(tables: Tables) -> list[str]:
    return [column for column in COLUMNS if not tables.has("Event", column)]


def _all_day_at_work(scope: Scope) -> list[Gap]:
    """All-day events of the window that are no leave, as one sentence."""
    events, people = scope.connection.execute(f"""
        SELECT count(*), count(DISTINCT p.u) FROM staged_Event e
        JOIN users p ON p.u = e.owner AND p.scored
        WHERE {_ALL_DAY_AT_WORK} AND {scope.days(start_day("p.clock"))}
    """).fetchall()[0]  # noqa: S608
    if not events:
        return []
    why = (
        f"All-day events that are not shown as out of office: {events}, of {people} users. Their "
        "days are working days; whoever was away has to show it, or be in the absence file."
    )
    return [Gap("Event", "ShowAs", why)]


def read_away(
    connection: duckdb.DuckDBPyConnection, first: int, last: int
) -> dict[int, frozenset[date]]:
    """The days away of the people with `u` from first to last, by that number."""
    days: defaultdict[int, set[date]] = defaultdict(set)
    query = "SELECT u, day FROM away WHERE u BETWEEN ? AND ?"
    for user, day in connection.execute(query, [first, last]).fetchall():
        days[user].add(day)
    return {user: frozenset(found) for user, found in days.items()}
