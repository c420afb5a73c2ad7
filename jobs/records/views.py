"""Writing down who looked at whose score: the looks of the broker, one record each.

The key decides which record it is, so a run that dies in between and runs again changes nothing. A
look at a score that is gone is refused by the org and forgotten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.records.changes import Written
from service.salesforce.fields import AdoptionView as Fields

if TYPE_CHECKING:
    from service.salesforce.gateway import Gateway
    from service.view_log import ViewLog

#: Of a score that was deleted since.
_GONE = frozenset({"ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY"})


def write_views(gateway: Gateway, looks: ViewLog) -> Written:
    """Write every look that is kept, and forget it. Raises SalesforceError, RedisError.

    What the org refuses for another reason than that the score is gone is kept for the next night.
    Refusals are counted, not named: who looked at whom belongs in no log.
    """
    views = looks.read()
    records = [
        {
            Fields.KEY: f"{one.viewer_id}:{one.score_id}:{one.on.isoformat()}",
            Fields.SCORE: one.score_id,
            Fields.VIEWER: one.viewer_id,
            Fields.SEEN_ON: one.on.isoformat(),
        }
        for one in views
    ]
    outcomes = gateway.upsert(Fields.OBJECT, Fields.KEY, records) if records else ()
    pairs = list(zip(views, outcomes, strict=True))
    looks.forget(view for view, one in pairs if one.error is None or one.error.code in _GONE)
    refused = [one.error for one in outcomes if one.error and one.error.code not in _GONE]
    created = sum(one.created for one in outcomes)
    written = sum(one.is_written for one in outcomes)
    told = ((f"looks: {len(refused)}", refused[0]),) if refused else ()
    return Written(Fields.OBJECT, created, written - created, 0, told)


def forget_views(looks: ViewLog) -> None:
    """Where only groups may be written, nobody's looks are kept."""
    looks.forget(looks.read())
