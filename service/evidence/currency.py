"""Amounts of opportunities in the corporate currency, exactly, or not at all.

`CurrencyType.ConversionRate` is how many units of a currency one unit of the corporate currency
buys: Salesforce's own example is "1 USD to 1.39 AUD", USD being corporate. So an amount is divided
by it. Where an org keeps dated rates, that of the close date holds, from its start to the day
before the next one starts; a day before the first of them takes the rate of CurrencyType.
https://help.salesforce.com/s/articleView?id=sales.administration_about_advanced_currency_management.htm
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_currencytype.htm
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_datedconversionrate.htm

An amount whose currency is not known is left out and named: taken as it stands, 1,000,000 yen
would be a big deal in dollars. The staged opportunities keep `Amount` as it was typed and get
`corporate`, which is NULL for what cannot be converted. Each amount is rounded to hundredths,
halves away from zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.evidence.pages import quoted
from service.evidence.rows import rows
from service.tables import Gap

if TYPE_CHECKING:
    from service.evidence.staging import Scope

_NAMED_AT_MOST = 5  #: currencies in one sentence
_ALWAYS = "DATE '0001-01-01'"


@dataclass(frozen=True, slots=True)
class Currency:
    """What amounts are in. `code` is None where the data name no currency (a single-currency org)."""

    code: str | None = None
    gaps: tuple[Gap, ...] = ()
    has_rates: bool = False  #: the table `rates` (iso, starts, rate) is there and was used


def convert(scope: Scope) -> Currency:
    """Give the staged opportunities their amounts in corporate currency."""
    has_codes = scope.tables.has("Opportunity", "CurrencyIsoCode")
    has_rates = scope.tables.has("CurrencyType", "IsoCode", "ConversionRate")
    if not has_rates:
        return _without_rates(scope) if has_codes else Currency()
    code, gaps = _load_rates(scope)
    if code is None:
        return _nothing_counted(scope, *gaps)
    if not has_codes:
        return _without_codes(scope, code, gaps)
    _convert_all(scope, code)
    return Currency(code, (*gaps, *_lost(scope)), has_rates=True)


def _without_rates(scope: Scope) -> Currency:
    """Codes but no rates: fine as long as there is only one."""
    found = scope.connection.execute(
        "SELECT DISTINCT currency FROM staged_Opportunity WHERE Amount IS NOT NULL ORDER BY 1 LIMIT 2"
    ).fetchall()
    codes = [code for (code,) in found]
    if codes and None not in codes and len(codes) == 1:
        why = f"The corporate currency is not known: {codes[0]}, in which all opportunities are, is taken for it."
        return Currency(codes[0], (Gap("CurrencyType", None, why),))
    why = "Opportunities have several currencies and the data no rates: no amount is counted."
    return _nothing_counted(scope, Gap("CurrencyType", None, why))


def _without_codes(scope: Scope, code: str, gaps: tuple[Gap, ...]) -> Currency:
    """Rates but no codes: fine as long as there is only the corporate currency."""
    others = scope.connection.execute("SELECT count(*) FROM rates WHERE iso <> ?", [code])
    if not others.fetchall()[0][0]:
        return Currency(code, gaps)
    why = "The currency of opportunities is not known, and there are several: no amount is counted."
    return _nothing_counted(scope, *gaps, Gap("Opportunity", "CurrencyIsoCode", why))


def _nothing_counted(scope: Scope, *gaps: Gap) -> Currency:
    scope.connection.execute("UPDATE staged_Opportunity SET corporate = NULL")
    return Currency(None, gaps)


def _load_rates(scope: Scope) -> tuple[str | None, tuple[Gap, ...]]:
    """The table `rates` (iso, starts, rate) and the corporate currency."""
    static = rows("CurrencyType", ("IsoCode", "ConversionRate", "IsCorporate"))
    dated = rows("DatedConversionRate", ("IsoCode", "ConversionRate", "StartDate"))
    scope.connection.execute(f"""
        CREATE TABLE rates AS
        SELECT iso, starts, min(rate) AS rate FROM (
            SELECT IsoCode AS iso, {_ALWAYS} AS starts, ConversionRate AS rate FROM ({static}) UNION ALL
            SELECT IsoCode, StartDate, ConversionRate FROM ({dated}) WHERE StartDate > {_ALWAYS}
        ) WHERE rate > 0 AND iso IS NOT NULL GROUP BY iso, starts
    """)  # noqa: S608 - names are ours
    found = scope.connection.execute(
        f"SELECT DISTINCT IsoCode FROM ({static}) WHERE IsCorporate AND IsoCode IS NOT NULL"  # noqa: S608
    ).fetchall()
    if len(found) == 1:
        return str(found[0][0]), ()
    why = "Which currency is the corporate one is not known: no amount is counted."
    return None, (Gap("CurrencyType", "IsCorporate", why),)


def corporate(code: str, amount: str, currency: str, rate: str) -> str:
    """SQL: an amount of a currency divided by its rate; NULL without one. `code` is corporate."""
    # Whole numbers throughout: DuckDB divides decimals as floats.
    cents = f"(abs({amount})::DECIMAL(36, 2) * 100)::HUGEINT"
    units = f"({rate}::DECIMAL(36, 6) * 1000000)::HUGEINT"
    divided = f"((2000000 * {cents} + {units}) // (2 * {units}))::DECIMAL(36, 0)"
    signed = f"TRY_CAST(sign({amount}) * {divided} * 0.01::DECIMAL(2, 2) AS DECIMAL(18, 2))"
    return f"CASE WHEN {currency} = {quoted(code)} THEN {amount} ELSE {signed} END"


def _convert_all(scope: Scope, code: str) -> None:
    scope.connection.execute(f"""
        CREATE TABLE converted AS
        SELECT x.* REPLACE ({corporate(code, "x.Amount", "x.currency", "r.rate")} AS corporate)
        FROM staged_Opportunity x ASOF LEFT JOIN rates r
        ON x.currency = r.iso AND coalesce(x.CloseDate, DATE '{scope.as_of}') >= r.starts;
        DROP TABLE staged_Opportunity;
        ALTER TABLE converted RENAME TO staged_Opportunity;
    """)  # noqa: S608 - values are dates and quoted texts


def _lost(scope: Scope) -> list[Gap]:
    """Currencies without a rate, and how many amounts are not counted for it."""
    found = scope.connection.execute("""
        SELECT coalesce(currency, 'no currency'), count(*) FROM staged_Opportunity
        WHERE Amount IS NOT NULL AND corporate IS NULL GROUP BY 1 ORDER BY count(*) DESC, 1
    """).fetchall()
    if not found:
        return []
    named = ", ".join(code for code, _ in found[:_NAMED_AT_MOST])
    more = f" and {len(found) - _NAMED_AT_MOST} more" if len(found) > _NAMED_AT_MOST else ""
    why = (
        f"The amounts of {sum(count for _, count in found)} opportunities are not counted: "
        f"there is no rate for {named}{more}."
    )
    return [Gap("Opportunity", "CurrencyIsoCode", why)]
