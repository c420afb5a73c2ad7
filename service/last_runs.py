"""How the last run of each kind ended, kept in the broker for whoever watches: counts, never people.

The org's `Adoption_Run__c` is what lasts. What is here may be lost at any time, and comes back
with the next run.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redis import Redis

#: A night that ended longer ago than this is missing.
LATE = timedelta(hours=36)
_KEY = "bellwether:last-runs:{}"


def remember(connection: Redis, org_id: str, kind: str, figures: Mapping[str, Any]) -> None:
    """Keep the figures (text and numbers) of a run that ended."""
    connection.hset(_KEY.format(org_id[:15]), kind, json.dumps(dict(figures)))


def recall(connection: Redis, org_id: str) -> dict[str, dict[str, Any]]:
    """Give the figures of the last run by kind."""
    found: Mapping[bytes, bytes] = connection.hgetall(_KEY.format(org_id[:15]))  # type: ignore[assignment]  # redis: or awaitable
    return {kind.decode(): json.loads(figures) for kind, figures in found.items()}
