"""What the OAuth endpoints answer when they refuse: an object, not an array."""

from __future__ import annotations

from localorg.wire import Reply


class OAuthError(Exception):
    """A refused grant."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error, self.description = error, description

    def reply(self) -> Reply:
        """The object that the token endpoint answers with."""
        return Reply({"error": self.error, "error_description": self.description}, 400)
