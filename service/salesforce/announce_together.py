"""Several announcements in one transaction, so that a dozen of them cost one call.

One all-or-none composite holds the posts and claims of several deals: all are announced, or none
is. Where one of them keeps the others out (it was announced already, the org refuses it, the hour's
posts are used up), nothing of it is in the org, and each is tried alone, as if this had never been.
The proof that nothing is announced twice stays the unique key of each claim.
A composite takes 25 subrequests:
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.salesforce.announce import (
    Announcement,
    announce,
    as_found,
    composite,
    is_good,
    read_claims,
    results,
    steps,
)
from service.salesforce.errors import HourlyLimitError, TransientSalesforceError
from service.salesforce.fields import BigDealAlert

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from service.salesforce.announce import Caller

MOST_STEPS = 25


@dataclass(frozen=True)
class Wanted:
    """One deal to announce: the claim, the post, and perhaps a second post. See `announce`."""

    claim: Mapping[str, Any]
    post: Mapping[str, Any]
    also: Mapping[str, Any] | None = None

    @property
    def key(self) -> str:
        """The claim's unique key."""
        return str(self.claim[BigDealAlert.KEY])

    def steps(self, place: int | str = "") -> list[dict[str, Any]]:
        """Its subrequests; `place` tells them apart from those of others."""
        return steps(self.claim, self.post, self.also, place)


def announce_all(caller: Caller, wanted: Iterable[Wanted]) -> Iterator[Announcement]:
    """Announce them in their order, and say what came of each; what is not asked for is not sent.

    Raises what `announce` raises.
    """
    for batch in _batches(wanted):
        said = _together(caller, batch) if len(batch) > 1 else None
        if said is not None:
            yield from said
            continue
        for one in batch:
            yield announce(caller, one.claim, one.post, one.also)


def _batches(wanted: Iterable[Wanted]) -> Iterator[list[Wanted]]:
    batch: list[Wanted] = []
    for one in wanted:
        if sum(len(earlier.steps()) for earlier in [*batch, one]) > MOST_STEPS:
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


def _together(caller: Caller, batch: Sequence[Wanted]) -> list[Announcement] | None:
    """What came of each; None where surely nothing was written, because of one of them."""
    asked = [step for place, one in enumerate(batch) for step in one.steps(place)]
    try:
        try:
            reply = caller.call(composite(asked))
        except HourlyLimitError:
            return None
        except TransientSalesforceError as error:
            return _after_doubt(caller, batch, error)
        found = results(reply, steps={str(step["referenceId"]) for step in asked})
    except TransientSalesforceError as error:
        return [Announcement("pending", error=error) for _ in batch]
    if not all(is_good(status) for status, _ in found.values()):
        return None
    return [_announced(found, place) for place, _ in enumerate(batch)]


def _announced(found: Mapping[str, tuple[int, Any]], place: int) -> Announcement:
    post_id, claim_id = (str(found[f"{name}{place}"][1]["id"]) for name in ("post", "claim"))
    return Announcement("announced", post_id, claim_id)


def _after_doubt(
    caller: Caller, batch: Sequence[Wanted], error: TransientSalesforceError
) -> list[Announcement]:
    """Look before anything else: the request may have been applied although no reply came."""
    found = read_claims(caller, [one.key for one in batch])
    return [
        as_found(found[one.key], by_this_try=True)
        if one.key in found
        else Announcement("pending", error=error)
        for one in batch
    ]
