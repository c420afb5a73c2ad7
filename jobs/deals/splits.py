"""Who shares the credit for a big deal: the revenue splits of an org that has them.

Only a deal that is about to be announced is asked about, and what is told is how it is split then:
an edit of the splits announces nothing, as no other edit does. Nobody's amount is told, and no
percentages that would give away more than the whole deal.
https://developer.salesforce.com/docs/platform/object-reference/references/standard-objects/object-opportunitysplit.html
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING, Any

import structlog

from jobs.deals.wins import IDS_AT_ONCE
from service.evidence.deals import Share
from service.salesforce.errors import (
    LimitReachedError,
    SalesforceError,
    SessionExpiredError,
    TransientSalesforceError,
)
from service.salesforce.soql import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jobs.deals.due import Due
    from jobs.deals.outcome import Announced
    from service.salesforce.query import Asked

ALL = Decimal(100)
_HUNDREDTH = Decimal("0.01")
#: An org without opportunity splits has no such object, nor has one for a user who may not see it.
_ABSENT = "INVALID_TYPE"
log = structlog.get_logger(__name__)


def split_queries(due: Iterable[Due]) -> list[str]:
    """The SOQL that asks for the splits of these deals, IDS_AT_ONCE in each.

    Overlays are help and no revenue, and a type that was switched off keeps its old splits.
    """
    ids = list(dict.fromkeys(one.deal.opportunity_id for one in due))
    return [
        "SELECT OpportunityId, SplitOwnerId, SplitOwner.Name, SplitPercentage FROM OpportunitySplit "  # noqa: S608 - quoted ids
        f"WHERE OpportunityId IN ({', '.join(map(quoted, ids[at : at + IDS_AT_ONCE]))}) "
        "AND SplitType.DeveloperName = 'Revenue' AND SplitType.IsActive = true "
        "AND SplitPercentage > 0 ORDER BY Id"
        for at in range(0, len(ids), IDS_AT_ONCE)
    ]


def with_shares(asked: Asked, due: Sequence[Due], done: Announced) -> list[Due]:
    """Give the deals with those who share them, as far as the org says so."""
    rows: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    try:
        for soql in split_queries(due):
            for row in asked.query(soql):
                rows[str(row["OpportunityId"])].append(row)
    except (LimitReachedError, SessionExpiredError, TransientSalesforceError):
        raise  # as for anything else that is asked
    except SalesforceError as error:
        if error.code != _ABSENT:
            log.warning("no_splits", error=str(error))
            done.notes.append(f"Who shares the credit for big deals is not told. {error}")
        return list(due)
    return [_shared(one, rows[one.deal.opportunity_id]) for one in due]


def _shared(one: Due, rows: Iterable[Mapping[str, Any]]) -> Due:
    return replace(one, deal=replace(one.deal, shared_by=shares(rows, one.deal.owner_id)))


def shares(rows: Iterable[Mapping[str, Any]], deal_owner: str | None) -> tuple[Share, ...]:
    """Give who has the credit for a deal, by its splits, the largest part first.

    None where its owner has all of it, or where the parts are more than the whole: an org may
    have stopped checking that they total 100 %. Somebody with a split for each territory has their
    sum. Parts are cut after the hundredth, so that what is told is never more than the whole; of
    less than that nobody is told.
    """
    parts: defaultdict[str, Decimal] = defaultdict(Decimal)
    names: dict[str, str] = {}
    for row in rows:
        owner = str(row["SplitOwnerId"])
        parts[owner] += Decimal(str(row["SplitPercentage"]))
        names[owner] = str((row["SplitOwner"] or {}).get("Name") or "somebody")
    if parts.keys() <= {deal_owner} or sum(parts.values()) > ALL:
        return ()
    ordered = sorted(parts, key=lambda owner: (-parts[owner], names[owner], owner))
    told = ((names[owner], parts[owner].quantize(_HUNDREDTH, ROUND_DOWN)) for owner in ordered)
    return tuple(Share(name, part) for name, part in told if part)
