"""Announcing exactly once: the claim with its unique key and the post, in one transaction.

A Chatter post is not idempotent and the platform knows no duplicates of posts, so a post is
never sent alone. One all-or-none composite *creates* the FeedItem and the claim record; a second
worker, or a replay after a crash, meets DUPLICATE_VALUE on the claim and everything of it rolls
back. The org's unique index is the proof.
Source: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from service.salesforce import writing
from service.salesforce.errors import (
    AdminActionNeededError,
    HourlyLimitError,
    LimitReachedError,
    RecordRejectedError,
    RequestDefectError,
    SalesforceError,
    TransientSalesforceError,
)
from service.salesforce.fields import BigDealAlert
from service.salesforce.refusals import classify
from service.salesforce.soql import quoted
from service.salesforce.transport import BASE, Request

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Status = Literal["announced", "already", "failed", "refused", "pending", "limited"]
DETAIL_LENGTH = 255


class Caller(Protocol):
    """What announcing needs of the gateway."""

    def call(self, request: Request) -> Any:  # noqa: ANN401 - parsed JSON
        """Send a request and give its parsed body."""

    def query(self, soql: str) -> Iterator[dict[str, Any]]:
        """Give the records of a query."""


@dataclass(frozen=True)
class Announcement:
    """What is known of one announcement after one try.

    - `announced`  the post is out, by this very try
    - `already`    a claim was there: someone announced it, or set it aside, before
    - `failed`     it can never be posted; the claim says so (status Failed, with the remedy)
    - `refused`    the org refused the claim itself; nothing was written or posted
    - `pending`    in doubt; nobody may say "already sent". Try again later, for more than ten
                   minutes, because a transaction in flight may still commit or fail
    """

    status: Status
    post_id: str | None = None
    claim_id: str | None = None  #: only where the reply proves that this very try made the claim
    error: SalesforceError | None = None


def announce(
    caller: Caller,
    claim: Mapping[str, Any],
    post: Mapping[str, Any],
    also: Mapping[str, Any] | None = None,
) -> Announcement:
    """Try once. `claim` holds BigDealAlert fields with its key, `post` FeedItem fields.

    `also` is a second post, in the same transaction: both are made, or neither.

    Sets the claim's status and post id itself. Sending it again is always safe. Raises
    AdminActionNeededError, LimitReachedError, SessionExpiredError and RequestDefectError, which are
    about the whole run and not about this deal.
    """
    key, asked = str(claim[BigDealAlert.KEY]), steps(claim, post, also)
    try:
        try:
            reply = caller.call(composite(asked))
        except HourlyLimitError as error:
            return Announcement("limited", error=error)
        except TransientSalesforceError as error:
            return _after_doubt(caller, key, error)
        found = results(reply, steps={str(step["referenceId"]) for step in asked})
        return _verdict(caller, claim, found)
    except TransientSalesforceError as error:
        return Announcement("pending", error=error)


def steps(
    claim: Mapping[str, Any],
    post: Mapping[str, Any],
    also: Mapping[str, Any] | None,
    place: int | str = "",
) -> list[dict[str, Any]]:
    """The subrequests of one announcement; `place` tells them apart from those of others."""
    claimed = {
        **claim,
        BigDealAlert.STATUS: "Announced",
        BigDealAlert.POST_ID: f"@{{post{place}.id}}",
    }
    return [
        _step(f"post{place}", "FeedItem", post),
        *([] if also is None else [_step(f"also{place}", "FeedItem", also)]),
        _step(f"claim{place}", BigDealAlert.OBJECT, claimed),
    ]


def composite(asked: Sequence[Mapping[str, Any]]) -> Request:
    """All of them or none, in this order; never repeated by itself."""
    body = {"allOrNone": True, "collateSubrequests": False, "compositeRequest": list(asked)}
    return Request(
        "POST", f"{BASE}/composite", body=body, repeatable=False, about=BigDealAlert.OBJECT
    )


def _step(reference: str, object_name: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "method": "POST",
        "url": f"{BASE}/sobjects/{object_name}",
        "referenceId": reference,
        "body": dict(body),
    }


def results(reply: object, steps: set[str]) -> dict[str, tuple[int, Any]]:
    """By reference: (status, body) of each step. The outer status says nothing about them.

    Raises TransientSalesforceError where the reply does not speak of all of them.
    """
    rows = reply.get("compositeResponse") if isinstance(reply, dict) else None
    found = {
        str(row.get("referenceId")): (int(row.get("httpStatusCode", 0)), row.get("body"))
        for row in rows or ()
    }
    if found.keys() != steps:
        raise TransientSalesforceError("the reply does not speak of each post and the claim")
    return found


def is_good(status: int) -> bool:
    """Whether a step was done."""
    return 200 <= status < 300  # noqa: PLR2004 - the class of success


def _verdict(
    caller: Caller, claim: Mapping[str, Any], results: Mapping[str, tuple[int, Any]]
) -> Announcement:
    if all(is_good(status) for status, _ in results.values()):
        post_id, claim_id = (str(results[name][1]["id"]) for name in ("post", "claim"))
        return Announcement("announced", post_id, claim_id)
    causes = _causes(results)
    passing = next((e for e in causes.values() if isinstance(e, TransientSalesforceError)), None)
    if isinstance(passing, HourlyLimitError):
        return Announcement("limited", error=passing)
    if passing or not causes:
        return Announcement("pending", error=passing)
    if "claim" in causes:
        return _claim_refused(caller, claim, causes["claim"])
    return _never(caller, claim, causes.get("post") or causes["also"])


def _causes(results: Mapping[str, tuple[int, Any]]) -> dict[str, SalesforceError]:
    """Only the steps that failed by themselves; the innocent say PROCESSING_HALTED."""
    errors = {
        reference: classify(status, body)
        for reference, (status, body) in results.items()
        if not is_good(status)
    }
    return {name: error for name, error in errors.items() if error.code != "PROCESSING_HALTED"}


def _claim_refused(
    caller: Caller, claim: Mapping[str, Any], error: SalesforceError
) -> Announcement:
    if error.code == "DUPLICATE_VALUE":
        # It may come from a transaction still in flight that then fails, so look.
        found = read_claim(caller, str(claim[BigDealAlert.KEY]))
        return as_found(found) if found else Announcement("pending", error=error)
    if isinstance(error, RecordRejectedError):
        return Announcement("refused", error=error)
    raise error


def _never(caller: Caller, claim: Mapping[str, Any], error: SalesforceError) -> Announcement:
    """Record a post that can never succeed (no feed, no membership, archived group)."""
    if isinstance(error, RequestDefectError | LimitReachedError):
        raise error
    failed = {
        **{name: value for name, value in claim.items() if name != BigDealAlert.NOTIFIED},
        BigDealAlert.STATUS: "Failed",
        BigDealAlert.DETAIL: str(error)[:DETAIL_LENGTH],
    }
    outcome = writing.create(caller, BigDealAlert.OBJECT, [failed], has_key=True)[0]
    if outcome.error is None:
        return Announcement("failed", error=error)
    return _claim_refused(caller, claim, outcome.error)


def _after_doubt(caller: Caller, key: str, error: SalesforceError) -> Announcement:
    """Look before anything else: the request may have been applied although no reply came."""
    found = read_claim(caller, key)
    if found is None:
        return Announcement("pending", error=error)
    return as_found(found, by_this_try=True)


def as_found(found: Mapping[str, Any], *, by_this_try: bool = False) -> Announcement:
    """What a claim that is there says; `by_this_try`: that a reply was lost tells whose it is."""
    if by_this_try and found[BigDealAlert.STATUS] == "Announced":
        return Announcement("announced", post_id=found.get(BigDealAlert.POST_ID))
    if found[BigDealAlert.STATUS] == "Failed":
        detail = str(found.get(BigDealAlert.DETAIL) or "")
        return Announcement("failed", error=AdminActionNeededError(detail))
    return Announcement("already", post_id=found.get(BigDealAlert.POST_ID))


def read_claim(caller: Caller, key: str) -> dict[str, Any] | None:
    """Give the claim with this key, or None when there is none (yet)."""
    return read_claims(caller, [key]).get(key)


def read_claims(caller: Caller, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Give the claims with these keys, by key, as far as there are any (yet)."""
    names = ("Id", BigDealAlert.KEY, BigDealAlert.STATUS, BigDealAlert.POST_ID, BigDealAlert.DETAIL)
    soql = (
        f"SELECT {', '.join(names)} FROM {BigDealAlert.OBJECT} "  # noqa: S608 - constants and quoted texts
        f"WHERE {BigDealAlert.KEY} IN ({', '.join(map(quoted, keys))})"
    )
    return {str(one[BigDealAlert.KEY]): one for one in caller.query(soql)}
