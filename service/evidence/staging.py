"""The staged tables: what is kept of each row, in a compact table on disk, after its one reading.

Nothing here depends on the as-of day, and no row is dropped but unreadable ones and repetitions,
so every count, day and measure is worked out from these tables.

**Every object but Task and Event** is `staged_<Object>` with each column of `service.tables` by its
API name, typed, ids with their first 15 characters; NULL where the data lack it. Beside them, where
the object has such columns:

- `owner`, `creator`, `modifier` INTEGER: `users.u` of OwnerId, CreatedById, LastModifiedById; NULL
  for who is no user of the reading, and where the column is absent (`Scope.actor` says who stands
  in then)
- `created` TIMESTAMP in UTC; `modified` the same, NULL unless it is later than `created`

**staged_Task** has those and

- `id_key` UBIGINT: a hash of Id, for finding repetitions; `page` INTEGER, where the row came from
- `is_done`, `is_call`, `is_row` BOOLEAN: closed; a closed task of a call's subtype; not the row of a
  recurring series (which `is_done` and `is_call` never are)
- `subtype` VARCHAR: TaskSubtype of what is no call
- `due` DATE (ActivityDate), `completed` TIMESTAMP (CompletedDateTime)
- `contact` UBIGINT: a hash of whom it is about, a contact or lead, else an opportunity; equal for
  equal ids, so it counts distinct ones and tells nothing else
- `asked` INTEGER: `lead_keys.k` where WhoId is a lead or the contact of a converted one, exactly
- `opportunity` VARCHAR: WhatId where it is an opportunity
- `open_id`, `subject` VARCHAR: Id and Subject of open tasks with a due date

**staged_Event** has the first ones and `id_key`, `page`, `started`, `ended` TIMESTAMP in UTC (of
all-day events the days at midnight), `all_day`, `away` (shown as out of office), `is_row`,
`contact`, `asked`, `opportunity`, and `with_customer` (a contact, lead, account or opportunity).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from service.evidence import clocks, own_fields
from service.evidence.pages import quoted
from service.evidence.typed import ALONE, TYPES, kinds
from service.scoring.weekly_checks import CHECKS, days_looked_at
from service.tables import COLUMNS

if TYPE_CHECKING:
    import duckdb

    from service.scoring.rule_set import RuleSet
    from service.tables import Tables

#: Days of evidence for each working day that scoring may look back: 1.4 where five of seven days
#: are worked and none is a holiday. The default look of 40 working days gets 140 days.
DAYS_A_WORKING_DAY = 3.5
ACCOUNT, OPPORTUNITY = "001", "006"  #: id prefixes
PEOPLE = ("User", "UserRole", "Profile")  #: staged first: everything else points to users


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
    def checked_since(self) -> date:
        """The first day that a weekly check looks at: amounts reach back for two quarters' windows.

        Presence and leave are known from then on, or days away would be asked for amounts.
        """
        kinds = [one.kind for one in self.rules.measures if one.kind in CHECKS]
        looks = (self.as_of - timedelta(days=days_looked_at(kind)) for kind in kinds)
        return min((self.since, *looks))

    @property
    def next_step_until(self) -> date:
        """The last day on which a next step counts as near."""
        return self.as_of + timedelta(days=self.rules.healthy.next_step_within_days)

    def actor(self, object_name: str, acted: str) -> str:
        """`creator` or `modifier`, or `owner` where the data do not name who `acted`."""
        column = {"creator": "CreatedById", "modifier": "LastModifiedById"}[acted]
        return acted if self.tables.has(object_name, column) else "owner"

    def in_window(self, timestamp: str, since: date | None = None) -> str:
        """SQL: a UTC time that may lie in the window in some zone (they span 26 hours)."""
        low, high = (since or self.since) - timedelta(days=1), self.as_of + timedelta(days=2)
        return f"{timestamp} BETWEEN TIMESTAMP '{low}' AND TIMESTAMP '{high}'"

    def days(self, day: str, since: date | None = None) -> str:
        """SQL: a local day in the window."""
        return f"{day} BETWEEN DATE '{since or self.since}' AND DATE '{self.as_of}'"

    def checked(self, begins: str, ends: str) -> str:
        """SQL: a span of local time that touches the days since `checked_since`."""
        after = self.as_of + timedelta(days=1)
        return f"{begins} < TIMESTAMP '{after}' AND {ends} > TIMESTAMP '{self.checked_since}'"

    def near(self, day: str) -> str:
        """SQL: a day on which a next step counts."""
        return f"{day} BETWEEN DATE '{self.as_of}' AND DATE '{self.next_step_until}'"


@dataclass(frozen=True)
class Plan:
    """How one object is staged: the columns that are read, and what is kept of the typed row `r`."""

    object_name: str
    columns: tuple[str, ...]
    keeps: str


#: Ids that others point to, also as they stand in the data: pointers are looked up as they stand.
TEXTS = {"User": ("Id",), "Lead": ("Id", "ConvertedContactId")}


def plan_of(name: str, rules: RuleSet) -> Plan:
    """What is kept of an object."""
    if name == "Task":
        return _task(rules)
    if name == "Event":
        return _event(rules)
    columns = tuple(column.name for column in COLUMNS[name])
    kept = [_kept(one, kind) for one, kind in kinds(name).items()]
    if name == "Opportunity":
        kept.append("r.CurrencyIsoCode AS currency, r.Amount AS corporate")
    kept += [f'r."{column}" AS "text_{column}"' for column in TEXTS.get(name, ())]
    kept += own_fields.keeps(rules, name)
    return Plan(name, (*columns, *own_fields.kept(rules, name)), ", ".join(kept))


def _kept(column: str, kind: str) -> str:
    return f'left(r."{column}", 15) AS "{column}"' if kind == "id" else f'r."{column}"'


_AUDIT = (
    "OwnerId", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "Id", "WhoId",
    "WhatId", "IsRecurrence",
)  # fmt: skip
_IS_ROW = "NOT coalesce(r.IsRecurrence, false)"
# A hash of NULL is a number too, so CASE.
_RELATED = f"""
    hash(left(r.Id, 15)) AS id_key, {_IS_ROW} AS is_row,
    CASE WHEN r.WhoId IS NOT NULL THEN hash(left(r.WhoId, 15))
        WHEN starts_with(r.WhatId, '{OPPORTUNITY}') THEN hash(left(r.WhatId, 15)) END AS contact,
    CASE WHEN starts_with(r.WhatId, '{OPPORTUNITY}') THEN left(r.WhatId, 15) END AS opportunity
