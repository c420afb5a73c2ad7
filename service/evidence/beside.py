"""What is reported beside the score: results and times. None of it enters a score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.evidence import campaigns, lead_response, outcomes, quotas, selling

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from service.evidence.campaigns import Campaigns
    from service.evidence.lead_response import LeadResponse
    from service.evidence.outcomes import Outcomes
    from service.evidence.quotas import Quota
    from service.evidence.reduce import Reduced
    from service.tables import Gap


@dataclass(frozen=True, slots=True)
class Beside:
    """Everything of one reading that is shown beside the scores. None: the data cannot show it."""

    lead_response: LeadResponse | None = None
    outcomes: Outcomes | None = None
    quotas: tuple[Quota, ...] | None = None
    campaigns: Campaigns | None = None
    selling: Mapping[str, int] | None = None  #: user id -> seconds with customers in their window


def read_beside(reduced: Reduced, windows: Mapping[str, tuple[date, date]]) -> Beside:
    """Read it; `windows` are the first and the last day of each person's score."""
    scope = reduced.scope
    found = outcomes.read(scope)
    return Beside(
        lead_response=lead_response.read(scope, reduced.coverage.absent_measures),
        outcomes=found,
        quotas=quotas.read(scope, reduced.currency, found.since),
        campaigns=campaigns.read(scope, found.since),
        selling=selling.read(scope, windows),
    )


def gaps(reduced: Reduced) -> list[Gap]:
    """What is not shown beside the scores, and why."""
    tables = reduced.scope.tables
    return [
        *outcomes.gaps(tables),
        *quotas.gaps(tables, reduced.currency),
        *selling.gaps(tables),
        *campaigns.gaps(tables),
    ]
