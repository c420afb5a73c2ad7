"""Which habits are planted, in how many people, and what each does to a week's work.

True rates are those of scoring's simulation: calls, meetings and pipeline vary between people as a
gamma distribution does (coefficient of variation 0.30, 0.35 and 0.30), around 1.3 times what is
asked. Most people are drawn from its part above the minimum, and planted few from its part below: if
all were drawn from the whole of it, every third would be far below one minimum or another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

    from service.sample.people import SamplePerson

#: What the default rules ask a week of each kind of work; a test holds them equal.
ASKED = {
    "field": {"calls": 25, "meetings": 10},
    "corporate": {"calls": 25, "meetings": 10},
    "inbound": {"calls": 25},
    "outbound": {"calls": 40, "meetings": 10},
    "manager": {"meetings": 10},
    "area": {"meetings": 10},
}
#: And what they ask a month, in corporate currency.
ASKED_A_MONTH = {
    "field": {"pipeline_created": 100_000},
    "corporate": {"pipeline_created": 100_000},
}
#: Truly below so much of a minimum, an exception has to find a person.
CLEARLY_BELOW = 0.85
#: The means with which single weeks lie below a minimum as often as in that simulation.
_MEAN_OF_ASKED = {"calls": 1.26, "meetings": 1.30, "pipeline_created": 1.30}
_SPREAD = {"calls": 0.30, "meetings": 0.35, "emails": 0.50, "pipeline_created": 0.30}
#: Of ordinary people: those clearly below one of their minimums, and those hardly below one.
_BEHIND, _NEARLY = 0.04, 0.04
#: How many of ten records are kept at least: a fifth of people get it, a fifth resist.
_STANCES = (1, 4, 4, 5, 8)
_LEADS = ("executive", "area", "manager")
#: A week's work when nobody asks for any.
_UNASKED = {"calls": 1.0, "meetings": 3.0, "emails": 1.5, "pipeline_created": 0.0}

#: (first, last) day of planted absences, as days before the as-of day; away is not over yet.
VACATION, ON_FILE, AWAY = (33, 12), (19, 6), (55, -60)
LEFT, NEW, UNUSED_SINCE = 100, 16, 70
PART_TIME = Decimal("0.6")


@dataclass(frozen=True)
class Habit:
    """A planted habit: the share of reps who have it (at least one), and which kinds may."""

    name: str
    per_mille: int
    kinds: tuple[str, ...] = ("field", "corporate", "inbound", "outbound")


_SELLS = ("field", "corporate")
_CALLS = ("field", "corporate", "outbound")
#: In the order in which they are given out. Every other rep is "usual".
PLANTED = (
    Habit("diligent", 15, _SELLS), Habit("lazy", 12, _SELLS), Habit("date_pusher", 10, _SELLS),
    Habit("deal_rounder", 10, _SELLS), Habit("full_time_twin", 2, _SELLS),
    Habit("part_time_twin", 2, _SELLS), Habit("burst_logger", 5, _CALLS),
    Habit("one_contact", 5, _SELLS), Habit("task_closer", 5, _CALLS),
    Habit("just_enough", 80, _CALLS), Habit("loaded", 5, _CALLS),
    Habit("meeting_stuffer", 5, _CALLS), Habit("lead_burster", 5, ("inbound",)),
    Habit("part_timer", 30),
    Habit("vacationer", 30), Habit("on_file", 20), Habit("away", 10), Habit("new_hire", 40),
    Habit("never", 20), Habit("roleless", 5),
)  # fmt: skip
_ORDINARY = frozenset({"usual", "manager"})
_GAMING = frozenset({
    "burst_logger", "one_contact", "task_closer", "loaded", "meeting_stuffer", "lead_burster",
})  # fmt: skip
#: Leavers are no subscriptions any more: they come on top.
LEAVERS_PER_MILLE = 20
UNUSED_MANAGERS_PER_MILLE = 30

#: Exactly so much on each working day, again and again: known without chance.
_STEADY = {
    "diligent": ((6,), (2, 3)),
    "full_time_twin": ((4,), (1,)),
    "part_time_twin": ((3, 2, 2, 3, 2), (1, 0, 1, 0, 1)),
}


@dataclass(frozen=True)
class Ways:
    """How one person works. Rates are acts in a week of five days at full time; pipeline, a month's."""

    rates: dict[str, float]
    steady: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    #: share of their working days on which they touch Salesforce; they log the week's work then
    presence: float = 1.0
    healthy: int = 7  #: of ten open opportunities
    complete: int = 8  #: of ten open records, those with every required field
    on_time: int = 8  #: of ten tasks with a due date
    answers: int = 8  #: of ten leads


