"""Segments by the size of customers; the size of a deal plays no part.

A customer is corporate below a number of employees, else field. So is a person: by the people file,
else by most of their own accounts whose size is known; with as many of one as of the other, or with
none, their segment is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.tables import Gap

if TYPE_CHECKING:
    import duckdb

    from service.evidence.staging import Scope
    from service.scoring.rule_set import RuleSet

SIZE = "NumberOfEmployees"


def segment(employees: str, rules: RuleSet) -> str:
    """SQL: corporate, field, or NULL where the number of employees is not known."""
    below = int(rules.corporate_below)
    return (
        f"CASE WHEN {employees} < {below} THEN 'corporate'"
        f" WHEN {employees} >= {below} THEN 'field' END"
    )


def gaps(scope: Scope) -> list[Gap]:
    """What is not known where minimums differ by segment."""
    rules = scope.rules
    changes = any(change.segment for change in rules.minimum_changes)
    if scope.tables.has("Account", SIZE) or not (
        changes or any(measure.segment_minimums for measure in rules.measures)
    ):
        return []
    why = "Which segment people belong to is not known, beyond what the people file says: they have the minimums of their role."
    return [Gap("Account", SIZE, why)]


def reduce(scope: Scope) -> None:
    """Make the table `segments` (u, segment) of everyone who has one."""
    scope.connection.execute(f"""
        CREATE TABLE segments AS
        SELECT u, CASE WHEN corporate > field THEN 'corporate' ELSE 'field' END AS segment FROM (
            SELECT a.owner AS u, count(*) FILTER (size = 'corporate') AS corporate,
                count(*) FILTER (size = 'field') AS field
            FROM (SELECT owner, {segment(f"x.{SIZE}", scope.rules)} AS size FROM staged_Account x) a
            JOIN users p ON p.u = a.owner AND p.scored GROUP BY a.owner
        ) WHERE corporate <> field
    """)  # noqa: S608 - values are numbers


def read_segments(connection: duckdb.DuckDBPyConnection, first: int, last: int) -> dict[int, str]:
    """The segments of the people with `u` from first to last, by that number."""
    query = "SELECT u, segment FROM segments WHERE u BETWEEN ? AND ?"
    return dict(connection.execute(query, [first, last]).fetchall())
