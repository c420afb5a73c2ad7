"""A whole run: several worlds side by side, the kills dealt out among them."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chaos.play import Player, Score
from chaos.world import StuckError, World
from service.processes import ChildError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from chaos.plan import Kill, Plan

#: Seconds after which no further round begins.
LONGEST = 45 * 60


@dataclass
class Outcome:
    """What came out of a run."""

    plan: Plan
    bug: str = ""
    seconds: float = 0.0
    scores: list[Score] = field(default_factory=list)
    deals: int = 0
    dropped: int = 0
    restarts: int = 0
    flushes: int = 0

    @property
    def kills(self) -> int:
        """How many kills landed."""
        return sum(len(one.landings) for one in self.scores)

    @property
    def open_announcements(self) -> int:
        """How many of them landed while an announcement's composite was open."""
        return sum(one.in_announcement for score in self.scores for one in score.landings)

    @property
    def rounds(self) -> int:
        """How many runs were started to be broken."""
        return sum(one.rounds for one in self.scores)

    @property
    def faults(self) -> dict[str, int]:
        """How many rounds had which fault."""
        counts: Counter[str] = Counter()
        for one in self.scores:
            counts.update(one.faults)
        return dict(counts)

    def wrong(self, what: str) -> list[str]:
        """What was found of one kind of `Found`."""
        return [name for one in self.scores for name in getattr(one.wrong, what)]

    @property
    def problems(self) -> list[str]:
        """Everything that must not be, in words; empty when all is well."""
        told = [f"{one.wrong} (after {one.last})" for one in self.scores if one.wrong]
        told += [f"{one.stuck} (in {one.last})" for one in self.scores if one.stuck]
        return told or self._short_of

    @property
    def _short_of(self) -> list[str]:
        """What a run that found nothing did not do, either."""
        asked, least = len(self.plan.kills), self.plan.least_open
        told = []
        if self.kills < asked:
            told.append(f"only {self.kills} of {asked} kills landed")
        if self.open_announcements < least:
            told.append(
                f"only {self.open_announcements} of at least {least} kills landed while an "
                "announcement's composite was open"
            )
        return told


def run(
    template: tuple[Path, str],
    folder: Path,
    outcome: Outcome,
    worlds: int,
    told: Callable[[Outcome], None],
) -> None:
    """Play the plan of `outcome` and write into it what came out.

    With a bug the first world that sees it ends the run: it is caught.
    """
    begun = time.monotonic()
    caught = threading.Event()
    asked = outcome.plan

    def over() -> bool:
        return caught.is_set() or time.monotonic() - begun > LONGEST

    def play(number: int) -> None:
        world = World(f"{asked.seed}-{number}", template, folder / str(number), outcome.bug)
        try:
            player = Player(world, asked, lambda _: told(outcome))
            outcome.scores.append(player.score)
            _play(player, asked.kills[number::worlds], over)
            if player.score.wrong:
                caught.set()
            _add(outcome, world)
        except BaseException:
            caught.set()  # nobody waits for the others of a harness that broke
            raise
        finally:
            world.stop()

    with ThreadPoolExecutor(worlds) as pool:
        for one in [pool.submit(play, number) for number in range(worlds)]:
            one.result()
    outcome.seconds = time.monotonic() - begun


def _play(player: Player, kills: Sequence[Kill], over: Callable[[], bool]) -> None:
    try:
        player.play(kills, over)
    except (StuckError, ChildError) as error:
        player.score.stuck = str(error)


def _add(outcome: Outcome, world: World) -> None:
    outcome.deals += len(world.deals.due)
    outcome.dropped += world.dropped
    outcome.restarts += world.restarts
    outcome.flushes += world.flushes
