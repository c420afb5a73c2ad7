"""Deleting: up to 1,000 records a call, by five collections in one composite, one outcome per record.

Source: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_delete.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.salesforce.errors import TransientSalesforceError
from service.salesforce.outcome import Outcome
from service.salesforce.refusals import classify
from service.salesforce.transport import BASE, Request
from service.salesforce.writing import MOST_BATCHES, MOST_RECORDS, passing, speaks_of_each

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.salesforce.writing import Caller

#: What an org says of a record that was deleted before.
_GONE = frozenset({"ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "NOT_FOUND"})


def delete(caller: Caller, record_ids: Sequence[str]) -> tuple[Outcome, ...]:
    """Delete records of any objects by Id; one that is gone already counts as deleted.

    Details go with their masters. What goes stays in the org's bin for 15 days.
    """
    outcomes: list[Outcome] = []
    step = MOST_RECORDS * MOST_BATCHES
    for start in range(0, len(record_ids), step):
        some = record_ids[start : start + step]
        found = _delete_together(caller, some)
        if again := passing(found):
            # What was refused for a lock is still there, and may be asked for once more.
            second = _delete_together(caller, [some[at] for at in again])
            for at, outcome in zip(again, second, strict=True):
                found[at] = outcome
        outcomes += found
    return tuple(outcomes)


def _delete_together(caller: Caller, record_ids: Sequence[str]) -> list[Outcome]:
    """One composite of up to five collections, which counts as one call."""
    some = [record_ids[at : at + MOST_RECORDS] for at in range(0, len(record_ids), MOST_RECORDS)]
    subrequests = [
        {
            "method": "DELETE",
            "url": f"{BASE}/composite/sobjects?ids={','.join(ids)}&allOrNone=false",
            "referenceId": f"b{place}",
        }
        for place, ids in enumerate(some)
    ]
    body = {"allOrNone": False, "compositeRequest": subrequests}
    reply = caller.call(
        Request("POST", f"{BASE}/composite", body=body, repeatable=True, about="deletions")
    )
    given = reply.get("compositeResponse") if isinstance(reply, dict) else None
    rows_of = {one["referenceId"]: one["body"] for one in given or ()}
    outcomes: list[Outcome] = []
    for place, ids in enumerate(some):
        rows = rows_of.get(f"b{place}")
        if not isinstance(rows, list) or not speaks_of_each(rows, ids):
            raise TransientSalesforceError("records were to be deleted and not each was answered")
        outcomes += [_deleted(record_id, row) for record_id, row in zip(ids, rows, strict=True)]
    return outcomes


def _deleted(record_id: str, row: Mapping[str, Any]) -> Outcome:
    error = None if row.get("success") is True else classify(400, row.get("errors") or [])
    is_gone = error is not None and error.code in _GONE
    return Outcome(record_id, created=False, error=None if is_gone else error)
