"""Which big deal rules hold: the org's custom metadata when it has any, else the rule set's."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from service.salesforce.errors import AdminActionNeededError, SalesforceError
from service.salesforce.fields import BigDealRule as Fields
from service.scoring.rule_set import BigDealRule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.salesforce.gateway import Gateway

_NEEDED = (Fields.AMOUNT, Fields.CLOSED_WITHIN_DAYS, Fields.GROUP_NAME)
_MORE = (
    Fields.ACTIVE, Fields.VERSION, Fields.ANNOUNCE_FROM, Fields.ON_OPPORTUNITY, Fields.BELL,
    Fields.MAIL, Fields.LEADERS,
)  # fmt: skip
QUERY = (
    f"SELECT {', '.join((Fields.NAME, *_NEEDED, *_MORE))} "  # noqa: S608 - constants
    f"FROM {Fields.OBJECT} ORDER BY {Fields.NAME}"
)


def deal_rules(gateway: Gateway, default: tuple[BigDealRule, ...]) -> tuple[BigDealRule, ...]:
    """Give the rules that hold. Records that are all inactive switch the announcements off.

    Raises AdminActionNeededError naming a record and its empty field.
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
    if not answer:
        return default
    return tuple(_rule(record) for record in answer if record[Fields.ACTIVE])


def _rule(record: Mapping[str, Any]) -> BigDealRule:
    empty = [name for name in _NEEDED if record[name] in (None, "")]
    if empty:
        raise AdminActionNeededError(
            f"the big deal rule {record[Fields.NAME]} has no {', '.join(empty)}",
            remedy="Fill it in: Setup > Custom Metadata Types > Big Deal Rule.",
        )
    announce_from = record[Fields.ANNOUNCE_FROM]
    return BigDealRule(
        name=str(record[Fields.NAME]),
        amount_at_least=Decimal(str(record[Fields.AMOUNT])),
        closed_within_days=int(record[Fields.CLOSED_WITHIN_DAYS]),
        group_name=str(record[Fields.GROUP_NAME]),
        version=str(record[Fields.VERSION] or ""),
        announce_from=date.fromisoformat(announce_from) if announce_from else None,
        on_opportunity=bool(record[Fields.ON_OPPORTUNITY]),
        bell=bool(record[Fields.BELL]),
        mail=bool(record[Fields.MAIL]),
        leaders=tuple(str(record[Fields.LEADERS] or "").replace(",", " ").split()),
    )
