"""What became of one record that was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.salesforce.errors import SalesforceError


@dataclass(frozen=True)
class Outcome:
    """What became of one record. `error` is None exactly when it was written."""

    id: str | None
    created: bool
    error: SalesforceError | None = None

    @property
    def is_written(self) -> bool:
        """True when the org has the record as it was sent."""
        return self.error is None
