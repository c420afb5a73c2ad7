"""The weekly digest: to each manager and executive, by mail and in Chatter, on their own morning.

Looked for four times a day, so that everybody gets it between 6 and 12 by their own clock, on the
first day of the week that they work. A look that finds nobody due costs two API calls,
one where a file has the rules.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from jobs import run_record
from jobs.digests.letter import letter_for
from jobs.digests.looks import keep_looks
from jobs.digests.outcome import Digested
from jobs.digests.people import read_company, why_not_now
from jobs.digests.results import read_results
from jobs.digests.send import Due, Sending, give_up_on_unsent
from jobs.org_rules import rules_in_force
from jobs.run import Run, peak_mb, work_as
from service.links import HOME, address_of
from service.look_log import LookLog
from service.redis_queue import connect
from service.salesforce.fields import AdoptionDigest as Fields

if TYPE_CHECKING:
    from rq import Retry

    from jobs.digests.people import Company, Someone
    from service.salesforce.gateway import Gateway
    from service.settings import Settings


class NoSuchLeaderError(Exception):
    """Nobody gets a digest under that name; the message says why and what to do."""


def run_digest(org_id: str, run_key: str, as_of: str | None = None) -> dict[str, Any] | Retry:
    """Send the digests that are due, each at most once. Killed anywhere, none is sent twice.

    1. Read who leads, who is away, what was sent; write down who looked.
    2. Write to those whose morning it is.
    3. Mark, post, mail, and say how it went.

    `as_of` is a day, YYYY-MM-DD, of which noon in UTC stands for now. Does nothing where digests
    are switched off.
    """
    return work_as("Digest", org_id, run_key, as_of, _digest)


def _digest(run: Run) -> dict[str, Any]:
    done = Digested()
    if run.settings.sends_digests:
        _send_due(run, done)
    return _record(run, done)


def _send_due(run: Run, done: Digested) -> None:
    now = _now(run)
    rules = rules_in_force(run.gateway, run.settings.rules_file, ())
    company = read_company(run.gateway, run.settings, rules, now)
    done.notes += company.notes
    give_up_on_unsent(run.gateway, company.digests, run.started_at, done)
    looks = LookLog(connect(run.settings.redis_url), run.org_id)
    company = keep_looks(run.gateway, looks, company, now, done)
    to = [one for one in company.leaders if why_not_now(one, company, now) is None]
    if to:
        with run.step("digest"):
            due = _written(run.gateway, company, to, now)
            sending = Sending(run.gateway, run.settings, company.readers, done)
            sending.send(due, is_counted=not company.aggregate_only)


def _written(gateway: Gateway, company: Company, to: list[Someone], now: datetime) -> list[Due]:
    results = read_results(gateway, now.date(), aggregate_only=company.aggregate_only)
    days = [(one, now.astimezone(one.zone).date()) for one in to]
    return [Due(one, on, letter_for(one, company, results, on)) for one, on in days]


def _now(run: Run) -> datetime:
    """The moment that counts: now, unless the run is of another day."""
    if run.deals_until == run.started_at.date():
        return run.started_at
    return datetime.combine(run.deals_until, time(12), UTC)


def _record(run: Run, done: Digested) -> dict[str, Any]:
    """Record the run, if there is anything to record; gives its result."""
    is_worth_recording = bool(done.records_written or done.problems)
    result: dict[str, Any] = {
        "run_key": run.run_key,
        "status": "Failed" if done.problems else "Finished",
        "alerts": dict(done.counts),
        "records_written": done.records_written + is_worth_recording,
        "records_rejected": done.records_rejected,
        "written": {Fields.OBJECT: done.records_written},
        "posts_made": done.counts["posted"],
        "seconds": run.seconds,
    }
    if is_worth_recording:
        run_record.write(run, result["status"], result, "\n".join(done.told))
    return {**result, "api_calls": run.gateway.api_calls, "peak_mb": peak_mb()}


def preview(gateway: Gateway, settings: Settings, username: str, now: datetime) -> tuple[str, str]:
    """Give (whether it would go out now, subject and text) of somebody's digest; sends nothing.

    The links lead to Salesforce itself. Raises NoSuchLeaderError, RulesError and
    SalesforceError.
    """
    rules = rules_in_force(gateway, settings.rules_file, ())
    company = read_company(gateway, settings, rules, now)
    wanted = username.casefold()
    found = [o for o in company.leaders if (o.person.username or "").casefold() == wanted]
    if not found:
        raise NoSuchLeaderError(
            f"{username} gets no digest: no active user of that name has a role of managers or "
            "executives in the rules ([roles])."
        )
    why = why_not_now(found[0], company, now)
    (due,) = _written(gateway, company, found, now)
    text = due.letter.with_links(lambda target: address_of(settings.instance_url, target or HOME))
    return why or "", f"Subject: {due.letter.subject}\nTo: {due.to.email}\n\n{text}"
