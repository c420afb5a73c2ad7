"""Records that keep a share measure down: kept per person and measure, the largest amounts first."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from service.evidence.ids import sql_to_18
from service.scoring.evidence import Finding

if TYPE_CHECKING:
    import duckdb

#: Findings kept per person and measure; counts stay exact.
SHOWN_AT_MOST = 200
TABLE = """
    CREATE TABLE findings (u INTEGER, measure VARCHAR, id VARCHAR, name VARCHAR, faults VARCHAR[],
        amount DECIMAL(18, 2), rank BIGINT);
"""
_FINDINGS = f"""
    SELECT f.u, {sql_to_18("p.id")}, f.measure, {sql_to_18("f.id")}, f.name, f.faults, f.amount
    FROM findings f JOIN users p ON p.u = f.u
    WHERE f.u BETWEEN ? AND ? ORDER BY f.u, f.measure, f.rank
"""  # noqa: S608 - identifiers are ours


def keep(connection: duckdb.DuckDBPyConnection, measure: str, table: str) -> None:
    """Keep the rows of a judged table (u, id, name, faults, amount) that have a fault."""
    connection.execute(f"""
        INSERT INTO findings
        SELECT u, '{measure}', id, name, faults, amount, row_number() OVER (
            PARTITION BY u ORDER BY amount DESC NULLS LAST, id) AS rank
        FROM {table} WHERE len(faults) > 0 QUALIFY rank <= {SHOWN_AT_MOST}
    """)  # noqa: S608 - names are ours


def read(
    connection: duckdb.DuckDBPyConnection, first: int, last: int
) -> defaultdict[int, list[Finding]]:
    """Findings of the people with `u` from first to last, by that number."""
    found: defaultdict[int, list[Finding]] = defaultdict(list)
    for u, user, measure, record, name, faults, amount in connection.execute(
        _FINDINGS, [first, last]
    ).fetchall():
        found[u].append(Finding(user, measure, record, name, tuple(faults), amount))
    return found
