"""Numbers, dates and times as the viewer's locale and time zone write them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

#: Languages that write a decimal comma, and locales of theirs that do not
#: (Unicode CLDR 46, numbers/symbols/decimal).
_COMMA = frozenset({
    "bg", "bs", "ca", "cs", "da", "de", "el", "es", "et", "eu", "fi", "fr", "gl", "hr", "hu", "hy",
    "id", "is", "it", "ka", "kk", "lt", "lv", "mk", "nb", "nl", "nn", "no", "pl", "pt", "ro", "ru",
    "sk", "sl", "sq", "sr", "sv", "tr", "uk", "vi",
})  # fmt: skip
_POINT_AFTER_ALL = frozenset({
    "de_CH", "de_LI", "it_CH", "es_MX", "es_US", "es_PR", "es_DO", "es_GT", "es_HN", "es_NI", "es_PA",
    "es_PE", "es_SV",
})  # fmt: skip
#: Locales that write the month first and a 12-hour clock; the rest get "20 Nov 2026, 18:00".
_MONTH_FIRST = frozenset({"en_US", "es_US", "en_PH", "es_PR"})
MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
_NOON = 12
_LARGE = 10
_AMOUNT = 10_000


@dataclass(frozen=True, slots=True)
class Formats:
    """One viewer's habits of writing."""

    locale: str
    zone: ZoneInfo
    currency: str = ""  #: ISO code of the org's own currency, if known
    months: Sequence[str] = MONTHS  #: short names, in the viewer's language

    @classmethod
    def of(
        cls, locale: str, time_zone: str, currency: str = "", months: Sequence[str] = MONTHS
    ) -> Formats:
        """From Salesforce's locale key ("de_DE_EURO") and an IANA time zone."""
        short = "_".join(locale.replace("-", "_").split("_")[:2])
        return cls(short, ZoneInfo(time_zone), currency, months)

    def today(self) -> date:
        """The day that it is on the viewer's clock."""
        return datetime.now(self.zone).date()

    def number(self, value: Decimal | int | None, places: int = 1) -> str:
        """Rounded half up, without trailing zeros: 84.0 is "84". Absent is an en dash."""
        if value is None:
            return "\N{EN DASH}"
        text = _rounded(value, places)
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        return self._marked("0" if text == "-0" else text)

    def amount(self, value: Decimal | int | None) -> str:
        """Whole units, thousands apart: "410,000", or with narrow spaces where a comma means decimals."""
        if value is None:
            return "\N{EN DASH}"
        text = f"{Decimal(_rounded(value, 0)):,f}".replace("-", "\N{MINUS SIGN}")
        return text.replace(",", "\N{NARROW NO-BREAK SPACE}") if self._has_comma else text

    def money(self, value: Decimal | None, currency: str | None = None) -> str:
        """An amount with its currency's code in front, "USD 410,000"; that of the org where none is given."""
        code = self.currency if currency is None else currency
        text = self.amount(value)
        return f"{code}\N{NO-BREAK SPACE}{text}" if code and value is not None else text

    def quantity(self, value: Decimal | None) -> str:
        """Acts as a number; what is large is an amount."""
        is_amount = value is not None and abs(value) >= _AMOUNT
        return self.amount(value) if is_amount else self.number(value)

    def points(self, value: Decimal) -> str:
        """Points to gain, with their sign and aligned decimals: "+1.43", "+2.20", "+10.1"."""
        return "+" + self._marked(_rounded(value, 1 if abs(value) >= _LARGE else 2))

    def day(self, day: date | None) -> str:
        """A date with the month as a word, so that no one reads 4/5 wrong."""
        if day is None:
            return "\N{EN DASH}"
        month = self.months[day.month - 1]
        if self.locale in _MONTH_FIRST:
            return f"{month} {day.day}, {day.year}"
        return f"{day.day} {month} {day.year}"

    def moment(self, at: datetime) -> str:
        """A date and time in the viewer's zone, with the zone named."""
        local = at.astimezone(self.zone)
        name = local.tzname() or "UTC"
        zone = f"GMT{name}" if name.startswith(("+", "-")) else name
        return f"{self.day(local.date())}, {self._clock(local)} {zone}"

    def _clock(self, at: datetime) -> str:
        if self.locale not in _MONTH_FIRST:
            return f"{at:%H:%M}"
        return f"{at.hour % _NOON or _NOON}:{at:%M} {'AM' if at.hour < _NOON else 'PM'}"

    def _marked(self, text: str) -> str:
        text = text.replace("-", "\N{MINUS SIGN}")
        return text.replace(".", ",") if self._has_comma else text

    @property
    def _has_comma(self) -> bool:
        return self.locale.split("_")[0] in _COMMA and self.locale not in _POINT_AFTER_ALL


def _rounded(value: Decimal | int, places: int) -> str:
    return f"{Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"
