"""Results beside the score: win rates, conversion, pipeline, selling time, quota. Never scored.

Every number says how many cases it rests on; where only aggregates may be shown, one that fewer
than ten people stand behind is hidden, and so is the next smallest if it could be told from the
total otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from service.evidence.selling import DAY_HOURS
from service.facts.groups import grouped, hidden_figures, is_few, ways_to_group
from service.report.behind import behind_converted, behind_line, contributors
from service.report.quota import attainments, reached
from service.report.rates import Rate, rate
from service.scoring.rounding import published

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import date

    from service.evidence.outcomes import Closed, Conversions, Outcomes
    from service.facts.facts import Member
    from service.report.facts import ReportFacts
    from service.report.quota import Attainment

NOBODY = "Owners not in the data"
SIZE_UNKNOWN = "Size not known"
RESULTS = ("won", "converted", "pipeline", "selling", "quota")


@dataclass(frozen=True)
class Row:
    """One group's results. None: the data cannot show it. `hidden` names those of too few people."""

    label: str
    people: int | None  #: None for records of no user
    won: Rate | None
    converted: Rate | None
    deals: int | None  #: created in 13 weeks
    pipeline: Decimal | None
    selling: Decimal | None  #: per cent of available hours
    quota: Rate | None  #: people who reached it
    hidden: frozenset[str] = frozenset()  #: of RESULTS


@dataclass(frozen=True)
class Line:
    """Deals of one quarter or one size of customers, and leads of the quarter."""

    label: str
    won: Rate
    amount: Decimal  #: won
    converted: Rate | None = None
    hidden: frozenset[str] = frozenset()  #: of "won", "amount", "converted"


@dataclass(frozen=True)
class Results:
    """What the section shows."""

    since: date
    pipeline_since: date
    company: Row
    tables: dict[str, list[Row]]
    quarters: list[Line]
    segments: list[Line]
    with_selling: int | None  #: people whose calendars show any time with customers; None: hidden
    measured_selling: int


@dataclass(frozen=True)
class ByOwner:
    """Everybody's results by user id, "" for owners that are no users."""

    closed: Mapping[str, list[Closed]]
    conversions: Mapping[str, list[Conversions]]
    pipeline: Mapping[str, tuple[int, int]]  #: deals, hundredths
    selling: Mapping[str, tuple[int, int]]  #: seconds, available seconds
    quota: Mapping[str, Attainment]


def results(facts: ReportFacts) -> Results | None:
    """The section; None where there is nothing to show."""
    found = facts.beside.outcomes
    if found is None or (found.closed, found.conversions, found.pipeline) == (None,) * 3:
        return None
    own = _by_owner(facts, found)
    everybody = _row("Everybody", facts.members, own, found, with_nobody=True)
    sold = facts.beside.selling or {}
    selling = sum(seconds > 0 for seconds in sold.values())
    parts = (selling, len(sold) - selling)
    return Results(
        since=found.since,
        pipeline_since=found.pipeline_since,
        company=_masked(
            [everybody], [contributors(facts.members, own, with_nobody=True)], facts.least
        )[0],
        tables={name: _table(facts, key, own, found) for name, key in ways_to_group(facts).items()},
        quarters=_quarters(found, facts.least),
        segments=_segments(facts, found),
        with_selling=None if any(is_few(one, facts.least) for one in parts) else selling,
        measured_selling=len(sold),
    )


def _by_owner(facts: ReportFacts, found: Outcomes) -> ByOwner:
    closed: defaultdict[str, list[Closed]] = defaultdict(list)
    conversions: defaultdict[str, list[Conversions]] = defaultdict(list)
    for one in found.closed or ():
        closed[one.user_id or ""].append(one)
    for lead in found.conversions or ():
        conversions[lead.user_id or ""].append(lead)
    pipeline = {one.user_id or "": (one.deals, one.amount) for one in found.pipeline or ()}
    return ByOwner(closed, conversions, pipeline, _selling(facts), attainments(facts))


def _selling(facts: ReportFacts) -> dict[str, tuple[int, int]]:
    seconds = facts.beside.selling or {}
    return {
        one.user.user_id: (seconds[one.user.user_id], one.score.available_days * DAY_HOURS * 3600)
        for one in facts.people
        if one.score is not None and one.user.user_id in seconds
    }


