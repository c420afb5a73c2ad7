"""Patterns worth a look: rows that make numbers larger and show no work. Findings, no accusations.

Each pattern says what was seen, in how many rows and on how many days of whom. The rows are
counted, not guessed; *why* they are there is not in the data: a new telephone system, a late
entry after a trade show and a game all leave such rows. None of them earns anything: the rules
that count set them aside already, or judge the record by something else.

- `bulk_calls`: calls in bulk, as `calls` sets them aside
- `repeated_contact`: calls to a contact who was called before on that day, from five a day on
- `closed_at_once`: tasks (no calls, no mails) that were finished within a minute of their making,
  from five a day on
- `meetings_at_once`: meetings of a person that begin while others of theirs do, from three a day on
- `pushed_dates`: open opportunities whose close date was pushed again and again without a next
  step, from five of a person on
- `loaded_calls`, `loaded_meetings`: what integration users recorded for somebody, and does not count

The first four are patterns from the third day on: once is an accident.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.evidence import gaming_limits
from service.evidence.clocks import local_day
from service.evidence.ids import to_18

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from service.evidence.gaming_bunching import Bunching
    from service.evidence.staging import Scope

_DAYS_AT_LEAST = 3
_REPEATS_A_DAY, _CLOSED_A_DAY, _AT_ONCE_A_DAY, _PUSHED_RECORDS = 5, 5, 3, 5
_AT_ONCE_SECONDS = 60
PATTERNS = (
    "bulk_calls", "repeated_contact", "closed_at_once", "meetings_at_once", "pushed_dates",
    "loaded_calls", "loaded_meetings",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """One pattern of one person within the days of evidence."""

    pattern: str
    user_id: str
    rows: int
    days: int  #: on which they were recorded; of pushed dates, the as-of day alone


@dataclass(frozen=True, slots=True)
class Gaming:
    """What was found: patterns by people, and numbers around published limits."""

    seen: tuple[Seen, ...] = ()  #: by pattern and user id
    bunching: tuple[Bunching, ...] = ()  #: of every limit that can be looked at, found or not


def read(scope: Scope, minimums: Mapping[str, Mapping[str, Decimal]]) -> Gaming:
    """Every pattern of everybody who may be scored, and every published limit.

    `minimums` has weekly minimums by measure and user id. Needs what the measures made:
    `call_days`, `meeting_days`, `daily` and, where opportunities can be judged, `judged`.
    """
    limits = gaming_limits.weekly_counts(scope, minimums), gaming_limits.won_amounts(scope)
    return Gaming(_seen(scope), (*limits[0], *limits[1]))


def _seen(scope: Scope) -> tuple[Seen, ...]:
    queries = {
        "bulk_calls": _daily("call_days", "bulk", 1),
        "repeated_contact": _daily("call_days", "repeats", _REPEATS_A_DAY),
        "closed_at_once": _closed_at_once(scope),
        "meetings_at_once": _daily("meeting_days", "at_once", _AT_ONCE_A_DAY),
        "pushed_dates": _pushed(scope),
        "loaded_calls": _daily("call_days", "loaded", 1, days=1),
        "loaded_meetings": _daily("meeting_days", "loaded", 1, days=1),
    }
    found = []
    for pattern in PATTERNS:
        rows = scope.connection.execute(
            f"SELECT p.id, q.rows, q.days FROM ({queries[pattern]}) q JOIN users p ON p.u = q.u"  # noqa: S608
            " ORDER BY p.id"
        )
        found += [Seen(pattern, to_18(user), int(n), days) for user, n, days in rows.fetchall()]
    return tuple(found)


def _daily(table: str, column: str, a_day: int, *, days: int = _DAYS_AT_LEAST) -> str:
    """SQL: people with that much of a column on enough days."""
    return f"""
        SELECT u, sum({column}) AS rows, count(*) AS days FROM {table}
        WHERE {column} >= {a_day} GROUP BY u HAVING count(*) >= {days}
    """  # noqa: S608 - names and numbers are ours


def _closed_at_once(scope: Scope) -> str:
    day = local_day("t.created", "p.clock")
    return f"""
        SELECT u, sum(n) AS rows, count(*) AS days FROM (
            SELECT t.owner AS u, {day} AS day, count(*) AS n
            FROM staged_Task t JOIN users p ON p.u = t.owner AND p.scored
            LEFT JOIN users c ON c.u = t.{scope.actor("Task", "creator")}
            WHERE t.is_done AND NOT t.is_call AND coalesce(t.subtype, 'Task') = 'Task'
                AND NOT coalesce(c.robot, false) AND {scope.in_window("t.created")}
                AND date_diff('second', t.created, t.completed) BETWEEN 0 AND {_AT_ONCE_SECONDS}
            GROUP BY t.owner, day HAVING count(*) >= {_CLOSED_A_DAY} AND {scope.days("day")}
        ) GROUP BY u HAVING count(*) >= {_DAYS_AT_LEAST}
    """  # noqa: S608


def _pushed(scope: Scope) -> str:
    tables = scope.connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'judged'"
    ).fetchone()
    if not tables or not tables[0]:
        return "SELECT 0 AS u, 0 AS rows, 0 AS days WHERE false"
    return f"""
        SELECT u, count(*) AS rows, 1 AS days FROM judged
        WHERE list_contains(faults, 'pushed_twice') GROUP BY u HAVING count(*) >= {_PUSHED_RECORDS}
    """  # noqa: S608
