"""What an org keeps by itself and an export lacks: days of activity, last logins, forecasts.

Nothing is invented: of logins the one that the user's row tells of, of forecasts the sums of what the
export has in each period. Where the export has files of these objects, they are taken as they are.
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_forecastingitem.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

from localorg import ids, last_activity, multicurrency
from localorg.tables import next_number

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from localorg.schema import Schema

#: Which rollup an opportunity counts in, by its forecast category.
_ROLLUPS = {"Closed": "ClosedOnly", "Forecast": "CommitOnly"}
_ITEM = (
    "OwnerId", "PeriodId", "ForecastingTypeId", "ForecastingItemCategory", "ForecastCategoryName",
    "OwnerOnlyAmount",
)  # fmt: skip
_NAMES = {"ClosedOnly": "Closed", "CommitOnly": "Commit"}


def fill(schema: Schema, db: sqlite3.Connection) -> None:
    """Make these records where there are none."""
    last_activity.fill(db)
    _last_logins(schema, db)
    _forecasts(schema, db)


def _last_logins(schema: Schema, db: sqlite3.Connection) -> None:
    found = db.execute(
        'SELECT u."Id", u."LastLoginDate" FROM "User" u WHERE u."LastLoginDate" IS NOT NULL'
        ' AND NOT EXISTS (SELECT 1 FROM "LoginHistory" h WHERE h."UserId" = u."Id") ORDER BY 1'
    )
    rows = [(user, at, "Application", "Success", "Browser") for user, at in found]
    columns = ("UserId", "LoginTime", "LoginType", "Status", "Application")
    _insert(schema, db, "LoginHistory", columns, rows)


def _forecasts(schema: Schema, db: sqlite3.Connection) -> None:
    if db.execute('SELECT 1 FROM "ForecastingItem" LIMIT 1').fetchone():
        return
    amount = 'o."Amount"'
    if multicurrency.is_on(schema):
        amount = multicurrency.converted("o", amount)
    cases = " ".join(f"WHEN '{name}' THEN '{rollup}'" for name, rollup in _ROLLUPS.items())
    found = db.execute(
        f'SELECT o."OwnerId", q."PeriodId", q."ForecastingTypeId",'  # noqa: S608  # names from above
        f' CASE o."ForecastCategory" {cases} END AS rollup, SUM({amount})'
        ' FROM (SELECT DISTINCT "PeriodId", "ForecastingTypeId" FROM "ForecastingQuota") q'
        ' JOIN "Period" p ON p."Id" = q."PeriodId" JOIN "Opportunity" o'
        ' ON o."CloseDate" BETWEEN p."StartDate" AND p."EndDate"'
        " WHERE rollup IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
    )
    rows = [(*one[:4], _NAMES[one[3]], one[4]) for one in map(tuple, found)]
    _insert(schema, db, "ForecastingItem", _ITEM, rows)
    if currency := multicurrency.corporate(schema, db):
        db.execute(f'UPDATE "ForecastingItem" SET "{multicurrency.FIELD}" = ?', (currency,))  # noqa: S608  # a name of ours


def _insert(
    schema: Schema,
    db: sqlite3.Connection,
    name: str,
    columns: tuple[str, ...],
    rows: Iterable[tuple[object, ...]],
) -> None:
    prefix, made = schema.get(name).key_prefix, []
    for row in rows:
        record_id = ids.make(prefix, next_number(db, prefix))
        made.append((record_id, crc32(record_id.encode()), *row))
    names = ", ".join(f'"{one}"' for one in ("Id", "_order", *columns))
    marks = ", ".join("?" * (2 + len(columns)))
    db.executemany(f'INSERT INTO "{name}" ({names}) VALUES ({marks})', made)  # noqa: S608  # names of ours
