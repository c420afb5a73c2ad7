"""What quotas, forecasts and campaign members say of the whole company."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from service.salesforce.fields import AdoptionTeam
from service.salesforce.plan import FURTHER
from service.tables import Gap

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service.salesforce.grouped import Rows

    Amounts = dict[str, int | Decimal]

_, _, QUOTAS, FORECASTS, MEMBERS = FURTHER
#: Fields of the company's record.
OF_COMPANY = (
    AdoptionTeam.QUOTA, AdoptionTeam.CLOSED, AdoptionTeam.COMMIT, AdoptionTeam.CAMPAIGN_MEMBERS,
    AdoptionTeam.CAMPAIGN_RESPONSES,
)  # fmt: skip
_CENT: Final = Decimal("0.01")


def company_of(known: Mapping[str, Rows], least: int) -> tuple[Amounts, list[Gap]]:
    """The fields of which something is known, and what fewer than `least` people have."""
    quotas = [row for row in known.get(QUOTAS, ()) if row["amount"] is not None]
    forecasts = known.get(FORECASTS, [])
    found: Amounts = {}
    gaps = []
    if main := _main(quotas, least):
        found[AdoptionTeam.QUOTA] = sum(_amount(row) or 0 for row in quotas if _kind(row) == main)
    elif quotas:
        gaps.append(_few(QUOTAS, "quotas", least, "no quota is told"))
    main = main or _main(forecasts, least)
    told, few = _forecast([row for row in forecasts if _kind(row) == main], least)
    if few or (forecasts and main is None):
        gaps.append(_few(FORECASTS, "amounts", least, "no forecast is told"))
    return {**found, **told, **_campaigns(known)}, gaps


def _few(name: str, what: str, least: int, lacks: str) -> Gap:
    return Gap(name, None, f"{name} has {what} of fewer than {least} people, so {lacks}.")


def _forecast(rows: Rows, least: int) -> tuple[Amounts, bool]:
    """Closed and commit of one type and period, or that one of them is of too few people."""
    by_category = {str(row["ForecastingItemCategory"]): row for row in rows}
    closed, commit = by_category.get("ClosedOnly"), by_category.get("CommitOnly")
    # Of cumulative rollups commit has what is closed inside.
    whole = None if commit else by_category.get("CommitForecast")
    if any(row and int(row["people"]) < least for row in (closed, commit, whole)):
        return {}, True
    ended, sure = _amount(closed), _amount(commit or whole)
    inside = ended if whole else Decimal(0)
    told: Amounts = {}
    if rows and ended is not None:
        told[AdoptionTeam.CLOSED] = ended
    if rows and sure is not None and inside is not None:
        told[AdoptionTeam.COMMIT] = max(sure - inside, Decimal(0))
    return told, False


def _campaigns(known: Mapping[str, Rows]) -> Amounts:
    if MEMBERS not in known:
        return {}
    times = {bool(row["HasResponded"]): int(row["times"]) for row in known[MEMBERS]}
    return {
        AdoptionTeam.CAMPAIGN_MEMBERS: sum(times.values()),
        AdoptionTeam.CAMPAIGN_RESPONSES: times.get(True, 0),
    }


def _main(rows: Iterable[Mapping[str, Any]], least: int) -> tuple[str, str] | None:
    """The forecast type and period with most people: amounts of several are not added up."""
    people: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        if int(row["people"]) >= least:
            people[_kind(row)] = max(people[_kind(row)], int(row["people"]))
    return min(people, key=lambda kind: (-people[kind], kind), default=None)


def _kind(row: Mapping[str, Any]) -> tuple[str, str]:
    return str(row["ForecastingTypeId"]), str(row["PeriodId"])


def _amount(row: Mapping[str, Any] | None) -> Decimal | None:
    """Nothing where there is no such group; unknown where a group has no amount."""
    if row is None:
        return Decimal(0)
    return None if row["amount"] is None else Decimal(str(row["amount"])).quantize(_CENT)
