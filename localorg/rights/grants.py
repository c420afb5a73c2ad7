"""What users allowed apps for themselves, and the codes that an app turns into a session.

The web server flow: a user allows the app on the org's own page, the browser carries a code to the
app's callback, and the app sends it with its secret to the token endpoint.
https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_web_server_flow.htm
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from localorg import times

if TYPE_CHECKING:
    import sqlite3

_TABLES = (
    "CREATE TABLE IF NOT EXISTS _allowed (user_id TEXT, app TEXT, PRIMARY KEY (user_id, app))",
    """CREATE TABLE IF NOT EXISTS _code (
         code TEXT PRIMARY KEY, user_id TEXT NOT NULL, app TEXT NOT NULL, callback TEXT NOT NULL,
         challenge TEXT NOT NULL, expires_at TEXT NOT NULL)""",
)
#: A code that nobody used is worth nothing after this.
_MINUTES = 15


@dataclass(frozen=True)
class Code:
    """What a code stands for."""

    user_id: str
    app: str  #: developer name
    callback: str  #: where the browser was sent with it
    challenge: str  #: of the one verifier that redeems it


def create(db: sqlite3.Connection) -> None:
    """Make the tables if they are not there."""
    for one in _TABLES:
        db.execute(one)


def allow(db: sqlite3.Connection, code: Code) -> str:
    """The user allows the app: gives the code for its callback."""
    db.execute("INSERT OR IGNORE INTO _allowed VALUES (?, ?)", (code.user_id, code.app))
    text = "aPrx" + secrets.token_urlsafe(48)
    ends = times.text(times.now() + timedelta(minutes=_MINUTES))
    said = (text, code.user_id, code.app, code.callback, code.challenge, ends)
    db.execute("INSERT INTO _code VALUES (?, ?, ?, ?, ?, ?)", said)
    return text


def has_allowed(db: sqlite3.Connection, user_id: str, app: str) -> bool:
    """Whether the user allowed the app."""
    found = db.execute("SELECT 1 FROM _allowed WHERE user_id = ? AND app = ?", (user_id, app))
    return found.fetchone() is not None


def take(db: sqlite3.Connection, text: str) -> Code | None:
    """What a code stands for; it is used up by that."""
    row = db.execute(
        "DELETE FROM _code WHERE code = ? RETURNING user_id, app, callback, challenge, expires_at",
        (text,),
    ).fetchone()
    return Code(*tuple(row)[:4]) if row and row["expires_at"] > times.text(times.now()) else None


def fits(challenge: str, verifier: str) -> bool:
    """PKCE, method S256: https://datatracker.ietf.org/doc/html/rfc7636#section-4.6."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return hmac.compare_digest(base64.urlsafe_b64encode(digest).decode().rstrip("="), challenge)
