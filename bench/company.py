"""A made-up company's weekly data export: 26 weeks of activities, whatever the number of rows.

Everything is a function of the row's number (DuckDB's hash), so the same call makes the same file.
What is in it, so that every rule has work to do: eight time zones with and without summer time,
people who work much and people who work little, calls that repeat a contact on one day, calls
that relate to nobody, stretches of 20 calls in 200 seconds, rows that another user or an
integration user made, e-mails, to-dos that are open, late or done, meetings, all-day and
out-of-office events, meetings to come, leads with and without an answer, opportunities with and
without a next step.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

AS_OF = "2021-04-16"
DAYS = 182
_ZONES = {
    "America/Los_Angeles": ("en_US", -7), "America/New_York": ("en_US", -4), "America/Sao_Paulo": ("pt_BR", -3),
    "Europe/London": ("en_GB", 1), "Europe/Berlin": ("de_DE", 2), "Asia/Kolkata": ("en_IN", 5),
    "Asia/Tokyo": ("ja_JP", 9), "Australia/Sydney": ("en_AU", 10),
}  # fmt: skip
_ROWS_A_PERSON = 1_000
_ROBOT = 3  #: this user is an integration user


@dataclass(frozen=True)
class Company:
    """How much of everything. Rows are tasks and events; the rest follows from the people."""

    rows: int

    @property
    def people(self) -> int:
        """One user for each thousand activities."""
        return max(20, self.rows // _ROWS_A_PERSON)

    @property
    def tasks(self) -> int:
        """Seven of ten activities."""
        return self.rows * 7 // 10


def _id(prefix: str, number: str) -> str:
    """18 characters; the sixteenth says which of the first five are capitals, as an org checks."""
    capitals = "E" if prefix[2].isupper() else "A"
    return f"('{prefix}5g' || lpad(({number})::VARCHAR, 10, '0') || '{capitals}AA')"


def _stamp(moment: str) -> str:
    """The form of times in a weekly export, in UTC."""
    return f"strftime({moment}, '%Y-%m-%d %H:%M:%S')"


def _some(salt: int, share: float) -> str:
    return f"(hash(i, {salt}) % 10000 < {int(share * 10_000)})"


def _users(company: Company) -> str:
    zones, locales = ([*_ZONES], [locale for locale, _ in _ZONES.values()])
    managers, chiefs = max(2, company.people // 10), max(1, company.people // 100)
    return f"""
        SELECT {_id("005", "i")} AS "Id", 'User ' || i AS "Name", 'user' || i || '@example.com' AS "Username",
            CASE WHEN i % 40 = 39 THEN '0' ELSE '1' END AS "IsActive",
            CASE WHEN i = {_ROBOT} THEN 'CloudIntegrationUser' ELSE 'Standard' END AS "UserType",
            CASE WHEN i < {chiefs} THEN {_id("00E", "1")} WHEN i < {managers} THEN {_id("00E", "2")}
                ELSE {_id("00E", "3")} END AS "UserRoleId",
            {_id("00e", "i % 3")} AS "ProfileId",
            CASE WHEN i = 0 THEN '' WHEN i < {chiefs} THEN {_id("005", "0")}
                WHEN i < {managers} THEN {_id("005", f"i % {chiefs}")} ELSE {_id("005", f"i % {managers}")} END AS "ManagerId",
            CASE WHEN i % 50 < 48 THEN {_stamp(f"TIMESTAMP '{AS_OF}' - to_days((hash(i, 1) % 20)::INT)")} ELSE '' END AS "LastLoginDate",
            {zones}[1 + i % {len(zones)}] AS "TimeZoneSidKey", {locales}[1 + i % {len(zones)}] AS "LocaleSidKey",
            {_stamp("TIMESTAMP '2016-01-01' + to_days((hash(i, 2) % 1900)::INT)")} AS "CreatedDate"
        FROM range({company.people}) r(i)
    """


#: The owner of row i: half of them are drawn twice and the lower number wins, so some do little.
def _owner(company: Company) -> str:
    people = company.people
    return f"CASE WHEN i % 2 = 0 THEN hash(i, 3) % {people} ELSE least(hash(i, 3) % {people}, hash(i, 4) % {people}) END"


def _offset(owner: str) -> str:
    hours = [hours for _, hours in _ZONES.values()]
    return f"to_hours({hours}[1 + ({owner} % {len(hours)})::INT])"


def _workday(position: str, first: str = f"DATE '{AS_OF}' - {DAYS - 1}") -> str:
    """The day at `position` (0 to 1) of the 26 weeks; 1 of 30 rows may fall on a weekend."""
    day = f"({first} + ({position} * {DAYS - 1})::INT)"
    back = f"CASE WHEN i % 30 > 0 THEN greatest(isodow({day}) - 5, 0) ELSE 0 END"
    return f"({day} - ({back})::INT)"


def _tasks(company: Company) -> str:
    """Ids rise with the time of creation, as they do in an org."""
    rows, contact = company.tasks, "owner * 30 + hash(i, 6) % 30"
    return f"""
        WITH drawn AS (
            SELECT i, i // 20 AS block, hash(block, 20) % 50 = 0 AS bulk,
                CASE WHEN bulk THEN hash(block, 21) % {company.people} ELSE {_owner(company)} END AS owner,
                {_workday(f"i / {rows}")} + CASE
                    WHEN bulk THEN to_seconds(61200 + (i % 20)::INT * 10)
                    ELSE to_seconds(28800 + (hash(i, 5) % 39600)::INT) END - {_offset("owner")} AS made,
                NOT bulk AND {_some(7, 0.25)} AS todo, todo AND {_some(8, 0.2)} AS is_open
            FROM range({rows}) r(i)
        )
        SELECT {_id("00T", "i")} AS "Id", {_id("005", "owner")} AS "OwnerId",
            CASE WHEN todo THEN 'Send the offer' ELSE 'Call' END AS "Subject",
            CASE WHEN is_open THEN '0' ELSE '1' END AS "IsClosed",
            CASE WHEN todo THEN 'Task' WHEN {_some(9, 0.2)} THEN 'Email' ELSE 'Call' END AS "TaskSubtype",
            CASE WHEN {_some(10, 0.6)} THEN {_id("003", contact)}
                WHEN {_some(10, 0.7)} THEN {_id("00Q", "owner * 10 + hash(i, 11) % 10")} ELSE '' END AS "WhoId",
            CASE WHEN {_some(12, 0.2)} THEN {_id("006", "owner * 30 + hash(i, 13) % 30")} ELSE '' END AS "WhatId",
            strftime(made::DATE + CASE WHEN todo THEN (hash(i, 14) % 21)::INT ELSE 0 END, '%Y-%m-%d') AS "ActivityDate",
            CASE WHEN todo AND NOT is_open THEN {_stamp("made + to_seconds((hash(i, 15) % 1209600)::INT)")} ELSE '' END AS "CompletedDateTime",
            '0' AS "IsRecurrence", {_stamp("made")} AS "CreatedDate",
            {_id("005", f"CASE WHEN {_some(16, 0.02)} THEN {_ROBOT} WHEN {_some(16, 0.05)} THEN hash(i, 17) % {company.people} ELSE owner END")} AS "CreatedById",
            {_stamp(f"made + CASE WHEN {_some(18, 0.4)} THEN to_seconds((hash(i, 19) % 600000)::INT) ELSE INTERVAL 0 SECOND END")} AS "LastModifiedDate"
        FROM drawn
    """


def _events(company: Company) -> str:
    rows = company.rows - company.tasks
    return f"""
        WITH drawn AS (
            SELECT i, {_owner(company)} AS owner, {_some(7, 0.02)} AS away, away OR {_some(8, 0.01)} AS whole,
                {_workday(f"i / {rows}")} + to_seconds(28800 + (hash(i, 5) % 36000)::INT) - {_offset("owner")} AS made,
                CASE WHEN whole THEN date_trunc('day', made) + to_days((hash(i, 6) % 20)::INT)
                    ELSE date_trunc('hour', made) + to_hours((hash(i, 6) % 15 * 24)::INT) END AS begins
            FROM range({rows}) r(i)
        )
        SELECT {_id("00U", "i")} AS "Id", {_id("005", "owner")} AS "OwnerId", 'Meeting' AS "Subject",
            {_stamp("begins")} AS "StartDateTime",
            {_stamp("CASE WHEN whole THEN begins + to_days((hash(i, 9) % 3)::INT) ELSE begins + INTERVAL 45 MINUTE END")} AS "EndDateTime",
            CASE WHEN whole THEN '1' ELSE '0' END AS "IsAllDayEvent",
            CASE WHEN away THEN 'OutOfOffice' ELSE 'Busy' END AS "ShowAs",
            CASE WHEN {_some(10, 0.4)} THEN {_id("003", "owner * 30 + hash(i, 11) % 30")} ELSE '' END AS "WhoId",
            CASE WHEN {_some(12, 0.3)} THEN {_id("006", "owner * 30 + hash(i, 13) % 30")} ELSE '' END AS "WhatId",
            '0' AS "IsRecurrence", {_stamp("made")} AS "CreatedDate",
            {_id("005", f"CASE WHEN {_some(16, 0.03)} THEN hash(i, 17) % {company.people} ELSE owner END")} AS "CreatedById",
            {_stamp("made")} AS "LastModifiedDate"
        FROM drawn
    """


def _audit(company: Company, owner: str, days: int = 1_000) -> str:
    made = f"TIMESTAMP '{AS_OF}' - to_seconds((hash(i, 30) % {days * 86400})::INT)"
    changed = (
        f"least({made} + to_seconds((hash(i, 31) % 8640000)::INT), TIMESTAMP '{AS_OF} 12:00:00')"
    )
    return f"""{_id("005", owner)} AS "OwnerId", {_stamp(made)} AS "CreatedDate", {_id("005", owner)} AS "CreatedById",
        {_stamp(changed)} AS "LastModifiedDate", {_id("005", f"CASE WHEN {_some(32, 0.1)} THEN hash(i, 33) % {company.people} ELSE {owner} END")} AS "LastModifiedById" """


def _opportunities(company: Company) -> str:
    is_open = f"{_some(7, 0.3)}"
    close = f"CASE WHEN {is_open} THEN DATE '{AS_OF}' - 20 + (hash(i, 9) % 120)::INT ELSE DATE '{AS_OF}' - (hash(i, 9) % 700)::INT END"
    return f"""
        SELECT {_id("006", "i")} AS "Id", 'Deal ' || i AS "Name", {_id("001", "i // 3")} AS "AccountId",
            CASE WHEN {is_open} THEN 'Negotiation' ELSE 'Closed' END AS "StageName",
            CASE WHEN {_some(12, 0.9)} THEN 'New Business' ELSE '' END AS "Type", CASE WHEN {_some(11, 0.9)} THEN 'Web' ELSE '' END AS "LeadSource",
            CASE WHEN {is_open} THEN '0' ELSE '1' END AS "IsClosed",
            CASE WHEN NOT {is_open} AND {_some(8, 0.4)} THEN '1' ELSE '0' END AS "IsWon",
            CASE WHEN {_some(10, 0.95)} THEN (500 + hash(i, 13) % 120000)::VARCHAR || '.00' ELSE '' END AS "Amount",
            strftime({close}, '%Y-%m-%d') AS "CloseDate",
            CASE WHEN {_some(14, 0.5)} THEN 'Call back on ' || strftime(DATE '{AS_OF}' + (hash(i, 15) % 60)::INT, '%m/%d/%Y') ELSE '' END AS "NextStep",
            (hash(i, 16) % 4)::VARCHAR AS "PushCount", {_audit(company, "i // 30")}
        FROM range({company.people * 30}) r(i)
    """


def _leads(company: Company) -> str:
    return f"""
        SELECT {_id("00Q", "i")} AS "Id", 'Company ' || i AS "Company",
            ['New', 'Open', 'Working', 'Qualified'][1 + (hash(i, 7) % 4)::INT] AS "Status",
            '0' AS "IsConverted", 'Web' AS "LeadSource", {_audit(company, "i // 10", 300)}
        FROM range({company.people * 10}) r(i)
    """


def queries(company: Company) -> dict[str, str]:
    """Object -> SQL of its rows, every value a text."""
    people = company.people
    return {
        "User": _users(company),
        "UserRole": f"""SELECT {_id("00E", "i")} AS "Id", ['VP Sales', 'Sales Manager', 'Sales Rep'][i] AS "Name" FROM range(1, 4) r(i)""",
        "Profile": f"""SELECT {_id("00e", "i")} AS "Id", 'Profile ' || i AS "Name" FROM range(3) r(i)""",
        "Account": f"""SELECT {_id("001", "i")} AS "Id", 'Account ' || i AS "Name", 'Energy' AS "Industry",
            (hash(i, 7) % 3000)::VARCHAR AS "NumberOfEmployees", {_audit(company, "i // 10")} FROM range({people * 10}) r(i)""",
        "Contact": f"""SELECT {_id("003", "i")} AS "Id", {_id("001", "i // 3")} AS "AccountId", 'Name ' || i AS "LastName",
            {_audit(company, "i // 30")} FROM range({people * 30}) r(i)""",
        "Lead": _leads(company),
        "Opportunity": _opportunities(company),
        "Task": _tasks(company),
        "Event": _events(company),
    }


_MAKE = """import sys, duckdb
connection = duckdb.connect(config={"memory_limit": "2GB", "threads": "2"})
connection.execute("SET enable_progress_bar = false").execute(sys.stdin.read())"""


def make(folder: Path, company: Company) -> Path:
    """The zip of that company's export, made once per folder in other processes."""
    path = folder / f"WE_{company.rows}.ZIP"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".part")
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, query in queries(company).items():
            page = folder / f"{name}.csv"
            copy = f"COPY ({query} ORDER BY i) TO '{page}' (HEADER, FORCE_QUOTE *)"
            subprocess.run([sys.executable, "-c", _MAKE], input=copy, text=True, check=True)  # noqa: S603
            archive.write(page, page.name)
            page.unlink()
    fresh.replace(path)
    return path
