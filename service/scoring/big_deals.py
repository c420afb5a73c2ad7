"""Which won opportunities are big deals, and the key that lets each be announced only once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from decimal import Decimal

    from service.scoring.rule_set import BigDealRule

Verdict = Literal["announce", "baseline"]


class Deal(Protocol):
    """What is asked of a won opportunity."""

    @property
    def amount(self) -> Decimal:
        """In corporate currency."""

    @property
    def closed_on(self) -> date:
        """The close date of the win."""


def judge(deal: Deal, rule: BigDealRule, as_of: date) -> Verdict | None:
    """Announce, record as baseline without a post, or neither, by one rule.

    Announced: amount at or above the rule's, and closed no more than `closed_within_days` days
    before `as_of`, which itself counts: the dates of the filter `LAST_N_DAYS:n`, so that a native
    report shows the same deals. Older ones are the baseline, and so is what closed before the
    rule's `announce_from`: whoever deletes alerts frees their keys, and sets that date first, so
    that nothing is announced again. A close date after `as_of` is
    neither: that deal's day has not come. Date literals:
    https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm
    """
    days_ago = (as_of - deal.closed_on).days
    if deal.amount < rule.amount_at_least or days_ago < 0:
        return None
    is_old = rule.announce_from is not None and deal.closed_on < rule.announce_from
    return "announce" if days_ago <= rule.closed_within_days and not is_old else "baseline"


def wins_after(moves: Iterable[tuple[datetime, bool]], claimed_at: datetime) -> int:
    """Count the wins after a claim, by the stages of one opportunity in the order of time.

    `moves` are (when, whether that stage is won); what is not later than the claim is not looked
    at. At the claim the opportunity was won, so a win is to leave that and to come back.
    """
    was_won, wins = True, 0
    for moment, is_won in moves:
        if moment <= claimed_at:
            continue
        wins += is_won and not was_won
        was_won = is_won
    return wins


def alert_key(opportunity_id: str, rule_name: str, ordinal: int) -> str:
    """The unique key of an alert. Without the rule's version: an edited rule announces no old win.

    `ordinal` counts the wins of one opportunity from 1, for deals that are reopened and won again.
    """
    if ordinal < 1:
        raise ValueError(f"The ordinal of a win starts at 1, not {ordinal}.")
    return f"{opportunity_id}:{rule_name}:{ordinal}"
