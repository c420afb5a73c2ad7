"""Numbers around the limits that a company publishes: weekly counts and won deals."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING

from service.evidence.gaming_bunching import Bins, Bunching, judge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.evidence.staging import Scope

#: Lower minimums have no comparable numbers on both sides: 4 days of 5 is not like 3 of 5.
_LEAST_MINIMUM = 10
#: A bin of amounts is so large a share of the limit; a bin of counts is one act.
_BIN_SHARE = Decimal("0.05")
_YEAR = timedelta(days=365)
#: A week is over when its Friday is.
_LAST_WORKING_DAY = 4


def weekly_counts(
    scope: Scope, minimums: Mapping[str, Mapping[str, Decimal]]
) -> tuple[Bunching, ...]:
    """For each measure, how the whole weeks of everybody lie around the minimum of their role.

    `minimums` has the weekly minimum by measure and user id (18 characters). Minimums of all roles
    are taken together: what counts is how far a week is from its own.
    """
    rows = [
        (measure, user[:15], ceil(minimum))
        for measure, by_user in minimums.items()
        for user, minimum in by_user.items()
        if minimum >= _LEAST_MINIMUM
    ]
    if not rows:
        return ()
    measures, users, least = zip(*rows, strict=True)
    scope.connection.execute(
        "CREATE OR REPLACE TEMP TABLE limits AS SELECT unnest(?::VARCHAR[]) AS measure,"
        " unnest(?::VARCHAR[]) AS id, unnest(?::INTEGER[]) AS least",
        [measures, users, least],
    )
    found = scope.connection.execute(_WEEKS.format(last=scope.as_of, first=scope.since)).fetchall()
    return tuple(
        judge(measure, Decimal(least), Bins(*bins), (under, over))
        for measure, least, under, over, *bins in found
    )


#: Distances from the minimum: -2, -1, 0 and 1.
_WEEKS = f"""
    SELECT measure, min(least), count(DISTINCT u) FILTER (n = least - 1),
        count(DISTINCT u) FILTER (n = least), {", ".join(f"count(*) FILTER (n = least + {at})" for at in (-2, -1, 0, 1))}
    FROM (
        SELECT e.measure, e.u, date_trunc('week', e.day) AS week, any_value(l.least) AS least,
            sum(e.done)::INTEGER AS n
        FROM daily e JOIN users p ON p.u = e.u
        JOIN limits l ON l.id = p.id AND l.measure = e.measure
        GROUP BY e.measure, e.u, week
        HAVING week >= DATE '{{first}}' AND week::DATE + {_LAST_WORKING_DAY} <= DATE '{{last}}'
    ) GROUP BY measure ORDER BY measure
"""  # noqa: S608


def won_amounts(scope: Scope) -> tuple[Bunching, ...]:
    """For each rule of big deals, how the won deals of the last year lie around its amount.

    Deals of exactly the amount are left out: round numbers are liked everywhere.
    """
    if not scope.tables.has("Opportunity", "IsWon", "Amount", "CloseDate"):
        return ()
    return tuple(
        _amounts_around(scope, rule.name, rule.amount_at_least) for rule in scope.rules.big_deals
    )


def _amounts_around(scope: Scope, name: str, limit: Decimal) -> Bunching:
    edges = [limit * (1 + _BIN_SHARE * at) for at in (-2, -1, 0, 1, 2)]
    inside = (
        "corporate >= ? AND corporate < ?", "corporate >= ? AND corporate < ?",
        "corporate > ? AND corporate < ?", "corporate >= ? AND corporate < ?",
    )  # fmt: skip
    counts = ", ".join(f"count(*) FILTER ({one})" for one in inside)
    # Owners who are not in the data count as one.
    people = ", ".join(f"count(DISTINCT coalesce(owner, 0)) FILTER ({one})" for one in inside[1:3])
    places = [*range(4), 1, 2]
    values = [edge for at in places for edge in edges[at : at + 2]]
    row = scope.connection.execute(
        f"SELECT {counts}, {people} FROM staged_Opportunity WHERE IsWon AND CloseDate > ? AND CloseDate <= ?",  # noqa: S608
        [*values, scope.as_of - _YEAR, scope.as_of],
    ).fetchone()
    assert row is not None  # noqa: S101 - an aggregate always answers with one row
    *bins, under, over = row
    return judge(name, limit, Bins(*bins), (under, over))
