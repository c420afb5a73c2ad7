"""The people of the sample company, judged from its export: what is true, and what opened."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.invented_reps import AS_OF
from service.evidence.reduce import reduce_rows
from service.export import read_export
from service.report.facts import Options
from service.report.people import read_told
from service.rules_file import read_rules
from service.sample import write_sample
from service.scoring.standing import standing_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_TWO_WINDOWS_AGO = AS_OF - timedelta(weeks=9)
_WEEKS = 16  #: a quarter of four-week windows that end with each week of it
_WEEKLY = ("calls", "meetings")  #: what plain rules look at
MONEY = frozenset({"pipeline_created"})


@dataclass(frozen=True)
class Judged:
    """One person who has minimums. `rates` and `asked` are a week's, of amounts a month's."""

    rates: dict[str, float]
    asked: dict[str, float]
    opened: tuple[str, ...]  #: measures whose exception opened within the quarter
    still_open: tuple[str, ...]  #: those that are open on the last day
    habit: str  #: what was planted in them
    segment: str | None
    was_there: bool  #: for two windows; not so who began later, or is asked whether they were away
    #: what was done and what was asked in each whole week, for plain rules; days off known
    weekly: dict[str, tuple[list[float], list[float]]]


@dataclass(frozen=True)
class _Found:
    opened: tuple[str, ...]
    still_open: tuple[str, ...]
    was_there: bool


def company(number: int, seed: int) -> Iterator[Judged]:
    """Everybody with a minimum in the company of a seed."""
    with tempfile.TemporaryDirectory(prefix="bellwether-bench-") as name:
        folder = Path(name)
        write_sample(folder / "sample.zip", people=number, as_of=AS_OF, seed=seed)
        found = _found(folder)
        truth = json.loads((folder / "truth.json").read_text("utf-8"))
    first = date.fromisoformat(truth["first_day"])
    for person in truth["people"]:
        if person["minimums"] and person["user_id"] in found:
            yield _judged(person, found[person["user_id"]], first)


def _judged(person: dict[str, Any], found: _Found, first: date) -> Judged:
    minimums = person["minimums"]
    asked = {name: _of(one, "minimum") for name, one in minimums.items()}
    return Judged(
        {name: _of(one, "true") for name, one in minimums.items()},
        asked,
        found.opened,
        found.still_open,
        person["habit"],
        person["segment"],
        found.was_there,
        {name: _weeks(person, name, asked[name], first) for name in _WEEKLY if name in asked},
    )


def _of(minimum: dict[str, float], what: str) -> float:
    """What is true or asked, a week or a month."""
    return next(number for name, number in minimum.items() if what in name.split("_"))


def _weeks(
    person: dict[str, Any], name: str, asked: float, first: date
) -> tuple[list[float], list[float]]:
    """The whole weeks of a quarter of checks, and what each asks of the days they were there."""
    planted = person["planted"]
    days = Decimal(5)
    if person["habit"] == "part_time_twin":  # there every day, for fewer hours
        days /= Decimal(person["fte"])
    end = (AS_OF - timedelta(days=AS_OF.weekday()) - first).days
    starts = [end - 7 * back for back in reversed(range(1, _WEEKS + 1))]
    return (
        [float(sum(planted[name][at : at + 7])) for at in starts],
        [asked * sum(planted["available"][at : at + 7]) / float(days) for at in starts],
    )


def _found(folder: Path) -> dict[str, _Found]:
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
        told = read_told(options, reduced, rules)
        slices = (one.with_persons(told.person) for one in reduced.slices())
        for person in (person for one in slices for person in one.people()):
            standing = standing_of(person, reduced.coverage, rules, AS_OF, told.calendar)
            opened = [one for one in standing.exceptions if one.second is not None]
            started = person.person.started_on or _TWO_WINDOWS_AGO
            was_there = started <= _TWO_WINDOWS_AGO and standing.away_question is None
            found[person.person.user_id] = _Found(
                tuple(one.measure for one in opened),
                tuple(one.measure for one in opened if one.state != "cleared"),
                was_there,
            )
    return found
