"""What is said of one person's minimums and exceptions: plain frozen values.

All of it lies beside the score and never enters it. Acts are whole numbers, amounts are in the
corporate currency, minimums have two decimals, chances are percents with one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from service.scoring.exception_state import ExceptionState, State
    from service.scoring.ladder import Ladder


@dataclass(frozen=True, slots=True)
class WindowResult:
    """What was done in some weeks, against the minimum pro-rated for the days at work."""

    first: date
    last: date
    actual: Decimal
    minimum: Decimal
    working_days: int
    available_days: int  #: of them, those that were asked
    days_off: int  #: of them, those recorded as away
    days_unexplained: int  #: of them, those in stretches without a footprint that nobody explained
    #: how often the rule flags somebody who is exactly at this minimum, in one such window: as
    #: weeks of people vary, and if nothing but luck moved them; None where it does not apply
    false_flag: Decimal | None = None
    false_flag_by_luck: Decimal | None = None


@dataclass(frozen=True, slots=True)
class MinimumResult:
    """One minimum of a person's role: the line of a KPI strip."""

    measure: str
    label: str
    kind: str  #: "count", "money", or "hygiene", whose minimum is a limit
    in_force: Decimal | None  #: on the last day: per week, per month, or the limit; None: not asked
    per: str  #: "week", "month", or "" for a limit
    window: WindowResult | None = None
    is_met: bool | None = None  #: None where it cannot be judged
    why_not: str | None = None  #: why it cannot, or why it is never flagged, in plain words


@dataclass(frozen=True, slots=True)
class ExceptionResult:
    """One measure that lies below its minimum by more than chance, and how far that has gone."""

    measure: str
    label: str
    kind: str
    state: State  #: "heads_up" is for the person alone
    first: WindowResult  #: the window that flagged first
    second: WindowResult | None  #: the next one, which does not overlap; None: it is not over
    latest: WindowResult  #: the last window that was judged
    decided_on: date  #: when the second window is, or was, over
    ladder: Ladder
    life: ExceptionState  #: its days, and what people did about it
    cleared_on: date | None = None
    recurred_on: date | None = None
    #: how often both windows flag somebody who is exactly at the minimum
    false_exception: Decimal | None = None
    question: str = ""  #: what to ask, before anything is concluded

    @property
    def is_open(self) -> bool:
        """Whether others than the person may have to do with it now."""
        return self.state in ("open", "seen", "acted", "recurred")


@dataclass(frozen=True, slots=True)
class Standing:
    """One person's minimums, exceptions, and the question whether they were away."""

    user_id: str
    as_of: date
    role: str | None = None
    segment: str | None = None
    minimums: tuple[MinimumResult, ...] = ()  #: in the order of the rule set
    exceptions: tuple[ExceptionResult, ...] = ()
    #: first and last day of a long stretch without any footprint that nobody has explained
    away_question: tuple[date, date] | None = None
    #: of the last four weeks: working days not recorded as away, and days with a footprint; None
    #: where the data show no footprints
    days_there: int = 0
    days_used: int | None = None
    why_not: str | None = None  #: why nothing is judged, in plain words
    checked_on: date | None = None  #: the last weekly check

    @property
    def opened(self) -> tuple[ExceptionResult, ...]:
        """What is open for others on the as-of day; the person has the first days alone."""
        return tuple(
            one
            for one in self.exceptions
            if one.is_open and "manager" in one.ladder.sees(self.as_of)
        )

    @property
    def is_private(self) -> bool:
        """Whether there is something that only the person may see."""
        own = (one for one in self.exceptions if one.is_open or one.state == "heads_up")
        return any(one not in self.opened for one in own)
