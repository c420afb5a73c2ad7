"""What a big deal's post says, and where it is posted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.salesforce.errors import AdminActionNeededError
from service.salesforce.soql import quoted

if TYPE_CHECKING:
    from decimal import Decimal

    from service.evidence import WonDeal
    from service.salesforce.gateway import Gateway
    from service.scoring.rule_set import BigDealRule


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
