"""What happens when: kills and faults, drawn from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HORSE, BOTH = "horse", "horse and parent"
#: One kill in so many takes the parent along.
ONE_IN = 10
#: This share of the kills waits for an announcement to be open; the others come at any moment.
OPEN_SHARE = 0.45
#: So many of the kills must land while an announcement's composite is open.
LAND_OPEN = 0.3

NOTHING = "nothing else"
#: What else goes wrong in a round; `faults.py` does it.
FAULTS = (
    NOTHING,
    "a reply is dropped",
    "503",
    "a row is locked",
    "the session expires",
    "the daily limit is reached",
    "the hourly limit of posts is reached",
    "the broker restarts",
    "the broker forgets everything",
    "a row is seen late",
    "a duplicate in flight rolls back",
)
#: A look is what runs every few minutes, so it is killed as often as the night.
RUNS = ("night", "night", "look", "look", "big deals")


@dataclass(frozen=True)
class Kill:
    """One SIGKILL to be."""

    victim: str
    waits_for_open: bool  #: for an announcement; otherwise it comes at any moment of the run


@dataclass(frozen=True)
class Plan:
    """What is to happen: the kills, and the decks that faults and runs are drawn from."""

    kills: tuple[Kill, ...]
    seed: int
    faults: tuple[str, ...] = FAULTS
    runs: tuple[str, ...] = RUNS

    @property
    def least_open(self) -> int:
        """How many of the kills must land while an announcement's composite is open."""
        return round(len(self.kills) * LAND_OPEN)


def draw(count: int, seed: int) -> Plan:
    """Draw so many kills; the shares are exact, the order is the seed's."""
    rng = random.Random(seed)
    both, waiting = round(count / ONE_IN), round(count * OPEN_SHARE)
    victims = [BOTH] * both + [HORSE] * (count - both)
    waits = [True] * waiting + [False] * (count - waiting)
    rng.shuffle(victims)
    rng.shuffle(waits)
    return Plan(tuple(Kill(*one) for one in zip(victims, waits, strict=True)), seed)


def deck(cards: Sequence[str], rng: random.Random) -> Iterator[str]:
    """Give the cards in random order, all of them before any comes again."""
    while True:
        yield from rng.sample(cards, len(cards))
