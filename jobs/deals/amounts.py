"""Won opportunities by their amount in corporate currency, as a query and a check.

An org with several currencies compares `Amount >= 100000` with each amount as it stands: every
large yen deal would be announced. So each currency is asked with its own bound, the lowest that
any of its rates allows, and what comes back is converted and compared exactly. Rates are units of
a currency for one of the corporate currency; a dated one holds from its start, by close date.
https://help.salesforce.com/s/articleView?id=sales.administration_about_advanced_currency_management.htm
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING, Any

from jobs.deals.reach import Reach
from service.evidence.deals import WonDeal
from service.salesforce.errors import AdminActionNeededError, SalesforceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from service.salesforce.gateway import Gateway
    from service.scoring.rule_set import BigDealRule

Answer = list[dict[str, Any]] | SalesforceError
CURRENCY = "CurrencyIsoCode"  #: only in an org with several
RATES = (
    "SELECT IsoCode, ConversionRate, IsCorporate FROM CurrencyType",
    "SELECT IsoCode, ConversionRate, StartDate FROM DatedConversionRate",
)
_ABSENT = {"NOT_FOUND", "INVALID_TYPE"}
_CODE = re.compile(r"[A-Z]{3}", re.ASCII)
_CENT = Decimal("0.01")
_EXACT = Context(prec=40)


@dataclass(frozen=True)
class Rates:
    """The org's rates by currency: (from when, rate), ascending; the first holds always."""

    corporate: str
    by_code: Mapping[str, tuple[tuple[date, Decimal], ...]]

    def condition(self, least: Decimal) -> str:
        """SOQL that no opportunity of at least so much fails."""
        bounds = (
            f"(CurrencyIsoCode = '{code}' AND Amount >= {self._lowest(code, least):f})"
            for code in sorted(self.by_code)
        )
        return f"({' OR '.join(bounds)})"

    def _lowest(self, code: str, least: Decimal) -> Decimal:
        """The lowest amount that may reach the bound, less a cent for the rounding."""
        return max(
            Decimal(0), _EXACT.multiply(least, min(rate for _, rate in self.by_code[code])) - _CENT
        )

    def converted(self, amount: Decimal, code: str | None, closes_on: date) -> Decimal | None:
        """The amount in corporate currency, to the cent; None for a currency without a rate."""
        if code == self.corporate:
            return amount
        rates = [rate for starts, rate in self.by_code.get(code or "", ()) if starts <= closes_on]
        if not rates:
            return None
        return _EXACT.divide(amount, rates[-1]).quantize(_CENT, ROUND_HALF_UP, _EXACT)


def won_deals(gateway: Gateway, rules: Sequence[BigDealRule]) -> list[WonDeal]:
    """Every opportunity that reaches a rule's amount and may be where a rule waits for it.

    The amount is in corporate currency.
    """
    least, rates, reach = _least(rules), read_rates(gateway), Reach.of(rules)
    condition = f"Amount >= {least:f}" if rates is None else rates.condition(least)
    fields = reach.fields if rates is None else f"{reach.fields}, {CURRENCY}"
    soql = f"SELECT {fields} FROM Opportunity WHERE {reach.condition} AND {condition}"  # noqa: S608 - numbers, codes and quoted texts
    return big_ones(gateway.query(soql), rates, rules)


def big_ones(
    rows: Iterable[Mapping[str, Any]], rates: Rates | None, rules: Sequence[BigDealRule]
) -> list[WonDeal]:
    """Give those of the opportunities that reach a rule's amount."""
    deals = (_deal(row, rates) for row in rows if row["Amount"] is not None)
    return [deal for deal in deals if deal is not None and deal.amount >= _least(rules)]


def _least(rules: Sequence[BigDealRule]) -> Decimal:
    return min(rule.amount_at_least for rule in rules)


def _deal(row: Mapping[str, Any], rates: Rates | None) -> WonDeal | None:
    amount, closes_on = Decimal(str(row["Amount"])), date.fromisoformat(row["CloseDate"])
    converted = rates.converted(amount, row["CurrencyIsoCode"], closes_on) if rates else amount
    if converted is None:
        return None
    account = row["Account"] or {}
    return WonDeal(
        opportunity_id=str(row["Id"]),
        name=str(row["Name"]),
        owner_id=row["OwnerId"],
        owner_name=(row["Owner"] or {}).get("Name"),
        account_name=account.get("Name"),
        amount=converted,
        closed_on=closes_on,
        currency=rates.corporate if rates else None,
        is_won=bool(row.get("IsWon", True)),
        stage=row.get("StageName"),
        probability=_number(row.get("Probability")),
        record_type=(row.get("RecordType") or {}).get("DeveloperName"),
        employees=_number(account.get("NumberOfEmployees")),
    )


def _number(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def read_rates(gateway: Gateway) -> Rates | None:
    """The rates of an org with several currencies; None for an org with one.

    Raises AdminActionNeededError where nobody can say which currency is the corporate one.
    """
    types, dated = gateway.query_together(RATES)
    return rates_from(types, dated)


def rates_from(types: Answer, dated: Answer) -> Rates | None:
    """Give them by the answers to RATES. Raises as `read_rates`."""
    types, dated = _there(types), _there(dated)
    if not types:
        return None
    corporate = [str(row["IsoCode"]) for row in types if row["IsCorporate"]]
    if len(corporate) != 1:
        raise AdminActionNeededError(
            "The org has several currencies and no single corporate one, so amounts cannot be "
            "compared: see Setup > Company Settings > Manage Currencies.",
            code="NO_CORPORATE_CURRENCY",
        )
    found: defaultdict[str, dict[date, Decimal]] = defaultdict(dict)
    for row in types:
        _add(found, row, date.min)
    for row in dated:
        _add(found, row, date.fromisoformat(str(row["StartDate"])))
    return Rates(corporate[0], {code: tuple(sorted(own.items())) for code, own in found.items()})


def _add(
    found: defaultdict[str, dict[date, Decimal]], row: Mapping[str, Any], starts: date
) -> None:
    code, rate = str(row["IsoCode"]), Decimal(str(row["ConversionRate"] or 0))
    if _CODE.fullmatch(code) and rate > 0:
        found[code][starts] = rate


def _there(answer: Answer) -> list[dict[str, Any]]:
    """The records of a query; [] where the org has no such object."""
    if isinstance(answer, SalesforceError):
        if answer.code not in _ABSENT:
            raise answer
        return []
    return answer
