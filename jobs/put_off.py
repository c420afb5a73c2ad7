"""Coming back later: a returned Retry whose patience is counted by reason and ends in an alarm."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from rq import Retry, get_current_job

from jobs.enqueue import DEATHS

#: RQ's own ceiling; ours, by reason, is the length of the intervals.
MOST_RETRIES = 1000
#: Seconds until the next try; together more than ten minutes, because a transaction in flight
#: may take that long to fail.
BACK_OFF = (5, 10, 20, 40, 60, 60, 90, 120, 120, 180)
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Reason:
    """Why a run is put off: a name for the log, a sentence for people, the waits in seconds."""

    name: str
    sentence: str
    intervals: tuple[int, ...] = BACK_OFF


OTHER_RUN = Reason(
    "another_run_is_under_way", "Another run of this org did not end in an hour.", (15,) * 240
)
ORG_NOT_READY = Reason("org_not_ready", "The org did not answer for more than ten minutes.")
IN_DOUBT = Reason(
    "announcements_in_doubt",
    "Whether some big deals are announced could not be told for more than ten minutes.",
)
#: The hour of posts rolls, so some are free again before it is over; two days of tries.
POSTS_LIMITED = Reason(
    "posts_limited", "The org took no posts of some big deals for two days.", (600,) * 288
)


class GivenUpError(Exception):
    """A run was put off as often as makes sense. The next night looks again."""


def times_taken_up_again() -> int:
    """Give how many attempts of this job worked in the org before this one; 0 outside a worker.

    They died, or were put off in the middle of their work. Waiting for another run is no work.
    """
    job = get_current_job()
    if job is None:
        return 0
    deaths = DEATHS - (DEATHS if job.retries_left is None else job.retries_left)
    worked = (ORG_NOT_READY, IN_DOUBT, POSTS_LIMITED)
    return deaths + sum(int(job.meta.get(reason.name, 0)) for reason in worked)


def put_off(reason: Reason, details: str = "") -> Retry:
    """Give the Retry that brings this job back; raises GivenUpError when patience has ended.

    The count lies in the job's meta, so it survives the worker. Outside a worker it starts anew.
    """
    job = get_current_job()
    tries = job.meta.get(reason.name, 0) if job else 0
    if tries >= len(reason.intervals):
        log.error("run_given_up", why=reason.name, tries=tries, details=details)
        raise GivenUpError(f"{reason.sentence} The next night looks again. {details}".strip())
    if job:
        job.meta[reason.name] = tries + 1
        job.save_meta()  # type: ignore[no-untyped-call] # rq has no annotation here
    seconds = reason.intervals[tries]
    log.warning("run_put_off", why=reason.name, tries=tries, seconds=seconds, details=details)
    return Retry(max=MOST_RETRIES, interval=seconds)
