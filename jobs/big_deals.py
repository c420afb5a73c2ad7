"""Big deals: which won opportunities are announced in Chatter, each exactly once.

The org's claims (`Big_Deal_Alert__c`) are the memory; nothing here is. A win without a claim is
judged: closed inside the rule's window it is announced, an older one is recorded as `Baseline`
without a post. So the first connection to an org floods nobody, and a run that was killed
anywhere ends, run again, where it would have ended.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import structlog

from jobs import run_record
from jobs.deal_amounts import won_deals
from jobs.deal_posts import body_of, find_group
from jobs.deal_wins import CLAIMS, newest_claims, won_again
from jobs.put_off import IN_DOUBT, POSTS_LIMITED, Reason, put_off
from jobs.run import Run, peak_mb, work_as
from jobs.score_org import rules_of
from service.salesforce.errors import AdminActionNeededError, SalesforceError
from service.salesforce.fields import BigDealAlert as Fields
from service.scoring.big_deals import alert_key, judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rq import Retry

    from service.evidence import WonDeal
    from service.salesforce.announce import Announcement, Status
    from service.salesforce.gateway import Gateway
    from service.scoring.rule_set import BigDealRule

FIRST_WIN = 1
log = structlog.get_logger(__name__)


@dataclass
class Announced:
    """What became of the deals that had no claim yet."""

    counts: Counter[str] = field(default_factory=Counter)  #: announced, baseline, failed, …
    records_written: int = 0
    records_rejected: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def alerts(self) -> dict[str, int]:
        """Give the counts that a run reports.

        `waiting` for the org to take posts again; `pending` is what nobody can vouch for yet.
        """
        names = ("announced", "baseline", "failed", "waiting", "pending")
        return {name: self.counts[name] for name in names}

    @property
    def later(self) -> Reason | None:
        """Give why another look must follow, if one must."""
        if self.counts["waiting"]:
            return POSTS_LIMITED
        return IN_DOUBT if self.counts["pending"] else None

    @property
    def open_ends(self) -> list[str]:
        """Give what a later look ends, as sentences of the run's record."""
        told = {
            "waiting": "big deals wait: the org takes no more posts in this hour.",
            "pending": "announcements are in doubt.",
        }
        return [
            f"{self.counts[name]} {what} A run of its own looks again."
            for name, what in told.items()
            if self.counts[name]
        ]


@dataclass(frozen=True)
class _Due:
    """A win without a claim, under one rule."""

    deal: WonDeal
    rule: BigDealRule
    verdict: str
    win: int = FIRST_WIN

    @property
    def key(self) -> str:
        return alert_key(self.deal.opportunity_id, self.rule.name, self.win)

    @property
    def of(self) -> tuple[str, str]:
        """What its wins are counted by."""
        return self.deal.opportunity_id, self.rule.name

    def claim(self) -> dict[str, Any]:
        """Give the fields of the claim, but for its status and post."""
        return {
            Fields.KEY: self.key,
            Fields.OPPORTUNITY: self.deal.opportunity_id,
            Fields.DEAL_OWNER: self.deal.owner_id,
            Fields.RULE_NAME: self.rule.name,
            Fields.RULE_VERSION: self.rule.version,
            Fields.WIN_NUMBER: self.win,
            Fields.AMOUNT: self.deal.amount,
            Fields.CLOSED_ON: self.deal.closed_on.isoformat(),
        }


def announce_deals(run: Run, deals: Iterable[WonDeal], rules: Sequence[BigDealRule]) -> Announced:
    """Announce what is due, the biggest first, and set the older wins aside as the baseline.

    Safe to repeat, and safe beside another worker that does the same. A problem with one rule
    (its group is missing) is reported and does not stop the others.
    """
    done = Announced()
    due = _due(run, deals, rules)
    _set_aside(run.gateway, [one for one in due if one.verdict == "baseline"], done)
    wanted = [one for one in due if one.verdict == "announce"]
    groups = {rule.name: _group(run, rule, wanted, done) for rule in rules}
    _announce_all(run, wanted, groups, done)
    return done


