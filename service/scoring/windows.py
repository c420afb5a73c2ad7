"""Windows of the weekly checks as people see them: rounded once, with their false flags."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from service.scoring.calendar import between
from service.scoring.rounding import from_units, published
from service.scoring.standing_result import WindowResult
from service.scoring.weekly_checks import chance

if TYPE_CHECKING:
    from service.scoring.evidence_rule import Chance
    from service.scoring.weekly_checks import Asked, Span


def window_result(span: Span, asking: Asked, chances: Chance | None = None) -> WindowResult:
    """One window; `chances` where it is shown as a flag."""
    days = asking.days
    working = between(days.working, span.first, span.last)
    is_money = asking.measure.kind == "money"
    return WindowResult(
        first=span.first,
        last=span.last,
        actual=from_units(span.total, 2) if is_money else Decimal(span.total),
        minimum=published(span.minimum / (100 if is_money else 1), 2),
        working_days=len(working),
        available_days=span.available,
        days_off=sum(map(days.away_on.__contains__, working)),
        days_unexplained=len(between(days.unexplained, span.first, span.last)),
        false_flag=None if chances is None else percent(chances.dispersed),
        false_flag_by_luck=None if chances is None else percent(chances.by_luck),
    )


def flag_result(span: Span, asking: Asked) -> WindowResult:
    """A window that was flagged, with the chance that it is for nothing."""
    return window_result(span, asking, chance(span))


def percent(share: float) -> Decimal:
    """A chance in percent, with one decimal."""
    return published(100 * Fraction(share), 1)
