"""Who looked at whose score in the panel, kept in the broker until a night writes it down.

A set of (viewer, score record, day), so that a day's looks of one viewer at one person are one. A
look costs no call to the org; what is lost with the broker are the looks since the last night. A
broker that is down stops nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import structlog
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from redis import Redis

#: Without any look for so long, what no night took up is forgotten.
EXPIRES_SECONDS = 21 * 24 * 3600
_PARTS = 3
log = structlog.get_logger("views")


@dataclass(frozen=True, order=True)
class View:
    """That somebody looked at a score on a day of theirs."""

    viewer_id: str
    score_id: str
    on: date

    def __str__(self) -> str:
        return f"{self.viewer_id} {self.score_id} {self.on.isoformat()}"


class ViewLog:
    """The looks at people of one org that no night has written yet."""

    def __init__(self, connection: Redis, org_id: str) -> None:
        self._connection, self._key = connection, f"bellwether:{org_id[:15]}:views"

    def saw(self, viewer_id: str, score_ids: Collection[str], on: date) -> None:
        """Somebody was shown these scores."""
        if not score_ids:
            return
        try:
            self._connection.sadd(self._key, *(str(View(viewer_id, one, on)) for one in score_ids))
            self._connection.expire(self._key, EXPIRES_SECONDS)
        except RedisError as error:
            log.error("views_not_kept", kind=type(error).__name__)  # noqa: TRY400 - may hold a password

    def read(self) -> list[View]:
        """Give them; what cannot be read is none. Raises RedisError."""
        found = (_view(one.decode()) for one in self._connection.smembers(self._key))  # type: ignore[union-attr]  # redis: or awaitable
        return sorted(one for one in found if one)

    def forget(self, views: Iterable[View]) -> None:
        """Drop what is written, or never will be."""
        gone = [str(one) for one in views]
        if gone:
            self._connection.srem(self._key, *gone)


def _view(text: str) -> View | None:
    parts = text.split(" ")
    if len(parts) != _PARTS:
        return None
    try:
        return View(parts[0], parts[1], date.fromisoformat(parts[2]))
    except ValueError:
        return None
