"""Sessions: a token stands for a user and the app that asked for it.

A JWT bearer grant answers the same token while it is still valid; revoking it therefore ends
it for everyone (observed on a Developer org; EVIDENCE.md).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from localorg import times

if TYPE_CHECKING:
    import sqlite3

_TABLE = """
CREATE TABLE IF NOT EXISTS _session (
  token TEXT PRIMARY KEY, user_id TEXT NOT NULL, app TEXT NOT NULL, scopes TEXT NOT NULL,
  expires_at TEXT NOT NULL, revoked INTEGER NOT NULL DEFAULT 0);
"""


@dataclass(frozen=True)
class Session:
    """A valid session."""

    token: str
    user_id: str
    app: str  #: developer name of the app, or empty for a session of the user interface
    scopes: tuple[str, ...]


def create(db: sqlite3.Connection) -> None:
    """Make the table if this is a new org."""
    db.executescript(_TABLE)


def start(
    db: sqlite3.Connection,
    org_id: str,
    user_id: str,
    *,
    app: str = "",
    scopes: tuple[str, ...] = (),
    minutes: int = 120,
) -> Session:
    """The user's valid session with this app, or a new one."""
    row = db.execute(
        "SELECT token FROM _session WHERE user_id = ? AND app = ? AND scopes = ?"
        " AND revoked = 0 AND expires_at > ?",
        (user_id, app, " ".join(scopes), times.text(times.now())),
    ).fetchone()
    token = str(row[0]) if row else f"{org_id[:15]}!{secrets.token_hex(48)}"
    expires_at = times.text(times.now() + timedelta(minutes=minutes))
    db.execute(
        "INSERT INTO _session VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (token) DO NOTHING",
        (token, user_id, app, " ".join(scopes), expires_at),
    )
    return Session(token, user_id, app, scopes)


def find(db: sqlite3.Connection, token: str) -> Session | None:
    """The session of a token, unless it is expired, revoked or unknown; a use prolongs nothing."""
    row = db.execute(
        "SELECT token, user_id, app, scopes FROM _session"
        " WHERE token = ? AND revoked = 0 AND expires_at > ?",
        (token, times.text(times.now())),
    ).fetchone()
    return Session(row[0], row[1], row[2], tuple(row[3].split())) if row else None


def revoke(db: sqlite3.Connection, *, token: str | None = None, user_id: str | None = None) -> int:
    """End the session of a token, or all of a user; returns how many ended."""
    column, value = ("token", token) if token else ("user_id", user_id)
    ended = db.execute(
        f"UPDATE _session SET revoked = 1 WHERE revoked = 0 AND {column} = ?",  # noqa: S608  # names from above
        (value,),
    )
    return ended.rowcount
