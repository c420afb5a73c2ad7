"""One maker of keys and boxes: what is sealed for whom, from a secret that only the service has.

HKDF makes the keys, so that one secret serves several purposes and none of them opens another's.
https://datatracker.ietf.org/doc/html/rfc5869
"""

from __future__ import annotations

import base64
from typing import Final

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32


def keys_of(secret: str, salt: bytes, purpose: bytes, count: int = 1) -> list[bytes]:
    """So many keys of 32 bytes; another salt or purpose gives others."""
    made = HKDF(SHA256(), count * KEY_BYTES, salt=salt, info=purpose).derive(secret.encode())
    return [made[at : at + KEY_BYTES] for at in range(0, len(made), KEY_BYTES)]


def box_of(key: bytes) -> Fernet:
    """What seals and opens with this key."""
    return Fernet(base64.urlsafe_b64encode(key))
