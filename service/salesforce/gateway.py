"""The one door to an org for runs: renews the token once, repeats only what may be repeated.

Thin on purpose: each thing it can do lives in a file of its own (`reading`, `writing`, `deleting`,
`announce_together`) and needs nothing but `call` and `pages`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import stamina

from service.salesforce import announce_together, deleting, query, reading, writing
from service.salesforce.budget import Budget
from service.salesforce.errors import (
    HourlyLimitError,
    SalesforceError,
    SessionExpiredError,
    TransientSalesforceError,
)
from service.salesforce.session import OrgSession, Tally
from service.salesforce.subject import subject_of
from service.salesforce.token import fetch_token
from service.salesforce.transport import BASE, Request, Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from service.salesforce.announce import Announcement
    from service.salesforce.announce_together import Wanted
    from service.salesforce.outcome import Outcome
    from service.salesforce.plan import ReadingPlan
    from service.salesforce.query import Page
    from service.salesforce.reading import Progress
    from service.salesforce.transport import Stream
    from service.settings import Settings
    from service.tables import Tables

T = TypeVar("T")
ATTEMPTS = 5
#: How long a call is repeated. A page of a large result takes minutes by itself, and giving up
#: means to read the others again, so it is given longer.
CALL_SECONDS, PAGE_SECONDS = 120.0, 1800.0
#: Passing, but not by sending the very same request again.
_NOT_IN_PLACE = frozenset({"INVALID_QUERY_LOCATOR", "QUERY_TIMEOUT"})


class Gateway:
    """An org as the integration user sees it. Not thread-safe; one per job, made inside it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._tally = Tally()
        self._session = OrgSession(
            timeout_seconds=settings.timeout_seconds,
            ca_file=settings.ca_file,
            tally=self._tally,
        )
        self._transport: Transport | None = None
        self._budget = Budget(self._tally, settings.run_calls, settings.api_share_percent)
        #: How the last reading was done, object by object; None before the first.
        self.reading_plan: ReadingPlan | None = None

    @property
    def api_calls(self) -> int:
        """Calls sent so far that count against the org's allocation, as we counted them."""
        return self._tally.api_calls

    @property
    def calls_by_object(self) -> dict[str, int]:
        """The same calls by the object that they were about, most first. See `subject`."""
        return dict(sorted(self._tally.by_object.items(), key=lambda one: (-one[1], one[0])))

    @property
    def limit(self) -> tuple[int, int] | None:
        """(used, maximum) of the org's rolling 24 hours by its last reply; None if unknown."""
        return self._tally.limit

    @property
    def most_page_bytes(self) -> int:
        """The most that a page of a large result may take, unpacked."""
        return self._settings.page_limit_mb * 1_000_000

    def call(self, request: Request) -> Any:  # noqa: ANN401 - parsed JSON
        """Send, renewing an expired token once and repeating what is passing and repeatable.

        Gives the parsed body (None for 204). Raises the tree of `errors`, LimitReachedError too
        where the run's budget is spent. What to repeat:
        420, 429, 5xx, lock and overload codes, with jitter; a request that is not repeatable
        (a create without a key of its own) is sent exactly once.
        """
        self._tally.about = subject_of(request)
        return self._repeating(request, lambda transport: transport.send(request), CALL_SECONDS)

    def download(self, request: Request, into: Callable[[Stream], T]) -> T:
        """Hand the body of a reply to `into` while it arrives; see `Transport.download`.

        Repeated like a call, for longer: `into` is then called anew, with the body from its start.
        """
        self._tally.about = subject_of(request)
        most = self.most_page_bytes
        return self._repeating(
            request, lambda transport: transport.download(request, into, most), PAGE_SECONDS
        )

    def _repeating(self, request: Request, send: Callable[[Transport], T], seconds: float) -> T:
        for attempt in stamina.retry_context(
            on=lambda error: _may_repeat(request, error),
            attempts=ATTEMPTS,
            timeout=seconds,
            wait_initial=0.5,
            wait_max=15.0,
            wait_jitter=1.0,
        ):
            with attempt:
                return self._renewing(send)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def beyond_budget(self) -> AbstractContextManager[None]:
        """Within it a call is sent though the budget is spent. See `budget`."""
        return self._budget.lifted()

    def _renewing(self, send: Callable[[Transport], T]) -> T:
        self._budget.check()
        try:
            return send(self._connected())
        except SessionExpiredError:
            # Refused before anything was done, so even a create may be sent again, once.
            self._transport = None
            return send(self._connected())

    def _connected(self) -> Transport:
        if self._transport is None:
            token = fetch_token(self._settings, self._session)
            self._transport = Transport(self._settings.instance_url, token, self._session)
        return self._transport

    def pages(self, soql: str) -> Iterator[Page]:
        """Give the pages of a query as they arrive. See `query.pages`."""
        return query.pages(self, soql)

    def query(self, soql: str) -> Iterator[dict[str, Any]]:
        """Give the records of a query, one by one, without their `attributes`."""
        for page in self.pages(soql):
            yield from page.records

    def query_together(
        self, soqls: Sequence[str], each: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    ) -> list[list[dict[str, Any]] | SalesforceError]:
        """Give the records of up to five queries in one call. See `query.together`."""
        return query.together(self, soqls, each)

    def read_tables(
        self,
        work_dir: Path,
        progress: Progress | None = None,
        *,
        also: Mapping[str, Sequence[str]] | None = None,
    ) -> Tables:
        """Read every object of `COLUMNS`, and fields of yours, into CSV pages. See `reading`.

        How each was read is in `reading_plan` afterwards.
        """
        tables, self.reading_plan = reading.read_tables(self, work_dir, progress, also=also)
        return tables

    def plan_reading(self) -> ReadingPlan:
        """Count every object and say how it would be read, without reading a row. See `plan`."""
        return reading.plan_reading(self)

    def create(
        self, object_name: str, records: Sequence[Mapping[str, Any]], *, has_key: bool = False
    ) -> tuple[Outcome, ...]:
        """Create; one outcome per record, in order. See `writing.create`."""
        return writing.create(self, object_name, records, has_key=has_key)

    def update(self, object_name: str, records: Sequence[Mapping[str, Any]]) -> tuple[Outcome, ...]:
        """Update by Id; one outcome per record, in order."""
        return writing.update(self, object_name, records)

    def upsert(
        self, object_name: str, key_field: str, records: Sequence[Mapping[str, Any]]
    ) -> tuple[Outcome, ...]:
        """Upsert by an external id; one outcome per record, in order."""
        return writing.upsert(self, object_name, key_field, records)

    def delete(self, record_ids: Sequence[str]) -> tuple[Outcome, ...]:
        """Delete by Id; one outcome per record, in order."""
        return deleting.delete(self, record_ids)

    def announce_all(self, wanted: Iterable[Wanted]) -> Iterator[Announcement]:
        """Post each once and for all under its claim's unique key. See `announce_together`."""
        return announce_together.announce_all(self, wanted)

    def describe(self, object_name: str) -> frozenset[str]:
        """Names of the fields of an object that this user can read.

        Raises AdminActionNeededError (NOT_FOUND) when the object is absent or hidden.
        """
        body = self.call(Request("GET", f"{BASE}/sobjects/{object_name}/describe"))
        return frozenset(str(field["name"]) for field in body["fields"])


def _may_repeat(request: Request, error: Exception) -> bool:
    return (
        request.repeatable
        and isinstance(error, TransientSalesforceError)
        and not isinstance(error, HourlyLimitError)
        and error.code not in _NOT_IN_PLACE
    )
