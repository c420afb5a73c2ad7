"""Ten million rows to evidence, the way a worker does it: seconds and memory, nothing asserted.

    python -m bench.rows [--rows 10000000] [--people 10000] [--memory-limit-mb 200] [--dir DIR]

Makes CSV pages through DuckDB in a folder of its own (about 200 bytes a row), forks as RQ's
worker does after importing, reduces in the child, walks through everybody's evidence there, and
prints one JSON object: rows, seconds (of the clock, and of both processors), peak memory of the
child and of the parent. Only the rows of the last 140 days become evidence; they span 26 weeks.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from service.evidence import pages, reduce_rows
from service.rules_file import read_rules
from service.tables import COLUMNS, Table, Tables

AS_OF = date(2021, 4, 16)
ZONES = "['America/Los_Angeles', 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Lord_Howe']"


def _user(number: str) -> str:
    return f"'0055g' || lpad(({number})::VARCHAR, 10, '0') || 'AAA'"


def _moment(salt: int, extra: str = "0") -> str:
    seconds = f"(hash(i + {salt}) % (182 * 86400))::INT"
    return f"strftime(TIMESTAMP '2021-04-16' - to_seconds({seconds}) + to_seconds({extra}), '%Y-%m-%dT%H:%M:%S.000Z')"


def _audit(people: int) -> str:
    owner = _user(f"hash(i) % {people}")
    later = "(hash(i + 13) % 400000)::INT"
    return f"""{owner} AS "OwnerId", {_moment(11)} AS "CreatedDate", {owner} AS "CreatedById",
        {_moment(11, later)} AS "LastModifiedDate", {_user(f"hash(i + 5) % {people}")} AS "LastModifiedById" """


def _queries(rows: int, people: int) -> dict[str, tuple[int, str]]:
    opportunity = "'0065g' || lpad((hash(i + 9) % 200000)::VARCHAR, 10, '0') || 'AAA'"
    contact = "'0035g' || lpad((hash(i + 7) % 300000)::VARCHAR, 10, '0') || 'AAA'"
    due = "strftime(DATE '2021-01-01' + (hash(i + 3) % 160)::INT, '%Y-%m-%d')"
    return {
        "User": (people, f"""SELECT {_user("i")} AS "Id", 'User ' || i AS "Name", 'u' || i || '@x.example' AS "Username",
            '1' AS "IsActive", 'Standard' AS "UserType", {ZONES}[1 + (i % 4)::INT] AS "TimeZoneSidKey",
            '2019-01-01 00:00:00' AS "CreatedDate" """),
        "Task": (rows * 7 // 10, f"""SELECT '00T5g' || lpad(i::VARCHAR, 10, '0') || 'AAA' AS "Id",
            'Call about the ' || i || '. thing' AS "Subject", 'Completed' AS "Status",
            CASE WHEN i % 10 = 0 THEN '0' ELSE '1' END AS "IsClosed",
            CASE WHEN i % 2 = 0 THEN 'Call' ELSE 'Task' END AS "TaskSubtype",
            CASE WHEN i % 3 > 0 THEN {contact} END AS "WhoId", CASE WHEN i % 4 = 0 THEN {opportunity} END AS "WhatId",
            {due} AS "ActivityDate", '0' AS "IsRecurrence", {_audit(people)}"""),
        "Event": (rows * 5 // 20, f"""SELECT '00U5g' || lpad(i::VARCHAR, 10, '0') || 'AAA' AS "Id", 'Meeting ' || i AS "Subject",
            {_moment(17)} AS "StartDateTime", '0' AS "IsAllDayEvent", 'Busy' AS "ShowAs", '0' AS "IsRecurrence",
            CASE WHEN i % 5 = 0 THEN {opportunity} END AS "WhatId", {_audit(people)}"""),
        "Opportunity": (rows // 20, f"""SELECT '0065g' || lpad(i::VARCHAR, 10, '0') || 'AAA' AS "Id", 'Deal ' || i AS "Name",
            CASE WHEN i % 2 = 0 THEN '0' ELSE '1' END AS "IsClosed", CASE WHEN i % 4 = 1 THEN '1' ELSE '0' END AS "IsWon",
            (hash(i + 1) % 300000)::VARCHAR || '.00' AS "Amount", {due} AS "CloseDate",
            CASE WHEN i % 3 = 0 THEN 'Call back on 2021-04-' || (10 + i % 20)::VARCHAR END AS "NextStep",
            (i % 4)::VARCHAR AS "PushCount", {_audit(people)}"""),
    }  # fmt: skip


_MAKE = """import sys, duckdb
connection = duckdb.connect(config={"memory_limit": "1GB", "threads": "2"})
connection.execute("SET enable_progress_bar = false").execute(sys.stdin.read())"""


def make_tables(folder: Path, rows: int, people: int) -> Tables:
    """Pages of that many task, event and opportunity rows together, and their users.

    They are made in another process, so that this one stays as small as a worker.
    """
    made = {}
    for name, (count, query) in _queries(rows, people).items():
        page = folder / f"{name}-1.csv"
        copy = f"COPY ({query} FROM range({count}) r(i)) TO '{page}' (HEADER, FORCE_QUOTE *)"
        subprocess.run([sys.executable, "-c", _MAKE], input=copy, text=True, check=True)  # noqa: S603
        known = {column.name for column in COLUMNS[name]}
        made[name] = Table(name, (page,), frozenset(known.intersection(pages.header(page))), count)
    return Tables(made, ())


def peak_mb() -> int:
    """The most memory this process ever held (VmHWM), in MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(one for one in status.splitlines() if one.startswith("VmHWM:"))
    return int(line.split()[1]) // 1024


