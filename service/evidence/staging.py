"""Each object's pages are read once, into a compact table on disk that the measures share.

What a row of CSV weighs (ids, subjects, long texts) is left behind here: people become numbers,
times become timestamps, and rows that no measure can use are dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from service.evidence import leads, required, typed
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
CUSTOMERS = ("001", "006")  #: id prefixes of accounts and opportunities


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

    def overlaps(self, begins: str, ends: str) -> str:
        """SQL: a span of local time that touches the window."""
        after = self.as_of + timedelta(days=1)
        return f"{begins} < TIMESTAMP '{after}' AND {ends} > TIMESTAMP '{self.since}'"

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


_AWAY = "coalesce(r.ShowAs = 'OutOfOffice', false)"
_AUDIT = ("OwnerId", "CreatedDate", "CreatedById")
_AUDIT_ALL = (*_AUDIT, "LastModifiedDate", "LastModifiedById")


def plans(scope: Scope) -> tuple[Plan, ...]:
    """How each object is read."""
    return (
        _account(scope),
        Plan("Contact", _AUDIT_ALL),
        _lead(scope),
        _opportunity(scope),
        _task(scope),
        _event(scope),
    )


def _account(scope: Scope) -> Plan:
    fields = _once(*_AUDIT, "Id", "NumberOfEmployees", *required.columns(scope, "Account"))
    size = "r.Id, r.NumberOfEmployees"
    has_size = "r.NumberOfEmployees IS NOT NULL"
    return Plan(
        "Account", fields, f"{size}, {required.keeps(scope, 'Account')}",
        f"{has_size} OR {required.when(scope, 'Account')}",
    )  # fmt: skip


def _lead(scope: Scope) -> Plan:
    own = (
        "Id",
        "Company",
        "LeadSource",
        "Status",
        "IsConverted",
        "ConvertedDate",
        "ConvertedContactId",
    )
    keeps = f"""
        r.Id AS id, r.Company, r.LeadSource, r.IsConverted,
        {leads.is_untouched(scope)} AS is_untouched, r.ConvertedDate AS converted_on,
        coalesce(r.IsConverted, false) AS is_converted, r.ConvertedContactId AS converted_contact,
        {required.keeps(scope, "Lead")}
    """
    columns = _once(*_AUDIT_ALL, *own, *required.columns(scope, "Lead"))
    # All of them: results look back further than evidence.
    return Plan("Lead", columns, keeps, "true")


def _once(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _opportunity(scope: Scope) -> Plan:
    own = (
        "Id", "Name", "AccountId", "StageName", "CampaignId", "LeadSource", "IsClosed", "IsWon", "Amount", "CloseDate", "NextStep",
        "LastStageChangeDate", "PushCount",
    )  # fmt: skip
    money = "r.CurrencyIsoCode AS currency, r.Amount AS corporate"
    kept = (*(f'r."{name}"' for name in own), money, required.keeps(scope, "Opportunity"))
    columns = _once(*_AUDIT_ALL, *own, "CurrencyIsoCode", *required.columns(scope, "Opportunity"))
    # All of them: results look back further than evidence.
    return Plan("Opportunity", columns, ", ".join(kept), "true")


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
        CASE WHEN NOT coalesce(r.TaskSubtype IN ({subtypes}), false) THEN r.TaskSubtype END AS subtype,
        CASE WHEN left(r.WhoId, 3) IN {CALLABLE} THEN r.WhoId ELSE {related} END AS contact,
        CASE WHEN {next_step} THEN r.WhatId END AS opportunity, {_due(scope)}
    """
    columns = (
        "Id", "Subject", "TaskSubtype", "IsClosed", "IsRecurrence", "WhoId", "WhatId",
        "ActivityDate", "CompletedDateTime",
    )  # fmt: skip
    is_open = "r.ActivityDate IS NOT NULL AND NOT coalesce(r.IsClosed, false)"
    finished = scope.in_window("r.CompletedDateTime")
    when = f"coalesce({next_step}, false) OR {is_open} OR coalesce({finished}, false)"
    return Plan("Task", (*_AUDIT_ALL, *columns), keeps, when)


def _due(scope: Scope) -> str:
    row = "NOT coalesce(r.IsRecurrence, false)"
    overdue = f"r.ActivityDate < DATE '{scope.as_of}' AND NOT coalesce(r.IsClosed, false) AND {row}"
    return f"""
        r.CompletedDateTime AS completed, coalesce(r.IsClosed, false) AND {row} AS is_done,
        CASE WHEN {row} THEN r.ActivityDate END AS due,
        CASE WHEN {overdue} THEN r.Id END AS overdue_id,
        CASE WHEN {overdue} THEN r.Subject END AS subject
    """


def _event(scope: Scope) -> Plan:
    # An all-day event has its day as midnight UTC, to be read as it stands (no zone).
    zone = f"coalesce(o.zone, {quoted(scope.tables.naive_zone)})"
    local = typed.local_day("r.StartDateTime", zone)
    day = f"CASE WHEN coalesce(r.IsAllDayEvent, false) THEN r.StartDateTime::DATE ELSE {local} END"
    next_step = f"left(r.WhatId, 3) = '{OPPORTUNITY}' AND {scope.near(day)}"
    away_from, away_to = _span(zone)
    keeps = f"""
        {day} AS start_day, coalesce(r.IsAllDayEvent, false) AS all_day, {_AWAY} AS away,
        CASE WHEN {_AWAY} THEN {away_from} END AS away_from,
        CASE WHEN {_AWAY} THEN {away_to} END AS away_to,
        NOT coalesce(r.IsRecurrence, false) AS is_occurrence,
        CASE WHEN {next_step} THEN r.WhatId END AS opportunity,
        r.StartDateTime AS started, r.EndDateTime AS ended,
        left(r.WhatId, 3) IN {CUSTOMERS} AS with_customer, CASE WHEN left(r.WhoId, 3) IN {CALLABLE} THEN r.WhoId END AS contact
    """
    columns = (
        "StartDateTime", "EndDateTime", "IsAllDayEvent", "ShowAs", "IsRecurrence", "WhoId",
        "WhatId",
    )  # fmt: skip
    # CASE, not AND: few events are leave, and times of day in a zone are dear.
    is_leave = f"CASE WHEN {_AWAY} THEN {scope.overlaps(away_from, away_to)} ELSE false END"
    when = f"coalesce({scope.days(day)} OR {next_step} OR {is_leave}, false)"
    return Plan("Event", (*_AUDIT_ALL, *columns), keeps, when)


def _span(zone: str) -> tuple[str, str]:
    """SQL: from when to when an event lasts, by the clock on its owner's wall."""
    begins, ends = (
        f"CASE WHEN coalesce(r.IsAllDayEvent, false) THEN {whole_day} ELSE {clock} END"
        for whole_day, clock in (
            ("r.StartDateTime::DATE::TIMESTAMP", typed.local_time("r.StartDateTime", zone)),
            ("r.EndDateTime::DATE + INTERVAL 1 DAY", typed.local_time("r.EndDateTime", zone)),
        )
    )
    return begins, ends


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
