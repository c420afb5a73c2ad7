"""What scoring says of one person: plain frozen values that cross every border.

`as_details` is the one machine-readable form (the field `Details__c`, and what the panel and the
report show). Numbers in it are decimal strings, so that no float ever rounds a score.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

WORDS = ("On track", "Building", "Needs help", "Not scored")


@dataclass(frozen=True, slots=True)
class MeasureResult:
    """One measure for one person. `credit` is None when the measure is not scorable for them."""

    measure: str
    label: str  #: plain words, for a rep
    component: str
    kind: str  #: "count" or "share"
    weight: Decimal  #: full weight from the rule set
    scorable_weight: Decimal  #: after fading and gaps; 0 when not scorable
    credit: Decimal | None  #: 0..1
    points: Decimal  #: what it adds to the score
    done: Decimal | None = None  #: count measures: credited acts in the window
    expected: Decimal | None = None  #: count measures: the pro-rated expectation
    seen: int = 0  #: raw rows before any was set aside
    good: int | None = None  #: share measures
    eligible: int | None = None
    why_not: str | None = None  #: why it is not scorable, in plain words
    explanation: str = ""  #: what is counted, in the rule set's words to the scored person


@dataclass(frozen=True, slots=True)
class ComponentResult:
    """A component: 0..100, or None when nothing in it is scorable."""

    component: str
    label: str
    weight: Decimal
    score: Decimal | None


@dataclass(frozen=True, slots=True)
class Fix:
    """One thing that would raise the score, and by how many points. A record, or a kind of act."""

    measure: str
    text: str  #: "Set the next step", "Log 9 more calls"
    points: Decimal
    minutes: int  #: the rule set's estimate, for "cheapest first"
    record_id: str | None = None
    record_name: str | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """The whole answer for one person, with or without a number."""

    user_id: str
    as_of: date
    rule_version: str
    word: str  #: one of WORDS
    value: Decimal | None = None  #: 0.0..100.0, one decimal; None when not scored
    band: Decimal | None = None  #: half-width of the 90 % interval, one decimal
    not_scored_code: str | None = (
        None  #: "away", "new", "role_not_defined", "not_enough_evidence", "inactive"
    )
    not_scored_reason: str | None = None  #: plain sentence: why, and who can change that
    role: str | None = None  #: the role whose minimums were applied
    available_days: int = 0
    window_from: date | None = None
    window_to: date | None = None
    components: tuple[ComponentResult, ...] = ()
    measures: tuple[MeasureResult, ...] = ()
    reasons: tuple[str, ...] = ()  #: sentences, the heaviest first
    fixes: tuple[Fix, ...] = field(default_factory=tuple)  #: "+10 by", cheapest first
    on_track_at: int | None = None  #: where the rule set puts the words, for whoever draws a scale
    building_at: int | None = None

    def as_details(self) -> dict[str, Any]:
        """Plain data for JSON: decimals and dates as strings, tuples as lists."""
        return {"shape": 1, **_plain(asdict(self))}


def _plain(value: Any) -> Any:  # noqa: ANN401 - walks arbitrary frozen data
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
