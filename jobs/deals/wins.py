"""Which win of an opportunity is announced: the first, or one after it was reopened.

A claim says that a win was announced or set aside. A later one is a follow-up, with the next
ordinal, only where OpportunityHistory shows that the opportunity left the won stages after that
claim was made and entered one again. An edit of amount, close date, owner or currency enters
nothing, and without a readable history nothing is announced again.
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunityhistory.htm
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from service.salesforce.errors import AdminActionNeededError
from service.salesforce.fields import BigDealAlert as Fields
from service.salesforce.soql import quoted
from service.salesforce.times import literal, moment
from service.scoring.big_deals import wins_after

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from service.salesforce.gateway import Gateway

#: So many ids fit into the address of a query: https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_api.htm
IDS_AT_ONCE = 200
_CLAIMS = f"SELECT Id, {Fields.KEY}, {Fields.NOTIFIED}, CreatedDate FROM {Fields.OBJECT}"  # noqa: S608 - constants
Deal = tuple[str, str]  #: opportunity id, rule name
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Claimed:
    """The newest claim of a deal under a rule."""

    ordinal: int
    made_at: datetime


def claims_query(opportunity_ids: Iterable[str]) -> str:
    """The SOQL of the claims of these opportunities, and of those whose notices are not known to be out.

    Claims are kept for ever, so a look at a few deals does not read all of them; a night that judges
    more than IDS_AT_ONCE does.
    """
    ids = sorted(set(opportunity_ids))
    if len(ids) > IDS_AT_ONCE:
        return _CLAIMS
    unsent = f"{Fields.NOTIFIED} = 'Sending'"
    if not ids:
        return f"{_CLAIMS} WHERE {unsent}"
    return f"{_CLAIMS} WHERE {Fields.OPPORTUNITY} IN ({', '.join(map(quoted, ids))}) OR {unsent}"


def newest_claims(records: Iterable[Mapping[str, Any]]) -> dict[Deal, Claimed]:
    """Give the newest claim by deal and rule."""
    found: dict[Deal, Claimed] = {}
    for record in records:
        opportunity_id, rule_name, ordinal = str(record[Fields.KEY]).rsplit(":", 2)
        one = Claimed(int(ordinal), moment(record["CreatedDate"]))
        key = (opportunity_id, rule_name)
        if key not in found or found[key].ordinal < one.ordinal:
            found[key] = one
    return found


def won_again(gateway: Gateway, claimed: Mapping[Deal, Claimed]) -> set[Deal]:
    """Give the deals that were reopened and won again after their newest claim."""
    if not claimed:
        return set()
    try:
        moves = _moves(gateway, claimed)
        won = _won_stages(gateway) if moves else frozenset()
    except AdminActionNeededError as error:
        if error.code not in ("INVALID_TYPE", "INVALID_FIELD"):
            raise
        log.warning("no_stage_history", error=str(error))
        return set()
    return {
        deal
        for deal, claim in claimed.items()
        if wins_after(((at, stage in won) for at, stage in moves[deal[0]]), claim.made_at)
    }


def _moves(
    gateway: Gateway, claimed: Mapping[Deal, Claimed]
) -> defaultdict[str, list[tuple[datetime, str]]]:
    """By opportunity: its stages after the oldest of these claims, in their order."""
    since = min(claim.made_at for claim in claimed.values())
    found: defaultdict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for ids in _chunks(sorted({opportunity_id for opportunity_id, _ in claimed})):
        named = ", ".join(map(quoted, ids))
        soql = (
            "SELECT OpportunityId, StageName, CreatedDate FROM OpportunityHistory "  # noqa: S608 - quoted ids
            f"WHERE OpportunityId IN ({named}) AND CreatedDate > {literal(since)} "
            "ORDER BY CreatedDate, Id"
        )
        for row in gateway.query(soql):
            at = moment(row["CreatedDate"])
            found[str(row["OpportunityId"])].append((at, str(row["StageName"])))
    return found


def _won_stages(gateway: Gateway) -> frozenset[str]:
    """The stages in which won opportunities are: whether one is won follows from its stage."""
    soql = "SELECT StageName FROM Opportunity WHERE IsWon = true GROUP BY StageName"
    return frozenset(str(row["StageName"]) for row in gateway.query(soql))


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[at : at + IDS_AT_ONCE] for at in range(0, len(ids), IDS_AT_ONCE))
