"""The evidence of one person and measure, ready to be looked at in any window."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import timedelta
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from service.scoring.credit import FOOTPRINT_DAYS
from service.scoring.evidence_rule import TypicalDeals, is_below, most_flagged
from service.scoring.minimums import asks
from service.scoring.weekly_checks import FOUR_WEEKS, Span, is_lumpy, week_ends

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from service.scoring.evidence import Series
    from service.scoring.rule_set import Measure
    from service.scoring.weekly_checks import Asked

_ONE = Fraction(1)
_A_DAY = timedelta(days=1)


class Look:
    """Sums from the first day on, so that a window is two subtractions, not a walk of its days."""

    def __init__(self, asking: Asked, series: Series) -> None:
        self.asking, self.series = asking, series
        self._is_money = asking.measure.kind == "money"
        self._totals = _totals(series, asking.measure, asking.days.away_on)
        self._asks = asks(
            asking.minimums,
            asking.measure,
            asking.person,
            asking.days.available,
            asking.rules.ramp,
        )

    @cached_property
    def _deals(self) -> TypicalDeals:
        return TypicalDeals(self.series.done, self.series.seen)

    def span(self, last: date) -> Span:
        """The window that ends on a day. On a day away nothing is asked, and nothing counts."""
        first = last - timedelta(days=7 * self.asking.weeks - 1)
        available = self.asking.days.available
        start, stop = bisect_left(available, first), bisect_right(available, last)
        acts = bisect_left(self.series.days, first), bisect_right(self.series.days, last)
        total = self._totals[acts[1]] - self._totals[acts[0]]
        minimum, unit = self._minimum(start, stop), self._unit(*acts)
        return Span(first, last, total, minimum, stop - start, unit)

    def flags(self, as_of: date) -> list[bool | None]:
        """Whether each check up to a day finds its window below the minimum, ascending.

        None: it cannot be judged, see `too_little` and `too_lumpy` in `weekly_checks`.
        """
        return list(self._flags(week_ends(as_of, self.asking.measure.kind)))

    def _flags(self, ends: Sequence[date]) -> Iterator[bool | None]:
        """One look at each week's end serves all windows: most people are never flagged."""
        asking, days = self.asking, self.series.days
        acts = [bisect_right(days, on) for on in ends]
        available = [bisect_right(asking.days.available, on) for on in ends]
        weeks, begins = asking.weeks, asking.begins
        least = asking.rules.available_at_least * weeks
        for start, stop in enumerate(range(weeks, len(ends))):
            at_work = available[stop] - available[start]
            if ends[start] + _A_DAY < begins or FOUR_WEEKS * at_work < least:
                yield None
                continue
            minimum = self._minimum(available[start], available[stop])
            yield self._is_flagged(acts[start], acts[stop], minimum) if minimum else None

    def _is_flagged(self, start: int, stop: int, minimum: Fraction) -> bool | None:
        total = self._totals[stop] - self._totals[start]
        if not self._is_money:
            return total <= most_flagged(minimum)
        unit = self._unit(start, stop)
        if unit is None or is_lumpy(minimum, unit, self.asking.rules.exceptions):
            return None
        return is_below(total, minimum, unit)

    def _minimum(self, start: int, stop: int) -> Fraction:
        """The pro-rated minimum of the available days between two positions; 0: not asked."""
        return self._asks.between(start, stop, times=100 if self._is_money else 1)

    def _unit(self, start: int, stop: int) -> Fraction | None:
        """A typical deal: of the own ones in a window where they are enough, else of everybody's."""
        if not self._is_money:
            return _ONE
        typical = self.asking.typical
        if self._deals.deals(start, stop) < self.asking.rules.exceptions.deals_at_least:
            return typical
        return self._deals.typical(start, stop) or typical


def _totals(series: Series, measure: Measure, away_on: frozenset[date]) -> list[int]:
    """The sums of all acts before each entry, and of all of them."""
    done: Sequence[int] = series.done
    if measure.name == FOOTPRINT_DAYS:
        done = [1 if one else 0 for one in done]
    if away_on:
        pairs = zip(series.days, done, strict=True)
        done = [0 if on in away_on else one for on, one in pairs]
    return list(accumulate(done, initial=0))
