"""Writing: sObject Collections of at most 200 records, one outcome per record, in order.

Several collections go in one composite where a repeat is safe: up to 1,000 records a call. Where that
would take more calls than an ingest job does, an upsert is one (`bulk_ingest`).

A reply of HTTP 200 says nothing about the records: each row has its own success.
Source: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from service.salesforce import bulk_ingest
from service.salesforce.errors import AmbiguousOutcomeError, TransientSalesforceError
from service.salesforce.outcome import Outcome
from service.salesforce.refusals import classify
from service.salesforce.transport import BASE, Request, to_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from service.salesforce import bulk


MOST_RECORDS = 200
#: How many collections one composite may hold.
MOST_BATCHES = 5
#: Long texts make a request heavy; this keeps one well below what an org takes.
MOST_CHARACTERS = 2_000_000
#: Of one collection, so that at least two go together.
BATCH_CHARACTERS = MOST_CHARACTERS // 2


class Caller(Protocol):
    """What writing needs of the gateway."""

    def call(self, request: Request) -> Any:  # noqa: ANN401 - parsed JSON
        """Send a request and give its parsed body."""


def create(
    caller: Caller, object_name: str, records: Sequence[Mapping[str, Any]], *, has_key: bool
) -> tuple[Outcome, ...]:
    """Create records.

    `has_key` says that each carries a unique key, so that a repeat is safe: it meets
    DUPLICATE_VALUE instead of making a second record. Without it nothing is repeated, and a
    lost reply raises AmbiguousOutcomeError.
    """
    bodies = [_typed(object_name, record) for record in records]
    return _in_batches(caller, "POST", f"{BASE}/composite/sobjects", bodies, repeatable=has_key)


def update(
    caller: Caller, object_name: str, records: Sequence[Mapping[str, Any]]
) -> tuple[Outcome, ...]:
    """Update records by `Id`."""
    bodies = [_typed(object_name, record) for record in records]
    return _in_batches(caller, "PATCH", f"{BASE}/composite/sobjects", bodies, repeatable=True)


def upsert(
    caller: bulk.Caller, object_name: str, key_field: str, records: Sequence[Mapping[str, Any]]
) -> tuple[Outcome, ...]:
    """Create or update by an external id field that every record carries."""
    bodies = [_typed(object_name, record) for record in records]
    path = f"{BASE}/composite/sobjects/{object_name}/{key_field}"
    if _calls(bodies) <= bulk_ingest.CALLS or not bulk_ingest.fits(records):
        return _in_batches(caller, "PATCH", path, bodies, repeatable=True)
    outcomes = list(bulk_ingest.upsert(caller, object_name, key_field, records))
    again = passing(outcomes)
    # A refused row was surely not applied, so it may be sent once more.
    second = _in_batches(caller, "PATCH", path, [bodies[at] for at in again], repeatable=True)
    for at, outcome in zip(again, second, strict=True):
        outcomes[at] = outcome
    return tuple(outcomes)


def _calls(bodies: list[dict[str, Any]]) -> int:
    """How many calls records take in composites of collections."""
    if len(bodies) <= MOST_RECORDS:
        return 1
    every = list(batches(bodies))
    groups = list(_composites(range(len(every)), every))
    return len(groups) + len(every) - sum(map(len, groups))


def _typed(object_name: str, record: Mapping[str, Any]) -> dict[str, Any]:
    return {"attributes": {"type": object_name}, **record}


def _in_batches(
    caller: Caller, method: str, path: str, bodies: list[dict[str, Any]], *, repeatable: bool
) -> tuple[Outcome, ...]:
    outcomes: list[Outcome] = []
    every = list(batches(bodies))
    answered = _together(caller, method, path, every) if repeatable else {}
    for place, batch in enumerate(every):
        first = answered.get(place) or _send(caller, method, path, batch, repeatable=repeatable)
        again = passing(first)
        if again:
            # A refused row was surely not applied, so it may be sent once more.
            rest = [batch[place] for place in again]
            second = _send(caller, method, path, rest, repeatable=repeatable)
            for at, outcome in zip(again, second, strict=True):
                first[at] = outcome
        outcomes.extend(first)
    return tuple(outcomes)


def _together(
    caller: Caller, method: str, path: str, every: Sequence[list[dict[str, Any]]]
) -> dict[int, list[Outcome]]:
    """Send batches in composites of five, each of which counts as one call.

    Gives the outcomes by the batch's place, of those batches that were answered whole; the others
    are sent again by themselves, which is safe because they are repeatable. A text with "@{" would
    be taken for a reference, so its batch goes by itself as well.
    Source: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm
    """
    plain = [place for place, batch in enumerate(every) if "@{" not in to_json(batch)]
    answered: dict[int, list[Outcome]] = {}
    for places in _composites(plain, every):
        subrequests = [
            {
                "method": method,
                "url": path,
                "referenceId": f"b{place}",
                "body": {"allOrNone": False, "records": every[place]},
            }
            for place in places
        ]
        body = {"allOrNone": False, "compositeRequest": subrequests}
        reply = caller.call(Request("POST", f"{BASE}/composite", body=body, repeatable=True))
        given = reply.get("compositeResponse") if isinstance(reply, dict) else None
        rows_of = {one["referenceId"]: one["body"] for one in given or ()}
        for place in places:
            rows = rows_of.get(f"b{place}")
            if isinstance(rows, list) and speaks_of_each(rows, every[place]):
                answered[place] = [_outcome(row, made=method == "POST") for row in rows]
    return answered


def _composites(
    places: Sequence[int], every: Sequence[list[dict[str, Any]]]
) -> Iterator[list[int]]:
    """Two to five batches that are not too heavy together; what stays alone is left out."""
    group: list[int] = []
    size = 0
    for place in places:
        weight = len(to_json(every[place]))
        if group and (len(group) == MOST_BATCHES or size + weight > MOST_CHARACTERS):
            yield from [group] if len(group) > 1 else []
            group, size = [], 0
        group.append(place)
        size += weight
    yield from [group] if len(group) > 1 else []


def speaks_of_each(rows: Sequence[object], batch: Sequence[object]) -> bool:
    """Whether a reply has one row with a verdict for each record, and is no error."""
    verdicts = (isinstance(row, dict) and "success" in row for row in rows)
    return len(rows) == len(batch) and all(verdicts)


def batches(bodies: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Split into batches of at most MOST_RECORDS records and about BATCH_CHARACTERS characters."""
    batch: list[dict[str, Any]] = []
    size = 0
    for body in bodies:
        length = len(to_json(body))
        if batch and (len(batch) == MOST_RECORDS or size + length > BATCH_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(body)
        size += length
    if batch:
        yield batch


def _send(
    caller: Caller, method: str, path: str, batch: list[dict[str, Any]], *, repeatable: bool
) -> list[Outcome]:
    body = {"allOrNone": False, "records": batch}
    rows = caller.call(Request(method, path, body=body, repeatable=repeatable))
    if not isinstance(rows, list) or len(rows) != len(batch):
        kind = TransientSalesforceError if repeatable else AmbiguousOutcomeError
        raise kind(f"{len(batch)} records were sent and the reply does not speak of each")
    return [_outcome(row, made=method == "POST") for row in rows]


def passing(outcomes: list[Outcome]) -> list[int]:
    """Places of the rows that only met a lock or another passing error."""
    return [
        place
        for place, outcome in enumerate(outcomes)
        if isinstance(outcome.error, TransientSalesforceError)
    ]


def _outcome(row: Mapping[str, Any], *, made: bool) -> Outcome:
    """`created` is in the rows of an upsert only; a POST makes, a PATCH by Id does not."""
    if row.get("success") is True:
        return Outcome(str(row["id"]), created=bool(row.get("created", made)))
    return Outcome(None, created=False, error=classify(400, row.get("errors") or []))
