"""Grouped queries of objects that an org may lack: asked together, each answered for itself.

A grouped query has no pages: where it has more groups than one answer takes, it is asked again from
the next key on, together with the others of which there is more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import quote

from service.salesforce.errors import (
    LimitReachedError,
    SalesforceError,
    SessionExpiredError,
    TransientSalesforceError,
)
from service.salesforce.query import plain
from service.salesforce.soql import quoted
from service.salesforce.together import Caller, read_together
from service.salesforce.transport import BASE

if TYPE_CHECKING:
    from collections.abc import Sequence

Rows: TypeAlias = list[dict[str, Any]]
#: One group more fails the whole query.
#: Source: https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_groupby.htm
MOST_GROUPS: Final = 2_000
#: So many calls at most; what has still more groups then counts as not read.
MOST_CALLS: Final = 3


@dataclass(frozen=True)
class Grouped:
    """One grouped query."""

    object_name: str
    by: tuple[str, ...]  #: fields to group by
    counted: str  #: aggregates with their aliases
    where: str
    key: str = ""  #: the field of `by` by which it goes on; empty: the groups are few

    def soql(self, after: str) -> str:
        """The query of the groups whose key comes after this one."""
        further = f" AND {self.key} > {quoted(after)}" if after else ""
        order = f" ORDER BY {self.key} LIMIT {MOST_GROUPS}" if self.key else ""
        by = ", ".join(self.by)
        return (
            f"SELECT {by}, {self.counted} FROM {self.object_name}"  # noqa: S608 - names of ours, days, quoted
            f" WHERE {self.where}{further} GROUP BY {by}{order}"
        )


def read_groups(caller: Caller, queries: Sequence[Grouped]) -> list[Rows | SalesforceError]:
    """Give all groups of at most five queries, or why one has none: refused, or too many.

    One call where no query has more than MOST_GROUPS groups. What passes by itself (a query that
    takes too long) is an answer, too: none of these is worth another call. Raises LimitReachedError
    and SessionExpiredError.
    """
    found: list[Rows | SalesforceError] = [[] for _ in queries]
    after = dict.fromkeys(range(len(queries)), "")
    for _ in range(MOST_CALLS):
        asked = list(after)
        answers = _ask(caller, [queries[place].soql(after[place]) for place in asked])
        for place, answer in zip(asked, answers, strict=True):
            last = _take(found, place, answer, queries[place].key)
            if last:
                after[place] = last
            else:
                del after[place]
        if not after:
            return found
    for place in after:
        most = MOST_CALLS * MOST_GROUPS
        found[place] = SalesforceError(f"it has more than {most:,} groups")
    return found


def _take(
    found: list[Rows | SalesforceError], place: int, answer: Rows | SalesforceError, key: str
) -> str:
    """Keep an answer; gives the key after which there is more, if there is."""
    rows = found[place]
    if isinstance(answer, SalesforceError) or isinstance(rows, SalesforceError):
        found[place] = answer
        return ""
    if not key or len(answer) < MOST_GROUPS:
        rows += answer
        return ""
    # Of the last key there may be more: it is asked for again, unless there is no other.
    last = answer[-1][key]
    whole = [row for row in answer if row[key] != last] or answer
    rows += whole
    return str(whole[-1][key])


def _ask(caller: Caller, soqls: Sequence[str]) -> list[Rows | SalesforceError]:
    paths = [f"{BASE}/query?q={quote(soql)}" for soql in soqls]
    try:
        # Sent once: the gateway would repeat it for minutes, and each time is a call more.
        answers = read_together(caller, paths, repeatable=False)
    except TransientSalesforceError as error:
        return [error for _ in soqls]
    for answer in answers:
        if isinstance(answer, LimitReachedError | SessionExpiredError):
            raise answer
    return [
        answer if isinstance(answer, SalesforceError) else [plain(row) for row in answer["records"]]
        for answer in answers
    ]
