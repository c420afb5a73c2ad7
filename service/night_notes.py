"""What a night knows and writes into no record: heads-ups of one person each, and roles to compare with.

A record in the org is read by everybody above its person, and a heads-up is the person's alone. So
it waits in the broker until the person opens the panel: for three days at most, and the next night
replaces all of it. It is sealed, and stands under a digest of whose it is; both keys come from the
integration user's private key, which the night and the panel have and the broker has not. Whoever
reads the broker learns how many notes there are. What is lost with the broker, or sealed with a key
that was replaced, is there again after the next night; a broker that is down stops nobody.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog
from cryptography.fernet import InvalidToken
from redis.exceptions import RedisError

from service.sealing import box_of, keys_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from redis import Redis

#: A night that did not run must not leave somebody with a heads-up of last week.
EXPIRES_SECONDS: Final = 3 * 24 * 3600
_PURPOSE: Final = b"bellwether night notes 1"
log = structlog.get_logger("night_notes")
Note = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Notes:
    """For one person, as the night wrote it; whoever shows it reads it with care."""

    heads_ups: Sequence[Note] = ()
    role: Note | None = None  #: median and quartiles of the person's role


class NightNotes:
    """The notes of one org. `secret` is the service's private key: what seals them comes from it."""

    def __init__(self, connection: Redis, org_id: str, secret: str) -> None:
        self._connection, self._key = connection, f"bellwether:{org_id[:15]}:notes"
        sealing, self._naming = keys_of(secret, org_id[:15].encode(), _PURPOSE, count=2)
        self._box = box_of(sealing)

    def write(
        self, heads_ups: Mapping[str, Sequence[Note]], roles: Mapping[str, Note] | None = None
    ) -> None:
        """Replace everything: heads-ups by user id, and figures by role."""
        told: dict[str, object] = {f"user {name}": list(notes) for name, notes in heads_ups.items()}
        told |= {f"role {name}": note for name, note in (roles or {}).items()}
        sealed = {self._name(whose): self._seal(whose, note) for whose, note in told.items()}
        try:
            with self._connection.pipeline() as whole:
                whole.delete(self._key)
                if sealed:
                    whole.hset(self._key, mapping=sealed)  # type: ignore[arg-type]  # str is one of its kinds
                    whole.expire(self._key, EXPIRES_SECONDS)
                whole.execute()
        except RedisError as error:
            log.error("notes_not_kept", kind=type(error).__name__)  # noqa: TRY400 - may hold a password

    def read(self, user_id: str, role: str) -> Notes:
        """Give what there is for this user of this role; nothing where the broker is away."""
        asked = f"user {user_id}", f"role {role}"
        try:
            found = self._connection.hmget(self._key, [self._name(whose) for whose in asked])
        except RedisError as error:
            log.error("notes_not_read", kind=type(error).__name__)  # noqa: TRY400 - may hold a password
            return Notes()
        own, group = map(self._opened, asked, found)
        return Notes(own or (), group)

    def _name(self, whose: str) -> str:
        return hmac.digest(self._naming, whose.encode(), hashlib.sha256).hex()

    def _seal(self, whose: str, note: object) -> bytes:
        # Whose it is stands inside, too: a note that is moved to another name is opened for nobody.
        return self._box.encrypt(json.dumps([whose, note]).encode())

    def _opened(self, whose: str, sealed: bytes | str | None) -> Any:  # noqa: ANN401 - JSON
        if sealed is None:
            return None
        try:
            named, note = json.loads(self._box.decrypt(sealed, EXPIRES_SECONDS))
        except InvalidToken:
            log.warning("note_not_opened")  # sealed with another key: until the next night
            return None
        return note if named == whose else None
