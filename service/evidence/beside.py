"""What is reported beside the score: results and times. None of it enters a score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.evidence import lead_response

if TYPE_CHECKING:
    from collections.abc import Collection

    from service.evidence.lead_response import LeadResponse
    from service.evidence.staging import Scope


@dataclass(frozen=True, slots=True)
class Beside:
    """Everything of one reading that is shown beside the scores. None: the data cannot show it."""

    lead_response: LeadResponse | None = None


def read_beside(scope: Scope, absent_measures: Collection[str]) -> Beside:
    """Read it, given the measures that the reading cannot show."""
    return Beside(lead_response=lead_response.read(scope, absent_measures))
