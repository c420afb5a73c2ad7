"""Who is logged in to the pages: a host-only cookie and a table in memory.

This is the session of the org's own site, not an API session; restarting the org logs everybody
out. The cookie is SameSite=Lax, so that no other site can make the pages act for a user.
"""

from __future__ import annotations

import secrets
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Request, Response

COOKIE = "sid"


class PageSessions:
    """Tokens of page sessions to the ids of their users."""

    def __init__(self) -> None:
        self._users: dict[str, str] = {}
        self._lock = Lock()

    def user_id(self, request: Request) -> str | None:
        """The user of the request's session."""
        with self._lock:
            return self._users.get(request.cookies.get(COOKIE, ""))

    def start(self, response: Response, user_id: str) -> None:
        """Log a user in with a fresh token."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._users[token] = user_id
        response.set_cookie(COOKIE, token, httponly=True, samesite="Lax", path="/")

    def end(self, request: Request, response: Response) -> None:
        """Log the request's user out."""
        with self._lock:
            self._users.pop(request.cookies.get(COOKIE, ""), None)
        response.delete_cookie(COOKIE, httponly=True, samesite="Lax", path="/")
