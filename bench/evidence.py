"""Our daily evidence of an export as a CSV, to be compared with the plain way's. Not timed.

python -m bench.evidence EXPORT.zip OUT.csv AS_OF
"""

from __future__ import annotations

import csv
import sys
import tempfile
from datetime import date
from pathlib import Path

from service.evidence.intake import open_intake
from service.evidence.reduce import reduce_staged
from service.export import stage_export
from service.rules_file import read_rules

MEASURES = ("calls", "footprint_days", "meetings")


def main() -> None:
    """Stage, reduce, write user, measure, day, done, seen in their order."""
    with (
        tempfile.TemporaryDirectory(prefix="bellwether-evidence-") as name,
        open_intake(read_rules(None), "UTC", work_dir=Path(name), memory_limit_mb=256) as intake,
        Path(sys.argv[2]).open("w", encoding="utf-8", newline="") as out,
    ):
        tables = stage_export([Path(sys.argv[1])], intake, Path(name) / "pages")
        writer = csv.writer(out)
        writer.writerow(("user", "measure", "day", "done", "seen"))
        for one in reduce_staged(intake, tables, date.fromisoformat(sys.argv[3])).people():
            for measure in MEASURES:
                if series := one.evidence.get(measure):
                    for day, done, seen in zip(series.days, series.done, series.seen, strict=True):
                        writer.writerow((one.person.user_id, measure, day, done, seen))


if __name__ == "__main__":
    main()
