"""A whole reading, kept beside its pages: whoever takes the folder over the same day reads nothing again.

A run that stops after it has read, because no calls are left or the org does not answer, goes on
with what it has. A reading that is hours old, or of another day, is none: people went on working, and
a deal that was won then may be open again.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from service.columns import COLUMNS
from service.salesforce.bulk_job import FRESH_SECONDS, forget
from service.salesforce.plan import PlannedRead, ReadingPlan
from service.salesforce.transport import API_VERSION
from service.tables import Gap, Table, Tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    Also = Mapping[str, Sequence[str]] | None

_NAME = "reading.json"


def keep(folder: Path, also: Also, tables: Tables, plan: ReadingPlan) -> None:
    """Note that everything is on disk now: whole or not at all."""
    said = {
        "of": _of(also),
        "tables": [_table(one) for one in tables.by_name.values()],
        "gaps": [asdict(gap) for gap in tables.gaps],
        "reads": [asdict(read) for read in plan.reads],
        "calls_to_plan": plan.calls_to_plan,
        "read_at": time.time(),
    }
    part = folder / f"{_NAME}.part"
    part.write_text(json.dumps(said), encoding="utf-8")
    part.replace(folder / _NAME)


def kept(folder: Path, also: Also) -> tuple[Tables, ReadingPlan] | None:
    """Give the reading of this folder; None where there is none of these hours, or of other columns."""
    try:
        said = json.loads((folder / _NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    is_fresh = 0 <= time.time() - said["read_at"] < FRESH_SECONDS
    if not is_fresh or said["of"] != _of(also):
        return None
    tables = [
        Table(
            one["name"],
            tuple(folder / name for name in one["pages"]),
            frozenset(one["columns"]),
            one["rows"],
        )
        for one in said["tables"]
    ]
    gaps = tuple(Gap(**gap) for gap in said["gaps"])
    plan = ReadingPlan(tuple(PlannedRead(**one) for one in said["reads"]), said["calls_to_plan"])
    return Tables(by_name={one.name: one for one in tables}, gaps=gaps), plan


def let_go(folder: Path, object_name: str) -> None:
    """The next reading into this folder reads this object anew, as it does what came by REST."""
    (folder / _NAME).unlink(missing_ok=True)
    forget(folder, object_name)


def _of(also: Also) -> dict[str, Any]:
    """What a reading must agree in: the day, in UTC, and what was asked for."""
    return {
        "day": datetime.now(UTC).date().isoformat(),
        "version": API_VERSION,
        "columns": {name: [one.name for one in columns] for name, columns in COLUMNS.items()},
        "also": {name: list(fields) for name, fields in sorted((also or {}).items())},
    }


def _table(one: Table) -> dict[str, Any]:
    pages = [page.name for page in one.pages]
    return {"name": one.name, "pages": pages, "columns": sorted(one.columns), "rows": one.rows}
