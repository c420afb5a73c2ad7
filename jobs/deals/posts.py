"""What a big deal's post says, and where it is posted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.one_line import one_line
from service.salesforce.errors import AdminActionNeededError
from service.salesforce.soql import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from service.evidence.deals import WonDeal
    from service.salesforce.query import Asked
    from service.scoring.rule_set import BigDealRule

#: What a bell takes: https://developer.salesforce.com/docs/platform/api-action/guide/actions-obj-custom-notification.html
BELL_TITLE, BELL_BODY = 250, 750
SUBJECT = 200


def group_query(rule: BigDealRule) -> str:
    """The SOQL that finds the rule's Chatter group."""
    return (
        "SELECT Id FROM CollaborationGroup "  # noqa: S608 - a constant and a quoted text
        f"WHERE Name = {quoted(rule.group_name)} LIMIT 1"
    )


def find_group(asked: Asked, rule: BigDealRule) -> str:
    """Give the id of the rule's Chatter group. Raises AdminActionNeededError with a remedy."""
    found = next(iter(asked.query(group_query(rule))), None)
    if found is None:
        raise AdminActionNeededError(
            f"the Chatter group {rule.group_name} was not found",
            remedy="Create it with the integration user as a member, or name another one in the "
            f"big deal rule {rule.name}.",
        )
    return str(found["Id"])


def body_of(deal: WonDeal, instance_url: str, win: int = 1) -> str:
    """Give the post's plain text. It recognises the person, names the deal and leads to it."""
    link = f"{instance_url}/lightning/r/Opportunity/{deal.opportunity_id}/view"
    joy = " Congratulations!" if deal.is_won else ""
    return f"{told(deal, win)}.{joy}\n{link}"


def told(deal: WonDeal, win: int) -> str:
    """Give the line of the deal, with those who share the credit where they are several."""
    shared = f". Credit: {credit_of(deal)}" if deal.shared_by else ""
    return f"{line_of(deal, win)}{shared}"


def credit_of(deal: WonDeal, longest: int | None = None) -> str:
    """Give who shares the credit with their percentages; those who do not fit are counted."""
    parts = [f"{one_line(one.name)} {percent(one.percent)}" for one in deal.shared_by]
    for kept in range(len(parts), 0, -1):
        left = len(parts) - kept
        text = ", ".join((*parts[:kept], *([f"{left} more"] if left else ())))
        if longest is None or len(text) <= longest:
            return text
    return ""


def percent(value: Decimal) -> str:
    """Give a percentage without idle zeros."""
    return f"{value.normalize():f}%"


def line_of(deal: WonDeal, win: int) -> str:
    """Give who won what, or brought it how far, in one line."""
    who = deal.owner_name or "The team"
    account = f" with {deal.account_name}" if deal.account_name else ""
    if not deal.is_won:
        return one_line(f"{who} brought {deal.name}{account} to {deal.stage}: {money(deal)}")
    again = " again" if win > 1 else ""
    return one_line(f"{who} won {deal.name}{account}{again}: {money(deal)}")


def bell_of(deals: Sequence[tuple[WonDeal, int]]) -> tuple[str, str]:
    """Give title and body of the bell for deals with the ordinals of their wins."""
    lines = [told(deal, win) for deal, win in deals]
    return subject_of(deals)[:BELL_TITLE], "\n".join(lines)[:BELL_BODY]


def mail_of(deals: Sequence[tuple[WonDeal, int]], instance_url: str) -> tuple[str, str]:
    """Give subject and text of the mail."""
    bodies = [body_of(deal, instance_url, win) for deal, win in deals]
    return subject_of(deals)[:SUBJECT], "\n\n".join(bodies)


def subject_of(deals: Sequence[tuple[WonDeal, int]]) -> str:
    """Give the one line that names what was won, the first deal being the biggest."""
    if len(deals) == 1:
        return f"Big deal: {line_of(*deals[0])}"
    return f"{len(deals)} big deals, the biggest: {line_of(*deals[0])}"


def money(deal: WonDeal) -> str:
    """Give the amount, with its currency where the org has several."""
    whole = deal.amount == deal.amount.to_integral_value()
    amount = f"{deal.amount:,.0f}" if whole else f"{deal.amount:,.2f}"
    return f"{deal.currency} {amount}" if deal.currency else amount
