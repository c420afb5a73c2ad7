"""Which big deal rules hold: the org's custom metadata when it has any, else the rule set's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.rule_records.from_records import big_deals_from
from service.rule_records.records import query
from service.salesforce.errors import AdminActionNeededError, SalesforceError
from service.salesforce.fields import BigDealRule as Fields

if TYPE_CHECKING:
    from service.salesforce.gateway import Gateway
    from service.scoring.rule_set import BigDealRule

QUERY = query(Fields)


def deal_rules(gateway: Gateway, default: tuple[BigDealRule, ...]) -> tuple[BigDealRule, ...]:
    """Give the rules that hold. Records that are all inactive switch the announcements off.

    Raises RuleRecordsError naming every record and field that is wrong.
    """
    try:
        return rules_from(list(gateway.query(QUERY)), default)
    except AdminActionNeededError as error:
        return rules_from(error, default)


def rules_from(
    answer: list[dict[str, Any]] | SalesforceError, default: tuple[BigDealRule, ...]
) -> tuple[BigDealRule, ...]:
    """Give them by the answer to QUERY. Raises as `deal_rules`."""
    if isinstance(answer, SalesforceError):
        if answer.code != "INVALID_TYPE":
            raise answer
        return default  # this org has no such custom metadata
    return big_deals_from(answer) if answer else default
