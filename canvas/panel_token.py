"""What lets a viewer act on an open page: a short-lived token, in the page's memory alone.

The viewer's own token stays on the server: encrypted, for a quarter of an hour (an hour where a
deal is reviewed), under the digest of the panel token and with a key that takes both the panel
token and the app's secret. Whoever reads Redis has neither; whoever has the secret cannot open what
no page asks for. After a restart of Redis the page is asked to load itself again.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from cryptography.fernet import InvalidToken

from service.sealing import box_of, keys_of

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

    from canvas.context import ViewerContext

SECONDS: Final = 15 * 60
#: The longest that any page asks for: a deal review takes half an hour.
LONGEST_SECONDS: Final = 60 * 60
_PURPOSE: Final = b"bellwether panel token 1"
_LENGTH: Final = 43  #: of 32 random bytes in URL-safe base64


class Store(Protocol):
    """Small values that end by themselves. Raises RedisError when it is not there."""

    def set(self, name: str, value: bytes, ex: int, *, nx: bool = False) -> object:
        """Keep a value for so many seconds; with nx only where there is none, else give None."""

    def get(self, name: str) -> bytes | None:
        """The value, if it has not ended."""

    def incr(self, name: str) -> int:
        """Count one more, and give the count."""

    def delete(self, name: str) -> object:
        """Forget a value."""


@dataclass(frozen=True, slots=True)
class Lent:
    """What of a viewer is needed to act as them. The token never shows in `repr`."""

    user_id: str
    org_id: str
    instance_url: str
    token: str = field(repr=False)
    own_score_id: str | None = None  #: nobody acts on themselves; only they may reply


class PanelTokens:
    """Issues panel tokens and opens them again. `app_secrets`: the first seals, all open."""

    def __init__(self, app_secrets: tuple[str, ...], store: Store) -> None:
        self._secrets = app_secrets
        self._store = store

    def issue(
        self, viewer: ViewerContext, own_score_id: str | None = None, seconds: int = SECONDS
    ) -> str:
        """A new token for this viewer's page, on which this score is their own.

        It lasts as long as the store keeps it: `seconds`, at most LONGEST_SECONDS.
        """
        token = secrets.token_urlsafe(32)
        if viewer.token is None or viewer.instance_url is None:
            raise ValueError("A viewer without a token has no page to act from.")
        lent = Lent(viewer.user_id, viewer.org_id, viewer.instance_url, viewer.token, own_score_id)
        sealed = _box(self._secrets[0], token).encrypt(json.dumps(asdict(lent)).encode())
        self._store.set(_name(token), sealed, min(seconds, LONGEST_SECONDS))
        return token

    def open(self, token: str) -> Lent | None:
        """Whose page it is; None for a token that is not ours or has ended."""
        if len(token) != _LENGTH or not token.isascii():
            return None
        sealed = self._store.get(_name(token))
        for secret in self._secrets if sealed else ():
            try:
                return Lent(
                    **json.loads(_box(secret, token).decrypt(sealed or b"", LONGEST_SECONDS))
                )
            except InvalidToken:  # another secret may have sealed it
                continue
        return None


def _name(token: str) -> str:
    return f"bellwether:panel:{hashlib.sha256(token.encode()).hexdigest()}"


def _box(secret: str, token: str) -> Fernet:
    return box_of(*keys_of(secret, token.encode(), _PURPOSE))
