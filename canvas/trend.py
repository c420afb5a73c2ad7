"""The company week by week: its median with the middle half, and where the rules changed.

The nightly run wrote every figure; here they are placed in a drawing of 100 by 100.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from canvas.plain import clean, number, whole
from service.salesforce.fields import AdoptionTeam as Team
from service.scoring.habits import USUAL
from service.weeks import week_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

KIND: Final = "Week"
#: Weeks that are drawn: half a year.
DRAWN: Final = 26
_MIX: Final = {
    "habit": Team.HABIT_SHARE,
    "forming": Team.FORMING_SHARE,
    "not_started": Team.NOT_STARTED_SHARE,
}
_FULL: Final = 100


@dataclass(frozen=True, slots=True)
class ShownWeek:
    """The company's figures of one week."""

    monday: date
    scored: int | None
    median: Decimal | None
    low: Decimal | None
    high: Decimal | None
    version: str
    shares: Mapping[str, int | None]  #: per cent by habit, forming and not started


@dataclass(frozen=True, slots=True)
class MixPart:
    """One part of the mix of habits: now, and what is said to be usual, in per cent."""

    key: str
    share: int
    usual: int
    start: int
    usual_start: int


@dataclass(frozen=True, slots=True)
class Trend:
    """What is drawn: `lines` and `bands` are points "x,y x,y", one for each stretch of one version."""

    weeks: tuple[ShownWeek, ...]  #: those that have a median, the oldest first
    lines: tuple[str, ...]
    bands: tuple[str, ...]
    breaks: tuple[tuple[Decimal, ShownWeek], ...]  #: where another version of the rules began
    mix: tuple[MixPart, ...]  #: (): not known yet

    @property
    def last(self) -> ShownWeek:
        """The newest week."""
        return self.weeks[-1]


def since(today: date) -> str:
    """The key of the oldest week that is drawn; keys are in the order of their weeks."""
    return f"{KIND}:{week_of(today - timedelta(weeks=DRAWN))}"


def read_trend(records: Iterable[Mapping[str, Any]]) -> Trend | None:
    """The weeks among records of groups; None where none has a figure."""
    found = (_week(one) for one in records if one.get(Team.KIND) == KIND)
    weeks = sorted((one for one in found if one and one.median is not None), key=_monday)
    if not weeks:
        return None
    stretches = _stretches(weeks)
    places = {one.monday: _place(one, weeks) for one in weeks}
    return Trend(
        weeks=tuple(weeks),
        lines=tuple(_line(one, places) for one in stretches),
        bands=tuple(band for one in stretches if (band := _band(one, places))),
        breaks=tuple(_break(before, after, places) for before, after in _pairs(stretches)),
        mix=_mix(weeks[-1]),
    )


def _week(record: Mapping[str, Any]) -> ShownWeek | None:
    try:
        monday = date.fromisoformat(clean(record.get(Team.NAME))[-10:])
    except ValueError:
        return None
    return ShownWeek(
        monday,
        whole(record.get(Team.SCORED)),
        _score(record.get(Team.MEDIAN)),
        _score(record.get(Team.LOW_QUARTILE)),
        _score(record.get(Team.HIGH_QUARTILE)),
        clean(record.get(Team.RULE_VERSION)),
        {key: whole(record.get(name)) for key, name in _MIX.items()},
    )


def _score(value: object) -> Decimal | None:
    found = number(value)
    return found if found is not None and 0 <= found <= _FULL else None


def _monday(week: ShownWeek) -> date:
    return week.monday


def _stretches(weeks: Sequence[ShownWeek]) -> list[list[ShownWeek]]:
    """Weeks of one version each: figures of two versions are not joined by a line."""
    found: list[list[ShownWeek]] = []
    for week in weeks:
        if not found or found[-1][-1].version != week.version:
            found.append([])
        found[-1].append(week)
    return found


def _pairs(stretches: Sequence[Sequence[ShownWeek]]) -> list[tuple[ShownWeek, ShownWeek]]:
    later = stretches[1:]
    return [(one[-1], two[0]) for one, two in zip(stretches, later, strict=False)]


def _place(week: ShownWeek, weeks: Sequence[ShownWeek]) -> Decimal:
    """How far to the right, 0..100; a single week stands in the middle."""
    days = (weeks[-1].monday - weeks[0].monday).days
    if not days:
        return Decimal(50)
    return _rounded(Decimal(100 * (week.monday - weeks[0].monday).days) / days)


def _line(stretch: Sequence[ShownWeek], places: Mapping[date, Decimal]) -> str:
    points = [
        f"{places[one.monday]},{_FULL - one.median}" for one in stretch if one.median is not None
    ]
    return " ".join(points * 2 if len(points) == 1 else points)  # one point: a dot with round ends


def _band(stretch: Sequence[ShownWeek], places: Mapping[date, Decimal]) -> str:
    known = [one for one in stretch if one.low is not None and one.high is not None]
    upper = [f"{places[one.monday]},{_FULL - (one.high or 0)}" for one in known]
    lower = [f"{places[one.monday]},{_FULL - (one.low or 0)}" for one in reversed(known)]
    return " ".join([*upper, *lower]) if len(known) > 1 else ""


def _break(
    before: ShownWeek, after: ShownWeek, places: Mapping[date, Decimal]
) -> tuple[Decimal, ShownWeek]:
    return _rounded((places[before.monday] + places[after.monday]) / 2), after


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"))


def _mix(week: ShownWeek) -> tuple[MixPart, ...]:
    shares = [week.shares[key] for key in _MIX]
    known = [one for one in shares if one is not None and 0 <= one <= _FULL]
    if len(known) < len(shares):
        return ()
    return tuple(
        MixPart(key, share, usual, sum(known[:at]), sum(USUAL[:at]))
        for at, (key, share, usual) in enumerate(zip(_MIX, known, USUAL, strict=True))
    )
