"""The people of the sample company, judged from its export: what is true, and what opened."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.invented_reps import AS_OF
from service.evidence import reduce_rows
from service.export import read_export
from service.report.facts import Options
from service.report.people import read_told
from service.rules_file import read_rules
from service.sample import write_sample
from service.scoring.standing import standing_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_TWO_WINDOWS_AGO = AS_OF - timedelta(weeks=9)


@dataclass(frozen=True)
class Judged:
    """One person who has minimums."""

    rates: dict[str, float]
    asked: dict[str, float]
    opened: tuple[str, ...]  #: measures whose exception opened within the quarter
    habit: str  #: what was planted in them
    was_there: bool  #: for two windows; not so who began later, or is asked whether they were away


def company(number: int, seed: int) -> Iterator[Judged]:
    """Everybody with a minimum in the company of a seed."""
    with tempfile.TemporaryDirectory(prefix="bellwether-bench-") as name:
        folder = Path(name)
        write_sample(folder / "sample.zip", people=number, as_of=AS_OF, seed=seed)
        found = _found(folder)
        truth = json.loads((folder / "truth.json").read_text("utf-8"))
    for person in truth["people"]:
        minimums = person["minimums"]
        if minimums and person["user_id"] in found:
            opened, was_there = found[person["user_id"]]
            yield Judged(
                {name: one["true_weekly_rate"] for name, one in minimums.items()},
                {name: one["weekly_minimum"] for name, one in minimums.items()},
                opened,
                person["habit"],
                was_there,
            )


def _found(folder: Path) -> dict[str, tuple[tuple[str, ...], bool]]:
    options = Options(
        exports=(folder / "sample.zip",),
        out=folder / "report",
        people_file=folder / "people.csv",
        absences_file=folder / "absences.csv",
    )
    rules = read_rules(None)
    tables = read_export(
        options.exports, folder / "pages", encoding=options.encoding, naive_zone="UTC"
    )
    found = {}
    with reduce_rows(tables, rules, AS_OF, work_dir=folder, memory_limit_mb=256) as reduced:
        told = read_told(options, reduced)
        for person in map(told.person, reduced.people()):
            standing = standing_of(person, reduced.coverage, rules, AS_OF, told.calendar)
            opened = tuple(one.measure for one in standing.exceptions if one.second is not None)
            started = person.person.started_on or _TWO_WINDOWS_AGO
            was_there = started <= _TWO_WINDOWS_AGO and standing.away_question is None
            found[person.person.user_id] = opened, was_there
    return found