def ways_of(person: SamplePerson, random: Random) -> Ways:
    """Draw a person's ways; the planted habits have those that their names say."""
    rates = _rates(person, random)
    stance = 4 if person.kind in _LEADS else random.choice(_STANCES)
    care = [min(10, stance + random.randrange(4)) for _ in range(4)]
    presence = 0.35 + 0.05 * stance + 0.2 * random.random()
    return _planted(person, Ways(rates, None, presence, *care))


def _planted(person: SamplePerson, usual: Ways) -> Ways:
    habit = person.habit
    if habit in _STEADY:
        steady = _STEADY[habit]
        weekly = [5 * sum(one) / len(one) for one in steady]
        rates = {**usual.rates, "calls": weekly[0], "meetings": weekly[1]}
        good = 10 if habit == "diligent" else 7
        return replace(
            usual, rates=rates, steady=steady, presence=1.0, healthy=good, complete=good,
            on_time=good,
        )  # fmt: skip
    if habit == "lazy":
        rates = {"calls": 3.0, "meetings": 0.5, "emails": 1.0, "pipeline_created": 45_000.0}
        return Ways(rates, None, 0.35, healthy=2, complete=3, on_time=2, answers=2)
    if habit in _GAMING:
        # Little work of the kind that the pattern pretends, so that it has something to gain.
        little = {name: 0.4 * asked for name, asked in ASKED[person.kind].items()}
        return replace(usual, rates={**usual.rates, **little}, on_time=3, answers=3)
    if habit == "just_enough":
        # Hardly what is asked, so that many weeks lack a few.
        return replace(usual, rates={**usual.rates, "calls": 1.04 * ASKED[person.kind]["calls"]})
    if habit == "date_pusher":
        return replace(usual, healthy=3)
    return usual


def asked_of(kind: str) -> dict[str, int]:
    """What is asked of a kind of work, by measure: a week, and a month where it is an amount."""
    return ASKED.get(kind, {}) | ASKED_A_MONTH.get(kind, {})


def _rates(person: SamplePerson, random: Random) -> dict[str, float]:
    """Above all that is asked, but for one minimum of the few who are planted below it."""
    asked, drawn = asked_of(person.kind), random.random()
    low = random.choice(tuple(asked)) if asked and person.habit in _ORDINARY else None
    part = dict.fromkeys(asked, (1.0, inf))
    if low is not None and drawn < _BEHIND + _NEARLY:
        part[low] = (0.0, CLEARLY_BELOW) if drawn < _BEHIND else (CLEARLY_BELOW, 1.0)
    return {
        name: _drawn(name, asked[name] * _MEAN_OF_ASKED[name], asked[name], part[name], random)
        if name in asked
        else _drawn(name, _UNASKED[name], 1, (0.0, inf), random)
        for name in _SPREAD
    }


def _drawn(
    name: str, mean: float, asked: float, part: tuple[float, float], random: Random
) -> float:
    """A rate: drawn again until it lies in that part of the distribution, in shares of the asked."""
    shape = 1 / _SPREAD[name] ** 2
    while True:
        drawn = random.gammavariate(shape, mean / shape) if mean else 0.0
        if part[0] <= drawn / asked < part[1]:
            return drawn


def given_out(kinds: list[str], random: Random) -> list[str]:
    """A habit for each rep, whose kinds of work are given; at least one person has each."""
    habits = ["usual"] * len(kinds)
    free = random.sample(range(len(kinds)), len(kinds))
    for habit in PLANTED:
        wanted = max(1, round(len(kinds) * habit.per_mille / 1000))
        fitting = [at for at in free if kinds[at] in habit.kinds]
        if not fitting:
            raise ValueError(f"There is nobody left who could be planted as {habit.name}.")
        for at in fitting[:wanted]:
            habits[at] = habit.name
            free.remove(at)
    return habits
