"""The door: is this text really from Salesforce? Verified before a byte of it is believed.

A signed request is ``<signature>.<envelope>``: both Base64, the signature being HMAC-SHA256 with
the external client app's consumer secret over the envelope *as it is encoded*. Source:
https://developer.salesforce.com/docs/platform/canvas/guide/canvas-app-signed-req-authentication.html
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Longest signed request that is looked at. Real ones are a few kB; `parameters` and the fields of
#: a record may add to it.
SIZE_LIMIT = 200_000
_ALGORITHM = "HMACSHA256"
#: Two encodings and nothing between: the standard alphabet with its padding (what Salesforce
#: sends) or the URL-safe one without (RFC 7515). No text is valid in both for a 32-byte
#: signature, so no single changed byte leads from one valid spelling to another.
_STANDARD = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", re.ASCII)
_URL_SAFE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


class RefusedRequestError(Exception):
    """The request is not believed. `reason` is a code for the log; the browser never sees it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def verify(signed_request: str, secrets: Iterable[str]) -> dict[str, Any]:
    """The envelope of a signed request made with one of `secrets` (several while one is rotated).

    Raises RefusedRequestError with reason `too_large`, `malformed`, `bad_signature`,
    `bad_envelope` or `bad_algorithm`.
    """
    if len(signed_request) > SIZE_LIMIT:
        raise RefusedRequestError("too_large")
    signature, dot, envelope = signed_request.partition(".")
    if not (signature and dot and envelope and signed_request.isascii()):
        raise RefusedRequestError("malformed")
    if not _is_signed(_decode(signature, "malformed"), envelope.encode("ascii"), secrets):
        raise RefusedRequestError("bad_signature")
    return _read(_decode(envelope, "bad_envelope"))


def _is_signed(given: bytes, message: bytes, secrets: Iterable[str]) -> bool:
    """Compare in constant time, and with every secret, so that time tells nothing."""
    matches = [
        hmac.compare_digest(given, hmac.digest(secret.encode(), message, hashlib.sha256))
        for secret in secrets
        if secret
    ]
    return any(matches)


def _decode(text: str, reason: str) -> bytes:
    """Bytes of a Base64 text whose unused bits are zero, so that one spelling means one value."""
    if _STANDARD.fullmatch(text):
        padded = text
    elif _URL_SAFE.fullmatch(text):
        padded = text.translate(_TO_STANDARD) + "=" * (-len(text) % 4)
    else:
        raise RefusedRequestError(reason)
    try:
        decoded = base64.b64decode(padded, validate=True)
    except binascii.Error as error:
        raise RefusedRequestError(reason) from error
    if base64.b64encode(decoded).decode("ascii") != padded:
        raise RefusedRequestError(reason)
    return decoded


_TO_STANDARD = str.maketrans("-_", "+/")


def _read(envelope: bytes) -> dict[str, Any]:
    """The signed JSON object. The algorithm is pinned: what the envelope names must be ours."""
    try:
        parsed = json.loads(envelope)
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, or nested without end
        raise RefusedRequestError("bad_envelope") from error
    if not isinstance(parsed, dict):
        raise RefusedRequestError("bad_envelope")
    if parsed.get("algorithm") != _ALGORITHM:
        raise RefusedRequestError("bad_algorithm")
    return parsed
