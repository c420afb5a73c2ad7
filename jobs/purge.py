"""Retention: records of persons are deleted after so many months; of each week a group's figures stay.

Every statement finds what it deletes by its own age, so a run that dies anywhere is taken up by the
next one. The figures of a week are written before its first record goes, and never anew: after a
crash some of the people would be missing in them.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import structlog

from jobs import run_record
from jobs.purge_weeks import purge_weeks
from jobs.run import Run, peak_mb, work_as
from service.salesforce.errors import SalesforceError
from service.salesforce.fields import (
    AdoptionAction,
    AdoptionDigest,
    AdoptionException,
    AdoptionRun,
    AdoptionScore,
    AdoptionSnapshot,
    AdoptionView,
)
from service.salesforce.times import instant

if TYPE_CHECKING:
    from rq import Retry

    from jobs.purge_weeks import Purged
    from service.salesforce.gateway import Gateway

#: Of one object in one run; the next one goes on. 20,000 cost 110 calls, and it is a Saturday.
MOST = 20_000
#: Of looks, of which there are most: 12,000 a working day, where a manager of nine who looks every
#: day leaves nine. 60,000 cost 330 calls; an org that leaves so many has some thousands of people.
MOST_LOOKS = 60_000
#: What a record of ours takes of an org's data storage, whatever its fields hold.
#: https://help.salesforce.com/s/articleView?id=000383664&type=1
RECORD_KB = 2
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Kind:
    """Records of one object that are due."""

    object_name: str
    where: str  #: SOQL
    most: int = MOST  #: in one run


def kinds(before: date) -> tuple[Kind, ...]:
    """What is deleted besides weekly scores, in this order: details before what they refer to."""
    day, moment = before.isoformat(), f"{before.isoformat()}T00:00:00Z"
    of = AdoptionException
    over = f"{of.STATE} IN ('cleared', 'excused')"
    return (
        Kind(
            AdoptionAction.OBJECT,
            f"CreatedDate < {moment} AND ({AdoptionAction.EXCEPTION} = null "
            f"OR Exception__r.{over})",
        ),
        Kind(
            of.OBJECT,
            f"({of.STATE} = 'cleared' AND {of.CLEARED_ON} < {day}) "
            f"OR ({of.STATE} = 'excused' AND {of.EXCUSED_ON} < {day})",
        ),
        Kind(AdoptionView.OBJECT, f"{AdoptionView.SEEN_ON} < {day}", MOST_LOOKS),
        Kind(AdoptionDigest.OBJECT, f"{AdoptionDigest.WEEK_BEGINS} < {day}"),
        Kind(  # somebody who left so long ago; what hangs on the score goes along
            AdoptionScore.OBJECT,
            f"User__r.IsActive = false AND {AdoptionScore.AS_OF} < {moment}",
        ),
        Kind(AdoptionRun.OBJECT, f"{AdoptionRun.STARTED_AT} < {moment}"),
    )


def weekly(before: date) -> Kind:
    """The weekly scores that are due."""
    return Kind(AdoptionSnapshot.OBJECT, f"{AdoptionSnapshot.WEEK_BEGINS} < {before.isoformat()}")


def months_before(today: date, months: int) -> date:
    """Give the same day so many months ago, or the last one of a shorter month."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(today.day, last))


def run_purge(org_id: str, run_key: str, as_of: str | None = None) -> dict[str, Any] | Retry:
    """Delete what is older than BELLWETHER_RETENTION_MONTHS. Killed anywhere, the next run goes on.

    1. Write the figures of each old week, then delete its weekly scores.
    2. Delete actions, exceptions, digests, scores of leavers and run records that are too old.
    3. Say in the run's record what was deleted, object by object.
    """
    return work_as("Purge", org_id, run_key, as_of, _purge)


def _purge(run: Run) -> dict[str, Any]:
    before = months_before(run.deals_until, run.settings.retention_months)
    with run.step("weeks"):
        done = purge_weeks(run.gateway, before, instant(run.started_at))
    with run.step("others"):
        for kind in kinds(before):
            deleted, refused = _delete(run.gateway, kind)
            done.add(kind.object_name, deleted, f"WHERE {kind.where}", refused)
            if deleted + len(refused) >= kind.most:
                done.leave(kind.object_name, kind.most)
    told = [f"Older than {before.isoformat()}: {done.deleted:,} records deleted.", *done.told]
    return _record(run, told, done)


def _delete(gateway: Gateway, kind: Kind) -> tuple[int, list[SalesforceError]]:
    soql = f"SELECT Id FROM {kind.object_name} WHERE {kind.where} ORDER BY Id LIMIT {kind.most}"  # noqa: S608 - constants and days
    outcomes = gateway.delete([str(row["Id"]) for row in gateway.query(soql)])
    refused = [one.error for one in outcomes if one.error]
    return len(outcomes) - len(refused), refused


def _record(run: Run, told: list[str], done: Purged) -> dict[str, Any]:
    """Record the run, whatever it found: that nothing was due is worth knowing."""
    result: dict[str, Any] = {
        "run_key": run.run_key,
        "status": "Failed" if done.refused else "Stopped" if done.is_behind else "Finished",
        "alerts": {"deleted": done.deleted},
        "records_written": done.written + 1,
        "records_rejected": done.refused,
        "posts_made": 0,
        "seconds": run.seconds,
    }
    run_record.write(run, result["status"], result, "\n".join(told))
    log.info("purged", deleted=done.deleted, refused=done.refused, behind=done.is_behind)
    return {**result, "api_calls": run.gateway.api_calls, "peak_mb": peak_mb()}


@dataclass(frozen=True)
class Holding:
    """How many records of an object there are, and how many of them are due."""

    object_name: str
    where: str
    there: int
    due: int

    @property
    def kb(self) -> int:
        """What all of them take of the data storage."""
        return self.there * RECORD_KB


def count_due(gateway: Gateway, before: date) -> list[Holding]:
    """Count without deleting anything. Costs three API calls. Raises SalesforceError."""
    due = (weekly(before), *kinds(before))
    queries = [f"SELECT COUNT(Id) n FROM {one.object_name}" for one in due]  # noqa: S608 - constants
    queries += [f"SELECT COUNT(Id) n FROM {one.object_name} WHERE {one.where}" for one in due]  # noqa: S608 - constants
    counts: list[int] = []
    for start in range(0, len(queries), 5):
        for answer in gateway.query_together(queries[start : start + 5]):
            if isinstance(answer, SalesforceError):
                raise answer
            counts.append(int(answer[0]["n"]))
    there, old = counts[: len(due)], counts[len(due) :]
    return [
        Holding(one.object_name, one.where, *both)
        for one, *both in zip(due, there, old, strict=True)
    ]
