"""Each object's pages are read once, into a compact table on disk that the measures share.

What a row of CSV weighs (ids, subjects, long texts) is left behind here: people become numbers,
times become timestamps, and rows that no measure can use are dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from service.evidence import typed
from service.evidence.pages import quoted

if TYPE_CHECKING:
    import duckdb

    from service.scoring.rule_set import RuleSet
    from service.tables import Tables

#: Days of evidence for each working day that scoring may look back: 1.4 where five of seven days
#: are worked and none is a holiday. The default look of 40 working days gets 140 days.
DAYS_A_WORKING_DAY = 3.5
CALLABLE = ("003", "00Q")  #: id prefixes of contacts and leads
OPPORTUNITY = "006"


@dataclass(frozen=True)
class Scope:
    """What one reduction looks at. Days are local days of the person; both ends belong to it."""

    connection: duckdb.DuckDBPyConnection
    tables: Tables
    rules: RuleSet
    as_of: date

    @property
    def since(self) -> date:
        """The first day of evidence."""
        return self.as_of - timedelta(days=self.rules.look_back_days * DAYS_A_WORKING_DAY)

    @property
    def next_step_until(self) -> date:
        """The last day on which a next step counts as near."""
        return self.as_of + timedelta(days=self.rules.healthy.next_step_within_days)

    def in_window(self, timestamp: str) -> str:
        """SQL: a UTC time that may lie in the window in some zone (they span 26 hours)."""
        low, high = self.since - timedelta(days=1), self.as_of + timedelta(days=2)
        return f"{timestamp} BETWEEN TIMESTAMP '{low}' AND TIMESTAMP '{high}'"

    def days(self, day: str) -> str:
        """SQL: a local day in the window."""
        return f"{day} BETWEEN DATE '{self.since}' AND DATE '{self.as_of}'"

    def near(self, day: str) -> str:
        """SQL: a day on which a next step counts."""
        return f"{day} BETWEEN DATE '{self.as_of}' AND DATE '{self.next_step_until}'"


@dataclass(frozen=True)
class Plan:
    """One object's columns, what is kept of a row beside its footprint, and when."""

    object_name: str
    columns: tuple[str, ...]
    keeps: str = ""  #: further select list; `r` is the row, `o` its owner's user
    when: str = "false"  #: rows kept although nothing happened in the window


_AUDIT = ("OwnerId", "CreatedDate", "CreatedById")
_AUDIT_ALL = (*_AUDIT, "LastModifiedDate", "LastModifiedById")


def plans(scope: Scope) -> tuple[Plan, ...]:
    """How each object is read."""
    return (
        Plan("Account", _AUDIT),
        Plan("Contact", _AUDIT_ALL),
        Plan("Lead", _AUDIT_ALL),
        _opportunity(),
        _task(scope),
        _event(scope),
    )


def _opportunity() -> Plan:
    columns = (
        "Id", "Name", "AccountId", "IsClosed", "IsWon", "Amount", "CloseDate", "NextStep",
        "LastStageChangeDate", "PushCount",
    )  # fmt: skip
    keeps = ", ".join(f'r."{name}"' for name in columns)
    open_or_won = "NOT coalesce(r.IsClosed, false) OR coalesce(r.IsWon, false)"
    return Plan("Opportunity", (*_AUDIT_ALL, *columns), keeps, open_or_won)


def _task(scope: Scope) -> Plan:
    subtypes = ", ".join(quoted(one) for one in scope.rules.calls.subtypes) or "NULL"
    related = f"CASE WHEN left(r.WhatId, 3) = '{OPPORTUNITY}' THEN r.WhatId END"
    next_step = (
        f"left(r.WhatId, 3) = '{OPPORTUNITY}' AND NOT coalesce(r.IsClosed, false)"
        f" AND NOT coalesce(r.IsRecurrence, false) AND {scope.near('r.ActivityDate')}"
    )
    keeps = f"""
        coalesce(r.TaskSubtype IN ({subtypes}) AND r.IsClosed, false)
            AND NOT coalesce(r.IsRecurrence, false) AS is_call,
        CASE WHEN left(r.WhoId, 3) IN {CALLABLE} THEN r.WhoId ELSE {related} END AS contact,
        CASE WHEN {next_step} THEN r.WhatId END AS opportunity
    """
    columns = ("TaskSubtype", "IsClosed", "IsRecurrence", "WhoId", "WhatId", "ActivityDate")
    return Plan("Task", (*_AUDIT_ALL, *columns), keeps, f"coalesce({next_step}, false)")


def _event(scope: Scope) -> Plan:
    # An all-day event has its day as midnight UTC, to be read as it stands (no zone).
    zone = f"coalesce(o.zone, {quoted(scope.tables.naive_zone)})"
    local = typed.local_day("r.StartDateTime", zone)
    day = f"CASE WHEN coalesce(r.IsAllDayEvent, false) THEN r.StartDateTime::DATE ELSE {local} END"
    next_step = f"left(r.WhatId, 3) = '{OPPORTUNITY}' AND {scope.near(day)}"
    keeps = f"""
        {day} AS start_day, coalesce(r.IsAllDayEvent, false) AS all_day,
        coalesce(r.ShowAs = 'OutOfOffice', false) AS away,
        NOT coalesce(r.IsRecurrence, false) AS is_occurrence,
        CASE WHEN {next_step} THEN r.WhatId END AS opportunity
    """
    columns = ("StartDateTime", "IsAllDayEvent", "ShowAs", "IsRecurrence", "WhatId")
    when = f"coalesce({scope.days(day)} OR {next_step}, false)"
    return Plan("Event", (*_AUDIT_ALL, *columns), keeps, when)


def stage(scope: Scope, plan: Plan) -> None:
    """Make the table `staged_<object>`, empty when the object was not read.

    It has `owner`, `creator`, `modifier` (users.u), `created`, `modified` (UTC), what the plan
    keeps, and `bad`, the column that spoils a row.
    """
    name = plan.object_name
    rows = typed.select(scope.tables.by_name.get(name), name, plan.columns, scope.tables.naive_zone)
    has_changes = "LastModifiedDate" in plan.columns
    creator = actor(scope.tables, name, "CreatedById")
    modifier = actor(scope.tables, name, "LastModifiedById") if has_changes else "OwnerId"
    changed = f"OR {scope.in_window('r.LastModifiedDate')}" if has_changes else ""
    keeps = f", {plan.keeps}" if plan.keeps else ""
    scope.connection.execute(f"""
        CREATE TABLE staged_{name} AS
        SELECT o.u AS owner, c.u AS creator, m.u AS modifier, r.CreatedDate AS created,
            {"r.LastModifiedDate" if has_changes else "NULL::TIMESTAMP"} AS modified, r.bad {keeps}
        FROM ({rows}) r
        LEFT JOIN users o ON o.id = r.OwnerId
        LEFT JOIN users c ON c.id = r.{creator}
        LEFT JOIN users m ON m.id = r.{modifier}
        WHERE r.bad IS NOT NULL OR {scope.in_window("r.CreatedDate")} {changed} OR ({plan.when})
    """)  # noqa: S608 - names are ours, values are dates and quoted texts


def actor(tables: Tables, object_name: str, column: str) -> str:
    """The column that says who acted: the audit column, else the owner stands in."""
    return column if tables.has(object_name, column) else "OwnerId"
