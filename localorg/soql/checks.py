"""What a query may not combine, whatever the objects are that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localorg.errors import SalesforceError
from localorg.soql.functions import DATE_FUNCTIONS
from localorg.soql.parse import malformed
from localorg.soql.tree import Call, Combined, Query

if TYPE_CHECKING:
    from localorg.soql.tree import Condition

_LARGEST_OFFSET = 2000
_MOST_SEMI_JOINS = 2


def check_shape(query: Query) -> None:
    """Refuse parts that do not go together."""
    if query.offset is not None and query.offset > _LARGEST_OFFSET:
        raise SalesforceError("NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000")
    calls = [one.what for one in query.select if isinstance(one.what, Call)]
    bare = any(call.path is None for call in calls)
    if bare and (len(query.select) > 1 or query.order_by or query.group_by):
        raise malformed("Grouped query cannot use COUNT() with other fields; use COUNT(Id)")
    if calls and not bare and not query.group_by and query.limit is not None:
        raise malformed(
            "Non-grouped query that uses overall aggregate functions cannot also use LIMIT"
        )
    if query.having and not query.group_by:
        raise malformed("unexpected token: 'HAVING'")
    for call in calls:
        if call.function in DATE_FUNCTIONS and call not in query.group_by:
            raise malformed(f"Field must be grouped or aggregated: {call.path}")


def check_semi_joins(condition: Condition, *, either: bool = False) -> int:
    """How many semi-joins there are; refuses more than two, and any within OR."""
    if isinstance(condition, Combined):
        nested = either or condition.how == "or"
        count = sum(check_semi_joins(one, either=nested) for one in condition.parts)
    else:
        count = int(isinstance(condition.values, Query))
        if count and either:
            raise malformed("Semi join sub-selects are not allowed with the 'OR' operator")
    if count > _MOST_SEMI_JOINS:
        raise SalesforceError(
            "EXCEEDED_MAX_SEMIJOIN_SUBSELECTS", "Maximum 2 semi join sub-selects are allowed"
        )
    return count
