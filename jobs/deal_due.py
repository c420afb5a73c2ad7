"""Which wins have no claim yet, judged by the rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jobs.deal_wins import won_again
from service.salesforce.fields import BigDealAlert as Fields
from service.scoring.big_deals import alert_key, judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jobs.deal_wins import Claimed, Deal
    from jobs.run import Run
    from service.evidence import WonDeal
    from service.scoring.rule_set import BigDealRule

FIRST_WIN = 1


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
        return {**self.claim(), **marked}


def due_deals(
    run: Run,
    deals: Iterable[WonDeal],
    rules: Sequence[BigDealRule],
    claims: Mapping[Deal, Claimed],
) -> list[Due]:
    """Give the wins without a claim, the biggest first."""
    judged = [
        Due(deal, rule, verdict)
        for deal in deals
        for rule in rules
        if (verdict := judge(deal, rule, run.deals_until))
    ]
    new = [one for one in judged if one.of not in claims]
    old = {one.of: one for one in judged if one.of in claims and one.verdict == "announce"}
    again = won_again(run.gateway, {of: claims[of] for of in old})
    new += [replace(old[of], win=claims[of].ordinal + 1) for of in again]
    return sorted(new, key=lambda one: (-one.deal.amount, one.deal.opportunity_id))
