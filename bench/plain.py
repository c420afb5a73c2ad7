"""(b) The plain way: what an analyst would write with pandas for three measures, by our rules.

    python -m bench.plain EXPORT.zip OUT.csv

Unpacks the zip, reads the columns that it needs, and counts for each user and local day: calls
(one per contact, without bulk, without those that an integration user made), meetings, and
footprints. It scores nobody and writes no report. OUT.csv gets user, measure, day, done, seen.
It shares no code with the product. Libraries do not tell pandas which zone a row is in, so
each zone's rows are converted together, as one does.
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
from pathlib import Path

import pandas as pd

BURST_RECORDS, BURST = 10, pd.Timedelta(minutes=5)
AT_ONCE_AT_MOST = 3  # meetings that begin in one quarter of an hour
LOOK_BACK_DAYS = 140
#: Presence is known as far back as windows of amounts look: two quarters of windows and checks.
PRESENCE_DAYS = 279


def read(folder: Path, name: str, columns: list[str]) -> pd.DataFrame:
    """The columns of one file as texts; its times and flags converted."""
    rows = pd.read_csv(folder / f"{name}.csv", usecols=columns, dtype=str, keep_default_na=False)
    for column in columns:
        if column.endswith(("Date", "DateTime")):
            rows[column] = pd.to_datetime(rows[column], format="%Y-%m-%d %H:%M:%S", utc=True)
        elif column.startswith("Is"):
            rows[column] = rows[column] == "1"
    return rows


def local_day(moments: pd.Series, zones: pd.Series) -> pd.Series:
    """The calendar day of each moment in its own zone."""
    days = pd.Series(index=moments.index, dtype="datetime64[ns]")
    for zone, group in moments.groupby(zones, sort=False):
        days.loc[group.index] = group.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    return days


def bulk(calls: pd.DataFrame) -> pd.Series:
    """Calls in any stretch of five minutes, ends included, with more than ten calls of one owner."""
    calls = calls.sort_values(["OwnerId", "CreatedDate"], kind="stable")
    by_owner = calls.groupby("OwnerId", sort=False)["CreatedDate"]
    span = by_owner.shift(-BURST_RECORDS) - calls["CreatedDate"]
    starts = span.notna() & (span <= BURST)
    marked = pd.Series(False, index=calls.index)
    # The first call of such a stretch marks the ten behind it, and those at the very same moment.
    begun = calls["CreatedDate"].where(starts).groupby(calls["OwnerId"], sort=False).ffill()
    marked |= begun.notna() & (calls["CreatedDate"] - begun <= BURST)
    return marked


def counted(rows: pd.DataFrame, measure: str, done: pd.Series) -> pd.DataFrame:
    """user, measure, day, done, seen."""
    found = pd.DataFrame({"done": done, "seen": rows.groupby(["user", "day"]).size()})
    found = found.fillna(0).astype(int).reset_index()
    found.insert(1, "measure", measure)
    return found


def count_calls(tasks: pd.DataFrame, robots: set[str]) -> pd.DataFrame:
    """Rule 5: closed calls on the day of their recording."""
    calls = tasks[tasks["IsClosed"] & (tasks["TaskSubtype"] == "Call") & ~tasks["IsRecurrence"]]
    calls = calls[calls["user"].notna()].copy()
    calls["day"] = local_day(calls["CreatedDate"], calls["zone"])
    calls = in_window(calls)
    is_deal = calls["WhatId"].str.startswith("006")
    contact = calls["WhoId"].where(calls["WhoId"] != "", calls["WhatId"].where(is_deal, ""))
    calls["contact"] = contact.where(contact != "")
    credited = calls[~bulk(calls) & ~calls["CreatedById"].isin(robots)]
    return counted(calls, "calls", credited.groupby(["user", "day"])["contact"].nunique())


def count_meetings(events: pd.DataFrame, robots: set[str]) -> pd.DataFrame:
    """Quarters of an hour in which meetings begin, on their day; more than three at once are none.

    All-day and out-of-office events are seen only, and so is what was loaded a day later.
    """
    rows = events[events["user"].notna() & ~events["IsRecurrence"]].copy()
    local = local_day(rows["StartDateTime"], rows["zone"])
    whole = rows["StartDateTime"].dt.tz_localize(None).dt.normalize()
    rows["day"] = local.where(~rows["IsAllDayEvent"], whole)
    rows = in_window(rows)
    held = rows[~rows["IsAllDayEvent"] & (rows["ShowAs"] != "OutOfOffice")]
    late = held["CreatedDate"] > held["StartDateTime"] + pd.Timedelta(days=1)
    held = held[~(held["CreatedById"].isin(robots) & late)]
    quarter = held["StartDateTime"].dt.floor("15min").rename("quarter")
    at_once = held.groupby(["user", "day", quarter]).size()
    kept = at_once[at_once <= AT_ONCE_AT_MOST].groupby(["user", "day"]).size()
    return counted(rows, "meetings", kept)


def count_footprints(tables: list[pd.DataFrame], zones: pd.Series) -> pd.DataFrame:
    """Days on which a user made or last changed a record."""
    acts = []
    for rows in tables:
        acts.append(rows[["CreatedById", "CreatedDate"]].set_axis(["user", "at"], axis=1))
        changer = "LastModifiedById" if "LastModifiedById" in rows else "OwnerId"
        if "LastModifiedDate" in rows:
            changed = rows[rows["LastModifiedDate"] > rows["CreatedDate"]]
            acts.append(changed[[changer, "LastModifiedDate"]].set_axis(["user", "at"], axis=1))
    every = pd.concat(acts, ignore_index=True)
    every = every[every["user"].isin(zones.index)].copy()
    every["day"] = local_day(every["at"], every["user"].map(zones))
    every = in_window(every, PRESENCE_DAYS)
    return counted(every, "footprint_days", every.groupby(["user", "day"]).size().clip(upper=1))


def in_window(rows: pd.DataFrame, days: int = LOOK_BACK_DAYS) -> pd.DataFrame:
    """Rows of the days of evidence."""
    first = AS_OF - pd.Timedelta(days=days)
    return rows[rows["day"].between(first, AS_OF)]


AS_OF = pd.Timestamp(sys.argv[3]) if len(sys.argv) > 3 else pd.Timestamp("2021-04-16")  # noqa: PLR2004


def main() -> None:
    """Unpack, read, count, write."""
    with tempfile.TemporaryDirectory(prefix="bellwether-plain-") as name:
        folder = Path(name)
        with zipfile.ZipFile(sys.argv[1]) as archive:
            archive.extractall(folder)
        users = read(folder, "User", ["Id", "IsActive", "UserType", "TimeZoneSidKey"])
        people = users[users["IsActive"] & (users["UserType"] == "Standard")]
        zones = people.set_index("Id")["TimeZoneSidKey"]
        robots = set(users.loc[users["UserType"] != "Standard", "Id"])
        audit = ["OwnerId", "CreatedDate", "CreatedById"]
        tasks = read(folder, "Task", [*audit, "LastModifiedDate", "IsClosed", "TaskSubtype", "WhoId", "WhatId", "IsRecurrence"])  # fmt: skip
        events = read(folder, "Event", [*audit, "LastModifiedDate", "StartDateTime", "IsAllDayEvent", "ShowAs", "IsRecurrence"])  # fmt: skip
        others = [read(folder, name, [*audit, "LastModifiedDate", "LastModifiedById"]) for name in ("Contact", "Lead", "Opportunity")]  # fmt: skip
        accounts = read(folder, "Account", audit)
        for rows in (tasks, events):
            rows["zone"] = rows["OwnerId"].map(zones)
            rows["user"] = rows["OwnerId"].where(rows["zone"].notna())
        found = [
            count_calls(tasks, robots),
            count_meetings(events, robots),
            count_footprints([tasks, events, accounts, *others], zones),
        ]
    result = pd.concat(found).sort_values(["user", "measure", "day"])
    result.to_csv(sys.argv[2], index=False, date_format="%Y-%m-%d")


if __name__ == "__main__":
    main()
