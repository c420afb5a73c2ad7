"""One run at a time per org: a lock in Redis that expires and that its own run may take again.

It saves work, it does not guard correctness: two runs at once would still write the same scores
and, by the org's unique index, post each deal once. So it may be lost with Redis.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

import structlog
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from redis import Redis

EXPIRES_SECONDS = 60
RENEW_SECONDS = 15
log = structlog.get_logger(__name__)

#: Take the lock when it is free or already this run's; 1 when taken.
_TAKE = """
local holder = redis.call('get', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'ex', ARGV[2])
return 1
"""
_RELEASE = """
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
return 0
"""


class LockHeldError(Exception):
    """Another run of this org is under way."""


class RunLock:
    """Held inside `with`; renewed by a thread, so that a dead worker's lock frees itself."""

    def __init__(self, connection: Redis, org_id: str, run_key: str) -> None:
        self._key = f"bellwether:{org_id}:run"
        self._holder = run_key
        self._take = connection.register_script(_TAKE)
        self._release = connection.register_script(_RELEASE)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._renew, daemon=True)

    def __enter__(self) -> Self:
        """Take it or raise LockHeldError. The retry of a killed run takes it at once."""
        if not self._took():
            raise LockHeldError
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Let go, if it is still ours."""
        self._done.set()
        self._thread.join(RENEW_SECONDS)
        try:
            self._release(keys=[self._key], args=[self._holder])
        except RedisError as error:
            log.warning("run_lock_not_released", error=type(error).__name__)

    def _took(self) -> bool:
        return bool(self._take(keys=[self._key], args=[self._holder, EXPIRES_SECONDS]))

    def _renew(self) -> None:
        while not self._done.wait(RENEW_SECONDS):
            try:
                self._took()
            except RedisError as error:
                log.warning("run_lock_not_renewed", error=type(error).__name__)
