"""Credit: how much of one measure a person did, 0 to 1, and how much it weighs. Exact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING

from service.scoring.minimums import asked_since, asks, schedule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.scoring.calendar import Window
    from service.scoring.evidence import Coverage, Person, PersonEvidence, Series
    from service.scoring.rule_set import Measure, RuleSet

_NOTHING, _ALL = Fraction(0), Fraction(1)
FOOTPRINT_DAYS = "footprint_days"  #: the measure whose acts are days: at most one a day
#: Shares of what came in during the window, dated on the day each came; the other shares say how
#: the records stand on the as-of day. What came on a day recorded as away is not asked.
CAME_IN = frozenset({"leads_answered"})
NOT_ASKED = "Not asked of your role."


@dataclass(frozen=True, slots=True)
class Tally:
    """What the evidence of one person and measure sums to."""

    done: int = 0
    seen: int = 0
    good: int = 0
    eligible: int = 0


@dataclass(frozen=True)
class Credit:
    """One measure for one person. `weight` is the scorable weight; 0 always has a `why_not`."""

    measure: Measure
    weight: Fraction
    tally: Tally
    expected: Fraction | None = None  #: count measures that are asked of the role
    why_not: str | None = None

    @cached_property
    def value(self) -> Fraction | None:
        """Done of expected, capped at 1, or good of eligible; None when not scorable."""
        if not self.weight:
            return None
        if self.expected is None:
            return Fraction(self.tally.good, self.tally.eligible)
        return self.tally.done / self.expected if self.tally.done < self.expected else _ALL

    @cached_property
    def earned(self) -> Fraction:
        """Weight x credit: what a measure adds before the division."""
        return self.weight * self.value if self.value else _NOTHING


def credits_of(
    person_evidence: PersonEvidence, role: str, coverage: Coverage, rules: RuleSet, window: Window
) -> tuple[Credit, ...]:
    """The credit of every scored measure of the rule set, in its order.

    Raises ValueError for evidence that cannot be: negative counts, or more good than eligible.
    """
    person, credits_in_order = person_evidence.person, []
    for measure in rules.scored_on(window.looked_to):
        series = person_evidence.of(measure.name)
        if measure.kind == "count":
            credit = _count(series, measure, person, role, rules, window)
        else:
            weekdays = ceil(rules.leads.within_hours / 24)
            tally = tally_of(series, measure, window, weekdays)
            credit = _share(tally, measure, role, rules.fade_below)
        absent = coverage.absent_measures.get(measure.name)
        if absent is not None and credit.why_not != NOT_ASKED:  # roles first: no gap for them
            credit = Credit(measure, _NOTHING, credit.tally, why_not=absent)
        credits_in_order.append(credit)
    return tuple(credits_in_order)


def _count(
    series: Series, measure: Measure, person: Person, role: str, rules: RuleSet, window: Window
) -> Credit:
    """Acts of the days on which they were asked: of a measure that is new, no older days count."""
    minimums = schedule(measure, role, person.segment, rules)
    since = asked_since(minimums)
    if since == date.max:
        return Credit(measure, _NOTHING, tally_of(series, measure, window), why_not=NOT_ASKED)
    own = window.since(since)
    tally, days = tally_of(series, measure, own), own.available
    if len(days) < rules.available_at_least:
        why_not = f"Asked only since {since}: it takes {rules.available_at_least} available days."
        return Credit(measure, _NOTHING, tally, why_not=why_not)
    asking = asks(minimums, measure, person, days, rules.ramp)
    return Credit(measure, Fraction(measure.weight), tally, expected=asking.between(0, len(days)))


def tally_of(series: Series, measure: Measure, window: Window, weekdays: int = 1) -> Tally:
    """Sums the evidence of one measure: acts over the window, shares as they stand at its end.

    What came in and had to be answered within so many weekdays, of which one was a day off, counts
    where it was answered in time; where not, nobody was there to do it.
    """
    if measure.kind == "share" and measure.name not in CAME_IN:
        last = series.within(window.looked_to, window.looked_to)
        return _share_tally(series, range(last.start, last.stop))
    at = window.counted(series.days)
    if measure.kind == "share":
        is_free = [window.runs_into_day_off(series.days[one], weekdays) for one in at]
        return _share_tally(series, at, is_free)
    done, seen = [series.done[one] for one in at], [series.seen[one] for one in at]
    if min(done, default=0) < 0 or min(seen, default=0) < 0:
        raise ValueError(f"Evidence with negative counts of {measure.name}: {series}")
    a_day_at_most_one = measure.name == FOOTPRINT_DAYS
    return Tally(done=sum(map(bool, done)) if a_day_at_most_one else sum(done), seen=sum(seen))


def _share_tally(series: Series, at: Sequence[int], is_free: Sequence[bool] = ()) -> Tally:
    """`is_free`: days of which only the good records count."""
    good, eligible = (sum(column[one] for one in at) for column in (series.good, series.eligible))
    free = [one for one, yes in zip(at, is_free, strict=False) if yes]
    eligible -= sum(series.eligible[one] - series.good[one] for one in free)
    if not 0 <= good <= eligible:
        raise ValueError(f"Evidence with {good} good of {eligible} eligible: {series}")
    return Tally(seen=sum(series.seen[one] for one in at), good=good, eligible=eligible)


def _share(tally: Tally, measure: Measure, role: str, fade_below: int) -> Credit:
    """A share fades in with its records; a hard cut would let a good new record lower a score."""
    if role not in measure.roles:
        return Credit(measure, _NOTHING, tally, why_not=NOT_ASKED)
    weight = Fraction(measure.weight)
    if tally.eligible < fade_below:
        weight *= Fraction(tally.eligible, fade_below)
    why_not = None if weight else "There is no record of this kind to judge."
    return Credit(measure, weight, tally, why_not=why_not)
