"""Writing the scores: compare with what the org has now, send only what changed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import structlog

from jobs.records.changes import Written, count
from jobs.records.further import NOTHING, Further
from jobs.records.score_record import SHAPE, record_of
from service.salesforce.errors import AdminActionNeededError, SalesforceError
from service.salesforce.fields import AdoptionScore as Fields
from service.salesforce.in_log import in_log
from service.salesforce.score_shares import reader_ids
from service.tables import Gap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from jobs.records.changes import Shape
    from jobs.records.org_now import OrgNow
    from service.salesforce.gateway import Gateway
    from service.salesforce.outcome import Outcome
    from service.scoring.healthy import Yardstick
    from service.scoring.result import Score

#: Refusals that are about the owner alone: the score itself is written all the same.
_OWNER_REFUSED = frozenset({"TRANSFER_REQUIRES_READ", "INACTIVE_OWNER_OR_USER"})
#: What the org has of scores.
QUERY = SHAPE.query("Id", Fields.OWNER)
#: Records that are made and sent before the next ones are made: explanations are long.
AT_ONCE = 2_000
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ScoresWritten:
    """What became of the scores, and the id of each record: their details hang below it."""

    written: Written
    ids: Mapping[str, str]  #: of the score records, by user id
    moved: frozenset[str] = frozenset()  #: of those whose owner changed: their shares are gone


@dataclass(frozen=True)
class _InOrg:
    record_id: str
    owner_id: str
    fingerprint: str


def write_scores(
    gateway: Gateway,
    scores: Sequence[Score],
    as_of: str,
    gone: Callable[[str], Score],
    now: OrgNow,
    yardstick: Yardstick | None = None,
    use: Further = NOTHING,
) -> ScoresWritten:
    """Write the scores that differ from the org's, each owned by its person where that may be.

    `as_of` is the time for As_Of__c; `gone` gives what to say of a user who has a record and no
    score any more, so that nobody's last number stands for ever. Idempotent: the key is the
    user's id. One refused record does not stop the others. `now` is what the org has, `yardstick`
    what opportunities were judged by, `use` what is known of logins: nothing of who has no score.
    """
    shape = SHAPE.without(use.later)
    there = _known(now.scores, shape)
    left = sorted(there.keys() - {score.user_id for score in scores})
    readers, gaps = _readers(now.readers)
    sent, changed, owners, unchanged = _Sent(there), [], [], 0
    every = chain(
        (record_of(score, as_of, yardstick, use) for score in scores),
        (record_of(gone(user_id), as_of, yardstick) for user_id in left),
    )
    for record in every:
        user_id = str(record[Fields.KEY])
        if user_id in readers:
            record[Fields.OWNER] = user_id
        known = there.get(user_id)
        if known is None or shape.fingerprint(record) != known.fingerprint:
            changed.append(record)
            if len(changed) == AT_ONCE:
                sent.add(changed, _upsert(gateway, changed))
                changed = []
        elif record.get(Fields.OWNER, known.owner_id) != known.owner_id:
            owners.append(record)
        else:
            unchanged += 1
    sent.add(changed, _upsert(gateway, changed))
    given, refused = _give(gateway, owners)
    sent.add([record for record, _ in given], [outcome for _, outcome in given])
    return ScoresWritten(sent.written(unchanged + refused, gaps), sent.ids, frozenset(sent.moved))


class _Sent:
    """What came of the records that were sent so far; the records themselves are let go."""

    def __init__(self, there: Mapping[str, _InOrg]) -> None:
        self.ids = {user_id: known.record_id for user_id, known in there.items()}
        self.moved: set[str] = set()
        self._there = there
        self._parts: list[Written] = []

    def add(self, records: Sequence[Mapping[str, Any]], outcomes: Sequence[Outcome]) -> None:
        """Take up one outcome for each record."""
        for record, outcome in zip(records, outcomes, strict=True):
            if outcome.id:
                user_id = str(record[Fields.KEY])
                self.ids[user_id] = outcome.id
                known = self._there.get(user_id)
                if known and record.get(Fields.OWNER, known.owner_id) != known.owner_id:
                    self.moved.add(outcome.id)
        self._parts.append(count(SHAPE, records, outcomes, 0))

    def written(self, unchanged: int, gaps: tuple[Gap, ...]) -> Written:
        """Everything added up."""
        return Written(
            SHAPE.object_name,
            sum(part.created for part in self._parts),
            sum(part.changed for part in self._parts),
            unchanged,
            tuple(one for part in self._parts for one in part.rejected),
            gaps,
        )


def _known(records: Iterable[Mapping[str, Any]], shape: Shape) -> dict[str, _InOrg]:
    """What the org has now, by user: a digest each, so that memory stays small."""
    return {
        str(record[Fields.KEY]): _InOrg(
            str(record["Id"]), str(record[Fields.OWNER]), shape.fingerprint(record)
        )
        for record in records
    }


def _readers(
    found: Iterable[Mapping[str, Any]] | SalesforceError,
) -> tuple[frozenset[str], tuple[Gap, ...]]:
    """The active users who may own a score; a gap where the org does not say."""
    if not isinstance(found, SalesforceError):
        return reader_ids(found), ()
    if not isinstance(found, AdminActionNeededError):
        raise found
    log.warning("readers_unknown", error=in_log(found))
    why = (
        "The integration user cannot see who may read scores (grant it View Setup and "
        "Configuration), so it owns them itself and people do not see their own."
    )
    return frozenset(), (Gap("PermissionSetAssignment", None, why),)


def _give(
    gateway: Gateway, records: Sequence[dict[str, Any]]
) -> tuple[list[tuple[dict[str, Any], Outcome]], int]:
    """Give records that differ in their owner alone to their people; says how many were refused.

    A refused one stays as it is: writing it again without the owner would change nothing.
    """
    outcomes = gateway.upsert(Fields.OBJECT, Fields.KEY, records)
    pairs = zip(records, outcomes, strict=True)
    taken = [(one, got) for one, got in pairs if not _is_refused_for_owner(got)]
    return taken, len(records) - len(taken)


def _is_refused_for_owner(outcome: Outcome) -> bool:
    return outcome.error is not None and outcome.error.code in _OWNER_REFUSED


def _upsert(gateway: Gateway, records: Sequence[dict[str, Any]]) -> list[Outcome]:
    outcomes = list(gateway.upsert(Fields.OBJECT, Fields.KEY, records))
    again = [
        place
        for place, outcome in enumerate(outcomes)
        if _is_refused_for_owner(outcome) and Fields.OWNER in records[place]
    ]
    without = [
        {name: value for name, value in records[place].items() if name != Fields.OWNER}
        for place in again
    ]
    second = gateway.upsert(Fields.OBJECT, Fields.KEY, without)
    for place, outcome in zip(again, second, strict=True):
        outcomes[place] = outcome
    return outcomes
