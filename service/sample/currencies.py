"""The currencies of the sample: amounts are worked out in the corporate one and typed in another."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.sample.pyramid import Place
    from service.sample.sheets import Sheets

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Currency:
    """One currency. `rate` is how many of its units one of the corporate currency buys."""

    code: str
    rate: Decimal
    places: int

    def amount(self, worth: Decimal) -> Decimal:
        """What somebody types for an opportunity of that worth."""
        return (worth * self.rate).quantize(Decimal(1).scaleb(-self.places), ROUND_HALF_UP)

    def worth(self, amount: Decimal) -> Decimal:
        """What an amount is worth in corporate currency, to the cent."""
        return (amount / self.rate).quantize(_CENT, ROUND_HALF_UP)


CORPORATE = Currency("USD", Decimal(1), 2)
_OTHERS = {
    "CA": Currency("CAD", Decimal("1.36"), 2), "GB": Currency("GBP", Decimal("0.78"), 2),
    "DE": Currency("EUR", Decimal("0.92"), 2), "FR": Currency("EUR", Decimal("0.92"), 2),
    "IN": Currency("INR", Decimal(83), 2), "JP": Currency("JPY", Decimal(148), 0),
    "AU": Currency("AUD", Decimal("1.5"), 2),
}  # fmt: skip


def currency_of(place: Place) -> Currency:
    """The currency that people sell in there; where none is named, the corporate one."""
    return _OTHERS.get(place.country_code, CORPORATE)


def write_currencies(sheets: Sheets) -> None:
    """Every currency with its rate, the corporate one first."""
    for one in dict.fromkeys((CORPORATE, *_OTHERS.values())):
        sheets["CurrencyType"].add(
            IsoCode=one.code, ConversionRate=str(one.rate), DecimalPlaces=str(one.places),
            IsActive="1", IsCorporate=str(int(one is CORPORATE)),
        )  # fmt: skip
