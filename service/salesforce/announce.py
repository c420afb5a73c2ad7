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
    RecordRejectedError,
    RequestDefectError,
    SalesforceError,
    TransientSalesforceError,
    classify,
)
from service.salesforce.fields import BigDealAlert
from service.salesforce.soql import quoted
from service.salesforce.transport import BASE, Request

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    AdminActionNeededError, SessionExpiredError and RequestDefectError, which are about the whole
    run and not about this deal.
    """
    key = str(claim[BigDealAlert.KEY])
    try:
        try:
            reply = caller.call(_composite(claim, post, also))
        except HourlyLimitError as error:
            return Announcement("limited", error=error)
        except TransientSalesforceError as error:
            return _after_doubt(caller, key, error)
        return _verdict(caller, claim, _results(reply, steps={"post", "claim", *_second(also)}))
    except TransientSalesforceError as error:
        return Announcement("pending", error=error)


def _second(also: Mapping[str, Any] | None) -> dict[str, Mapping[str, Any]]:
    return {} if also is None else {"also": also}


def _composite(
    claim: Mapping[str, Any], post: Mapping[str, Any], also: Mapping[str, Any] | None
) -> Request:
    claimed = {
        **claim,
        BigDealAlert.STATUS: "Announced",
        BigDealAlert.POST_ID: "@{post.id}",
    }
    steps = [
        _step("post", "FeedItem", post),
        *(_step(name, "FeedItem", one) for name, one in _second(also).items()),
        _step("claim", BigDealAlert.OBJECT, claimed),
    ]
    body = {"allOrNone": True, "collateSubrequests": False, "compositeRequest": steps}
    return Request("POST", f"{BASE}/composite", body=body, repeatable=False)


def _step(reference: str, object_name: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "method": "POST",
        "url": f"{BASE}/sobjects/{object_name}",
        "referenceId": reference,
        "body": dict(body),
    }


def _results(reply: object, steps: set[str]) -> dict[str, tuple[int, Any]]:
    """By reference: (status, body) of each step. The outer status says nothing about them."""
    rows = reply.get("compositeResponse") if isinstance(reply, dict) else None
    found = {
        str(row.get("referenceId")): (int(row.get("httpStatusCode", 0)), row.get("body"))
        for row in rows or ()
    }
    if found.keys() != steps:
        raise TransientSalesforceError("the reply does not speak of each post and the claim")
    return found


def _verdict(
    caller: Caller, claim: Mapping[str, Any], results: Mapping[str, tuple[int, Any]]
) -> Announcement:
    if all(200 <= status < 300 for status, _ in results.values()):  # noqa: PLR2004
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
        if not 200 <= status < 300  # noqa: PLR2004
    }
    return {name: error for name, error in errors.items() if error.code != "PROCESSING_HALTED"}


def _claim_refused(
    caller: Caller, claim: Mapping[str, Any], error: SalesforceError
) -> Announcement:
    if error.code == "DUPLICATE_VALUE":
        # It may come from a transaction still in flight that then fails, so look.
        found = read_claim(caller, str(claim[BigDealAlert.KEY]))
        return _as_found(found) if found else Announcement("pending", error=error)
    if isinstance(error, RecordRejectedError):
        return Announcement("refused", error=error)
    raise error


def _never(caller: Caller, claim: Mapping[str, Any], error: SalesforceError) -> Announcement:
    """Record a post that can never succeed (no feed, no membership, archived group)."""
    if isinstance(error, RequestDefectError):
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
    if found[BigDealAlert.STATUS] == "Announced":
        return Announcement("announced", post_id=found.get(BigDealAlert.POST_ID))
    return _as_found(found)


def _as_found(found: Mapping[str, Any]) -> Announcement:
    if found[BigDealAlert.STATUS] == "Failed":
        detail = str(found.get(BigDealAlert.DETAIL) or "")
        return Announcement("failed", error=AdminActionNeededError(detail))
    return Announcement("already", post_id=found.get(BigDealAlert.POST_ID))


def read_claim(caller: Caller, key: str) -> dict[str, Any] | None:
    """Give the claim with this key, or None when there is none (yet)."""
    names = ("Id", BigDealAlert.KEY, BigDealAlert.STATUS, BigDealAlert.POST_ID, BigDealAlert.DETAIL)
    soql = (
        f"SELECT {', '.join(names)} FROM {BigDealAlert.OBJECT} "  # noqa: S608 - constants and a quoted text
        f"WHERE {BigDealAlert.KEY} = {quoted(key)} LIMIT 1"
    )
    return next(iter(caller.query(soql)), None)