"""


def _task(rules: RuleSet) -> Plan:
    calls = " OR ".join(f"r.TaskSubtype = {quoted(one)}" for one in rules.calls.subtypes)
    is_done = f"coalesce(r.IsClosed, false) AND {_IS_ROW}"
    is_call = f"coalesce({calls or 'false'}, false)"
    is_open = "NOT coalesce(r.IsClosed, false) AND r.ActivityDate IS NOT NULL"
    keeps = f"""
        {_RELATED}, {is_done} AS is_done, {is_done} AND {is_call} AS is_call,
        CASE WHEN NOT {is_call} THEN r.TaskSubtype END AS subtype,
        r.ActivityDate AS due, r.CompletedDateTime AS completed,
        CASE WHEN {is_open} THEN left(r.Id, 15) END AS open_id,
        CASE WHEN {is_open} THEN r.Subject END AS subject
    """
    own = ("Subject", "TaskSubtype", "IsClosed", "ActivityDate", "CompletedDateTime")
    return _with_own(Plan("Task", (*_AUDIT, *own), keeps), rules)


def _event(rules: RuleSet) -> Plan:
    keeps = f"""
        {_RELATED}, r.StartDateTime AS started, r.EndDateTime AS ended,
        coalesce(r.IsAllDayEvent, false) AS all_day, coalesce(r.ShowAs = 'OutOfOffice', false) AS away,
        r.WhoId IS NOT NULL OR coalesce(starts_with(r.WhatId, '{ACCOUNT}')
            OR starts_with(r.WhatId, '{OPPORTUNITY}'), false) AS with_customer
    """
    own = ("StartDateTime", "EndDateTime", "IsAllDayEvent", "ShowAs")
    return _with_own(Plan("Event", (*_AUDIT, *own), keeps), rules)


def _with_own(plan: Plan, rules: RuleSet) -> Plan:
    """The plan with the fields that measures of the rules' own name."""
    name = plan.object_name
    columns = tuple(dict.fromkeys((*plan.columns, *own_fields.kept(rules, name))))
    return Plan(name, columns, ", ".join([plan.keeps, *own_fields.keeps(rules, name)]))


def start_day(clock: str) -> str:
    """SQL: the day on which the event `e` starts for a person with that clock."""
    # An all-day event has its day as midnight UTC, to be read as it stands (no zone).
    local = clocks.local_day("e.started", clock)
    return f"CASE WHEN e.all_day THEN e.started::DATE ELSE {local} END"


def select(plan: Plan, typed_rows: str, page: int) -> str:
    """SQL of the rows to stage, from typed rows that also have `bad` and `filled`."""
    columns, joins = ["r.bad", "r.filled", f"{page}::INTEGER AS page"], []
    if plan.object_name in ALONE:
        columns.append("r.lost")
    for name, column, user in (
        ("owner", "OwnerId", "o"), ("creator", "CreatedById", "c"), ("modifier", "LastModifiedById", "m"),
    ):  # fmt: skip
        if column in plan.columns:
            value, join = _user(plan, column, user)
            columns.append(f"{value} AS {name}")
            joins.append(join)
    if "CreatedDate" in plan.columns:
        columns.append("r.CreatedDate AS created")
    if "LastModifiedDate" in plan.columns:
        later = "CASE WHEN r.LastModifiedDate > r.CreatedDate THEN r.LastModifiedDate END"
        columns.append(f"{later} AS modified")
    if "WhoId" in plan.columns:
        columns.append("k.k AS asked")
        joins.append("LEFT JOIN lead_keys k ON k.id = r.WhoId")
    return f"SELECT {', '.join([*columns, plan.keeps])} FROM ({typed_rows}) r {' '.join(joins)}"  # noqa: S608


def _user(plan: Plan, column: str, user: str) -> tuple[str, str]:
    """SQL: a user's number, and the join that finds it. Most rows were made by their owner."""
    if column == "OwnerId" or "OwnerId" not in plan.columns:
        return f"{user}.u", f"LEFT JOIN user_keys {user} ON {user}.id = r.{column}"
    other = f"CASE WHEN r.{column} <> r.OwnerId OR r.OwnerId IS NULL THEN r.{column} END"
    return (
        f"CASE WHEN r.{column} = r.OwnerId THEN o.u ELSE {user}.u END",
        f"LEFT JOIN user_keys {user} ON {user}.id = {other}",
    )


def empty(plan: Plan) -> str:
    """SQL of typed rows that never come, for the shape of the table."""
    of = kinds(plan.object_name)
    nothing = ", ".join(f'NULL::{TYPES[of.get(name, "text")]} AS "{name}"' for name in plan.columns)
    return f"SELECT {nothing}, 0::UTINYINT AS bad, 0::UBIGINT AS filled, 0::UTINYINT AS lost WHERE false"
