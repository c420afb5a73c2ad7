"""What goes wrong beside the kills, each by its name in `plan.FAULTS`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chaos import plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from chaos.world import World

#: An announcement, however it is made: the text of a post is in it.
ANNOUNCEMENT = {"method": "POST", "body_contains": "TextPost"}
BUSY = "<html>Server too busy</html>"
_LIMIT = [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]
#: No limit for us, unless the limit is the fault.
MANY_POSTS = 100_000


def lift(world: World) -> None:
    """End every fault."""
    world.org.control("DELETE", "faults")
    world.org.control("POST", "elsewhere", {})
    allow_posts(world, MANY_POSTS)


def allow_posts(world: World, an_hour: int) -> None:
    """Set how many posts an hour the org takes of us."""
    user_id = world.org.handoff.integration["user_id"]
    world.org.control("POST", f"posting/{user_id}", {"an_hour": an_hour, "forward_seconds": 3601})


def _drop(world: World, _: Sequence[str]) -> None:
    point = world.rng.choice(("before_apply", "after_apply"))
    what: dict[str, Any] = world.rng.choice((ANNOUNCEMENT, ANNOUNCEMENT, {"method": "GET"}, {}))
    hold = {"point": point, "nth": world.rng.randint(1, 4), **what}
    hold_id = world.org.control("POST", "holds", hold)["hold_id"]
    world.later(0, lambda: world.drop_when_held(hold_id))


def _busy(world: World, _: Sequence[str]) -> None:
    what: dict[str, Any] = world.rng.choice((ANNOUNCEMENT, {"method": "GET"}, {"method": "PATCH"}))
    times = world.rng.randint(1, 3)
    world.org.control("POST", "faults", {**what, "status": 503, "body": BUSY, "times": times})


def _lock(world: World, _: Sequence[str]) -> None:
    """Somebody else's transaction holds the rows that we write, for a while after we met it."""
    locks = ["Big_Deal_Alert__c", *world.rng.choice(([], ["Adoption_Score__c"]))]
    _until_met(world, {"locks": locks})


def _expire(world: World, _: Sequence[str]) -> None:
    user = {"user_id": world.org.handoff.integration["user_id"]}
    for _again in range(2):
        delay = world.rng.uniform(0.2, 3)
        world.later(delay, lambda: world.org.control("POST", "expire_session", user))


def _daily_limit(world: World, _: Sequence[str]) -> None:
    what: dict[str, Any] = world.rng.choice((ANNOUNCEMENT, {"method": "GET"}))
    world.org.control("POST", "faults", {**what, "status": 403, "body": _LIMIT, "times": 1})


def _hourly_limit(world: World, deals: Sequence[str]) -> None:
    allow_posts(world, world.rng.randrange(len(deals)))


def _restart(world: World, _: Sequence[str]) -> None:
    world.later(world.rng.uniform(0.2, 2.5), world.restart_broker)


def _flush(world: World, _: Sequence[str]) -> None:
    world.later(world.rng.uniform(0.2, 2.5), world.flush_broker)


def _late(world: World, deals: Sequence[str]) -> None:
    """The first row is stamped before the others and seen after them."""
    world.org.control("POST", "elsewhere", {"rows": [deals[0]]})


def _in_flight(world: World, deals: Sequence[str]) -> None:
    """Somebody else's transaction holds the claims, and rolls back after we met it."""
    _until_met(world, {"values": [f"{one}:Big_Deal:1" for one in deals]})


def _until_met(world: World, elsewhere: dict[str, Any]) -> None:
    """Let a transaction elsewhere last until an announcement met it, and some seconds more."""
    world.org.control("POST", "elsewhere", elsewhere)
    seconds = world.rng.uniform(0, 4)
    world.once_announced(
        lambda: world.later(seconds, lambda: world.org.control("POST", "elsewhere", {}))
    )


PLANT: Mapping[str, Callable[[World, Sequence[str]], None]] = dict(
    zip(
        plan.FAULTS,
        (
            lambda *_: None, _drop, _busy, _lock, _expire, _daily_limit, _hourly_limit,
            _restart, _flush, _late, _in_flight,
        ),
        strict=True,
    )
)  # fmt: skip
