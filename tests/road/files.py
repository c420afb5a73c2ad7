"""What the files of an export say, counted by the standard library alone."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

_APPS = ("Lightning Experience", "Salesforce Mobile")


def packed(path: Path, name: str) -> list[dict[str, str]]:
    """The rows of one file."""
    with zipfile.ZipFile(path) as archive, archive.open(f"{name}.csv") as raw:
        return list(csv.DictReader(io.TextIOWrapper(raw, "utf-8", newline="")))


def used(path: Path, first: date, last: date) -> dict[str, list[int]]:
    """By user: successful logins, days in Lightning, days in the mobile app."""
    found: dict[str, list[int]] = {}
    for one in packed(path, "LoginHistory"):
        if one["Status"] == "Success" and f"{first}" <= one["LoginTime"][:10] <= f"{last}":
            found.setdefault(one["UserId"], [0, 0, 0])[0] += 1
    rows = packed(path, "LightningUsageByAppTypeMetrics")
    for user, day, app in {
        (one["UserId"], one["MetricsDate"], one["AppExperience"]) for one in rows
    }:
        if f"{first}" <= day <= f"{last}":
            found.setdefault(user, [0, 0, 0])[1 + _APPS.index(app)] += 1
    return found


def quotas(path: Path, on: date) -> float:
    """The quotas of the period that this day is in, of everybody to whom no active user reports."""
    running = {
        one["Id"] for one in packed(path, "Period") if one["StartDate"] <= f"{on}" <= one["EndDate"]
    }
    managers = {one["ManagerId"] for one in packed(path, "User") if one["IsActive"] == "1"}
    return sum(
        float(one["QuotaAmount"])
        for one in packed(path, "ForecastingQuota")
        if one["PeriodId"] in running and one["QuotaOwnerId"] not in managers
    )