def reduce_in_child(tables: Tables, folder: Path, memory_limit_mb: int) -> dict[str, object]:
    """Fork, reduce, and hand the figures back through a file."""
    answer = folder / "answer.json"
    child = os.fork()
    if child == 0:
        answer.write_text(json.dumps(_work(tables, folder, memory_limit_mb)), encoding="ascii")
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status:
        raise SystemExit(f"the child ended with {os.waitstatus_to_exitcode(status)}")
    return json.loads(answer.read_text(encoding="ascii"))


def _work(tables: Tables, folder: Path, memory_limit_mb: int) -> dict[str, object]:
    start = time.perf_counter()
    work = folder / "work"
    with reduce_rows(
        tables, read_rules(None), AS_OF, work_dir=work, memory_limit_mb=memory_limit_mb
    ) as reduced:
        reduced_s = time.perf_counter() - start
        on_disk = sum(file.stat().st_size for file in work.rglob("*") if file.is_file())
        people = evidence = findings = 0
        for one in reduced.people():
            people += 1
            evidence += sum(len(series.days) for series in one.evidence.values())
            findings += len(one.findings)
    walked_s = time.perf_counter() - start - reduced_s
    return {
        "people": people, "evidence": evidence, "findings": findings,
        "reduce_s": round(reduced_s, 1), "walk_s": round(walked_s, 1),
        "cpu_s": round(time.process_time(), 1), "disk_mb": on_disk >> 20, "child_peak_mb": peak_mb(),
    }  # fmt: skip


def main() -> None:
    """Make the rows, reduce them, print the figures."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rows", type=int, default=10_000_000)
    options.add_argument("--people", type=int, default=10_000)
    options.add_argument("--memory-limit-mb", type=int, default=200)
    options.add_argument(
        "--dir", type=Path, help="where to make the pages; a temporary folder by default"
    )
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bellwether-rows-", dir=chosen.dir))
    try:
        tables = make_tables(folder, chosen.rows, chosen.people)
        csv_mb = (
            sum(page.stat().st_size for one in tables.by_name.values() for page in one.pages) >> 20
        )
        figures = reduce_in_child(tables, folder, chosen.memory_limit_mb)
        total = {"rows": chosen.rows, "csv_mb": csv_mb, "memory_limit_mb": chosen.memory_limit_mb}
        sys.stdout.write(json.dumps(total | figures | {"parent_peak_mb": peak_mb()}) + "\n")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
