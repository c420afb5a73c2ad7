"""Leaders first: what executives and managers themselves do in the org."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from service.facts.groups import hide, is_few
from service.facts.shares import Share, shares
from service.report.volumes import Cell, cells_of
from service.scoring.credit import FOOTPRINT_DAYS
from service.scoring.roles import LEADING
from service.scoring.teams import without_loops
from service.scoring.weeks_used import WEEKS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import date

    from service.facts.facts import Member
    from service.report.facts import ReportFacts


#: The page shows so many at once.
SHOWN = 12
#: The published expectation of footprint days: 4 of 5.
PRESENT_PERCENT = 80
HALF_PERCENT = 50
#: Of the days on which a leader was there, those with a footprint; also the order of drawing.
STATES = {
    "active": "on 4 of 5 days or more",
    "inactive": "on half of the days or more",
    "never": "on fewer days",
    "unknown": "not known",
}
EXECUTIVES, SECOND, FIRST = "Executives", "Managers of managers", "Front-line managers"


@dataclass(frozen=True)
class Leader:
    """One leader's own usage. `footprint_days` is None where it cannot be known."""

    member: Member
    role: str
    footprint_days: int | None
    available_days: int
    last_login_on: date | None
    cells: tuple[Cell, ...]
    level: str  #: EXECUTIVES, SECOND or FIRST

    @property
    def state(self) -> str:
        """Which of STATES."""
        if self.percent is None:
            return "unknown"
        if self.percent >= PRESENT_PERCENT:
            return "active"
        return "inactive" if self.percent >= HALF_PERCENT else "never"

    @property
    def percent(self) -> Decimal | None:
        """Footprint days as a share of the available ones, at most 100."""
        if self.footprint_days is None or not self.available_days:
            return None
        return min(Decimal(100), round(Decimal(100 * self.footprint_days) / self.available_days, 1))


def leaders(facts: ReportFacts) -> list[Leader]:
    """Executives, managers of managers, the others, from the top down; the rules say who leads."""
    people = [one for one in facts.people if one.score is not None and one.score.role in LEADING]
    above = {one.user.manager_id for one in people}
    height = _heights(facts)
    found = [_leader(facts, one, _level(one, above)) for one in people]
    levels = (EXECUTIVES, SECOND, FIRST)
    found.sort(
        key=lambda one: (
            levels.index(one.level), height(one.member.user.user_id),
            one.member.user.name.casefold(), one.member.user.user_id,
        )
    )  # fmt: skip
    return found


def _level(member: Member, above: Collection[str | None]) -> str:
    assert member.score is not None  # noqa: S101 - leaders are people with an answer
    if member.score.role == LEADING[0]:
        return EXECUTIVES
    return SECOND if member.user.user_id in above else FIRST


@dataclass(frozen=True)
class Level:
    """How often the leaders of one level left a footprint."""

    label: str
    people: int
    parts: tuple[Share, ...]


def levels(found: Sequence[Leader], least: int) -> list[Level]:
    """From the top down; those with too few people in some part, and what would tell them, are left out."""
    counts = {label: Counter[str]() for label in (EXECUTIVES, SECOND, FIRST)}
    for one in found:
        counts[one.level][one.state] += 1
    hidden = hide([[own[state] for state in STATES] for own in counts.values()], least)
    return [
        Level(label, own.total(), shares([(key, text, own[key]) for key, text in STATES.items()]))
        for (label, own), few in zip(counts.items(), hidden, strict=True)
        if own and not few
    ]


def shown(found: Sequence[Leader]) -> int:
    """How many the page lists at once: executives and managers of managers where there are any."""
    top = sum(one.level != FIRST for one in found)
    return len(found) if len(found) <= SHOWN else min(top or SHOWN, SHOWN)


def _heights(facts: ReportFacts) -> Callable[[str], int]:
    """How many managers stand above somebody; circles are cut as they are for the teams."""
    managers, _ = without_loops({one.user.user_id: one.user.manager_id for one in facts.members})

    def height(user_id: str) -> int:
        above, count = managers.get(user_id), 0
        while above is not None:
            above, count = managers.get(above), count + 1
        return count

    return height


def present(found: Sequence[Leader], least: int) -> list[tuple[int, int, str]]:
    """(how many leaders, of how many, what they do): as far as it is known and may be shown."""
    known = [one for one in found if one.percent is not None]
    if not known:
        return []
    daily = sum(one.percent is not None and one.percent >= PRESENT_PERCENT for one in known)
    weekly = sum(one.member.weeks_used == WEEKS for one in known)
    said = [
        (daily, len(known), "leaders left a footprint on 4 of 5 days or more"),
        (weekly, len(known), f"used it in each of the last {WEEKS} weeks"),
    ]
    return [
        one for one in said if not any(is_few(count, least) for count in (one[0], one[1] - one[0]))
    ]


def _leader(facts: ReportFacts, member: Member, level: str) -> Leader:
    score = member.score
    assert score is not None  # noqa: S101 - leaders are people with an answer
    by_name = {one.measure: one for one in score.measures}
    footprint = by_name.get(FOOTPRINT_DAYS)
    days = None if footprint is None or footprint.done is None else int(footprint.done)
    return Leader(
        member=member,
        role=member.user.role or score.role or "",
        footprint_days=None if FOOTPRINT_DAYS in facts.absent_measures else days,
        available_days=score.available_days,
        last_login_on=member.user.last_login_on,
        cells=cells_of(member, facts),
        level=level,
    )
