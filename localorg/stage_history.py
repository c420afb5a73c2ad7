"""OpportunityHistory: one row for each save that touches stage, amount, chance or close date.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunityhistory.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localorg import ids, times
from localorg.tables import next_number

if TYPE_CHECKING:
    from localorg.records import Writer

Values = dict[str, Any]
_HISTORY = "OpportunityHistory"
_TOUCHED = ("StageName", "Amount", "Probability", "CloseDate", "ForecastCategory")
_KEPT = (*_TOUCHED, "ExpectedRevenue")


def keep(writer: Writer, before: Values | None, after: Values) -> None:
    """Add a row, if the save touched one of these. `before` is None for a new opportunity."""
    if before is not None and all(before.get(name) == after.get(name) for name in _TOUCHED):
        return
    history = writer.schema.get(_HISTORY)
    was = before or {}
    row = {name: after.get(name) for name in _KEPT} | {
        "Id": ids.make(history.key_prefix, next_number(writer.db, history.key_prefix)),
        "OpportunityId": after["Id"],
        "PrevAmount": was.get("Amount"),
        "PrevCloseDate": was.get("CloseDate"),
        "CreatedDate": times.text(times.now()),
        "CreatedById": writer.viewer.user_id,
        "IsDeleted": 0,
    }
    writer.insert(history, row)
