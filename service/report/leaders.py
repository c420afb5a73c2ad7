"""Leaders first: what executives and managers themselves do in the org."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from service.report.facts import LEADING
from service.report.volumes import Cell, cells_of
from service.scoring.credit import FOOTPRINT_DAYS
from service.scoring.stay_in import WEEKS
from service.scoring.teams import without_loops

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from service.report.facts import Facts, Member


#: The page shows so many at once.
SHOWN = 12
#: The published expectation of footprint days: 4 of 5.
PRESENT_PERCENT = 80


@dataclass(frozen=True)
class Leader:
    """One leader's own usage. `footprint_days` is None where it cannot be known."""

    member: Member
    role: str
    footprint_days: int | None
    available_days: int
    last_login_on: date | None
    cells: tuple[Cell, ...]

    @property
    def percent(self) -> Decimal | None:
        """Footprint days as a share of the available ones, at most 100."""
        if self.footprint_days is None or not self.available_days:
            return None
        return min(Decimal(100), round(Decimal(100 * self.footprint_days) / self.available_days, 1))


def leaders(facts: Facts) -> list[Leader]:
    """Executives, then managers, from the top down, by name; the rule set says whose role leads."""
    found = [one for one in facts.people if one.score is not None and one.score.role in LEADING]
    height = _heights(facts)
    found.sort(
        key=lambda one: (
            _rank(one), height(one.user.user_id), one.user.name.casefold(), one.user.user_id,
        )
    )  # fmt: skip
    return [_leader(facts, one) for one in found]


def _heights(facts: Facts) -> Callable[[str], int]:
    """How many managers stand above somebody; circles are cut as they are for the teams."""
    managers, _ = without_loops({one.user.user_id: one.user.manager_id for one in facts.members})

    def height(user_id: str) -> int:
        above, count = managers.get(user_id), 0
        while above is not None:
            above, count = managers.get(above), count + 1
        return count

    return height


def present(found: Sequence[Leader]) -> list[tuple[int, int, str]]:
    """(how many leaders, of how many, what they do): as far as their footprints are known."""
    known = [one for one in found if one.percent is not None]
    if not known:
        return []
    daily = sum(one.percent is not None and one.percent >= PRESENT_PERCENT for one in known)
    weekly = sum(one.member.weeks_used == WEEKS for one in known)
    return [
        (daily, len(known), "leaders left a footprint on 4 of 5 days or more"),
        (weekly, len(known), f"used it in each of the last {WEEKS} weeks"),
    ]


def _rank(member: Member) -> int:
    role = member.score.role if member.score is not None else None
    return LEADING.index(role) if role in LEADING else len(LEADING)


def _leader(facts: Facts, member: Member) -> Leader:
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
    )
