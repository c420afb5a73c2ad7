"""Writing down who looked at whose score: the looks of the broker, one record each.

The key decides which record it is, so a run that dies in between and runs again changes nothing. A
look at a score that is gone is refused by the org and forgotten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.changes import Shape, count
from service.salesforce.fields import AdoptionView as Fields

if TYPE_CHECKING:
    from jobs.changes import Written
    from service.salesforce.gateway import Gateway
    from service.view_log import ViewLog

_SHAPE = Shape(Fields.OBJECT, Fields.KEY, (), (Fields.SCORE, Fields.VIEWER, Fields.SEEN_ON), {})


def write_views(gateway: Gateway, looks: ViewLog) -> Written:
    """Write every look that is kept, 200 a call, and forget it. Raises SalesforceError, RedisError."""
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
    looks.forget(views)
    return count(_SHAPE, records, outcomes, 0)


def forget_views(looks: ViewLog) -> None:
    """Where only groups may be written, nobody's looks are kept."""
    looks.forget(looks.read())
