"""Times as this org keeps and sends them: UTC text, `2026-11-22T10:00:00.000+0000`.

REST answers `+0000`, never `Z`; date-times keep whole seconds; dates have no zone:
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_valid_date_formats.htm
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

_DATETIME = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})\Z", re.IGNORECASE
)


def now() -> datetime:
    """This moment, to the second, aware."""
    return datetime.now(UTC).replace(microsecond=0)


def text(moment: datetime) -> str:
    """An aware time as it is stored and sent."""
    return moment.astimezone(UTC).isoformat()[:19] + ".000+0000"


def read(given: str) -> datetime:
    """A time with its zone (`Z`, `+0000`, `+00:00`); `ValueError` if it is none."""
    if not _DATETIME.match(given):
        raise ValueError(f"no dateTime: {given}")
    return datetime.fromisoformat(given.upper()).astimezone(UTC)


def read_date(given: str) -> date:
    """A date `YYYY-MM-DD`; `ValueError` if it is none."""
    if not re.match(r"\d{4}-\d{2}-\d{2}\Z", given):
        raise ValueError(f"no date: {given}")
    return date.fromisoformat(given)
