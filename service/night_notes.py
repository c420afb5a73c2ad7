"""What a night knows and writes into no record: heads-ups of one person each, and roles to compare with.

A record in the org is read by everybody above its person, and a heads-up is the person's alone. So
it waits in the broker, by user id and without a name, until the person opens the panel: for three
days at most, and the next night replaces all of it. What is lost with the broker is there again
after the next night; a broker that is down stops nobody.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from redis import Redis

#: A night that did not run must not leave somebody with a heads-up of last week.
EXPIRES_SECONDS: Final = 3 * 24 * 3600
log = structlog.get_logger("night_notes")
Note = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Notes:
    """For one person, as the night wrote it; whoever shows it reads it with care."""

    heads_ups: Sequence[Note] = ()
    role: Note | None = None  #: median and quartiles of the person's role


class NightNotes:
    """The notes of one org."""

    def __init__(self, connection: Redis, org_id: str) -> None:
        self._connection, self._key = connection, f"bellwether:{org_id[:15]}:notes"

    def write(
        self, heads_ups: Mapping[str, Sequence[Note]], roles: Mapping[str, Note] | None = None
    ) -> None:
        """Replace everything: heads-ups by user id, and figures by role."""
        told = {f"user {name}": json.dumps(list(notes)) for name, notes in heads_ups.items()}
        told |= {f"role {name}": json.dumps(note) for name, note in (roles or {}).items()}
        try:
            with self._connection.pipeline() as whole:
                whole.delete(self._key)
                if told:
                    whole.hset(self._key, mapping=told)  # type: ignore[arg-type]  # str is one of its kinds
                    whole.expire(self._key, EXPIRES_SECONDS)
                whole.execute()
        except RedisError as error:
            log.error("notes_not_kept", kind=type(error).__name__)  # noqa: TRY400 - may hold a password

    def read(self, user_id: str, role: str) -> Notes:
        """Give what there is for this user of this role; nothing where the broker is away."""
        try:
            found = self._connection.hmget(self._key, [f"user {user_id}", f"role {role}"])
        except RedisError as error:
            log.error("notes_not_read", kind=type(error).__name__)  # noqa: TRY400 - may hold a password
            return Notes()
        own, group = (json.loads(one) if one else None for one in found)
        return Notes(own or (), group)
