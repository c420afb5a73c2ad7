"""Who looked: panel opens and followed links of digests, kept in the broker until a run writes them.

A set of (way, who or which record, quarter of an hour), so that the same look twice is one. Native
dashboards are not here: Salesforce tells no API who opened one. What is lost with the broker are
the looks since the last run, six hours of them at most; one that is down stops nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, get_args

import structlog
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from redis import Redis

Way = Literal["panel", "digest"]
#: Every time zone is a whole number of quarters of an hour away from UTC.
QUARTER_SECONDS = 15 * 60
#: Without any look for so long, what was not taken up is forgotten.
EXPIRES_SECONDS = 21 * 24 * 3600
log = structlog.get_logger("looks")


@dataclass(frozen=True)
class Look:
    """One look. `by` is a user's id for the panel, a digest's record id for a followed link."""

    way: Way
    by: str
    at: datetime  #: the beginning of its quarter of an hour

    def __str__(self) -> str:
        return f"{self.way} {self.by} {self.at.timestamp():.0f}"


class LookLog:
    """The looks of one org that nobody has taken up yet."""

    def __init__(self, connection: Redis, org_id: str) -> None:
        self._connection, self._key = connection, f"bellwether:{org_id[:15]}:looks"

    def opened(self, user_id: str, at: datetime) -> None:
        """Somebody opened the panel."""
        self._add("panel", user_id, at)

    def followed(self, record_id: str, at: datetime) -> None:
        """Somebody followed a link of this digest."""
        self._add("digest", record_id, at)

    def read(self) -> list[Look]:
        """Give them; what cannot be read is none. Raises RedisError."""
        found = (_look(one.decode()) for one in self._connection.smembers(self._key))  # type: ignore[union-attr]  # redis: or awaitable
        return sorted((one for one in found if one), key=str)

    def forget(self, looks: Iterable[Look]) -> None:
        """Drop what was taken up, or will never be."""
        gone = [str(one) for one in looks]
        if gone:
            self._connection.srem(self._key, *gone)

    def _add(self, way: Way, by: str, at: datetime) -> None:
        begins = at.timestamp() // QUARTER_SECONDS * QUARTER_SECONDS
        look = Look(way, by, datetime.fromtimestamp(begins, UTC))
        try:
            self._connection.sadd(self._key, str(look))
            self._connection.expire(self._key, EXPIRES_SECONDS)
        except RedisError as error:
            log.error("look_not_counted", kind=type(error).__name__)  # noqa: TRY400 - may hold a password


def _look(text: str) -> Look | None:
    way, _, rest = text.partition(" ")
    by, _, at = rest.partition(" ")
    if way not in get_args(Way) or not by or not at.isdecimal():
        return None
    return Look(way, by, datetime.fromtimestamp(int(at), UTC))  # type: ignore[arg-type] # checked
