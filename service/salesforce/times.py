"""Times as an org gives them, as it takes them, and as SOQL names them. Ours are aware."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(text: object) -> datetime:
    """A time of the REST API, "2026-11-20T23:59:59.000+0000", as UTC."""
    return datetime.fromisoformat(str(text)).astimezone(UTC)


def instant(at: datetime) -> str:
    """An aware time as the text that a record takes."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def literal(at: datetime) -> str:
    """An aware time as SOQL names it: unquoted, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