def _due(run: Run, deals: Iterable[WonDeal], rules: Sequence[BigDealRule]) -> list[_Due]:
    claims = newest_claims(run.gateway.query(CLAIMS))
    judged = [
        _Due(deal, rule, verdict)
        for deal in deals
        for rule in rules
        if (verdict := judge(deal, rule, run.deals_until))
    ]
    new = [one for one in judged if one.of not in claims]
    old = {one.of: one for one in judged if one.of in claims and one.verdict == "announce"}
    again = won_again(run.gateway, {of: claims[of] for of in old})
    new += [replace(old[of], win=claims[of].ordinal + 1) for of in again]
    return sorted(new, key=lambda one: (-one.deal.amount, one.deal.opportunity_id))


def _set_aside(gateway: Gateway, due: Sequence[_Due], done: Announced) -> None:
    records = [{**one.claim(), Fields.STATUS: "Baseline"} for one in due]
    outcomes = gateway.create(Fields.OBJECT, records, has_key=True)
    for one, outcome in zip(due, outcomes, strict=True):
        if outcome.error is None:
            done.counts["baseline"] += 1
            done.records_written += 1
        elif outcome.error.code != "DUPLICATE_VALUE":  # a duplicate: set aside by somebody else
            _alarm(one, outcome.error, done)


def _group(run: Run, rule: BigDealRule, wanted: Sequence[_Due], done: Announced) -> str | None:
    """Give the id of the rule's group; None, and a problem, where it is not found."""
    deals = sum(one.rule == rule for one in wanted)
    if not deals:
        return None
    try:
        return find_group(run.gateway, rule)
    except AdminActionNeededError as error:
        log.error("big_deals_not_announced", rule=rule.name, deals=deals, error=str(error))  # noqa: TRY400 - the text says it all
        done.problems.append(f"{deals} big deals are not announced. {error}")
        done.counts["failed"] += deals
        return None


def _announce_all(
    run: Run, wanted: Sequence[_Due], groups: Mapping[str, str | None], done: Announced
) -> None:
    """Announce one after the other, until the org takes no more posts in this hour."""
    postable = [(one, group) for one in wanted if (group := groups[one.rule.name])]
    for place, (one, group_id) in enumerate(postable):
        if _announce(run, one, group_id, done) == "limited":
            done.counts["waiting"] = len(postable) - place
            return


def _announce(run: Run, one: _Due, group_id: str, done: Announced) -> Status:
    post = {
        "ParentId": group_id,
        "Type": "TextPost",
        "Body": body_of(one.deal, run.settings.instance_url, win=one.win),
    }
    said = run.gateway.announce(one.claim(), post)
    log.info("big_deal", key=one.key, status=said.status, post_id=said.post_id)
    _count(one, said, done)
    return said.status


def _count(one: _Due, said: Announcement, done: Announced) -> None:
    if said.status == "refused":
        _alarm(one, said.error, done)
    elif said.status != "limited":  # the deals that wait are counted together
        done.counts[said.status] += 1
        done.records_written += said.status in ("announced", "failed")
    if said.status == "failed":
        _alarm_only(one, said.error, done)


def _alarm(one: _Due, error: SalesforceError | None, done: Announced) -> None:
    """Report a claim that the org refused: nothing of it is in the org."""
    done.counts["failed"] += 1
    done.records_rejected += 1
    _alarm_only(one, error, done)


def _alarm_only(one: _Due, error: SalesforceError | None, done: Announced) -> None:
    log.error("big_deal_failed", key=one.key, error=str(error))
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
    rules = rules_of(run).big_deals
    with run.step("announce"):
        done = announce_deals(run, won_deals(run.gateway, rules), rules) if rules else Announced()
    is_worth_recording = bool(done.records_written or done.problems)
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
        detail = "\n".join([*done.problems, *done.open_ends])
        run_record.write(run, result["status"], result, detail)
    if done.later:
        return put_off(done.later)
    return {**result, "api_calls": run.gateway.api_calls, "peak_mb": peak_mb()}
