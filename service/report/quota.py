"""Quotas: who reached theirs in the last period that ended, and the running one. Never scored."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from service.facts.groups import is_few
from service.report.rates import Rate, rate
from service.scoring.rounding import published

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from service.evidence.quotas import Quota
    from service.report.facts import ReportFacts

#: So many people with a quota are asked for before a share of them is given.
PEOPLE_AT_LEAST = 5


@dataclass(frozen=True)
class Attainment:
    """One person's last period that ended. Amounts are hundredths."""

    quota: int
    won: int

    @property
    def is_reached(self) -> bool:
        """Whether at least as much was won."""
        return self.won >= self.quota


@dataclass(frozen=True)
class Period:
    """One period with the quotas, wins and forecasts of everybody who has a quota in it."""

    starts: date
    ends: date
    people: int
    quota: Decimal
    won: Decimal | None  #: None: too few won anything
    percent: Decimal | None
    reached: Rate | None  #: None: too few did, or did not
    committed: Decimal | None  #: of the running period, where the data have forecasts


def attainments(facts: ReportFacts) -> dict[str, Attainment]:
    """By user id: those who carry a quota of their own, in the last period that ended."""
    own = _own(facts)
    ended = [(one.starts, one.ends) for one in own if one.ends < facts.as_of]
    if not ended:
        return {}
    last = max(Counter(ended).items(), key=lambda item: (item[0][1], item[1]))[0]
    return {
        one.user_id: Attainment(one.quota, one.won) for one in own if (one.starts, one.ends) == last
    }


def _own(facts: ReportFacts) -> list[Quota]:
    """Quotas but those of managers of other people with a quota: theirs is the team's, again."""
    quotas = facts.beside.quotas or ()
    carriers = {one.user_id for one in quotas}
    leaders = {
        one.user.manager_id for one in facts.members if one.user.user_id in carriers
    }  # fmt: skip
    return [one for one in quotas if one.user_id not in leaders]


def reached(found: Iterable[Attainment]) -> Rate | None:
    """How many reached their quota; None where nobody has one."""
    own = list(found)
    return rate(sum(one.is_reached for one in own), len(own), PEOPLE_AT_LEAST) if own else None


def periods(facts: ReportFacts) -> list[Period]:
    """Newest first; those of too few people are left out of aggregates."""
    found: defaultdict[tuple[date, date], list[Quota]] = defaultdict(list)
    for one in _own(facts):
        found[one.ends, one.starts].append(one)
    rows = [_period(own, facts.least) for _, own in sorted(found.items(), reverse=True)]
    return [row for row in rows if row.people >= facts.least]


def _period(own: list[Quota], least: int) -> Period:
    quota, won = sum(one.quota for one in own), sum(one.won for one in own)
    committed = [one.committed for one in own if one.committed is not None]
    good = sum(one.won >= one.quota for one in own)
    is_hidden = is_few(good, least) or is_few(len(own) - good, least)
    is_few_won = is_few(sum(one.won > 0 for one in own), least)
    return Period(
        starts=own[0].starts,
        ends=own[0].ends,
        people=len(own),
        quota=Decimal(quota).scaleb(-2),
        won=None if is_few_won else Decimal(won).scaleb(-2),
        percent=None if is_few_won else published(Fraction(100 * won, quota), 1),
        reached=None if is_hidden else rate(good, len(own), PEOPLE_AT_LEAST),
        committed=Decimal(sum(committed)).scaleb(-2)
        if committed and not is_few(sum(one > 0 for one in committed), least)
        else None,
    )
