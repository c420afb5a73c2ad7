"""When a deal first got where a rule waits for it: by its stage history.

A rule about a stage or a probability announces a deal once. Stages are moved back and forth every day,
so a deal that leaves and comes back is nothing new; only a win after a reopening is.
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunityhistory.htm
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from jobs.deals.wins import IDS_AT_ONCE
from service.salesforce.errors import AdminActionNeededError
from service.salesforce.soql import quoted
from service.salesforce.times import moment
from service.scoring.big_deals import reaches

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from service.salesforce.gateway import Gateway
    from service.scoring.rule_set import BigDealRule

_HIDDEN = ("INVALID_TYPE", "INVALID_FIELD")


def first_reached(
    gateway: Gateway, opportunity_ids: Sequence[str], rule: BigDealRule
) -> dict[str, date]:
    """By opportunity: the day (UTC) on which it first got where the rule waits for it.

    One API call for each 200. Raises AdminActionNeededError where the history cannot be read.
    """
    found: dict[str, date] = {}
    ids = sorted(opportunity_ids)
    for at in range(0, len(ids), IDS_AT_ONCE):
        named = ", ".join(map(quoted, ids[at : at + IDS_AT_ONCE]))
        soql = (
            "SELECT OpportunityId, StageName, Probability, CreatedDate FROM OpportunityHistory "  # noqa: S608 - quoted ids
            f"WHERE OpportunityId IN ({named}) ORDER BY CreatedDate, Id"
        )
        for row in _rows(gateway, soql, rule):
            if reaches(rule, row["StageName"], _percent(row["Probability"])):
                found.setdefault(str(row["OpportunityId"]), moment(row["CreatedDate"]).date())
    return found


def _rows(gateway: Gateway, soql: str, rule: BigDealRule) -> list[Mapping[str, Any]]:
    try:
        return list(gateway.query(soql))
    except AdminActionNeededError as error:
        if error.code not in _HIDDEN:
            raise
        raise AdminActionNeededError(
            f"the big deal rule {rule.name} is about a stage or a probability, and the history "
            "that says when a deal got there cannot be read",
            remedy="Let the integration user read OpportunityHistory, or let the rule be about wins.",
        ) from error


def _percent(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))
