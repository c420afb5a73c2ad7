"""Quarters, and what each rep who sells is to win in them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from service.evidence.ids import to_18
from service.sample.currencies import CORPORATE

if TYPE_CHECKING:
    from service.sample.calendar import WorkDays
    from service.sample.life import Life
    from service.sample.sheets import Sheets

_MONTHS = 3
#: In corporate currency, a quarter; a usual rep wins about so much.
_QUOTA = {"field": 180_000, "corporate": 180_000}
_TYPE = to_18("0DbBw0000000001")  #: a forecast type; what it is called is in no export


def write_quarters(sheets: Sheets, days: WorkDays) -> dict[date, str]:
    """The quarters that the sample touches: ids by their first days."""
    first = days.first.replace(day=1, month=1 + (days.first.month - 1) // _MONTHS * _MONTHS)
    found: dict[date, str] = {}
    while first <= days.as_of:
        after = (first + timedelta(days=100)).replace(day=1)
        found[first] = sheets["Period"].add(
            StartDate=str(first), EndDate=str(after - timedelta(days=1)), Type="Quarter"
        )
        first = after
    return found


def give_quotas(life: Life, quarters: dict[date, str]) -> None:
    """One for each quarter, the same in all of them."""
    quota = _QUOTA.get(life.person.kind)
    if quota is not None:
        for starts, period in quarters.items():
            life.sheets["ForecastingQuota"].add(
                QuotaOwnerId=life.person.user_id, QuotaAmount=f"{quota}.00", PeriodId=period,
                CurrencyIsoCode=CORPORATE.code, StartDate=str(starts), ForecastingTypeId=_TYPE,
            )  # fmt: skip
