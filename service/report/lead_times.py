"""Lead response: how soon leads got a human answer, by person and by group. Never scored."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from service.evidence.lead_response import HOUR
from service.facts.groups import grouped, hidden_figures, is_few, ways_to_group
from service.report.rates import Rate, median_hours, rate, tail_starts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from service.evidence.lead_response import LateLead, LeadResponse
    from service.facts.facts import Member
    from service.report.facts import ReportFacts

#: Upper ends of the chart's columns, in business hours.
_HOURS = (1, 4, 8, 24, 48, 120)
#: With fewer answers a median would be one of them.
ANSWERS_AT_LEAST = 5
#: Late leads that the page lists in all; the file has every one that is kept.
LATE_LISTED = 200


@dataclass(frozen=True)
class Row:
    """One person or group. `median` is in business hours, None with too few answers."""

    label: str
    leads: int
    answered: int  #: those whose first answer has a moment
    median: Decimal | None
    in_hour: Rate
    in_time: Rate
    late: int
    unanswered: int
    unclear: int  #: not judged, because the data do not show when
    hidden: frozenset[str] = frozenset()  #: of median, in_hour, in_time, late, unanswered


@dataclass(frozen=True)
class Column:
    """Leads whose answer took so long. `height` is 0 to 1 of the highest column."""

    label: str
    count: int
    height: Decimal
    is_in_time: bool


@dataclass(frozen=True)
class Late:
    """One person's leads that were not answered in time."""

    owner: str
    count: int
    listed: tuple[LateLead, ...]


@dataclass(frozen=True)
class LeadTimes:
    """What the section shows. Rows of people and the list are empty where nobody may be named."""

    since: date
    within_hours: int
    company: Row
    columns: tuple[Column, ...]  #: empty where one of them is of too few people to show
    tables: dict[str, list[Row]]
    people: list[Row]
    late: list[Late]
    owned_by_nobody: int


def lead_times(facts: ReportFacts) -> LeadTimes | None:
    """The section; None where the data cannot show it, or too few people had leads."""
    found = facts.beside.lead_response
    if found is None:
        return None
    having = [one for one in facts.people if one.user.user_id in found.by_user]
    if len(having) < facts.least:
        return None
    tail = tail_starts(second for one in found.by_user.values() for second in one.took)
    by_name = sorted(having, key=lambda one: (one.user.name.casefold(), one.user.user_id))
    is_named = not facts.aggregate_only
    return LeadTimes(
        since=found.since,
        within_hours=found.within_hours,
        company=_rows({"Everybody": having}, found, tail, facts.least)[0],
        columns=_columns(having, found, facts.least),
        tables={
            name: _rows(
                {one.label: one.members for one in grouped(having, key, facts.least)},
                found,
                tail,
                facts.least,
            )
            for name, key in ways_to_group(facts).items()
        },
        people=[_row(one.user.name, [one], found, tail) for one in by_name] if is_named else [],
        late=_late(by_name, found) if is_named else [],
        owned_by_nobody=found.owned_by_nobody,
    )


def _rows(
    groups: Mapping[str, Sequence[Member]], found: LeadResponse, tail: int | None, least: int
) -> list[Row]:
    rows = [_row(label, members, found, tail) for label, members in groups.items()]
    people = [_behind(members, found) for members in groups.values()]
    hidden = hidden_figures(people, least)
    return [replace(row, hidden=few) for row, few in zip(rows, hidden, strict=True)]


def _behind(members: Iterable[Member], found: LeadResponse) -> dict[str, tuple[int, ...]]:
    """How many people each figure is about; of a share, those with good ones and with others."""
    own = [found.by_user[one.user.user_id] for one in members]
    good = sum(one.day_good > 0 for one in own)
    in_time = (good, sum(one.day_good < one.day_judged for one in own))
    at_once = sum(one.hour_good > 0 for one in own)
    return {
        "median": (sum(bool(one.took) for one in own),),
        "in_hour": (at_once, sum(one.hour_good < one.hour_judged for one in own)),
        "in_time": in_time, "late": in_time,
        "unanswered": (sum(one.unanswered > 0 for one in own),),
    }  # fmt: skip


def _row(label: str, members: Iterable[Member], found: LeadResponse, tail: int | None) -> Row:
    own = [found.by_user[one.user.user_id] for one in members]
    took = [second for one in own for second in one.took]
    return Row(
        label=label,
        leads=sum(one.leads for one in own),
        answered=len(took),
        median=median_hours(took, tail) if len(took) >= ANSWERS_AT_LEAST else None,
        in_hour=rate(sum(one.hour_good for one in own), sum(one.hour_judged for one in own)),
        in_time=rate(sum(one.day_good for one in own), sum(one.day_judged for one in own)),
        late=sum(one.day_judged - one.day_good for one in own),
        unanswered=sum(one.unanswered for one in own),
        unclear=sum(one.unclear for one in own),
    )


def _columns(members: Iterable[Member], found: LeadResponse, least: int) -> tuple[Column, ...]:
    """How many answers took how long, and how many leads have none; () where any is of too few."""
    own = [found.by_user[one.user.user_id] for one in members]
    each = [Counter(bisect_left(_HOURS, Fraction(took, HOUR)) for took in one.took) for one in own]
    people = Counter(at for one in each for at in one)
    if any(is_few(one, least) for one in (*people.values(), sum(bool(x.unanswered) for x in own))):
        return ()
    counts = [sum(one[at] for one in each) for at in range(len(_HOURS) + 1)]
    ends = [*_HOURS, None]
    labels = [_label(begin, end) for begin, end in pairwise([0, *ends])]
    rows = [
        (label, count, end is not None and end <= found.within_hours)
        for label, count, end in zip(labels, counts, ends, strict=True)
    ]
    rows.append(("none", sum(one.unanswered for one in own), False))
    highest = max(1, *(count for _, count, _ in rows))
    return tuple(
        Column(label, count, round(Decimal(count) / highest, 4), in_time)
        for label, count, in_time in rows
    )


def _label(begin: int | None, end: int | None) -> str:
    if end is None:
        return f"{begin}+"
    return f"{begin}\N{EN DASH}{end}" if begin else f"to {end}"


def _late(by_name: Sequence[Member], found: LeadResponse) -> list[Late]:
    """People with late leads, by name; LATE_LISTED leads in all are listed, evenly by person."""
    leads: defaultdict[str, list[LateLead]] = defaultdict(list)
    for one in found.late:
        leads[one.user_id].append(one)
    late = [member for member in by_name if leads[member.user.user_id]]
    each = max(1, LATE_LISTED // max(1, len(late)))
    return [
        Late(member.user.name, _late_count(member, found), tuple(leads[member.user.user_id][:each]))
        for member in late
    ]


def _late_count(member: Member, found: LeadResponse) -> int:
    own = found.by_user[member.user.user_id]
    return own.day_judged - own.day_good
