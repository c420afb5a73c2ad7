"""Which won opportunities are big deals, and the key that lets each be announced only once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from decimal import Decimal

    from service.scoring.rule_set import BigDealRule

Verdict = Literal["announce", "baseline"]


class Won(Protocol):
    """What is asked of every opportunity."""

    @property
    def amount(self) -> Decimal:
        """In corporate currency."""

    @property
    def closed_on(self) -> date:
        """The close date, of the win or expected."""


class Deal(Won, Protocol):
    """What is asked besides where a rule is about more than the amount of a win."""

    @property
    def is_won(self) -> bool:
        """Whether its stage is a won one."""

    @property
    def stage(self) -> str | None:
        """StageName."""

    @property
    def probability(self) -> Decimal | None:
        """In percent."""

    @property
    def record_type(self) -> str | None:
        """DeveloperName of the record type."""

    @property
    def employees(self) -> Decimal | None:
        """Of the customer; None: not known."""


def is_meant(deal: Deal, rule: BigDealRule, corporate_below: int) -> bool:
    """Whether a rule is about such a deal, and the deal is where the rule waits for it.

    A customer of unknown size is in no segment.
    """
    if rule.record_types and deal.record_type not in rule.record_types:
        return False
    if rule.segment is not None and _segment(deal.employees, corporate_below) != rule.segment:
        return False
    return deal.is_won if rule.waits_for_win else reaches(rule, deal.stage, deal.probability)


def _segment(employees: Decimal | None, corporate_below: int) -> str | None:
    if employees is None:
        return None
    return "corporate" if employees < corporate_below else "field"


def reaches(rule: BigDealRule, stage: str | None, probability: Decimal | None) -> bool:
    """Whether a stage and a probability are what a rule waits for."""
    if rule.probability_at_least is None:
        return stage in rule.stages
    return probability is not None and probability >= rule.probability_at_least


def judge(
    deal: Won, rule: BigDealRule, as_of: date, reached_on: date | None = None
) -> Verdict | None:
    """Announce, record as baseline without a post, or neither, by one rule.

    Announced: amount at or above the rule's, and closed no more than `closed_within_days` days
    before `as_of`, which itself counts: the dates of the filter `LAST_N_DAYS:n`, so that a native
    report shows the same deals. Older ones are the baseline, and so is what closed before the
    rule's `announce_from`: whoever deletes alerts frees their keys, and sets that date first, so
    that nothing is announced again. A close date after `as_of` is
    neither: that deal's day has not come. A deal that a rule waits for before its win has its day
    when it first got there: `reached_on` takes the place of the close date. Date literals:
    https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm
    """
    day = deal.closed_on if reached_on is None else reached_on
    days_ago = (as_of - day).days
    if deal.amount < rule.amount_at_least or days_ago < 0:
        return None
    is_old = rule.announce_from is not None and day < rule.announce_from
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
