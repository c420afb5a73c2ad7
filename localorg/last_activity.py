"""The day of the last closed task or event of leads and opportunities, where an export lacks it.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_lead.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3


def fill(db: sqlite3.Connection) -> None:
    """Set it where it is empty and there is such a task or event."""
    for name, link in (("Lead", "WhoId"), ("Opportunity", "WhatId")):
        db.execute(
            f'UPDATE "{name}" SET "LastActivityDate" = last.day FROM ('  # noqa: S608  # names from above
            f" SELECT key, MAX(day) AS day FROM ("
            f'  SELECT "{link}" AS key, "ActivityDate" AS day FROM "Task" WHERE "IsClosed" = 1'
            f'  UNION ALL SELECT "{link}", "ActivityDate" FROM "Event") GROUP BY key) AS last'
            f' WHERE "{name}"."Id" = last.key AND "{name}"."LastActivityDate" IS NULL'
        )
