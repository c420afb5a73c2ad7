"""An org with several currencies: another object, and a currency on every sales record.

An org has them or has them not, for good; this one has them when the export that it is filled
with names its currencies.
https://help.salesforce.com/s/articleView?id=sf.admin_enable_multicurrency_implications.htm
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_currencytype.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localorg.object_type import new_field
from localorg.standard_objects import standard_objects

if TYPE_CHECKING:
    import sqlite3

    from localorg.schema import Schema

CURRENCY = "CurrencyType"
FIELD = "CurrencyIsoCode"
#: Standard objects whose records have a currency; custom objects of this org get none.
_WITH_CURRENCY = (
    "User", "Account", "Contact", "Lead", "Campaign", "CampaignMember", "Opportunity", "Task",
    "Event", "ForecastingQuota", "ForecastingItem",
)  # fmt: skip


def turn_on(schema: Schema, db: sqlite3.Connection) -> None:
    """Give a new org its currencies."""
    for thing in standard_objects("multicurrency"):
        schema.add_object(db, thing)
    one = new_field(FIELD, "picklist", "Currency ISO Code", length=3, defaulted_on_create=True)
    for name in _WITH_CURRENCY:
        schema.add_field(db, name, one)


def is_on(schema: Schema) -> bool:
    """Whether the org has several currencies."""
    return schema.find(CURRENCY) is not None


def corporate(schema: Schema, db: sqlite3.Connection) -> str | None:
    """The code of the currency that all others are converted to; None where there is only one."""
    if not is_on(schema):
        return None
    row = db.execute('SELECT "IsoCode" FROM "CurrencyType" WHERE "IsCorporate" = 1').fetchone()
    return str(row[0]) if row else None


def converted(alias: str, sql: str) -> str:
    """An amount of a record in the corporate currency: what an aggregate is given in.

    https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_agg_fns.htm
    """
    rate = (
        f'SELECT rate."ConversionRate" FROM "{CURRENCY}" rate'  # noqa: S608  # names from above
        f' WHERE rate."IsoCode" = {alias}."{FIELD}"'
    )
    return f"({sql} / ({rate}))"
