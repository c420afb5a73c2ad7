"""A worker with one bug planted: `python -m chaos.planted NAME`.

Each bug is one that this product could have had, and that a harness must see.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from jobs import worker
from jobs.deals import watch
from service.salesforce import announce, announce_together
from service.salesforce.announce import Announcement
from service.salesforce.fields import BigDealAlert
from service.salesforce.transport import BASE, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from service.salesforce.announce_together import Wanted
    from service.salesforce.gateway import Gateway

Fields = dict[str, Any]


def upsert() -> None:
    """Upsert the claim in place of creating it: who comes second posts again."""
    create = announce.composite

    def composite(asked: Sequence[Fields]) -> Request:
        for step in asked:
            if step["referenceId"].startswith("claim"):
                key = step["body"].pop(BigDealAlert.KEY)
                place = f"{BASE}/sobjects/{BigDealAlert.OBJECT}/{BigDealAlert.KEY}/{key}"
                step.update(method="PATCH", url=place)
        return create(asked)

    announce.composite = announce_together.composite = composite


def post_first() -> None:
    """Post, and claim afterwards: whoever dies in between has posted for nothing."""

    def in_two(caller: Gateway, wanted: Iterable[Wanted]) -> Iterator[Announcement]:
        for one in wanted:
            request = Request("POST", f"{BASE}/sobjects/FeedItem", body=one.post, repeatable=False)
            post_id = str(caller.call(request)["id"])
            status = {BigDealAlert.STATUS: "Announced", BigDealAlert.POST_ID: post_id}
            claimed = [{**one.claim, **status}]
            made = caller.create(BigDealAlert.OBJECT, claimed, has_key=True)[0]
            yield Announcement("announced", post_id, made.id)

    announce_together.announce_all = in_two


def no_overlap() -> None:
    """Look from the newest row on: one that is seen late is never seen."""
    watch.OVERLAP = timedelta(0)


def duplicate_is_sent() -> None:
    """Believe that a duplicate was sent, although its transaction may roll back."""
    whole = announce._claim_refused  # noqa: SLF001

    def refused(caller: Any, claim: Fields, error: Exception) -> Announcement:  # noqa: ANN401
        if getattr(error, "code", "") == "DUPLICATE_VALUE":
            return Announcement("already")
        return whole(caller, claim, error)

    announce._claim_refused = refused  # noqa: SLF001


BUGS: Mapping[str, Callable[[], None]] = {
    "upsert": upsert,
    "post-first": post_first,
    "no-overlap": no_overlap,
    "duplicate-is-sent": duplicate_is_sent,
}


if __name__ == "__main__":
    BUGS[sys.argv.pop(1)]()
    worker.main()
