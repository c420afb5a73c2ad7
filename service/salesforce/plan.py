"""The reading plan: count first, then choose a way for each object, and say so.

An object of at most REST_ROWS rows is read by REST, 2,000 rows a call, and the first pages of five
such objects come in one call; a larger one by a query job of the Bulk API 2.0, which costs four
calls where all goes well: create, two looks at its state, one page. At 8,000 rows both cost the
same, or REST one less.

The sample company of 1,000 users has 1,229,009 rows in twelve objects, seven of them large: 3
calls to plan; User, UserRole, Profile, CurrencyType and the first page of Account 1 together, the
rest of Account 3; Contact, Lead, LeadHistory, Opportunity and OpportunityHistory 4 each, Event 5,
Task 7. That is 39 (docs/decisions/0029-reading-plan.md says how it was measured).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from service.salesforce.look import OBJECTS, calls_to_look
from service.salesforce.together import QUERIES_AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.salesforce.look import Look

Way: TypeAlias = Literal["none", "rest", "bulk"]

#: Up to as many rows REST costs no more calls than a query job.
REST_ROWS = 8_000
#: The largest page of a query; the org may cut smaller ones.
#: Source: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm
REST_PAGE_ROWS = 2_000
#: What we ask for in one page of a job's result: about 60 MB of tasks, unpacked. The org may give
#: less, and a page that breaks off is fetched again from its start.
BULK_PAGE_ROWS = 250_000
#: Creating a job and looking at it. Jobs run at the same time in the org and the largest is
#: waited for first, so of the others most are done at the first look.
BULK_CALLS = 3
#: Calls of a whole reading up to which its jobs are deleted in the end; the org deletes them by
#: itself after seven days. A night is to stay below sixty, with what it writes and announces.
READING_CALLS = 34

#: What is asked for beside all this, in one call, three where there are many groups; see
#: `jobs/records/further.py`.
FURTHER = (
    "LoginHistory", "LightningUsageByAppTypeMetrics", "ForecastingQuota", "ForecastingItem",
    "CampaignMember",
)  # fmt: skip
#: What an org may have and a night leaves alone, with the reason.
NOT_READ: Mapping[str, str] = {
    "archived activities": "Salesforce archives what is a year old, and no window looks back so far",
    "Holiday": "whose business hours a holiday belongs to cannot be asked, so it says of nobody that "
    "they were free; public holidays are those of each person's country",
}


def told_beside() -> str:
    """What a plan does not list."""
    left = "; ".join(f"{name} ({why})" for name, why in NOT_READ.items())
    return f"One call more asks for sums of {', '.join(FURTHER)}. Not read: {left}."


@dataclass(frozen=True)
class PlannedRead:
    """How one object is read."""

    object_name: str
    rows: int | None  #: as counted before reading; None: the org did not count in time
    way: Way
    calls: int  #: expected, were it read alone; for one that could not be counted, of one page
    why: str  #: one plain sentence

    def as_dict(self) -> dict[str, str | int | None]:
        """Give it as plain data, for a run record or a screen."""
        return {
            "object": self.object_name,
            "rows": self.rows,
            "way": self.way,
            "calls": self.calls,
            "why": self.why,
        }


@dataclass(frozen=True)
class ReadingPlan:
    """How every object that the org has is read, in the order of COLUMNS."""

    reads: tuple[PlannedRead, ...]
    calls_to_plan: int  #: looking at the objects

    @property
    def calls(self) -> int:
        """API calls that the whole reading is expected to cost, planning included."""
        return self.calls_to_plan + sum(read.calls for read in self.reads) - self.calls_shared

    @property
    def calls_shared(self) -> int:
        """API calls that reading small objects together spares: their first pages share calls."""
        together = len(self.of("rest"))
        return together - -(-together // QUERIES_AT_ONCE)

    def of(self, *ways: Way) -> list[PlannedRead]:
        """Give the reads of some ways."""
        return [read for read in self.reads if read.way in ways]

    def by_rest(self, object_name: str, why: str) -> ReadingPlan:
        """Give the plan with one object read by REST after all."""
        reads = tuple(
            replace(read, way="rest", calls=_rest_calls(read.rows), why=why)
            if read.object_name == object_name
            else read
            for read in self.reads
        )
        return replace(self, reads=reads)


def make_plan(looks: Sequence[Look]) -> ReadingPlan:
    """Choose a way for each object that has something to read."""
    reads = tuple(_choose(look.object_name, look.rows) for look in looks if look.columns)
    return ReadingPlan(reads, calls_to_look(len(OBJECTS)))


def _choose(name: str, rows: int | None) -> PlannedRead:
    if rows is None:
        return PlannedRead(name, None, "bulk", BULK_CALLS + 1, "The org did not count it in time.")
    if rows == 0:
        return PlannedRead(name, 0, "none", 0, "It has no rows.")
    if rows <= REST_ROWS:
        return PlannedRead(name, rows, "rest", _rest_calls(rows), f"At most {REST_ROWS:,} rows.")
    calls = BULK_CALLS + -(-rows // BULK_PAGE_ROWS)
    return PlannedRead(name, rows, "bulk", calls, f"More than {REST_ROWS:,} rows.")


def _rest_calls(rows: int | None) -> int:
    return max(1, -(-(rows or 0) // REST_PAGE_ROWS))
