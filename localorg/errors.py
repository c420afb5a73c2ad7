"""What this org answers when it refuses: Salesforce's codes, wordings and HTTP statuses.

The body of a refusal is always an array, `[{"message", "errorCode"[, "fields"]}]`:
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
Every code raised anywhere in this package has a row in EVIDENCE.md; a test holds that.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any


class SalesforceError(Exception):
    """A refusal. `fields` is None where Salesforce leaves the key out."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = HTTPStatus.BAD_REQUEST,
        fields: list[str] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status, self.fields = code, message, int(status), fields

    def body(self) -> list[dict[str, Any]]:
        """The array that a REST resource answers with."""
        said: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        if self.fields is not None:
            said["fields"] = self.fields
        return [said]

    def row(self) -> dict[str, Any]:
        """One failed row of a Collections reply: `statusCode`, not `errorCode`, and no id."""
        said = {"statusCode": self.code, "message": self.message, "fields": self.fields or []}
        return {"success": False, "errors": [said]}


def not_found(message: str = "The requested resource does not exist") -> SalesforceError:
    """404 for an unknown resource, object or record."""
    return SalesforceError("NOT_FOUND", message, status=HTTPStatus.NOT_FOUND)


def expired_session() -> SalesforceError:
    """401 for a token that is unknown, expired or revoked."""
    return SalesforceError(
        "INVALID_SESSION_ID", "Session expired or invalid", status=HTTPStatus.UNAUTHORIZED
    )


def no_column(name: str, object_name: str) -> SalesforceError:
    """An unknown or unseen field in a write."""
    return SalesforceError(
        "INVALID_FIELD", f"No such column '{name}' on sobject of type {object_name}"
    )
