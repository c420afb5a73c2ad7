"""Won opportunities from an amount upwards, for the announcements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.evidence.ids import to_18
from service.tables import Gap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from decimal import Decimal

    from service.evidence.staging import Scope
    from service.tables import Tables

_NEEDED = ("Id", "IsWon", "Amount", "CloseDate")


@dataclass(frozen=True, slots=True)
class Share:
    """Somebody's part of the credit for a deal."""

    name: str
    percent: Decimal


@dataclass(frozen=True, slots=True)
class WonDeal:
    """One won opportunity, its amount in corporate currency. Names are None where the data lack them.

    What only some rules of big deals ask for is known where the org was asked for it.
    """

    opportunity_id: str
    name: str
    owner_id: str | None
    owner_name: str | None
    account_name: str | None
    amount: Decimal
    closed_on: date
    currency: str | None = None  #: the corporate one; None in an org with one currency
    is_won: bool = True  #: an open one is asked for where a rule is about a stage before the win
    stage: str | None = None
    probability: Decimal | None = None  #: percent
    record_type: str | None = None  #: its DeveloperName
    employees: Decimal | None = None  #: of the customer
    shared_by: tuple[Share, ...] = ()  #: largest first; empty: the owner has it all, or unknown


def gaps(tables: Tables) -> list[Gap]:
    """Why no won deal can be told, if so."""
    missing = [name for name in _NEEDED if not tables.has("Opportunity", name)]
    if not missing:
        return []
    return [
        Gap(
            "Opportunity",
            missing[0],
            f"Opportunity lacks {', '.join(missing)}: big deals cannot be told.",
        )
    ]


def read_won_deals(
    scope: Scope, amount_at_least: Decimal, currency: str | None = None
) -> Iterator[WonDeal]:
    """Every won deal of that amount or more, whenever it closed, in the order of its close date.

    Big deals are few; they are fetched at once.
    """
    if gaps(scope.tables):
        return
    # Few deals, many accounts: the deals stand on the right, where the hash table is built.
    rows = scope.connection.execute(
        """
        SELECT w.Id, coalesce(w.Name, w.Id), w.owner_id, w.owner_name, any_value(a.Name), w.corporate, w.CloseDate
        FROM staged_Account a RIGHT JOIN (
            SELECT x.*, o.id AS owner_id, o.name AS owner_name
            FROM staged_Opportunity x LEFT JOIN users o ON o.u = x.owner
            WHERE x.IsWon AND x.corporate >= ? AND x.CloseDate IS NOT NULL
        ) w ON a.Id = w.AccountId
        GROUP BY ALL ORDER BY w.CloseDate, w.Id
        """,
        [amount_at_least],
    )
    yield from (_deal(row, currency) for row in rows.fetchall())


def _deal(row: tuple[Any, ...], currency: str | None) -> WonDeal:
    record, name, owner, owner_name, account, amount, closed = row
    owner_id = to_18(owner) if owner else None
    return WonDeal(to_18(record), name, owner_id, owner_name, account, amount, closed, currency)
