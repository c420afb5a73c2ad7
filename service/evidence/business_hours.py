"""Business hours, plainly: all 24 hours of Monday to Friday on the owner's clock.

So "24 business hours" end at the same clock time on the next weekday, and for a lead of a weekend
at the end of Monday. A clock that is put forward or back does not move that end. Neither the
opening hours of a company nor its holidays are known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

_MONDAY = "DATE '1900-01-01'"


def define(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the SQL function business_seconds(local time): how many have passed since 1900.

    The difference of two is the business time between them; it stands still on weekends.
    """
    connection.execute(f"""
        CREATE OR REPLACE TEMP MACRO business_seconds(moment) AS
            86400 * (date_diff('day', {_MONDAY}, CAST(moment AS DATE)) // 7 * 5
                + least(date_diff('day', {_MONDAY}, CAST(moment AS DATE)) % 7, 5))
            + CASE WHEN date_diff('day', {_MONDAY}, CAST(moment AS DATE)) % 7 < 5
                THEN date_diff('second', CAST(CAST(moment AS DATE) AS TIMESTAMP), CAST(moment AS TIMESTAMP))
                ELSE 0 END
    """)
