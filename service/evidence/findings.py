"""Records that keep a share measure down: kept per person and measure, the largest amounts first."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from service.evidence.ids import to_18
from service.scoring.evidence import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

#: `users.u`, measure, id, name, faults, amount: texts, which go to another process for little.
Row = tuple[int, str, str, str, list[str], str | None]
#: Findings kept per person and measure; counts stay exact.
SHOWN_AT_MOST = 200
TABLE = """
    CREATE TABLE findings (u INTEGER, measure VARCHAR, id VARCHAR, name VARCHAR, faults VARCHAR[],
        amount DECIMAL(18, 2), rank BIGINT);
"""
_FINDINGS = """
    SELECT u, measure, id, name, faults, amount::VARCHAR FROM findings
    WHERE u BETWEEN ? AND ? ORDER BY u, measure, rank
"""


def keep(connection: duckdb.DuckDBPyConnection, measure: str, table: str) -> None:
    """Keep the rows of a judged table (u, id, name, faults, amount) that have a fault."""
    connection.execute(f"""
        INSERT INTO findings
        SELECT u, '{measure}', id, name, faults, amount, row_number() OVER (
            PARTITION BY u ORDER BY amount DESC NULLS LAST, id) AS rank
        FROM {table} WHERE len(faults) > 0 QUALIFY rank <= {SHOWN_AT_MOST}
    """)  # noqa: S608 - names are ours


def read(connection: duckdb.DuckDBPyConnection, first: int, last: int) -> Sequence[Row]:
    """The findings of the people with `u` from first to last, as rows."""
    return connection.execute(_FINDINGS, [first, last]).fetchall()


def of_people(rows: Iterable[Row], people: Mapping[int, str]) -> defaultdict[int, list[Finding]]:
    """The findings of people, given as `u` -> user id, by that number."""
    found: defaultdict[int, list[Finding]] = defaultdict(list)
    for u, measure, record, name, faults, amount in rows:
        if u in people:
            # The last three characters are several times as fast here as in SQL.
            money = None if amount is None else Decimal(amount)
            own = Finding(people[u], measure, to_18(record), name, tuple(faults), money)
            found[u].append(own)
    return found
