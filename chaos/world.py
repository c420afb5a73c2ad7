"""One org, one broker and one worker that are worked with, broken and looked after."""

from __future__ import annotations

import heapq
import itertools
import random
import shutil
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from redis.exceptions import RedisError
from rq.exceptions import NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer

from chaos import faults
from chaos.broker import Broker
from chaos.truth import Deals
from service.processes import Child
from service.redis_queue import queue
from tests.jobs.live_org import LiveOrg

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_TICK = 0.03
#: Retries that are further away are brought forward: the hour of posts is over sooner here.
_FAR_SECONDS = 12
#: A kill of both costs half a minute, a passing error seconds; more is a job that nobody runs.
STUCK_SECONDS = 180
#: Every call takes so long to arrive, as over a network.
LATENCY_MS = 10


class StuckError(Exception):
    """Work that nobody takes up."""


class World:
    """Start it with an org's folder; `stop` ends its processes."""

    def __init__(self, name: str, template: tuple[Path, str], folder: Path, bug: str = "") -> None:
        self.rng = random.Random(name)
        self.is_ending = False
        self.dropped = self.restarts = self.flushes = 0
        self._folder, self._bug = folder, bug
        self._timers: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = itertools.count()
        self._stack = ExitStack()
        folder.mkdir(parents=True)
        shutil.copytree(template[0], folder / "org")
        self.org = LiveOrg.start(folder / "org", template[1])
        self._stack.callback(self.org.stop)
        self.broker = Broker(folder / "broker")
        self._stack.callback(self.broker.close)
        self.worker = self._start_worker()
        self.org.control("POST", "latency", {"ms": LATENCY_MS})
        faults.allow_posts(self, faults.MANY_POSTS)
        self.deals = Deals(self.org, self.rng)

    def _start_worker(self) -> Child:
        program = ["chaos.planted", self._bug] if self._bug else ["jobs.worker"]
        number = next(self._numbers)
        log = self._folder / f"worker-{number}.log"
        environment = self.org.environment(self.broker.url, self._folder / "work")
        worker = Child("the worker", [sys.executable, "-m", *program], log, environment)
        self._stack.callback(worker.stop)
        return worker

    def stop(self) -> None:
        """End every process."""
        self._stack.close()

    def later(self, seconds: float, do: Callable[[], object]) -> None:
        """Do something after so many seconds, while somebody waits."""
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._numbers), do))

    def tick(self) -> None:
        """Do what is due, start the worker again if it died, and sleep a moment."""
        while self._timers and self._timers[0][0] <= time.monotonic():
            heapq.heappop(self._timers)[2]()
        if not self.worker.is_running:
            self.worker = self._start_worker()
        time.sleep(_TICK)

    def finish_timers(self) -> None:
        """Do now what was to be done later, and let what waits for an occasion give up."""
        self.is_ending = True
        while self._timers:
            heapq.heappop(self._timers)[2]()
        self.is_ending = False

    def journal(self, since: int) -> list[dict[str, Any]]:
        """Give the org's journal after an entry."""
        entries: list[dict[str, Any]] = self.org.control("GET", f"journal?since={since}")["entries"]
        return entries

    def journal_end(self) -> int:
        """Give the number of the newest entry."""
        entries = self.journal(0)
        return int(entries[-1]["number"]) if entries else 0

    def once_announced(self, do: Callable[[], object]) -> None:
        """Do something after the next announcement was answered, or when the round ends."""
        begun = self.journal_end()

        def look() -> None:
            if self.is_ending or any(
                "FeedItem" in entry.get("about", ()) for entry in self.journal(begun)
            ):
                do()
            else:
                self.later(0.2, look)

        look()

    def drop_when_held(self, hold_id: int) -> None:
        """Drop a held request as soon as it is there."""
        is_held = self.org.control("GET", f"holds/{hold_id}")["state"] == "held"
        if is_held or self.is_ending:
            self.dropped += is_held
            self.org.control("POST", f"holds/{hold_id}/release", {"outcome": "drop"})
        else:
            self.later(0.1, lambda: self.drop_when_held(hold_id))

    def restart_broker(self) -> None:
        """Stop the broker and start it again with what its file says."""
        self.broker.stop()
        time.sleep(self.rng.uniform(0, 1.5))
        self.broker.start()
        self.restarts += 1

    def flush_broker(self) -> None:
        """Empty the broker."""
        self.broker.connection.flushall()
        self.flushes += 1

    def is_idle(self) -> bool:
        """Whether no job is queued, running or put off; far ones are brought forward."""
        try:
            jobs = queue(self.broker.connection)
            put_off = jobs.scheduled_job_registry
            for name in put_off.get_job_ids():
                if put_off.get_scheduled_time(name).timestamp() > time.time() + _FAR_SECONDS:
                    self._bring_forward(put_off.key, name)
            between = self.broker.connection.llen(jobs.intermediate_queue_key)
            counts = (jobs.count, jobs.started_job_registry.count, put_off.count, between)
            return not any(counts)
        except (RedisError, NoSuchJobError):  # the broker is down, or a job is taken up right now
            return False

    def _bring_forward(self, registry_key: str, name: str) -> None:
        """Let the hour of posts be over now, for the org and for the job that waits for it."""
        faults.allow_posts(self, faults.MANY_POSTS)
        self.broker.connection.zadd(registry_key, {name: time.time()}, xx=True)

    def wait_until_idle(self) -> None:
        """Wait until nothing is to be done; raises StuckError."""
        end = time.monotonic() + STUCK_SECONDS
        calm = 0
        while calm < 3:  # noqa: PLR2004 - a job may be between two registries for a moment
            calm = calm + 1 if self.is_idle() else 0
            if time.monotonic() > end:
                raise StuckError(f"not done after {STUCK_SECONDS} s:\n{self.worker.tail(4)}")
            self.tick()

    def job(self, name: str) -> Job | None:
        """Give a job by its id; None when the broker does not know it."""
        try:
            return Job.fetch(name, connection=self.broker.connection, serializer=JSONSerializer)
        except NoSuchJobError:  # or no more of it than a heartbeat
            return None
