"""Rounds of a world: win deals, run, break, kill, wait, and count."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chaos import faults, landing, plan
from chaos.truth import Found
from jobs.enqueue import DEATHS, enqueue_big_deals, enqueue_deal_look, enqueue_night, job_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rq.job import Job

    from chaos.landing import Landing
    from chaos.plan import Kill
    from chaos.world import World

ENQUEUE = {"night": enqueue_night, "look": enqueue_deal_look, "big deals": enqueue_big_deals}
_KIND = {"night": "night", "look": "deal-look", "big deals": "big-deals"}
#: So often the next look is asked for, as the clock would, before a deal counts as lost.
LOOKS = 8
_HELD_SECONDS = 20
#: Seconds that a run takes at first guess; the moments of kills are drawn from what it took last.
_FIRST_GUESS = 2.0


@dataclass
class Score:
    """What came out so far."""

    landings: list[Landing] = field(default_factory=list)
    rounds: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    wrong: Found = field(default_factory=Found)
    stuck: str = ""
    last: str = ""  #: what the last round was

    @property
    def is_wrong(self) -> bool:
        """Whether anything was found."""
        return bool(self.wrong) or bool(self.stuck)


class Player:
    """Plays the kills of one world; `told` hears of every kill and round."""

    def __init__(self, world: World, asked: plan.Plan, told: Callable[[Score], None]) -> None:
        self.score = Score()
        self._world, self._told = world, told
        self._faults = plan.deck(asked.faults, world.rng)
        self._runs = plan.deck(asked.runs, world.rng)
        self._last_runs = tuple(dict.fromkeys(asked.runs))
        self._took = dict.fromkeys(ENQUEUE, _FIRST_GUESS)
        self._keys = 0
        self._abandoned: set[int] = set()
        self.needed_runs: set[str] = set()

    def play(self, kills: Sequence[Kill], until: Callable[[], bool]) -> None:
        """Play until every kill has landed or `until` says stop; the last rounds have no kill."""
        waiting = list(kills)
        while waiting and not until() and not self.score.is_wrong:
            self._round(next(self._faults), next(self._runs), waiting)
        for kind in self._last_runs:
            if not until() and not self.score.is_wrong:
                self._round(plan.NOTHING, kind, [])

    def _round(self, fault: str, kind: str, waiting: list[Kill]) -> None:
        world = self._world
        deals = world.deals.win(2, big=True)
        if fault == "a row is seen late":
            time.sleep(1.1)  # the org's times are whole seconds, and the others are newer
            kind = "look"
        deals += world.deals.win(world.rng.choice((1, 2, 3, 12)))  # 12 share a transaction
        world.deals.win(1, big=False)
        faults.PLANT[fault](world, deals)
        self.score.rounds += 1
        self.score.last = f"a {kind}, and {fault}"
        self.score.faults[fault] = self.score.faults.get(fault, 0) + 1
        self._run(fault, kind, waiting)
        self._told(self.score)

    def _run(self, fault: str, kind: str, waiting: list[Kill]) -> None:
        world, key = self._world, self._new_key(kind)
        since = world.journal_end()
        self._enqueue(kind, key)
        for _ in range(world.rng.choice((1, 1, 2, 3))):
            if waiting and self._kill(waiting[0], kind, since):
                del waiting[0]
        world.wait_until_idle()
        if self._job(kind, key) is None:  # the broker forgot it: whoever asked for it asks again
            self._enqueue(kind, key)
            world.wait_until_idle()
        self._note_time(kind, key)
        if kind == "night" or self._has_something_to_tell(kind, key):
            self.needed_runs.add(key)
        self._settle(kind, key, must_look=fault == "a row is seen late")

    def _note_time(self, kind: str, key: str) -> None:
        """Note how long the run took at last, for the moments of the next kills."""
        job = self._job(kind, key)
        if job is not None and job.is_finished and job.started_at and job.ended_at:
            self._took[kind] = (job.ended_at - job.started_at).total_seconds()

    def _new_key(self, kind: str) -> str:
        self._keys += 1
        return f"{kind.replace(' ', '-')}-{self._keys}"

    def _enqueue(self, kind: str, key: str) -> None:
        ENQUEUE[kind](self._world.broker.connection, self._world.org.handoff.org_id, key)

    def _kill(self, kill: Kill, kind: str, since: int) -> bool:
        """Kill at the moment that was drawn; False when the run had ended by then."""
        world = self._world
        hold_id = self._hold() if kill.waits_for_open else None
        came = self._wait_held(hold_id) if hold_id else self._wait_some(kind)
        if came and landing.strike(world.worker, kill.victim):
            self.score.landings.append(
                landing.landed(world.org, kill.victim, kind, since, self._abandoned)
            )
            self._told(self.score)
        else:
            came = False
        if hold_id:
            self._release(hold_id)
        return came

    def _hold(self) -> int:
        rng = self._world.rng
        point = rng.choice(("before_apply", "after_apply"))
        hold = {"point": point, "nth": rng.choice((1, 1, 1, 2)), **faults.ANNOUNCEMENT}
        return int(self._world.org.control("POST", "holds", hold)["hold_id"])

    def _wait_held(self, hold_id: int) -> bool:
        """Wait for a living worker to announce; False when it ended, or a dead one's was held."""
        end = time.monotonic() + _HELD_SECONDS
        while time.monotonic() < end and not self._world.is_idle():
            if self._world.org.control("GET", f"holds/{hold_id}")["state"] == "held":
                time.sleep(self._world.rng.uniform(0, 0.1))
                return landing.is_announcing(self._world.org, self._abandoned)
            self._world.tick()
        return False

    def _wait_some(self, kind: str) -> bool:
        """Wait for any moment of a run that takes about as long as the last one of its kind."""
        end = time.monotonic() + self._world.rng.uniform(0, self._took[kind])
        while time.monotonic() < end:
            self._world.tick()
        return not self._world.is_idle()

    def _release(self, hold_id: int) -> None:
        """What becomes of the dead worker's request: dropped, applied, or applied late.

        The last is late enough for the next attempt to have announced, or comes at any moment.
        """
        world, how = self._world, self._world.rng.choice(("drop", "proceed", "late", "later"))
        outcome = {"outcome": "drop" if how == "drop" else "proceed"}

        def release() -> None:
            world.org.control("POST", f"holds/{hold_id}/release", outcome)

        if how == "later":
            world.once_announced(release)
        else:
            world.later(world.rng.uniform(0.5, 6) if how == "late" else 0.0, release)

    def _settle(self, kind: str, key: str, *, must_look: bool) -> None:
        """Let the faults end, look again as the clock does while deals wait, and count."""
        world = self._world
        world.finish_timers()
        faults.lift(world)
        names = [(kind, key), ("big deals", f"{key}-deals")]
        for _ in range(LOOKS):
            world.wait_until_idle()
            if not must_look and any(map(self._says_done, names)):
                break
            must_look = False
            names = [("look", self._new_key("look"))]
            self._enqueue(*names[0])
        self.score.wrong = world.deals.check(self.needed_runs)

    def _has_something_to_tell(self, kind: str, key: str) -> bool:
        """Whether a run posted, or was taken up again after it died and so may have posted."""
        job = self._job(kind, key)
        if job is None:
            return False
        made = job.return_value() if job.is_finished else None
        return bool(made and made["posts_made"]) or job.retries_left != DEATHS

    def _says_done(self, run: tuple[str, str]) -> bool:
        """Whether a run ended well and said that nothing waits and nothing is in doubt."""
        job = self._job(*run)
        if job is None or not job.is_finished:
            return False
        alerts = (job.return_value() or {})["alerts"]
        return not alerts["pending"] and not alerts["waiting"]

    def _job(self, kind: str, key: str) -> Job | None:
        return self._world.job(job_id(_KIND[kind], self._world.org.handoff.org_id, key))
