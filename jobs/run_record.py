"""`Adoption_Run__c`: what a run read, wrote, skipped and spent; one record per run key.

An upsert by the run's key, so that a run that was killed and run again has one record.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

import structlog

from jobs.put_off import times_taken_up_again
from service.salesforce.errors import SalesforceError
from service.salesforce.fields import AdoptionRun as Fields
from service.salesforce.in_log import in_log
from service.salesforce.times import instant

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from jobs.run import Run

SOURCE_TEXT = 80
SHORT_TEXT = 255
CALLS_TEXT = 4_000
LONG_TEXT = 32_768
log = structlog.get_logger(__name__)


def write(run: Run, status: str, result: Mapping[str, Any], detail: str = "") -> None:
    """Write the record of a run that came to its end. Raises when the org refuses it."""
    counts = {
        Fields.USERS: result.get("users"),
        Fields.SCORED: result.get("scored"),
        Fields.NOT_SCORED: sum(result.get("not_scored", {}).values()),
        Fields.ROWS_READ: sum(result.get("rows_read", {}).values()),
        Fields.RECORDS_WRITTEN: result["records_written"],
        Fields.RECORDS_REJECTED: result["records_rejected"],
        Fields.POSTS_MADE: result["posts_made"],
        Fields.RULE_VERSION: result.get("rule_version"),
        Fields.RULE_SOURCE: result.get("rule_source", "")[:SOURCE_TEXT] or None,
        Fields.WRITTEN: _by_object(result.get("written", {}), SHORT_TEXT),
        Fields.GAPS: "\n".join(result.get("gaps", ()))[:LONG_TEXT] or None,
    }
    _upsert(run, status, detail, counts)


def _with_own(calls: Mapping[str, int]) -> dict[str, int]:
    """API calls by object with the one that writes this record."""
    return {**calls, Fields.OBJECT: calls.get(Fields.OBJECT, 0) + 1}


def _by_object(counts: Mapping[str, int], most: int) -> str | None:
    told = (f"{name} {count}" for name, count in counts.items() if count)
    return ", ".join(told)[:most] or None


def write_failure(run: Run, why: str, *, is_stopped: bool) -> None:
    """Record why a run stopped. An org that cannot even take this hears of it in the log only."""
    try:
        _upsert(run, "Stopped" if is_stopped else "Failed", why, {})
    except SalesforceError as error:
        log.warning("run_record_not_written", error=in_log(error))


def _upsert(run: Run, status: str, detail: str, counts: Mapping[str, Any]) -> None:
    record = {
        Fields.KEY: run.run_key,
        Fields.KIND: run.kind,
        Fields.STATUS: status,
        Fields.STARTED_AT: instant(run.started_at),
        Fields.FINISHED_AT: instant(datetime.now(UTC)),
        Fields.AS_OF: as_of_instant(run.as_of, run.started_at),
        Fields.API_CALLS: run.gateway.api_calls + 1,  # this one is on its way
        Fields.CALLS: _by_object(_with_own(run.gateway.calls_by_object), CALLS_TEXT),
        Fields.DETAIL: "\n".join(filter(None, (_of_this_attempt(), detail)))[:LONG_TEXT] or None,
        **counts,
    }
    with run.gateway.beyond_budget():  # why a run stopped must be told
        outcome = run.gateway.upsert(Fields.OBJECT, Fields.KEY, [record])[0]
    if outcome.error:
        raise outcome.error


def _of_this_attempt() -> str:
    """Say that what earlier attempts wrote and spent is in the org, but not in these counts."""
    times = times_taken_up_again()
    if not times:
        return ""
    often = "once" if times == 1 else f"{times} times"
    return f"Taken up again {often}: the counts and the API calls are those of the last attempt."


def as_of_instant(day: date, now: datetime) -> str:
    """Give the end of the day in UTC, or now while the day lasts."""
    return instant(min(datetime.combine(day, time(23, 59, 59), UTC), now))
