"""Reading an export a second time, with the standard library alone."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from pathlib import Path

AS_OF = date(2026, 11, 20)
EXPORT = "data/sample_weekly_export/WE_00D5g000000Sample.ZIP"
KINDS = {
    "Account": "accounts",
    "Contact": "contacts",
    "Opportunity": "opportunities",
    "Lead": "leads",
}

Rows = dict[str, list[dict[str, str]]]
#: (user id, kind) -> (in all, in the last 30 days or None where nothing is dated)
Counts = dict[tuple[str, str], tuple[int, int | None]]


def read_zip(path: Path) -> Rows:
    with zipfile.ZipFile(path) as archive:
        return {
            name[:-4]: list(
                csv.DictReader(io.TextIOWrapper(archive.open(name), "utf-8-sig", newline=""))
            )
            for name in archive.namelist()
        }


def write_rows(path: Path, rows: Rows) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, table in rows.items():
            out = io.StringIO(newline="")
            writer = csv.DictWriter(out, table[0], quoting=csv.QUOTE_ALL)
            writer.writeheader()
            writer.writerows(table)
            archive.writestr(f"{name}.csv", out.getvalue())
    return path


def local(text: str, zone: str) -> date:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()


def count(rows: Rows, as_of: date) -> Counts:
    """Records by owner, closed activities among them, as a person would tick them off."""
    zones = defaultdict(lambda: "UTC")  # of queues
    zones |= {user["Id"]: user["TimeZoneSidKey"] for user in rows["User"]}
    since = as_of - timedelta(days=30)
    found: Counts = {}

    def add(owner: str, kind: str, day: date | None) -> None:
        total, recent = found.get((owner, kind), (0, 0))
        is_recent = day is not None and since <= day <= as_of
        found[owner, kind] = (total + 1, None if day is None else (recent or 0) + is_recent)

    for name, kind in KINDS.items():
        for row in rows[name]:
            created = row.get("CreatedDate")
            add(row["OwnerId"], kind, local(created, zones[row["OwnerId"]]) if created else None)
    for task in rows["Task"]:
        if task["IsClosed"] == "1" and task.get("IsRecurrence", "0") != "1":
            add(task["OwnerId"], "activities", local(task["CreatedDate"], zones[task["OwnerId"]]))
    for event in rows["Event"]:
        start, zone = event["StartDateTime"], zones[event["OwnerId"]]
        day = (
            date.fromisoformat(start[:10]) if event["IsAllDayEvent"] == "1" else local(start, zone)
        )
        if day <= as_of and event.get("IsRecurrence", "0") != "1":
            add(event["OwnerId"], "activities", day)
    return found


def read_csv(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
