"""How the text of one setting becomes its value. Raises ValueError that says what it must be."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from service.who_reads import SHARINGS, Sharing

SHORTEST_TOKEN = 16


def text(raw: str) -> str:
    """Any text."""
    if not raw.strip():
        message = "must not be empty"
        raise ValueError(message)
    return raw.strip()


def org_id(raw: str) -> str:
    """An organization id."""
    if len(raw) not in (15, 18) or not raw.startswith("00D") or not raw.isalnum():
        message = "must be an organization id: 15 or 18 characters starting with 00D"
        raise ValueError(message)
    return raw


def url(raw: str) -> str:
    """An address over TLS, without a slash at its end."""
    if not raw.startswith("https://") or raw.endswith("/"):
        message = "must start with https:// and not end with a slash"
        raise ValueError(message)
    return raw


def redis_url(raw: str) -> str:
    """The broker's address."""
    if not raw.startswith(("redis://", "rediss://", "unix://")):
        message = "must start with redis://, rediss:// or unix://"
        raise ValueError(message)
    try:
        urlsplit(raw).port  # noqa: B018 - reading it is the check
    except ValueError:
        # The error's own text quotes the port's place, where half of a password may stand.
        message = "has no readable port: percent-encode the password in it"
        raise ValueError(message) from None
    _check_redis_options(raw)
    return raw


def _check_redis_options(raw: str) -> None:
    """Build a connection, which reads every option; nothing is connected to."""
    from redis import ConnectionPool, RedisError  # noqa: PLC0415 - only where there is an address

    try:
        ConnectionPool.from_url(raw).make_connection()
    except (TypeError, ValueError, RedisError):
        # The errors' own texts may quote the address, and a password with it.
        message = (
            "has an option after the ? that no Redis connection takes, or one with a wrong value: "
            "take it away"
        )
        raise ValueError(message) from None


def words(raw: str) -> tuple[str, ...]:
    """Words with spaces between them."""
    return tuple(raw.split())


def whole(raw: str) -> int:
    """A whole number above 0."""
    if not raw.isdecimal() or int(raw) == 0:
        message = "must be a whole number above 0"
        raise ValueError(message)
    return int(raw)


def yes_or_no(raw: str) -> bool | None:
    """An answer; None where there is none."""
    if raw not in ("", "yes", "no"):
        message = "must be yes or no, or empty"
        raise ValueError(message)
    return None if raw == "" else raw == "yes"


def token(raw: str) -> str:
    """A bearer token, or nothing."""
    if raw and (len(raw) < SHORTEST_TOKEN or raw.strip() != raw):
        message = f"must have at least {SHORTEST_TOKEN} characters and no spaces around them"
        raise ValueError(message)
    return raw


def percent(raw: str) -> int:
    """A whole number from 1 to 100."""
    if not raw.isdecimal() or not 1 <= int(raw) <= 100:  # noqa: PLR2004 - percent
        message = "must be a whole number from 1 to 100"
        raise ValueError(message)
    return int(raw)


def pem(raw: str) -> str:
    """A private key."""
    text = raw.replace("\\n", "\n").strip()
    if not text.startswith("-----BEGIN"):
        message = "must be a PEM private key (-----BEGIN …), with real or \\n line breaks"
        raise ValueError(message)
    return text + "\n"


def unguessable(raw: str) -> str:
    """Part of an address that nobody guesses, or nothing."""
    if raw and not re.fullmatch(r"[A-Za-z0-9_-]{32,128}", raw):
        message = "must be 32 to 128 letters, digits, - and _, or empty"
        raise ValueError(message)
    return raw


def own_address(raw: str) -> str:
    """The address of a site alone, or nothing."""
    if raw and not re.fullmatch(
        r"https://[^/?#\s@]+|http://(localhost|127\.0\.0\.1)(:\d+)?", raw, re.ASCII
    ):
        message = "must be https:// and a host alone, such as https://NAME.herokuapp.com, or empty"
        raise ValueError(message)
    return raw


def sharing(raw: str) -> Sharing:
    """A way of sharing people's records."""
    if raw not in SHARINGS:
        message = f"must be one of {', '.join(SHARINGS)}"
        raise ValueError(message)
    return SHARINGS[SHARINGS.index(raw)]


def optional_path(raw: str) -> Path | None:
    """A file that is there; None where none is named."""
    if not raw:
        return None
    path = Path(raw)
    if not path.is_file():
        message = f"names a file that does not exist: {raw}"
        raise ValueError(message)
    return path
