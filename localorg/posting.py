"""How many posts of a user the feed takes in an hour, by a clock that a test can move.

Chatter refuses more with 503; the number is not published:
https://developer.salesforce.com/docs/platform/connect-rest-api/guide/intro_rate_limits.html
"""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from localorg.errors import SalesforceError

if TYPE_CHECKING:
    import sqlite3

AN_HOUR = 200
_SECONDS = 3600
_TABLES = (
    "CREATE TABLE IF NOT EXISTS _post (user_id TEXT NOT NULL, at REAL NOT NULL)",
    "CREATE TABLE IF NOT EXISTS _posting (an_hour INTEGER NOT NULL, forward INTEGER NOT NULL)",
)


def create(db: sqlite3.Connection) -> None:
    """Make the tables if they are not there."""
    for one in _TABLES:
        db.execute(one)
    if db.execute("SELECT 1 FROM _posting").fetchone() is None:
        db.execute("INSERT INTO _posting VALUES (?, 0)", (AN_HOUR,))


def take(db: sqlite3.Connection, user_id: str) -> None:
    """Count one post of a user; refuses one beyond the hour's."""
    if left(db, user_id) <= 0:
        raise SalesforceError(
            "REQUEST_LIMIT_EXCEEDED",
            "You have exceeded the maximum number of requests for this hour.",
            status=HTTPStatus.SERVICE_UNAVAILABLE,
        )
    db.execute("INSERT INTO _post VALUES (?, ?)", (user_id, _now(db)))


def left(db: sqlite3.Connection, user_id: str) -> int:
    """How many more posts of the user this hour takes."""
    since = _now(db) - _SECONDS
    (count,) = db.execute(
        "SELECT COUNT(*) FROM _post WHERE user_id = ? AND at > ?", (user_id, since)
    ).fetchone()
    return allowed(db) - int(count)


def allowed(db: sqlite3.Connection) -> int:
    """How many posts of one user an hour takes."""
    (found,) = db.execute("SELECT an_hour FROM _posting").fetchone()
    return int(found)


def allow(db: sqlite3.Connection, an_hour: int) -> None:
    """Change the limit."""
    db.execute("UPDATE _posting SET an_hour = ?", (an_hour,))


def forward(db: sqlite3.Connection, seconds: int) -> None:
    """Move the clock of the hour; nothing else in the org uses it."""
    db.execute("UPDATE _posting SET forward = forward + ?", (seconds,))


def _now(db: sqlite3.Connection) -> float:
    (ahead,) = db.execute("SELECT forward FROM _posting").fetchone()
    return time.time() + int(ahead)
