"""Results of sales, by owner: deals closed, leads converted, pipeline created. Never scored.

*Closed* are opportunities whose close date lies in the last five calendar quarters, the current
one up to the as-of day included; *won* those with IsWon. *Converted* is a lead that is converted
today, in the quarter in which it came in: a young quarter has had less time. *Pipeline created*
is the amount of the opportunities made in the last 13 weeks, in corporate currency, as it stands
today; those without an amount that can be counted are counted beside it.

The customer's size is Account.NumberOfEmployees: below the rule set's limit the deal is corporate,
else field; the size of the deal plays no part.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from service.evidence.clocks import exact_day
from service.evidence.ids import to_18
from service.evidence.pages import quoted
from service.evidence.segments import segment
from service.tables import Gap

if TYPE_CHECKING:
    from service.evidence.staging import Scope
    from service.tables import Tables

DAYS = 91  #: 13 weeks, the as-of day being the last
QUARTERS = 5
MONTHS = 3  #: of a quarter

Segment = Literal["corporate", "field"]


@dataclass(frozen=True, slots=True)
class Closed:
    """Deals of one owner, customer size and quarter. Amounts are hundredths."""

    user_id: str | None  #: None: an owner that is no user
    segment: Segment | None  #: None: the size of the customer is not known
    quarter: date  #: its first day
    won: int
    lost: int
    won_amount: int


@dataclass(frozen=True, slots=True)
class Conversions:
    """Leads of one owner that came in during one quarter."""

    user_id: str | None
    quarter: date
    leads: int
    converted: int


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Opportunities of one owner made in the last 13 weeks. `amount` is hundredths."""

    user_id: str | None
    deals: int
    amount: int
    without_amount: int


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Everybody's. None: the data cannot show it; the gaps say why."""

    since: date  #: the first day of the first quarter
    pipeline_since: date
    closed: tuple[Closed, ...] | None
    conversions: tuple[Conversions, ...] | None
    pipeline: tuple[Pipeline, ...] | None


_NEEDED = {
    "win rates": ("Opportunity", ("OwnerId", "IsClosed", "IsWon", "CloseDate")),
    "conversion of leads": ("Lead", ("OwnerId", "IsConverted", "CreatedDate")),
    "pipeline created": ("Opportunity", ("OwnerId", "Amount", "CreatedDate")),
}


def gaps(tables: Tables) -> list[Gap]:
    """What is not shown, and why."""
    found = []
    for what, (name, columns) in _NEEDED.items():
        missing = [one for one in columns if not tables.has(name, one)]
        if missing:
            why = f"{name} lacks {', '.join(missing)}, so the report shows no {what}."
            found.append(Gap(name, missing[0] if tables.has(name) else None, why))
    if tables.has("Opportunity") and not tables.has("Account", "NumberOfEmployees"):
        why = "The size of customers is not known, so results are not shown by it."
        found.append(Gap("Account", "NumberOfEmployees", why))
    return found


def read(scope: Scope) -> Outcomes:
    """Count them, from the staged tables."""
    can = {what: scope.tables.has(name, *columns) for what, (name, columns) in _NEEDED.items()}
    return Outcomes(
        since=_since(scope.as_of),
        pipeline_since=scope.as_of - timedelta(days=DAYS - 1),
        closed=_closed(scope) if can["win rates"] else None,
        conversions=_conversions(scope) if can["conversion of leads"] else None,
        pipeline=_pipeline(scope) if can["pipeline created"] else None,
    )


def quarter_of(day: date) -> date:
    """The first day of a day's calendar quarter."""
    return date(day.year, (day.month - 1) // MONTHS * MONTHS + 1, 1)


def _since(as_of: date) -> date:
    first = quarter_of(as_of)
    months = first.year * 12 + first.month - 1 - MONTHS * (QUARTERS - 1)
    return date(months // 12, months % 12 + 1, 1)


def _closed(scope: Scope) -> tuple[Closed, ...]:
    size = segment("a.NumberOfEmployees", scope.rules)
    rows = scope.connection.execute(f"""
        SELECT p.id, {size} AS segment, date_trunc('quarter', x.CloseDate)::DATE AS quarter,
            count(*) FILTER (coalesce(x.IsWon, false)), count(*) FILTER (NOT coalesce(x.IsWon, false)),
            coalesce(sum(x.corporate * 100) FILTER (x.IsWon), 0)::HUGEINT
        FROM staged_Opportunity x LEFT JOIN users p ON p.u = x.owner
        LEFT JOIN staged_Account a ON a.Id = x.AccountId
        WHERE x.IsClosed AND x.CloseDate BETWEEN DATE '{_since(scope.as_of)}' AND DATE '{scope.as_of}'
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    """).fetchall()  # noqa: S608 - values are dates and numbers
    return tuple(Closed(_id(user), *rest) for user, *rest in rows)


def _conversions(scope: Scope) -> tuple[Conversions, ...]:
    rows = scope.connection.execute(f"""
        SELECT p.id, date_trunc('quarter', {_made(scope)})::DATE AS quarter, count(*),
            count(*) FILTER (coalesce(x.IsConverted, false))
        FROM staged_Lead x LEFT JOIN users p ON p.u = x.owner
        WHERE {_made(scope)} BETWEEN DATE '{_since(scope.as_of)}' AND DATE '{scope.as_of}'
        GROUP BY 1, 2 ORDER BY 1, 2
    """).fetchall()  # noqa: S608
    return tuple(Conversions(_id(user), *rest) for user, *rest in rows)


def _pipeline(scope: Scope) -> tuple[Pipeline, ...]:
    first = scope.as_of - timedelta(days=DAYS - 1)
    rows = scope.connection.execute(f"""
        SELECT p.id, count(*), coalesce(sum(x.corporate * 100), 0)::HUGEINT,
            count(*) FILTER (x.corporate IS NULL)
        FROM staged_Opportunity x LEFT JOIN users p ON p.u = x.owner
        WHERE {_made(scope)} BETWEEN DATE '{first}' AND DATE '{scope.as_of}'
        GROUP BY 1 ORDER BY 1
    """).fetchall()  # noqa: S608
    return tuple(Pipeline(_id(user), *rest) for user, *rest in rows)


def _made(scope: Scope) -> str:
    """SQL: the day a staged record was made, on its owner's clock."""
    return exact_day("x.created", f"coalesce(p.zone, {quoted(scope.tables.naive_zone)})")


def _id(user: str | None) -> str | None:
    return to_18(user) if user else None
