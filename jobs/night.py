"""The night's run: the whole road of one org, once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from jobs import run_record
from jobs.big_deals import announce_deals
from jobs.enqueue import enqueue_big_deals
from jobs.exceptions_ended import told
from jobs.records.changes import nothing_written
from jobs.records.exception_records import write_exceptions
from jobs.records.further import read_further
from jobs.records.org_now import read_org
from jobs.records.private_notes import heads_ups_of, roles_of
from jobs.records.record_health import write_record_health
from jobs.records.score_shares import why_shown, why_waiting, write_bare, write_shares
from jobs.records.snapshots import write_snapshots
from jobs.records.team_records import write_teams
from jobs.records.views import forget_views, write_views
from jobs.records.week_record import week_record
from jobs.records.write_back import write_scores
from jobs.run import Run, peak_mb, work_as
from jobs.score_org import no_longer_scored, score_org
from service.night_notes import NightNotes
from service.redis_queue import connect
from service.salesforce.fields import AdoptionScore
from service.view_log import ViewLog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rq import Retry

    from jobs.deals.outcome import Announced
    from jobs.records.changes import Written
    from jobs.records.further import Further
    from jobs.records.org_now import OrgNow
    from jobs.score_org import Scored
    from service.tables import Gap


def run_night(org_id: str, run_key: str, as_of: str | None = None) -> dict[str, Any] | Retry:
    """Score an org and announce its big deals. Killed anywhere and run again, it ends the same.

    1. Take the org's lock, so that two nights never overlap.
    2. Read the org's rows; what is missing becomes a gap.
    3. Reduce them to daily evidence and score everyone; ask for what is told beside the scores.
    4. Write the scores that changed.
    5. Announce the big deals that nobody has announced.
    6. Record the run in the org.

    `as_of` is the last day that counts, YYYY-MM-DD; None means that scores count up to yesterday
    and deals up to today, both in UTC. Gives the counts as
    plain data, or a Retry when the org is busy or another run is under way.
    """
    return work_as("Night", org_id, run_key, as_of, _night)


def _night(run: Run) -> dict[str, Any]:
    scored = score_org(run)
    with run.step("further"):
        further = read_further(run.gateway, scored.facts)
    with run.step("write"):
        written = _write(run, scored, further)
    with run.step("announce"):
        announced = announce_deals(run, scored.deals, scored.rules)
    result = _result(run, scored, written, announced, further.gaps)
    if announced.later:
        _look_again(run)
    with run.step("record"):
        detail = "\n".join(_problems(written, announced))
        run_record.write(run, result["status"], result, detail)
    spent = {"api_calls": run.gateway.api_calls, "calls_by_object": run.gateway.calls_by_object}
    return {**result, **spent, "peak_mb": peak_mb()}


def _write(run: Run, scored: Scored, further: Further) -> tuple[Written, ...]:
    """Write what changed, object by object; nothing of any person where only groups may be."""
    as_of = run_record.as_of_instant(run.as_of, run.started_at)
    aggregate_only = scored.facts.aggregate_only
    by_shares = run.settings.sharing == "shares"
    now = read_org(run.gateway, run.as_of, aggregate_only=aggregate_only, with_shares=by_shares)
    week = (
        None if aggregate_only else week_record(run.gateway, scored.scores, run.as_of, as_of, now)
    )
    teams = write_teams(run.gateway, scored.facts, as_of, now, _after_action(scored), week, further)
    looks = ViewLog(connect(run.settings.redis_url), run.org_id)
    _leave_notes(run, scored)
    if aggregate_only:
        forget_views(looks)
        return (teams,)
    waiting = _why_waiting(run, scored, now, as_of)
    if waiting is not None:
        return teams, nothing_written(AdoptionScore.OBJECT, waiting)
    return teams, *_write_people(run, scored, now, as_of, further), write_views(run.gateway, looks)


def _why_waiting(run: Run, scored: Scored, now: OrgNow, as_of: str) -> Gap | None:
    """Why no record of a person is written tonight: the org would show it to the wrong people."""
    if run.settings.sharing == "shares":
        bare = partial(write_bare, run.gateway, scored.facts, as_of)
        return why_shown(run.gateway, scored.facts, now, bare)
    return why_waiting(scored.facts, now, run.settings.sharing)


def _write_people(
    run: Run, scored: Scored, now: OrgNow, as_of: str, further: Further
) -> tuple[Written, ...]:
    gone = partial(no_longer_scored, run, scored.rules)
    scores = write_scores(run.gateway, scored.scores, as_of, gone, now, scored.yardstick, further)
    written, ids = [scores.written], scores.ids
    if run.settings.sharing == "shares":
        # Before any exception: what one has to themselves must not be read by those above.
        shares, still = write_shares(run.gateway, scored.facts, now, scores)
        written.append(shares)
        ids = {user_id: one for user_id, one in ids.items() if one not in still}
    written += write_exceptions(run.gateway, scored.facts, scored.known, ids)
    written.append(write_snapshots(run.gateway, scored.scores, run.as_of, scores.ids, now))
    if scored.judged is not None:
        written.append(write_record_health(run.gateway, scored.judged, scored.rules, as_of))
    return tuple(written)


def _leave_notes(run: Run, scored: Scored) -> None:
    """For the panel: what is one person's alone, and what a score may be compared with."""
    broker = connect(run.settings.redis_url)
    notes = NightNotes(broker, run.org_id, run.settings.private_key)
    if scored.facts.aggregate_only:
        notes.write({})
    else:
        roles = roles_of(scored.scores) if run.settings.compares else None
        notes.write(heads_ups_of(scored.facts), roles)


