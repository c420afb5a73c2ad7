"""New pipeline: on which days a rep makes opportunities, and what each of them is worth.

A rep makes so many deals that their amounts come to the rep's true rate a month: many small ones
for small customers, few large ones for large customers. Weeks vary as with calls and meetings. It
begins so long before the other rows that every window of amounts is whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from math import exp
from typing import TYPE_CHECKING

from service.sample import habits
from service.sample.activities import DISPERSION, asked_share, poisson

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from random import Random

    from service.sample.life import Life

#: Two quarters of weekly checks, each of which looks back a quarter, and the week under way.
WEEKS = 40
_OF_A_MONTH = 3 / 13  #: a week, because thirteen weeks are three months
_STEP = 500


@dataclass(frozen=True)
class _Sizes:
    """Amounts of deals: their median, and the spread of their logarithm."""

    median: int
    sigma: float

    @property
    def mean(self) -> float:
        """What a deal is worth in the mean: https://en.wikipedia.org/wiki/Log-normal_distribution."""
        return self.median * exp(self.sigma**2 / 2)


#: Two of three deals lie within a factor of 1.6 of a large customer's median, 1.5 of a small one's.
_SIZES = {"field": _Sizes(22_000, 0.5), "corporate": _Sizes(8_000, 0.4)}
_LEADERS = _Sizes(14_000, 0.6)


@dataclass(frozen=True, eq=False)
class Made:
    """An opportunity to be: the day of its making and its worth in corporate currency."""

    day: date
    worth: Decimal


def amount(life: Life, chance: Random | None = None) -> Decimal:
    """An amount in corporate currency, in steps of 500."""
    sizes = _SIZES.get(life.person.kind, _LEADERS)
    drawn = sizes.median * exp((chance or life.random).gauss(0, sizes.sigma))
    return Decimal(_STEP * max(1, round(drawn / _STEP)))


def made_by(life: Life, handed_over: Iterable[date]) -> list[Made]:
    """Every opportunity that the rep makes, ascending by day.

    Those that were handed over on the given days are theirs, too: they take the place of own ones,
    of a later week where a week has too few.
    """
    chance, handed = life.chance("pipeline"), sorted(handed_over, reverse=True)
    found: list[Made] = []
    for week in _weeks(life):
        number, waiting = _number(life, week, chance), 0
        while handed and handed[-1] <= week[-1] and waiting < number:
            handed.pop()
            waiting += 1
        days = [day for day in week if day in life.active_days] or week
        made = sorted(chance.choice(days) for _ in range(number - waiting))
        found += [Made(day, amount(life, chance)) for day in made]
    return found


def _number(life: Life, week: list[date], chance: Random) -> int:
    """How many deals of a week: in the mean, as many as make up the true rate of its days."""
    monthly = life.ways.rates["pipeline_created"]
    if life.person.habit == "part_time_twin":  # there every day, for fewer hours
        monthly *= float(habits.PART_TIME)
    days = sum(asked_share(life, day) for day in week) / 5
    mean = monthly * _OF_A_MONTH / _SIZES[life.person.kind].mean
    return poisson(mean * days * chance.gammavariate(DISPERSION, 1 / DISPERSION), chance)


def _weeks(life: Life) -> list[list[date]]:
    """The days at work, week by week, those before the sample among them."""
    person, first = life.person, life.days.first
    before: dict[date, list[date]] = {}
    for day in life.world.history.of(person.place.country_code):
        if person.started_on <= day < first and life.works(day):
            before.setdefault(day - timedelta(days=day.weekday()), []).append(day)
    return [*before.values(), *life.weeks]
