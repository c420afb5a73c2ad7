"""results.csv, campaigns.csv and measures.csv: every result that the page shows, for a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.report.programmes import label_of, money
from service.report.results import results
from service.report.tables import csv_bytes
from service.scoring.credit import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.report.facts import ReportFacts
    from service.report.rates import Rate
    from service.report.results import Line, Row

HEADER = (
    "grouping", "group", "users",
    "won", "closed", "won_percent", "won_low", "won_high", "amount_won",
    "converted", "leads", "converted_percent", "converted_low", "converted_high",
    "deals_created", "pipeline_created", "hours_with_customers_percent",
    "reached_quota", "with_quota", "currency",
)  # fmt: skip


def results_csv(facts: ReportFacts) -> bytes:
    """Empty cells are not known, or hidden because too few people stand behind them."""
    return csv_bytes(HEADER, _rows(facts))


def campaigns_csv(facts: ReportFacts) -> bytes:
    """One row for each programme, in all, by month and by week; nothing where none is known."""
    header = (
        "programme", "id", "stretch", "starts", "leads", "opportunities", "pipeline", "won", "lost",
        "amount_won", "currency",
    )  # fmt: skip
    found = facts.beside.campaigns
    parts = (("all", found.whole), ("month", found.months), ("week", found.weeks)) if found else ()
    rows = (
        (label_of(found, one.programme), one.programme if found.names else None, stretch, one.starts,
         one.leads if found.leads_known else None, one.opportunities, money(one.pipeline), one.won,
         one.lost, money(one.won_amount), facts.currency)
        for stretch, counts in parts
        for one in counts
        if found
    )  # fmt: skip
    return csv_bytes(header, rows)


def measures_csv(facts: ReportFacts) -> bytes:
    """One row for each person and measure that is not scored; nothing for what cannot be counted."""
    header = (
        "user_id", "name", "measure", "kind", "count", "amount", "good", "eligible", "currency",
    )  # fmt: skip
    measures = [
        one for one in facts.rules.measures
        if not one.weight and one.name not in facts.absent_measures
    ]  # fmt: skip
    rows = (
        (member.user.user_id, member.user.name, one.name, one.kind,
         *_tallied(one.kind, member.also.get(one.name, Tally())), facts.currency)
        for member in facts.people
        for one in measures
    )  # fmt: skip
    return csv_bytes(header, rows)


def _tallied(kind: str, tally: Tally) -> tuple[object, ...]:
    """count, amount, good, eligible: those that the kind has. Of money the count is that of deals."""
    if kind == "share":
        return None, None, tally.good, tally.eligible
    if kind == "money":
        return tally.seen, money(tally.done), None, None
    return tally.done, None, None, None


def _rows(facts: ReportFacts) -> Iterator[tuple[object, ...]]:
    found = results(facts)
    if found is None:
        return
    yield _row("all", found.company, facts.currency)
    for grouping, rows in found.tables.items():
        yield from (_row(grouping, row, facts.currency) for row in rows)
    for grouping, lines in (("quarter", found.quarters), ("customer_size", found.segments)):
        yield from (_line(grouping, line, facts.currency) for line in lines)


def _row(grouping: str, row: Row, currency: str | None) -> tuple[object, ...]:
    def shown(name: str, *cells: object) -> tuple[object, ...]:
        return _shown(row.hidden, name, *cells)

    return (
        grouping, row.label, row.people,
        *shown("won", *_rate(row.won), None), *shown("converted", *_rate(row.converted)),
        *shown("pipeline", row.deals, row.pipeline), *shown("selling", row.selling),
        *shown("quota", *_rate(row.quota)[:2]), currency,
    )  # fmt: skip


def _line(grouping: str, line: Line, currency: str | None) -> tuple[object, ...]:
    return (
        grouping, line.label, None,
        *_shown(line.hidden, "won", *_rate(line.won)), *_shown(line.hidden, "amount", line.amount),
        *_shown(line.hidden, "converted", *_rate(line.converted)), *(None,) * 5, currency,
    )  # fmt: skip


def _shown(hidden: frozenset[str], name: str, *cells: object) -> tuple[object, ...]:
    return (None,) * len(cells) if name in hidden else cells


def _rate(rate: Rate | None) -> tuple[object, ...]:
    return (
        (None,) * 5 if rate is None else (rate.good, rate.cases, rate.percent, rate.low, rate.high)
    )
