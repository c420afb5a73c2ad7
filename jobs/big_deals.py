"""Big deals: which won opportunities are announced in Chatter, each exactly once.

The org's claims (`Big_Deal_Alert__c`) are the memory; nothing here is. A deal without a claim is
judged: closed inside the rule's window it is announced, an older one is recorded as `Baseline`
without a post. So the first connection to an org floods nobody, and a run that was killed
anywhere ends, run again, where it would have ended.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog

from jobs import run_record
from jobs.deal_amounts import won_deals
from jobs.put_off import IN_DOUBT, put_off
from jobs.run import Run, peak_mb, work_as
from jobs.score_org import rules_of
from service.salesforce.errors import AdminActionNeededError, SalesforceError
from service.salesforce.fields import BigDealAlert as Fields
from service.salesforce.soql import quoted
from service.scoring.big_deals import alert_key, judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from rq import Retry

    from service.evidence import WonDeal
    from service.salesforce.gateway import Gateway
    from service.scoring.rule_set import BigDealRule

#: The first win of an opportunity; later ones are told apart when wins are counted.
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
        """Give the counts that a run reports; `pending` is what nobody can vouch for yet."""
        return {name: self.counts[name] for name in ("announced", "baseline", "failed", "pending")}


@dataclass(frozen=True)
class _Due:
    """A deal without a claim, under one rule."""

    deal: WonDeal
    rule: BigDealRule
    verdict: str

    @property
    def key(self) -> str:
        return alert_key(self.deal.opportunity_id, self.rule.name, FIRST_WIN)

    def claim(self) -> dict[str, Any]:
        """Give the fields of the claim, but for its status and post."""
        return {
            Fields.KEY: self.key,
            Fields.OPPORTUNITY: self.deal.opportunity_id,
            Fields.DEAL_OWNER: self.deal.owner_id,
            Fields.RULE_NAME: self.rule.name,
            Fields.RULE_VERSION: self.rule.version,
            Fields.WIN_NUMBER: FIRST_WIN,
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
    for rule in rules:
        wanted = [one for one in due if one.verdict == "announce" and one.rule == rule]
        if wanted:
            _announce_all(run, rule, wanted, done)
    return done


def _due(run: Run, deals: Iterable[WonDeal], rules: Sequence[BigDealRule]) -> list[_Due]:
    claimed = {
        str(record[Fields.KEY])
        for record in run.gateway.query(f"SELECT {Fields.KEY} FROM {Fields.OBJECT}")  # noqa: S608 - constants
    }
    judged = (
        _Due(deal, rule, verdict)
        for deal in deals
        for rule in rules
        if (verdict := judge(deal, rule, run.deals_until))
    )
    due = [one for one in judged if one.key not in claimed]
    return sorted(due, key=lambda one: (-one.deal.amount, one.deal.opportunity_id))


def _set_aside(gateway: Gateway, due: Sequence[_Due], done: Announced) -> None:
    records = [{**one.claim(), Fields.STATUS: "Baseline"} for one in due]
    outcomes = gateway.create(Fields.OBJECT, records, has_key=True)
    for one, outcome in zip(due, outcomes, strict=True):
        if outcome.error is None:
            done.counts["baseline"] += 1
            done.records_written += 1
        elif outcome.error.code != "DUPLICATE_VALUE":  # a duplicate: set aside by somebody else
            _alarm(one, outcome.error, done)


def _announce_all(run: Run, rule: BigDealRule, due: Sequence[_Due], done: Announced) -> None:
    try:
        group_id = find_group(run.gateway, rule)
    except AdminActionNeededError as error:
        log.error("big_deals_not_announced", rule=rule.name, deals=len(due), error=str(error))  # noqa: TRY400 - the text says it all
        done.problems.append(f"{len(due)} big deals are not announced. {error}")
        done.counts["failed"] += len(due)
        return
    for one in due:
        _announce(run, one, group_id, done)


def _announce(run: Run, one: _Due, group_id: str, done: Announced) -> None:
    post = {
        "ParentId": group_id,
        "Type": "TextPost",
        "Body": body_of(one.deal, run.settings.instance_url),
    }
    said = run.gateway.announce(one.claim(), post)
    log.info("big_deal", key=one.key, status=said.status, post_id=said.post_id)
    if said.status == "refused":
        _alarm(one, said.error, done)
        return
    done.counts[said.status] += 1
    if said.status == "failed":
        done.records_written += 1
        _alarm_only(one, said.error, done)
    elif said.status == "announced":
        done.records_written += 1


def _alarm(one: _Due, error: SalesforceError | None, done: Announced) -> None:
    """Report a claim that the org refused: nothing of it is in the org."""
    done.counts["failed"] += 1
    done.records_rejected += 1
    _alarm_only(one, error, done)


def _alarm_only(one: _Due, error: SalesforceError | None, done: Announced) -> None:
    log.error("big_deal_failed", key=one.key, error=str(error))
    done.problems.append(f"The big deal {one.deal.opportunity_id} is not announced. {error}")


def find_group(gateway: Gateway, rule: BigDealRule) -> str:
    """Give the id of the rule's Chatter group. Raises AdminActionNeededError with a remedy."""
    soql = (
        "SELECT Id FROM CollaborationGroup "  # noqa: S608 - a constant and a quoted text
        f"WHERE Name = {quoted(rule.group_name)} LIMIT 1"
    )
    found = next(iter(gateway.query(soql)), None)
    if found is None:
        raise AdminActionNeededError(
            f"the Chatter group {rule.group_name} was not found",
            remedy="Create it with the integration user as a member, or name another one in the "
            f"big deal rule {rule.name}.",
        )
    return str(found["Id"])


def body_of(deal: WonDeal, instance_url: str) -> str:
    """Give the post's plain text. It recognises the person, names the deal and leads to it."""
    who = deal.owner_name or "The team"
    account = f" with {deal.account_name}" if deal.account_name else ""
    link = f"{instance_url}/lightning/r/Opportunity/{deal.opportunity_id}/view"
    won = f"{who} won {deal.name}{account}: {_money(deal.amount)}."
    return f"{won} Congratulations!\n{link}"


def _money(amount: Decimal) -> str:
    whole = amount == amount.to_integral_value()
    return f"{amount:,.0f}" if whole else f"{amount:,.2f}"


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
        run_record.write(run, result["status"], result, "\n".join(done.problems))
    if done.counts["pending"]:
        return put_off(IN_DOUBT)
    return {**result, "api_calls": run.gateway.api_calls, "peak_mb": peak_mb()}
