"""What every announcement needs of the org, asked in one call before the first of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.deals.audience import USERS
from jobs.deals.posts import group_query
from service.salesforce.actions import type_query
from service.salesforce.errors import SalesforceError
from service.salesforce.together import QUERIES_AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from service.salesforce.gateway import Gateway
    from service.scoring.rule_set import BigDealRule

#: The deployed kind of the bell.
NOTIFICATION_TYPE = "Big_Deal"


class Ahead:
    """Answers these queries from one call, and any other by asking the org."""

    def __init__(
        self, gateway: Gateway, rules: Iterable[BigDealRule], also: Iterable[str] = ()
    ) -> None:
        """`rules` are those with something to announce; nothing is asked where there is none.

        `also` are other queries that will be asked.
        """
        listed = list(rules)
        tells = any(rule.tells_people for rule in listed)
        wanted = [USERS, type_query(NOTIFICATION_TYPE)] if tells else []
        wanted += dict.fromkeys((*map(group_query, listed), *also))
        some = wanted[:QUERIES_AT_ONCE] if listed else []
        self._gateway = gateway
        self._answers = dict(zip(some, gateway.query_together(some), strict=True)) if some else {}

    def query(self, soql: str) -> Iterator[dict[str, Any]]:
        """The records of a query; raises what the org said of it."""
        answer = self._answers.get(soql)
        if isinstance(answer, SalesforceError):
            raise answer
        return self._gateway.query(soql) if answer is None else iter(answer)
