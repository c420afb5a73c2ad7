"""Rows, tables and a rule set for tests of the evidence floor: keyword overrides, sensible defaults."""

from __future__ import annotations

import csv
from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

from service.scoring.evidence import Evidence
from service.scoring.rule_set import (
    BigDealRule,
    CallRules,
    Component,
    HealthyRules,
    Measure,
    Ramp,
    RuleSet,
)
from service.tables import COLUMNS, Table, Tables

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from service.scoring.evidence import PersonEvidence

Row = dict[str, str]
_NUMBERS = count(1)


def an_id(prefix: str) -> str:
    """An id that no other record has, as in an org."""
    return f"{prefix}{next(_NUMBERS):012d}AAA"


def user_id(number: int) -> str:
    return f"005000000{number:06d}AAA"


def _measure(name: str, kind: Any = "count") -> Measure:
    return Measure(
        name, name, name, "all", kind, Decimal(15), ("rep",), {"rep": Decimal(5)}, 2, name
    )


def a_rule_set(**changes: Any) -> RuleSet:
    rules = RuleSet(
        version="test",
        components=(Component("all", "All"),),
        measures=(
            _measure("footprint_days"), _measure("calls"), _measure("meetings"),
            _measure("healthy_opportunities", "share"), _measure("required_fields", "share"),
            _measure("leads_answered", "share"), _measure("tasks_on_time", "share"),
        ),
        role_names={"sales rep": "rep"},
        role_when_unknown="rep",
        calls=CallRules(("Call",), 10, 5),
        healthy=HealthyRules(30, Decimal("1.5"), 20, None, 2),
        ramp=Ramp(Decimal("0.25"), 13),
        big_deals=(BigDealRule("Big_Deal", Decimal(100_000), 30, "Sales Management", "1"),),
        fault_texts={},
        required_fields={"Opportunity": ("AccountId", "LeadSource", "Type")},
    )  # fmt: skip
    return replace(rules, **changes)


def rows_of(found: PersonEvidence) -> tuple[Evidence, ...]:
    """The evidence as one row a measure and day, by measure and day."""
    return tuple(
        Evidence(found.person.user_id, measure, *day)
        for measure, one in sorted(found.evidence.items())
        for day in zip(one.days, one.done, one.eligible, one.good, one.seen, strict=True)
    )


def a_user(number: int = 1, **over: str) -> Row:
    return {
        "Id": user_id(number), "Name": f"User {number}", "Username": f"u{number}@x.example", "IsActive": "1",
        "UserType": "Standard", "TimeZoneSidKey": "UTC", "CreatedDate": "2020-01-01 00:00:00",
    } | over  # fmt: skip


def a_call(owner: int = 1, at: str = "2021-04-15 10:00:00", **over: str) -> Row:
    return {
        "Id": an_id("00T"), "OwnerId": user_id(owner), "TaskSubtype": "Call", "IsClosed": "1",
        "WhoId": "003000000000001AAA", "WhatId": "", "ActivityDate": at[:10], "IsRecurrence": "0", "CreatedDate": at,
    } | over  # fmt: skip


def a_meeting(owner: int = 1, at: str = "2021-04-15 10:00:00", **over: str) -> Row:
    return {
        "Id": an_id("00U"), "OwnerId": user_id(owner), "StartDateTime": at, "IsAllDayEvent": "0",
        "ShowAs": "Busy", "IsRecurrence": "0", "CreatedDate": at,
    } | over  # fmt: skip


def an_opportunity(number: int = 1, owner: int = 1, **over: str) -> Row:
    return {
        "Id": f"006000000{number:06d}AAA", "Name": f"Deal {number}", "OwnerId": user_id(owner), "IsClosed": "0",
        "IsWon": "0", "Amount": "1000.00", "CloseDate": "2021-05-01", "NextStep": "",
        "CreatedDate": "2021-01-01 00:00:00",
    } | over  # fmt: skip


def a_table(folder: Path, name: str, rows: Iterable[Row]) -> Table:
    """A table of one page whose columns are those with a value, as a door would hand it over."""
    rows = list(rows)
    columns = list(dict.fromkeys(column for row in rows for column in row)) or ["Id"]
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"{name}-1.csv"
    with page.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, restval="", quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
    known = {column.name for column in COLUMNS[name]}
    filled = frozenset(
        column for column in columns if column in known and any(row.get(column) for row in rows)
    )
    return Table(name, (page,), filled, len(rows))


def tables(folder: Path, naive_zone: str = "UTC", **rows: Iterable[Row]) -> Tables:
    """`tables(tmp, User=[a_user()], Task=[a_call()])`; users default to numbers 1 to 3."""
    rows.setdefault("User", [a_user(number) for number in (1, 2, 3)])
    return Tables(
        {name: a_table(folder, name, some) for name, some in rows.items()}, (), naive_zone
    )
