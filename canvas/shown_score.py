"""A score as the panel shows it: frozen values, whatever record they were read from."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date, datetime

_ACTS_ARE_DAYS: Final = "footprint_days"  #: many rows make one day of footprint; none is set aside


@dataclass(frozen=True, slots=True)
class ShownComponent:
    """One bar: 0..100, or None when nothing in it could be scored."""

    name: str
    label: str
    score: Decimal | None
    weight: Decimal | None


@dataclass(frozen=True, slots=True)
class ShownMeasure:
    """One agreed thing: what was seen, what was expected, what it adds."""

    name: str
    label: str
    component: str
    kind: str
    done: Decimal | None
    expected: Decimal | None
    seen: int
    good: int | None
    eligible: int | None
    points: Decimal | None
    most_points: Decimal | None  #: what full credit would add
    why_not: str
    explanation: str = ""

    @property
    def share(self) -> Decimal | None:
        """How much of it is there, 0..1, or None when there is nothing to compare with."""
        part, whole_ = (
            (self.done, self.expected) if self.kind == "count" else (self.good, self.eligible)
        )
        if part is None or not whole_ or self.why_not:
            return None
        return max(Decimal(0), min(Decimal(1), Decimal(part) / Decimal(whole_)))

    @property
    def set_aside(self) -> int:
        """Rows that were seen and not counted; 0 where rows and acts are different things."""
        if self.kind != "count" or self.done is None or self.why_not:
            return 0
        if self.name == _ACTS_ARE_DAYS:
            return 0
        return max(0, self.seen - int(self.done))


@dataclass(frozen=True, slots=True)
class ShownFix:
    """One thing to do: a record to open, or a kind of act."""

    text: str
    points: Decimal
    minutes: int | None
    record_id: str | None
    record_name: str


@dataclass(frozen=True, slots=True)
class ShownScore:
    """Everything that the rep's screen shows."""

    record_id: str | None
    word: str
    value: Decimal | None
    band: Decimal | None
    not_scored_code: str
    not_scored_reason: str
    role: str
    available_days: int | None
    window_from: date | None
    window_to: date | None
    as_of: date | None
    as_of_at: datetime | None
    rule_version: str
    explained: bool
    on_track_at: Decimal | None  #: where the rule set puts the words, when the details say it
    building_at: Decimal | None
    components: tuple[ShownComponent, ...] = ()
    measures: tuple[ShownMeasure, ...] = ()
    reasons: tuple[str, ...] = ()
    fixes: tuple[ShownFix, ...] = field(default_factory=tuple)
