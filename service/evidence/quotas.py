"""Quotas and forecasts beside what was won, where the data have them. Never scored.

A quota is the sum of a user's `ForecastingQuota` for a period, of the forecast type that has most
of them: several types describe the same deals. `Period` says from when to when. What was won is
the amount of the user's own won opportunities that closed in the period. `ForecastingItem` has
today's forecast only, so the running period is shown; what was forecast as a period began is in
no export.
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_forecastingquota.htm
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_forecastingitem.htm
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.evidence.currency import corporate
from service.evidence.ids import to_18
from service.evidence.rows import rows
from service.tables import Gap

if TYPE_CHECKING:
    from datetime import date

    from service.evidence.currency import Currency
    from service.evidence.staging import Scope
    from service.tables import Tables

_QUOTA = ("QuotaOwnerId", "QuotaAmount", "PeriodId")
_PERIOD = ("Id", "StartDate", "EndDate")
_ITEM = ("OwnerId", "OwnerOnlyAmount", "PeriodId", "ForecastCategoryName")
_NOT_SHOWN = "so the report shows no quota and how far it was reached"


@dataclass(frozen=True, slots=True)
class Quota:
    """One user and period. Amounts are hundredths of the corporate currency."""

    user_id: str
    starts: date
    ends: date
    quota: int
    won: int  #: closed in the period, up to the as-of day
    committed: (
        int | None
    )  #: still open and forecast as Commit; None: not known, or the period is over


def gaps(tables: Tables, money: Currency) -> list[Gap]:
    """Why no quota, or no forecast, is shown, if so."""
    if not tables.has("ForecastingQuota", *_QUOTA):
        return [Gap("ForecastingQuota", None, f"There are no quotas in the data, {_NOT_SHOWN}.")]
    if not tables.has("Period", *_PERIOD):
        return [
            Gap("Period", None, f"How long the period of a quota lasts is not known, {_NOT_SHOWN}.")
        ]
    why = "What was forecast as a period began is in no export: the forecast of the running period is shown"
    if not tables.has("ForecastingItem", *_ITEM):
        return [
            Gap("ForecastingItem", None, "There are no forecasts in the data, so none is shown.")
        ]
    if money.has_rates:
        return [
            Gap(
                "ForecastingItem",
                None,
                "In which currency forecasts are is not known, so none is shown.",
            )
        ]
    return [Gap("ForecastingItem", None, f"{why}.")]


def read(scope: Scope, money: Currency, since: date) -> tuple[Quota, ...] | None:
    """Quotas of the periods that have begun and did not end before `since`, by user and period."""
    if not scope.tables.has("ForecastingQuota", *_QUOTA) or not scope.tables.has(
        "Period", *_PERIOD
    ):
        return None
    _load_quotas(scope, money, since)
    found = scope.connection.execute(f"""
        SELECT p.id, q.starts, q.ends, (q.quota * 100)::HUGEINT,
            coalesce((sum(x.corporate) FILTER (x.IsWon) * 100)::HUGEINT, 0)
        FROM quotas q JOIN users p ON p.u = q.u
        LEFT JOIN staged_Opportunity x ON x.owner = q.u
            AND x.CloseDate BETWEEN q.starts AND least(q.ends, DATE '{scope.as_of}')
        GROUP BY p.id, q.u, q.starts, q.ends, q.quota ORDER BY p.id, q.starts
    """).fetchall()  # noqa: S608 - values are dates
    committed = _committed(scope, money)
    return tuple(
        Quota(to_18(user), starts, ends, int(quota), int(won), committed.get((user, starts, ends)))
        for user, starts, ends, quota, won in found
    )


def _load_quotas(scope: Scope, money: Currency, since: date) -> None:
    quotas = rows("ForecastingQuota", (*_QUOTA, "ForecastingTypeId", "CurrencyIsoCode"))
    amount, rates = "q.QuotaAmount", ""
    if money.code and money.has_rates:
        amount = corporate(money.code, amount, "q.CurrencyIsoCode", "r.rate")
        # Forecasts use the rates of CurrencyType, not the dated ones.
        rates = "LEFT JOIN (SELECT iso, arg_min(rate, starts) AS rate FROM rates GROUP BY iso) r ON r.iso = q.CurrencyIsoCode"
    scope.connection.execute(f"""
        CREATE TABLE periods AS
        SELECT Id AS id, any_value(StartDate) AS starts, any_value(EndDate) AS ends
        FROM ({rows("Period", _PERIOD)})
        WHERE StartDate <= DATE '{scope.as_of}' AND EndDate >= DATE '{since}' GROUP BY Id;
        CREATE TABLE quotas AS
        WITH told AS (
            SELECT p.u, d.starts, d.ends, coalesce(q.ForecastingTypeId, '') AS kind, {amount} AS amount
            FROM ({quotas}) q JOIN periods d ON d.id = q.PeriodId JOIN users p ON p.id = q.QuotaOwnerId {rates}
        ), main AS (SELECT kind FROM told GROUP BY kind ORDER BY count(*) DESC, kind LIMIT 1)
        SELECT u, starts, ends, sum(amount) AS quota FROM told
        WHERE kind IN (SELECT kind FROM main) GROUP BY u, starts, ends
        HAVING sum(amount) > 0 AND count(*) = count(amount)
    """)  # noqa: S608 - names are ours, values are dates and quoted texts


def _committed(scope: Scope, money: Currency) -> dict[tuple[str, date, date], int]:
    if not scope.tables.has("ForecastingItem", *_ITEM) or money.has_rates:
        return {}
    found = scope.connection.execute(f"""
        SELECT left(i.OwnerId, 15), d.starts, d.ends, (sum(i.OwnerOnlyAmount) * 100)::HUGEINT
        FROM ({rows("ForecastingItem", _ITEM)}) i JOIN periods d ON d.id = i.PeriodId
        WHERE i.ForecastCategoryName = 'Commit' AND d.ends >= DATE '{scope.as_of}' GROUP BY 1, 2, 3
    """).fetchall()  # noqa: S608
    return {(owner, starts, ends): int(amount) for owner, starts, ends, amount in found if amount}
