"""Records that keep a share measure down: kept per person and measure, the largest amounts first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.evidence.ids import to_18
from service.scoring.evidence import Finding

if TYPE_CHECKING:
    import duckdb

#: Findings kept per person and measure; counts stay exact.
SHOWN_AT_MOST = 200
TABLE = """
    CREATE TABLE findings (u INTEGER, measure VARCHAR, id VARCHAR, name VARCHAR, faults VARCHAR[],
        amount DECIMAL(18, 2), rank BIGINT);
"""
_FINDINGS = """
    SELECT p.id, f.measure, f.id, f.name, f.faults, f.amount
    FROM findings f JOIN users p ON p.u = f.u
    WHERE f.u BETWEEN ? AND ? ORDER BY f.u, f.measure, f.rank
"""


def keep(connection: duckdb.DuckDBPyConnection, measure: str, table: str) -> None:
    """Keep the rows of a judged table (u, id, name, faults, amount) that have a fault."""
    connection.execute(f"""
        INSERT INTO findings
        SELECT u, '{measure}', id, name, faults, amount, row_number() OVER (
            PARTITION BY u ORDER BY amount DESC NULLS LAST, id) AS rank
        FROM {table} WHERE len(faults) > 0 QUALIFY rank <= {SHOWN_AT_MOST}
    """)  # noqa: S608 - names are ours


def read(connection: duckdb.DuckDBPyConnection, first: int, last: int) -> list[tuple[str, Finding]]:
    """Findings of the people with `u` from first to last, each with its person's 15-character id."""
    rows = connection.execute(_FINDINGS, [first, last]).fetchall()
    return [
        (user, Finding(to_18(user), measure, to_18(record), name, tuple(faults), amount))
        for user, measure, record, name, faults, amount in rows
    ]
