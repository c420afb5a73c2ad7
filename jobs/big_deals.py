"""Big deals: which won opportunities are announced in Chatter, each exactly once.

The org's claims (`Big_Deal_Alert__c`) are the memory; nothing here is. A win without a claim is
judged: closed inside the rule's window it is announced, an older one is recorded as `Baseline`
without a post. So the first connection to an org floods nobody, and a run that was killed
anywhere ends, run again, where it would have ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from jobs import run_record
from jobs.deals.ahead import Ahead
from jobs.deals.amounts import won_deals
from jobs.deals.due import due_deals
from jobs.deals.notices import Notices, give_up_on_unsent
from jobs.deals.outcome import Announced
from jobs.deals.posts import body_of, find_group
from jobs.deals.splits import split_queries, with_shares
from jobs.deals.wins import claims_query, newest_claims
from jobs.put_off import put_off, times_taken_up_again
from jobs.run import Run, peak_mb, work_as
from jobs.score_org import rules_of
from service.salesforce.announce_together import Wanted
from service.salesforce.errors import AdminActionNeededError, SalesforceError
from service.salesforce.fields import BigDealAlert as Fields
from service.salesforce.in_log import in_log

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rq import Retry

    from jobs.deals.due import Due
    from service.evidence.deals import WonDeal
    from service.salesforce.announce import Announcement
    from service.salesforce.gateway import Gateway
    from service.scoring.rule_set import BigDealRule, RuleSet

log = structlog.get_logger(__name__)


def announce_deals(run: Run, deals: Iterable[WonDeal], rules: RuleSet) -> Announced:
    """Announce what is due, the biggest first, and set the older wins aside as the baseline.

    Safe to repeat, and safe beside another worker that does the same. A problem with one rule
    (its group is missing) is reported and does not stop the others.
    """
    done, known = Announced(), list(deals)
    claims = list(run.gateway.query(claims_query(one.opportunity_id for one in known)))
    give_up_on_unsent(run.gateway, claims, run.started_at, done)
    due = due_deals(run, known, rules, newest_claims(claims), done)
    _set_aside(run.gateway, [one for one in due if one.verdict == "baseline"], done)
    wanted = [one for one in due if one.verdict == "announce"]
    asked = Ahead(run.gateway, dict.fromkeys(one.rule for one in wanted), split_queries(wanted))
    wanted = with_shares(asked, wanted, done)
    groups = {rule.name: _group(asked, rule, wanted, done) for rule in rules.big_deals}
    _announce_all(run, wanted, groups, Notices(run, rules, done, asked))
    return done


def _set_aside(gateway: Gateway, due: Sequence[Due], done: Announced) -> None:
    records = [{**one.claim(), Fields.STATUS: "Baseline"} for one in due]
    outcomes = gateway.create(Fields.OBJECT, records, has_key=True)
    for one, outcome in zip(due, outcomes, strict=True):
        if outcome.error is None:
            done.counts["baseline"] += 1
            done.records_written += 1
        elif outcome.error.code != "DUPLICATE_VALUE":  # a duplicate: set aside by somebody else
            _alarm(one, outcome.error, done)


def _group(asked: Ahead, rule: BigDealRule, wanted: Sequence[Due], done: Announced) -> str | None:
    """Give the id of the rule's group; None, and a problem, where it is not found."""
    deals = sum(one.rule == rule for one in wanted)
    if not deals:
        return None
    try:
        return find_group(asked, rule)
    except AdminActionNeededError as error:
        log.error("big_deals_not_announced", rule=rule.name, deals=deals, error=in_log(error))  # noqa: TRY400 - the text says it all
        done.problems.append(f"{deals} big deals are not announced. {error}")
        done.counts["failed"] += deals
        return None


def _announce_all(
    run: Run, wanted: Sequence[Due], groups: Mapping[str, str | None], notices: Notices
) -> None:
    """Announce them in their order, until the org takes no more posts in this hour."""
    postable = [(one, group) for one in wanted if (group := groups[one.rule.name])]
    answers = run.gateway.announce_all(_wanted(run, one, group) for one, group in postable)
    for place, ((one, _), said) in enumerate(zip(postable, answers, strict=True)):
        log.info("big_deal", key=one.key, status=said.status, post_id=said.post_id)
        _count(one, said, notices.done)
        if said.status == "limited":
            notices.done.counts["waiting"] = len(postable) - place
            break
        if said.claim_id:
            notices.add(one, said.claim_id)
    notices.send()


def _wanted(run: Run, one: Due, group_id: str) -> Wanted:
    body = body_of(one.deal, run.settings.instance_url, win=one.win)
    post = {"ParentId": group_id, "Type": "TextPost", "Body": body}
    also = {**post, "ParentId": one.deal.opportunity_id} if one.rule.on_opportunity else None
    return Wanted(one.told_claim(), post, also)


def _count(one: Due, said: Announcement, done: Announced) -> None:
    if said.status == "refused":
        _alarm(one, said.error, done)
    elif said.status != "limited":  # the deals that wait are counted together
        done.counts[said.status] += 1
        done.records_written += said.status in ("announced", "failed")
    if said.status == "failed":
        _alarm_only(one, said.error, done)


def _alarm(one: Due, error: SalesforceError | None, done: Announced) -> None:
    """Report a claim that the org refused: nothing of it is in the org."""
    done.counts["failed"] += 1
    done.records_rejected += 1
    _alarm_only(one, error, done)


def _alarm_only(one: Due, error: SalesforceError | None, done: Announced) -> None:
    log.error("big_deal_failed", key=one.key, error=in_log(error))
    done.problems.append(f"The big deal {one.deal.opportunity_id} is not announced. {error}")


def run_big_deals(org_id: str, run_key: str, as_of: str | None = None) -> dict[str, Any] | Retry:
    """Look at the won opportunities alone and announce the big ones.

    1. Read the rules, and the won opportunities that reach one.
    2. Announce those without a claim.
    3. Record the run, if there was anything to record.
    4. Come back while any announcement is in doubt.
    """
    return work_as("Big deals", org_id, run_key, as_of, _big_deals)


def _big_deals(run: Run) -> dict[str, Any] | Retry:
    done = look_at_all(run, rules_of(run))
    result = record(run, done)
    return put_off(done.later) if done.later else result


def look_at_all(run: Run, rules: RuleSet) -> Announced:
    """Announce what is due among all opportunities that the rules are about."""
    with run.step("announce"):
        deals = won_deals(run.gateway, rules.big_deals) if rules.big_deals else ()
        return announce_deals(run, deals, rules) if rules.big_deals else Announced()


def record(run: Run, done: Announced) -> dict[str, Any]:
    """Record a look at the big deals, if there is anything to record; gives the run's result."""
    # One that died may have posted and told nobody: the one that takes it up says so.
    is_worth_recording = bool(done.records_written or done.problems or times_taken_up_again())
    result: dict[str, Any] = {
        "run_key": run.run_key,
        "status": "Failed" if done.problems else "Finished",
        "alerts": done.alerts,
        "records_written": done.records_written + is_worth_recording,
        "records_rejected": done.records_rejected,
        "posts_made": done.counts["announced"],
        "seconds": run.seconds,
    }
    if is_worth_recording:
        run_record.write(run, result["status"], result, "\n".join(done.told))
    return {**result, "api_calls": run.gateway.api_calls, "peak_mb": peak_mb()}
