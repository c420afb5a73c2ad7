"""Weekly checks: one measure of one person against its minimum, in the windows of a quarter.

A check is made at the end of each week, on its Sunday, so that every run of one week says the
same. It looks back four weeks, thirteen where the minimum is an amount.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from service.scoring.evidence_rule import chance_of_flag, most_flagged
from service.scoring.expectation import WORKING_DAYS_OF_A_WEEK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.scoring.evidence import Person
    from service.scoring.evidence_rule import Chance
    from service.scoring.minimums import Schedule
    from service.scoring.rule_set import ExceptionRules, Kind, Measure, RuleSet

WEEKS = {"count": 4, "money": 13}  #: the length of a window, by kind of measure
#: Weekly checks looked at: a quarter of them, and for amounts two, because their second window
#: ends a quarter after the first.
CHECKS = {"count": 13, "money": 26}
FOUR_WEEKS = 4
_ACTS_AT_MOST = Fraction(50_000)
_ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Days:
    """The working days of one person that the checks look at, ascending."""

    working: Sequence[date]
    available: Sequence[date]  #: at work as far as is known; these are asked
    unexplained: Sequence[date]  #: without a footprint, and nobody said why; these are not asked
    away_on: frozenset[date]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a measure asks of one person."""

    measure: Measure
    minimums: Schedule
    person: Person  #: with the working time that the calendar does not show
    days: Days
    rules: RuleSet
    since: date | None = None  #: the first day that the data cover; None: all that is looked at
    typical: Fraction | None = None  #: everybody's typical deal, for those with few of their own
    agreed: date | None = None  #: the first day that the minimum may judge; None: every day

    @property
    def weeks(self) -> int:
        """How many weeks a window has."""
        return WEEKS[self.measure.kind]

    @property
    def begins(self) -> date:
        """The first day of the first window that may be judged."""
        return max(self.since or date.min, self.agreed or date.min)


@dataclass(frozen=True, slots=True)
class Span:
    """One window. Amounts are in hundredths of the corporate currency."""

    first: date
    last: date
    total: int
    minimum: Fraction  #: pro-rated for the available days; 0: nothing is asked
    available: int
    unit: Fraction | None = _ONE  #: a typical deal of money measures; None: not known


def days_looked_at(kind: Kind) -> int:
    """How many days before the as-of day the first window of a kind of measure may begin."""
    return 7 * (CHECKS[kind] + WEEKS[kind]) + 6


def last_sunday(as_of: date) -> date:
    """The end of the last week that is over at the end of a day."""
    return as_of - timedelta(days=(as_of.weekday() + 1) % 7)


def check_days(as_of: date, kind: Kind) -> tuple[date, ...]:
    """The days of the checks of a kind of measure, ascending."""
    return week_ends(as_of, kind)[WEEKS[kind] :]


@lru_cache(maxsize=64)
def week_ends(as_of: date, kind: Kind) -> tuple[date, ...]:
    """The days before the windows of the checks begin, and those on which they end, ascending."""
    last = last_sunday(as_of)
    return tuple(
        last - timedelta(weeks=back) for back in reversed(range(CHECKS[kind] + WEEKS[kind]))
    )


def too_little(span: Span, asking: Asked) -> str | None:
    """Why a window says nothing, or None.

    It takes as many available days as a score does, for each four weeks, and data that reach back
    to its first day, and a minimum that was agreed by then.
    """
    weeks = asking.weeks
    if FOUR_WEEKS * span.available < asking.rules.available_at_least * weeks:
        return f"{span.available} days at work in {weeks} weeks are too few to judge."
    if asking.since is not None and span.first < asking.since:
        return f"The data begin on {asking.since}."
    if asking.agreed is not None and span.first < asking.agreed:
        return f"The minimum holds from {asking.agreed}: weeks that began before are not judged."
    return None if span.minimum else "Nothing was asked in these weeks."


def too_lumpy(span: Span, asking: Asked) -> str | None:
    """Why a window of amounts is never flagged, or None.

    Its minimum must be worth a few typical deals: with less, even none at all is no surprise.
    """
    rules = asking.rules.exceptions
    if span.unit is None:
        return "Never flagged: how large a deal usually is cannot be told."
    if asking.measure.kind == "money" and is_lumpy(span.minimum, span.unit, rules):
        return (
            f"Never flagged: the minimum is worth fewer than {rules.deals_at_least} typical deals."
        )
    return None


def is_lumpy(minimum: Fraction, unit: Fraction, rules: ExceptionRules) -> bool:
    """Whether a minimum is worth fewer typical deals than can be judged."""
    # In whole numbers: this is asked of every window.
    least = rules.deals_at_least * unit.numerator * minimum.denominator
    return minimum.numerator * unit.denominator < least


def chance(span: Span) -> Chance | None:
    """How often this window would be flagged for somebody exactly at its minimum.

    A minimum of more than `_ACTS_AT_MOST` typical deals is taken as one of so many: the chance is
    summed act by act, and deals of a cent would keep a night busy with the sum of one person.
    """
    if span.unit is None:
        return None
    minimum = min(span.minimum / span.unit, _ACTS_AT_MOST)
    weeks = Fraction(span.available, WORKING_DAYS_OF_A_WEEK)
    return chance_of_flag(minimum, weeks, most_flagged(minimum))


def confirmed_by(flags: Sequence[bool | None], at: int, weeks: int) -> int | None:
    """The flagged check that the one at a position confirms, or None.

    It is the last one judged whose window does not overlap: `weeks` or more checks before. The
    check half-way between, whose window overlaps both, must not have found otherwise: what lasts
    is below all the while, and chance seldom is three times.
    """
    if not flags[at]:
        return None
    before = next((one for one in range(at - weeks, -1, -1) if flags[one] is not None), None)
    if before is None or not flags[before] or flags[(before + at) // 2] is False:
        return None
    return before
