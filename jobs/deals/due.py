"""Which deals have no claim yet, judged by the rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jobs.deals.crossings import first_reached
from jobs.deals.posts import credit_of
from jobs.deals.wins import won_again
from service.salesforce.errors import AdminActionNeededError
from service.salesforce.fields import BigDealAlert as Fields
from service.scoring.big_deals import alert_key, is_meant, judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jobs.deals.outcome import Announced
    from jobs.deals.wins import Claimed, Deal
    from jobs.run import Run
    from service.evidence.deals import WonDeal
    from service.scoring.rule_set import BigDealRule, RuleSet

FIRST_WIN = 1
SHARED_BY_LENGTH = 255


@dataclass(frozen=True)
class Due:
    """A win without a claim, under one rule."""

    deal: WonDeal
    rule: BigDealRule
    verdict: str
    win: int = FIRST_WIN

    @property
    def key(self) -> str:
        """The unique key of its claim."""
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

    def told_claim(self) -> dict[str, Any]:
        """Give the claim of a deal that is announced, marked before bell and mail are sent."""
        marked = {Fields.NOTIFIED: "Sending"} if self.rule.tells_people else {}
        shared = credit_of(self.deal, SHARED_BY_LENGTH) if self.deal.shared_by else None
        return {**self.claim(), **marked, **({Fields.SHARED_BY: shared} if shared else {})}


def due_deals(
    run: Run,
    deals: Iterable[WonDeal],
    rules: RuleSet,
    claims: Mapping[Deal, Claimed],
    done: Announced,
) -> list[Due]:
    """Give the deals without a claim, the biggest first."""
    known = list(deals)
    judged: list[Due] = []
    for rule in rules.big_deals:
        meant = [deal for deal in known if is_meant(deal, rule, rules.corporate_below)]
        judged += (
            _wins(run, meant, rule)
            if rule.waits_for_win
            else _first(run, meant, rule, claims, done)
        )
    new = [one for one in judged if one.of not in claims]
    old = {one.of: one for one in judged if one.of in claims and one.verdict == "announce"}
    again = won_again(run.gateway, {of: claims[of] for of in old})
    new += [replace(old[of], win=claims[of].ordinal + 1) for of in again]
    return sorted(new, key=lambda one: (-one.deal.amount, one.deal.opportunity_id))


def _wins(run: Run, deals: Iterable[WonDeal], rule: BigDealRule) -> list[Due]:
    judged = ((deal, judge(deal, rule, run.deals_until)) for deal in deals)
    return [Due(deal, rule, verdict) for deal, verdict in judged if verdict]


def _first(
    run: Run,
    deals: Iterable[WonDeal],
    rule: BigDealRule,
    claims: Mapping[Deal, Claimed],
    done: Announced,
) -> list[Due]:
    """Those that reached the rule's stage or probability and were never announced for it.

    A rule whose deals cannot be dated is reported, and announces nothing; others go on.
    """
    new = [
        deal
        for deal in deals
        if deal.amount >= rule.amount_at_least and (deal.opportunity_id, rule.name) not in claims
    ]
    try:
        reached = first_reached(run.gateway, [deal.opportunity_id for deal in new], rule)
    except AdminActionNeededError as error:
        done.problems.append(f"{len(new)} big deals are not announced. {error}")
        done.counts["failed"] += len(new)
        return []
    dated = ((deal, reached.get(deal.opportunity_id)) for deal in new)
    judged = ((deal, judge(deal, rule, run.deals_until, day)) for deal, day in dated if day)
    return [Due(deal, rule, verdict) for deal, verdict in judged if verdict]
