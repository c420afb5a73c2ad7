"""What the rep's screen says: the score record put into the viewer's words.

No arithmetic beyond drawing: where a bar ends, which items are listed first, which days are off.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from canvas.score_record import COMPONENTS, NOT_SCORED
from service.scoring.not_scored import asked_absence

if TYPE_CHECKING:
    from datetime import date

    from canvas.catalogue import Catalogue
    from canvas.context import ViewerContext
    from canvas.formats import Formats
    from canvas.shown_score import ShownComponent, ShownFix, ShownMeasure, ShownScore

#: Items that a list shows before "more".
LISTED: Final = 3
_SATURDAY: Final = 5
_WORD_KEYS: Final = {
    "On track": "on_track",
    "Building": "building",
    "Needs help": "needs_help",
    NOT_SCORED: "not_scored",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A component's row: its label, and how far the bar goes (0..100, or None for no bar)."""

    label: str
    score: Decimal | None
    weight: Decimal | None
    is_low: bool  #: below the line under which no score is on track


@dataclass(frozen=True, slots=True)
class Scale:
    """The drawn scale: where the likely range starts and how wide it is, all 0..100."""

    at: Decimal
    low: Decimal
    high: Decimal

    @property
    def width(self) -> Decimal:
        """Of the likely range."""
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class ScoreScreen:
    """The rep's screen. `state` is "score" or "not-scored"."""

    state: str
    score: ShownScore
    word_key: str  #: key of the word's text and icon; "" when the record has no known word
    full_name: str
    org_name: str
    as_of: str
    value_whole: str  #: "74" of 74.3
    value_rest: str  #: ".3" of 74.3, in the viewer's notation
    scale: Scale | None
    scale_marks: tuple[Decimal, ...]  #: where the words change, when the details say it
    bars: tuple[Bar, ...]
    days_off: int | None
    listed_fixes: tuple[ShownFix, ...]
    more_fixes: tuple[ShownFix, ...]
    fix_points: Decimal
    measured: str  #: labels of the measures that were judged
    next_key: str
    asked_away: tuple[date, date] | None  #: days of which the night asks whether they were away
    has_record: bool  #: False for a leader whom nobody scores
    origin: str | None

    def url(self, record_id: str | None) -> str | None:
        """Where the record opens in Salesforce, or None when it cannot be linked."""
        return f"{self.origin}/{record_id}" if self.origin and record_id else None


def score_screen(
    score: ShownScore, context: ViewerContext, formats: Formats, texts: Catalogue
) -> ScoreScreen:
    """Put a score record and its viewer together."""
    whole, rest = _number_parts(score.value, formats)
    return ScoreScreen(
        state="not-scored" if score.word == NOT_SCORED else "score",
        score=score,
        word_key=_WORD_KEYS.get(score.word, ""),
        full_name=context.full_name,
        org_name=context.org_name,
        as_of=formats.moment(score.as_of_at) if score.as_of_at else formats.day(score.as_of),
        value_whole=whole,
        value_rest=rest,
        scale=_scale(score),
        scale_marks=tuple(filter(None, (score.building_at, score.on_track_at))),
        bars=tuple(_bar(each, score, texts) for each in score.components),
        days_off=_days_off(score),
        listed_fixes=score.fixes[:LISTED],
        more_fixes=score.fixes[LISTED:],
        fix_points=sum((fix.points for fix in score.fixes), Decimal(0)),
        measured=", ".join(_judged(score.measures)),
        next_key=_next_key(score.not_scored_code, texts),
        asked_away=asked_absence(score.not_scored_reason),
        has_record=score.record_id is not None,
        origin=context.target_origin or context.instance_url,
    )


def _number_parts(value: Decimal | None, formats: Formats) -> tuple[str, str]:
    text = formats.number(value) if value is not None else ""
    for mark in ".,":
        whole, found, rest = text.partition(mark)
        if found:
            return whole, found + rest
    return text, ""


def _scale(score: ShownScore) -> Scale | None:
    if score.value is None:
        return None
    band = score.band or Decimal(0)
    low, high = score.value - band, score.value + band
    return Scale(score.value, max(Decimal(0), low), min(Decimal(100), high))


def _bar(component: ShownComponent, score: ShownScore, texts: Catalogue) -> Bar:
    known = texts(f"areas.{component.name}") if component.name in COMPONENTS else component.name
    label = component.label or known
    line = score.building_at
    is_low = component.score is not None and line is not None and component.score < line
    return Bar(label, component.score, component.weight, is_low)


def _days_off(score: ShownScore) -> int | None:
    """Weekdays inside the window that were not available: holidays, leave, part time."""
    if score.window_from is None or score.window_to is None or score.available_days is None:
        return None
    off = _weekdays(score.window_from, score.window_to) - score.available_days
    return off if off >= 0 else None


def _weekdays(first: date, last: date) -> int:
    days = (last - first).days + 1
    if not 0 < days <= 366:  # noqa: PLR2004 - a longer window is no window
        return 0
    return sum((first + timedelta(each)).weekday() < _SATURDAY for each in range(days))


def _judged(measures: tuple[ShownMeasure, ...]) -> list[str]:
    return [each.label for each in measures if each.label and not each.why_not]


def _next_key(code: str, texts: Catalogue) -> str:
    known = code in {"away", "new", "role_not_defined", "not_enough_evidence", "inactive"}
    return f"not_scored.{code}" if known and texts.has(f"not_scored.{code}") else "not_scored.other"
