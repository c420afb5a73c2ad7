"""Which habits are planted, in how many people, and what each does to a week's work.

True rates are those of scoring's simulation: calls and meetings a week vary between people as a
gamma distribution does (coefficient of variation 0.30 and 0.35), around 1.25 times what is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
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
_MEAN_OF_ASKED = 1.25
_SPREAD = {"calls": 0.30, "meetings": 0.35, "emails": 0.50}
#: How many of ten records are kept at least: a fifth of people get it, a fifth resist.
_STANCES = (1, 4, 4, 5, 8)
_LEADS = ("executive", "area", "manager")
#: A week's work when nobody asks for any.
_UNASKED = {"calls": 1.0, "meetings": 3.0, "emails": 4.0}

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
    Habit("diligent", 15, _SELLS), Habit("lazy", 20, _SELLS), Habit("date_pusher", 10, _SELLS),
    Habit("deal_rounder", 10, _SELLS), Habit("full_time_twin", 2, _SELLS),
    Habit("part_time_twin", 2, _SELLS), Habit("burst_logger", 10, _CALLS),
    Habit("one_contact", 10, _SELLS), Habit("task_closer", 10, _CALLS),
    Habit("just_enough", 80, _CALLS), Habit("loaded", 10, _CALLS),
    Habit("meeting_stuffer", 10, _CALLS), Habit("lead_burster", 10, ("inbound",)),
    Habit("part_timer", 30),
    Habit("vacationer", 30), Habit("on_file", 20), Habit("away", 10), Habit("new_hire", 40),
    Habit("never", 20), Habit("roleless", 5),
)  # fmt: skip
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
    """How one person works. Rates are acts in a week of five days at full time."""

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
    rates = {name: _rate(person, name, random) for name in _SPREAD}
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
        rates = {"calls": 3.0, "meetings": 0.5, "emails": 1.0}
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


def _rate(person: SamplePerson, name: str, random: Random) -> float:
    asked = ASKED.get(person.kind, {}).get(name)
    mean = _UNASKED[name] if asked is None else _MEAN_OF_ASKED * asked
    shape = 1 / _SPREAD[name] ** 2
    return random.gammavariate(shape, mean / shape)


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