def _table(
    facts: ReportFacts, key: Callable[[Member], str], own: ByOwner, found: Outcomes
) -> list[Row]:
    groups = grouped(facts.members, key, facts.least)
    rows = [_row(one.label, one.members, own, found) for one in groups]
    people = [contributors(one.members, own) for one in groups]
    if any("" in by_owner for by_owner in (own.closed, own.conversions, own.pipeline)):
        rows.append(_row(NOBODY, (), own, found, with_nobody=True))
        people.append(contributors((), own, with_nobody=True))
    return _masked(rows, people, facts.least)


def _row(
    label: str,
    members: Collection[Member],
    own: ByOwner,
    found: Outcomes,
    *,
    with_nobody: bool = False,
) -> Row:
    ids = [one.user.user_id for one in members] + ([""] if with_nobody else [])
    closed = [one for user in ids for one in own.closed.get(user, ())]
    leads = [one for user in ids for one in own.conversions.get(user, ())]
    deals = [own.pipeline[user] for user in ids if user in own.pipeline]
    return Row(
        label=label,
        people=len(members) or None,
        won=_won(closed) if found.closed is not None else None,
        converted=_converted(leads) if found.conversions is not None else None,
        deals=sum(count for count, _ in deals) if found.pipeline is not None else None,
        pipeline=_money(amount for _, amount in deals) if found.pipeline is not None else None,
        selling=_selling_percent(own.selling[user] for user in ids if user in own.selling),
        quota=reached(own.quota[user] for user in ids if user in own.quota),
    )


def _won(closed: Iterable[Closed]) -> Rate:
    pairs = [(one.won, one.won + one.lost) for one in closed]
    return rate(sum(won for won, _ in pairs), sum(cases for _, cases in pairs))


def _converted(leads: Iterable[Conversions]) -> Rate:
    pairs = [(one.converted, one.leads) for one in leads]
    return rate(sum(good for good, _ in pairs), sum(cases for _, cases in pairs))


def _money(hundredths: Iterable[int]) -> Decimal:
    return Decimal(sum(hundredths)).scaleb(-2)


def _selling_percent(pairs: Iterable[tuple[int, int]]) -> Decimal | None:
    seconds, available = map(sum, zip(*pairs, strict=True)) if (pairs := list(pairs)) else (0, 0)
    return published(Fraction(100 * seconds, available), 1) if available else None


def _masked(rows: list[Row], people: list[dict[str, tuple[int, ...]]], least: int) -> list[Row]:
    hidden = hidden_figures(people, least)
    return [replace(row, hidden=few) for row, few in zip(rows, hidden, strict=True)]


def _quarters(found: Outcomes, least: int) -> list[Line]:
    if found.closed is None:
        return []
    starts = sorted({one.quarter for one in found.closed})
    lines, people = [], []
    for quarter in starts:
        own = [one for one in found.closed if one.quarter == quarter]
        leads = [one for one in found.conversions or () if one.quarter == quarter]
        label = f"{quarter.year} Q{(quarter.month + 2) // 3}"
        converted = _converted(leads) if found.conversions is not None else None
        lines.append(Line(label, _won(own), _money(one.won_amount for one in own), converted))
        people.append(behind_line(own) | {"converted": behind_converted(leads)})
    return _hide(lines, people, least)


def _segments(facts: ReportFacts, found: Outcomes) -> list[Line]:
    limit = f"{facts.rules.corporate_below:,}"
    labels = {
        "corporate": f"Fewer than {limit} employees", "field": f"{limit} employees or more", "": SIZE_UNKNOWN,
    }  # fmt: skip
    lines, people = [], []
    for segment, label in labels.items():
        own = [one for one in found.closed or () if (one.segment or "") == segment]
        if own:
            lines.append(Line(label, _won(own), _money(one.won_amount for one in own)))
            people.append(behind_line(own))
    is_known = any(line.label != SIZE_UNKNOWN for line in lines)
    return _hide(lines, people, facts.least) if is_known else []


def _hide(lines: list[Line], people: list[dict[str, tuple[int, ...]]], least: int) -> list[Line]:
    """One person may close deals in several quarters, and of customers of several sizes."""
    hidden = hidden_figures(people, least, together=max)
    return [replace(line, hidden=few) for line, few in zip(lines, hidden, strict=True)]
