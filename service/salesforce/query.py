"""REST queries: page by page, as the org cuts them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from service.salesforce.errors import (
    RequestDefectError,
    SalesforceError,
    TransientSalesforceError,
)
from service.salesforce.subject import object_in
from service.salesforce.together import read_together
from service.salesforce.transport import BASE, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from service.salesforce.together import Caller


class Asked(Protocol):
    """Who answers a query: the gateway, or what was asked ahead."""

    def query(self, soql: str) -> Iterator[dict[str, Any]]:
        """Give the records one by one."""


@dataclass(frozen=True)
class Page:
    """One page of a query; `total` is the size of the whole result, on every page."""

    records: tuple[dict[str, Any], ...]
    total: int


def pages(caller: Caller, soql: str) -> Iterator[Page]:
    """Follow nextRecordsUrl to the end; nothing lost, nothing repeated.

    The page size is the org's choice, the locator is opaque, the URL is a path. Raises
    TransientSalesforceError when the rows do not add up to totalSize (a cut-off page).
    Source: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm
    """
    body = caller.call(Request("GET", f"{BASE}/query", params={"q": soql}))
    yield from _pages_from(caller, _object(body), object_in(soql))


def together(
    caller: Caller,
    soqls: Sequence[str],
    each: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
) -> list[list[dict[str, Any]] | SalesforceError]:
    """Give the records of at most five queries, or the error with which the org refused one.

    Their first pages cost one call together. `each` makes of every record what is kept of it.
    """
    kept = each or (lambda record: record)
    return [
        found
        if isinstance(found, SalesforceError)
        else [kept(row) for page in found for row in page.records]
        for found in pages_together(caller, soqls)
    ]


def given(answer: list[dict[str, Any]] | SalesforceError) -> list[dict[str, Any]]:
    """The records of one of them; raises the error where the org refused it."""
    if isinstance(answer, SalesforceError):
        raise answer
    return answer


def pages_together(
    caller: Caller, soqls: Sequence[str]
) -> Iterator[Iterator[Page] | SalesforceError]:
    """Give what `pages` gives of at most five queries, one after the other; see `together`.

    Each is to be read to its end before the next is taken: an answer is let go with its pages.
    """
    answers = read_together(caller, [f"{BASE}/query?q={quote(soql)}" for soql in soqls])
    for soql in soqls:
        answer = answers.pop(0)
        if isinstance(answer, TransientSalesforceError):
            yield pages(caller, soql)  # alone, with the gateway's patience
        elif isinstance(answer, SalesforceError):
            yield answer
        else:
            yield _pages_from(caller, _object(answer), object_in(soql))


def _pages_from(caller: Caller, body: dict[str, Any], about: str) -> Iterator[Page]:
    total, seen, visited = int(body["totalSize"]), 0, set[str]()
    while True:
        records = tuple(plain(record) for record in body["records"])
        seen += len(records)
        yield Page(records, total)
        following = body.get("nextRecordsUrl")
        if body["done"] or not following:
            break
        path = _next_path(str(following), visited)
        body = _object(caller.call(Request("GET", path, about=about)))
    if seen != total:
        raise TransientSalesforceError(f"the query promised {total} rows and gave {seen}")


def _next_path(following: str, visited: set[str]) -> str:
    if not following.startswith("/services/data/"):
        raise RequestDefectError("nextRecordsUrl is not a path below /services/data/")
    if following in visited:
        raise TransientSalesforceError("the same page was named twice")
    visited.add(following)
    return following


def _object(body: object) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise TransientSalesforceError("an empty reply where a page was due")
    return body


def plain(record: dict[str, Any]) -> dict[str, Any]:
    """A record as a query gives it, without what the org adds to say its type."""
    return {name: value for name, value in record.items() if name != "attributes"}