def _after_action(scored: Scored) -> str | None:
    """What the company's record says of exceptions that cleared; nothing where only groups may be."""
    if scored.facts.aggregate_only:
        return None
    weeks = scored.rules.exceptions.recurs_within_weeks
    return told(scored.known.ended, scored.facts.as_of, weeks)


def _result(
    run: Run,
    scored: Scored,
    written: Sequence[Written],
    announced: Announced,
    not_shown: Sequence[Gap],
) -> dict[str, Any]:
    not_scored = scored.not_scored
    written_of = {one.object_name: one.records_written for one in written}
    return {
        "run_key": run.run_key,
        "status": "Failed" if announced.problems else "Finished",
        "rule_version": scored.rules.version,
        "rule_source": scored.rules.source,
        "users": len(scored.scores),
        "scored": len(scored.scores) - sum(not_scored.values()),
        "not_scored": not_scored,
        "alerts": announced.alerts,
        # The run's own record is one of them, so that a run that changed nothing says 1.
        "records_written": sum(written_of.values()) + announced.records_written + 1,
        "records_rejected": sum(len(one.rejected) for one in written) + announced.records_rejected,
        "written": written_of,
        "posts_made": announced.counts["announced"],
        "rows_read": scored.rows_read,
        "rows_rejected": scored.rows_rejected,
        "reading": [read.as_dict() for read in scored.reading],
        "gaps": [
            *scored.gaps,
            *(gap.why for gap in not_shown),
            *(gap.why for one in written for gap in one.gaps),
        ],
        "seconds": run.seconds,
    }


def _problems(written: Sequence[Written], announced: Announced) -> list[str]:
    refused = [
        f"{one.object_name} {key} is not written. {error}"
        for one in written
        for key, error in one.rejected
    ]
    return [*refused, *announced.told]


def _look_again(run: Run) -> None:
    """Leave what waits or is in doubt to a job of its own, which need not read the org again."""
    connection = connect(run.settings.redis_url)
    enqueue_big_deals(
        connection, run.org_id, f"{run.run_key[:70]}-deals", run.deals_until.isoformat()
    )
