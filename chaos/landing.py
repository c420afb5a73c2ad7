"""Where a kill landed, by what the org had open in that moment or had answered last."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chaos.plan import BOTH
from tests.faults.workers import children_of

if TYPE_CHECKING:
    from service.processes import Child
    from tests.jobs.live_org import LiveOrg

ANNOUNCEMENT = "an announcement's composite"
#: What a request is about, by an object or a part of its address; the first that fits.
_ABOUT = (
    ("FeedItem", ANNOUNCEMENT),
    ("oauth2/token", "the token"),
    ("Adoption_Run__c", "the run's record"),
    ("actions/standard", "bell and mail"),
    ("Big_Deal_Alert__c", "claims by themselves"),
    ("Adoption_", "scores and other results"),
)
_READING = "reading"
_NOTHING = "before the first request"


@dataclass(frozen=True)
class Landing:
    """One kill that landed."""

    victim: str
    kind: str  #: of the run
    is_open: bool  #: whether the org was still at work for the killed
    what: str  #: the request that was open, or was answered last

    @property
    def in_announcement(self) -> bool:
        """Whether an announcement's composite was open."""
        return self.is_open and self.what == ANNOUNCEMENT


def strike(worker: Child, victim: str) -> bool:
    """Kill by id; False when nobody was at work. The parent first: it must not tidy up."""
    horses = children_of(worker.process.pid)
    if not horses:
        return False
    if victim == BOTH:
        os.kill(worker.process.pid, signal.SIGKILL)
    killed = sum(map(_kill, horses))
    if victim == BOTH:
        worker.process.wait()
    return killed > 0


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False  # it ended in this very moment
    return True


def landed(org: LiveOrg, victim: str, kind: str, since: int, abandoned: set[int]) -> Landing:
    """Say where a kill of this very moment landed; `since` is where the run's journal begins.

    `abandoned` are the numbers of requests of workers killed before; the newly killed join them.
    """
    opened = _opened(org, abandoned)
    abandoned.update(one["number"] for one in opened)
    if opened:
        return Landing(victim, kind, is_open=True, what=_named(opened[0]))
    entries = org.control("GET", f"journal?since={since}")["entries"]
    last = next((one for one in reversed(entries) if _is_ours(one)), None)
    return Landing(victim, kind, is_open=False, what=_named(last) if last else _NOTHING)


def is_announcing(org: LiveOrg, abandoned: set[int]) -> bool:
    """Whether a living worker's announcement is open: a hold may have caught a dead one's."""
    return any(_named(one) == ANNOUNCEMENT for one in _opened(org, abandoned))


def _opened(org: LiveOrg, abandoned: set[int]) -> list[dict[str, Any]]:
    """Give the open requests but those of workers killed before."""
    every = org.control("GET", "open")["requests"]
    return [one for one in every if one["number"] not in abandoned]


def _is_ours(entry: dict[str, Any]) -> bool:
    return entry["kind"] in {"request", "dropped"}


def _named(request: dict[str, Any]) -> str:
    told = " ".join([request["path"], *request.get("about", ())])
    if request["method"] == "GET" or "describe" in told:
        return _READING
    return next((what for part, what in _ABOUT if part in told), _READING)
