"""What each person truly did, kept while rows are planted, by whoever plants them.

It never looks at what the evidence floor would make of the rows. One line of truth.json is one
person; counts by day begin with the first day of the sample.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from service.sample.habits import ASKED, ASKED_A_MONTH, CLEARLY_BELOW

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path
    from typing import TextIO

    from service.sample.calendar import WorkDays
    from service.sample.habits import Ways
    from service.sample.people import SamplePerson

MADE_BY = "bellwether sample"
_BY_DAY = (
    "available", "footprint", "calls", "calls_seen", "meetings", "emails", "leads", "leads_answered",
)  # fmt: skip


@dataclass
class Truth:
    """One person. Lists hold one number for each day of the sample."""

    available: list[int] = field(default_factory=list)  #: 1: a working day, and they were there
    footprint: list[int] = field(default_factory=list)  #: 1: they created or changed something
    #: credited: one for each contact and day, none that is bulk or was loaded
    calls: list[int] = field(default_factory=list)
    calls_seen: list[int] = field(default_factory=list)
    meetings: list[int] = field(default_factory=list)
    emails: list[int] = field(default_factory=list)
    leads: list[int] = field(default_factory=list)  #: by the day they came: those to be judged
    leads_answered: list[int] = field(default_factory=list)
    away: list[tuple[str, str, str, str]] = field(default_factory=list)  #: from, to, kind, where
    open_opportunities: int = 0
    healthy_opportunities: int = 0
    fields_judged: int = 0  #: open opportunities and leads
    fields_complete: int = 0
    tasks: int = 0  #: open with a due date, or finished of late
    tasks_on_time: int = 0
    pipeline: int = 0  #: hundredths of the corporate currency, of opportunities made in the sample
    gaming: dict[str, int] = field(default_factory=dict)  #: pattern -> rows that make it
    loaded: dict[str, int] = field(default_factory=dict)  #: object -> rows that a robot loaded


def nothing(length: int) -> Truth:
    """The truth of somebody who did nothing on so many days."""
    truth = Truth()
    for name in _BY_DAY:
        setattr(truth, name, [0] * length)
    return truth


def minimums(person: SamplePerson, ways: Ways) -> dict[str, dict[str, Any]]:
    """For each minimum of the person's role: their true rate, and whether it truly meets it."""
    return {
        measure: {
            f"{per}_minimum": asked,
            f"true_{per}_rate": round(ways.rates[measure], 3),
            "meets": ways.rates[measure] >= asked,
            "clearly_below": ways.rates[measure] < CLEARLY_BELOW * asked,
        }
        for per, by_kind in (("weekly", ASKED), ("monthly", ASKED_A_MONTH))
        for measure, asked in by_kind.get(person.kind, {}).items()
    }


class TruthFile:
    """Writes truth.json as people come, so that no more than one of them is in memory."""

    def __init__(self, out: TextIO, days: WorkDays, arguments: Mapping[str, Any]) -> None:
        head = {
            "made_by": MADE_BY,
            **arguments,
            "as_of": str(days.as_of),
            "first_day": str(days.first),
        }
        self._out, self._before = out, "\n"
        out.write(json.dumps(head)[:-1] + ', "people": [')

    def add(self, person: SamplePerson, ways: Ways, truth: Truth) -> None:
        """One person on one line."""
        line = {
            "user_id": person.user_id, "name": person.name, "username": person.username,
            "role": person.role, "kind": person.kind, "habit": person.habit,
            "manager_id": person.manager_id, "region": person.place.region,
            "country": person.place.country_code, "time_zone": person.time_zone,
            "segment": person.segment, "fte": str(person.fte) if person.fte else None,
            "started_on": str(person.started_on), "left_on": _text(person.left_on),
            "minimums": minimums(person, ways), "planted": vars(truth),
        }  # fmt: skip
        self._out.write(self._before + json.dumps(line, ensure_ascii=False))
        self._before = ",\n"

    def finish(self, **facts: object) -> None:
        """What is known at the end, and the last bracket."""
        rest = json.dumps(facts, ensure_ascii=False)[1:]
        self._out.write(f"\n], {rest}\n")


def _text(day: date | None) -> str | None:
    return str(day) if day else None


def read_truth(path: Path) -> dict[str, Truth]:
    """What was planted, by user id."""
    return {
        line["user_id"]: _truth(line["planted"])
        for line in json.loads(path.read_text("utf-8"))["people"]
    }


def _truth(planted: dict[str, Any]) -> Truth:
    return Truth(**{**planted, "away": [tuple(one) for one in planted["away"]]})


def is_ours(path: Path) -> bool:
    """Whether a file is the truth of an earlier sample, and may be written over."""
    try:
        with path.open(encoding="utf-8") as source:
            return source.read(80).startswith(f'{{"made_by": "{MADE_BY}"')
    except (OSError, UnicodeDecodeError):
        return False
