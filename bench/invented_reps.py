"""Reps drawn as the specification of the evidence rule draws them, as daily evidence.

True weekly rates come from a gamma distribution (coefficient of variation 0.30 for calls, 0.35 for
meetings), weekly counts from a negative binomial one (dispersion 20), spread over the days by chance.
The means, 31.5 calls and 13 meetings, are those with which single weeks lie below the minimums of 25
and 10 as often as the specification's table says (19.1 % and 19.6 % of those who truly meet them).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import exp
from random import Random

from service.scoring.evidence import Person, PersonEvidence, Series

AS_OF = date(2026, 11, 20)
WEEKS = 17  #: enough for every window of every check, and the week under way
MINIMUMS = {"calls": 25, "meetings": 10}
_RATES = {"calls": (31.5, 0.30), "meetings": (13.0, 0.35)}
_DISPERSION = 20
_WORKING_DAYS = 5
_ROLE = "Sales Rep"


@dataclass(frozen=True)
class Rep:
    """One rep: what is true, what the days show, and what plain rules look at."""

    rates: dict[str, float]  #: true acts of a week at work
    found: PersonEvidence
    weekly: dict[str, list[int]]  #: the same acts by whole week, the newest last


def draw(number: int, seed: int, *, days_off: bool) -> list[Rep]:
    """So many reps of one seed; with days off, each has up to three weeks of them somewhere."""
    chance = Random(seed)  # noqa: S311 - a simulation
    return [_rep(chance, at, days_off=days_off) for at in range(number)]


def _rep(chance: Random, at: int, *, days_off: bool) -> Rep:
    rates = {name: _gamma(chance, mean, spread) for name, (mean, spread) in _RATES.items()}
    days = _days()
    away = _away(chance, days) if days_off else frozenset()
    there = [day for day in days if day not in away]
    counts = {name: _counts(chance, rate, there) for name, rate in rates.items()}
    series = {name: _series(found) for name, found in counts.items()}
    series["footprint_days"] = _series(dict.fromkeys(there, 1))
    person = Person(f"005{at:012d}AAA", f"Rep {at}", "UTC", role=_ROLE, away_on=away)
    weekly = {name: _weekly(found) for name, found in counts.items()}
    return Rep(rates, PersonEvidence(person, series), weekly)


def _days() -> list[date]:
    first = AS_OF - timedelta(weeks=WEEKS)
    days = [first + timedelta(days=at) for at in range((AS_OF - first).days + 1)]
    return [day for day in days if day.weekday() < _WORKING_DAYS]


def _away(chance: Random, days: list[date]) -> frozenset[date]:
    """One stretch of up to three weeks."""
    length = chance.randint(0, 15)
    start = chance.randrange(len(days))
    return frozenset(days[start : start + length])


def _gamma(chance: Random, mean: float, spread: float) -> float:
    return chance.gammavariate(1 / spread**2, mean * spread**2)


def _counts(chance: Random, rate: float, days: list[date]) -> dict[date, int]:
    """Acts by day: one draw of intensity a week makes the weeks of a person vary."""
    intensity: dict[date, float] = {}
    found = {}
    for day in days:
        monday = day - timedelta(days=day.weekday())
        if monday not in intensity:
            intensity[monday] = _gamma(chance, rate, _DISPERSION**-0.5)
        found[day] = _poisson(chance, intensity[monday] / _WORKING_DAYS)
    return found


def _poisson(chance: Random, mean: float) -> int:
    count, left = 0, exp(-mean)
    total, drawn = left, chance.random()
    while total < drawn and left > 0:
        count += 1
        left *= mean / count
        total += left
    return count


def _series(found: dict[date, int]) -> Series:
    days, done = tuple(found), tuple(found.values())
    zeros = (0,) * len(days)
    return Series(days, done, zeros, zeros, done)


def _weekly(found: dict[date, int]) -> list[int]:
    """The last thirteen weeks that are over, for rules that know no days."""
    sums: dict[date, int] = {}
    for day, count in found.items():
        monday = day - timedelta(days=day.weekday())
        sums[monday] = sums.get(monday, 0) + count
    this_week = AS_OF - timedelta(days=AS_OF.weekday())
    weeks = [this_week - timedelta(weeks=back) for back in reversed(range(1, WEEKS))]
    return [sums.get(monday, 0) for monday in weeks]
