"""Local time without a time zone library in every row: whole offsets, and when they change.

A zone's clock is put forward or back a few times in the years that matter. Those moments are
looked up once for each zone (Python's zoneinfo) and stand beside each user, so that the local day
of ten million moments is an addition and a division. What is compared with days
about the as-of day is exact so. Moments further away than the days below get the offset of that
edge, at most an hour or two wrong in another year; where such a day is *shown*, use `exact_time`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from service.evidence.pages import quoted

if TYPE_CHECKING:
    from datetime import date

    import duckdb

DAYS_BACK, DAYS_AHEAD = 400, 100
_NEVER = "TIMESTAMP '9999-12-31'"
_MICROSECONDS = 1_000_000


def turns(zone: str, first: datetime, last: datetime) -> list[tuple[datetime, int]]:
    """From when on (UTC) which offset in seconds holds, the first at `first`, up to `last`."""
    clock = ZoneInfo(zone)
    found = [(first, _offset(clock, first))]
    day = first
    while day < last:
        following = day + timedelta(days=1)
        if (after := _offset(clock, following)) != found[-1][1]:
            found.append((_change(clock, day, following), after))
        day = following
    return found


def _offset(clock: ZoneInfo, moment: datetime) -> int:
    offset = moment.astimezone(clock).utcoffset()
    assert offset is not None  # noqa: S101 - aware by construction
    return int(offset.total_seconds())


def _change(clock: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The second at which the offset changes between two moments."""
    old = _offset(clock, before)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        before, after = (middle, after) if _offset(clock, middle) == old else (before, middle)
    return after


def local_time(moment: str, clock: str) -> str:
    """SQL: the time on that clock (a user's column `clock`) at a moment in UTC."""
    return f"local_time({moment}, {clock})"


def local_day(moment: str, clock: str) -> str:
    """SQL: the calendar day on that clock at a moment in UTC."""
    return f"CAST(local_time({moment}, {clock}) AS DATE)"


def add_clocks(connection: duckdb.DuckDBPyConnection, naive_zone: str, as_of: date) -> None:
    """Give each of the `users` a `clock`, and define what `local_time` means in SQL.

    Makes the table `owners` too: the users, and as number 0 nobody, who stands for an owner that is
    no user (a queue, or somebody who is not in the data) and lives in the naive zone.
    """
    zones = connection.execute("SELECT DISTINCT zone FROM users").fetchall()
    found = {
        zone: _looked_up(zone, as_of) for zone in sorted({zone for (zone,) in zones} | {naive_zone})
    }
    most = max(len(changes) for changes in found.values())
    later = "".join(
        f" + (moment >= clock.turn{at})::BIGINT * clock.by{at}" for at in range(1, most)
    )
    values = ", ".join(
        f"({quoted(zone)}, {_clock(changes, most)})" for zone, changes in found.items()
    )
    connection.execute(f"""
        CREATE TEMP MACRO local_time(moment, clock) AS
            make_timestamp(epoch_us(moment) + clock.shift{later});
        CREATE TABLE clocks AS SELECT * FROM (VALUES {values}) c(zone, clock);
        CREATE TABLE timed AS SELECT u.*, c.clock FROM users u JOIN clocks c ON c.zone = u.zone ORDER BY u.u;
        DROP TABLE users;
        ALTER TABLE timed RENAME TO users;
        CREATE TABLE owners AS SELECT * FROM users UNION ALL BY NAME
            SELECT 0 AS u, zone, clock, false AS active, false AS robot, false AS scored
            FROM clocks WHERE zone = {quoted(naive_zone)};
    """)  # noqa: S608 - values are ours


def _looked_up(zone: str, as_of: date) -> list[tuple[datetime, int]]:
    day = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC)
    return turns(zone, day - timedelta(days=DAYS_BACK), day + timedelta(days=DAYS_AHEAD))


def _clock(changes: list[tuple[datetime, int]], most: int) -> str:
    """SQL: one zone's clock; what no zone but others need never comes."""
    parts = [f"'shift': {changes[0][1] * _MICROSECONDS}::BIGINT"]
    for at in range(1, most):
        turn, by = _NEVER, 0
        if at < len(changes):
            turn = f"TIMESTAMP '{changes[at][0]:%Y-%m-%d %H:%M:%S}'"
            by = changes[at][1] - changes[at - 1][1]
        parts += [f"'turn{at}': {turn}", f"'by{at}': {by * _MICROSECONDS}::BIGINT"]
    return f"{{{', '.join(parts)}}}"


def exact_day(moment: str, zone: str) -> str:
    """SQL: the day in the zone that the text `zone` names, in any year. Dear: for few rows."""
    return f"CAST({exact_time(moment, zone)} AS DATE)"


def exact_time(moment: str, zone: str) -> str:
    """SQL: the time there, in any year. Dear: for few rows."""
    return f"timezone({zone}, timezone('UTC', {moment}))"
