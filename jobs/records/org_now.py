"""What the org has of everything that a night writes: read in one call, before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jobs.records import snapshots, team_records, write_back
from jobs.records.score_record import light
from service.salesforce.query import given
from service.salesforce.score_shares import READERS, SHARES

if TYPE_CHECKING:
    from datetime import date

    from service.salesforce.errors import SalesforceError
    from service.salesforce.gateway import Gateway

Records = list[dict[str, Any]]


@dataclass(frozen=True)
class OrgNow:
    """The records as the org has them; of scores a digest of the details, see `score_record.light`."""

    teams: Records
    scores: Records = field(default_factory=list)
    snapshots: Records = field(default_factory=list)  #: of the week
    readers: Records | SalesforceError = field(default_factory=list)  #: perhaps the refusal
    shares: Records = field(default_factory=list)  #: of scores, where the night keeps them


def read_org(
    gateway: Gateway, as_of: date, *, aggregate_only: bool, with_shares: bool = False
) -> OrgNow:
    """Read it; of persons nothing where only groups may be written."""
    queries = [team_records.query(as_of)]
    if not aggregate_only:
        queries += [write_back.QUERY, snapshots.query(as_of), READERS]
        queries += [SHARES] if with_shares else []
    answers = gateway.query_together(queries, each=light)
    if aggregate_only:
        return OrgNow(given(answers[0]))
    teams, scores, of_the_week = map(given, answers[:3])
    readers, *shares = answers[3:]
    return OrgNow(teams, scores, of_the_week, readers, *map(given, shares))
