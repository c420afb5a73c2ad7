"""`bellwether report`: an export in, a folder with the whole report out."""

from __future__ import annotations

import json
import platform
import resource
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.facts.teams import hierarchy
from service.report.exceptions_table import exceptions_csv, minimums_csv
from service.report.folder import PROGRAM, RECORD, check_folder, new_files
from service.report.gather import Stopwatch, gather
from service.report.next_steps import Step, without_minimums, without_roles
from service.report.page import render
from service.report.results_table import campaigns_csv, measures_csv, results_csv
from service.report.tables import away_csv, fixes_csv, late_leads_csv, scores_csv, teams_csv
from service.report.watching import Unwatched

if TYPE_CHECKING:
    from datetime import date

    from service.report.facts import Options, ReportFacts
    from service.report.watching import Watching


@dataclass(frozen=True)
class Finished:
    """What came of it."""

    folder: Path
    as_of: date
    people: int
    scored: int
    record: dict[str, Any]
    why_nobody_is_named: str | None = None  #: why nobody is named although nobody asked for that
    first_of_all: Step | None = None  #: what must be done before people have a score


def write_report(options: Options, watching: Watching | None = None) -> Finished:
    """Read, score and write; the same input gives the same bytes, `run.json` apart.

    Nothing is written unless everything is. Raises ExportError, NoUsersError, RulesFileError,
    OutputError, and ValueError for data without any date.
    """
    begun, watching = time.monotonic(), watching or Unwatched()
    check_folder(options.out)
    watch = Stopwatch()
    with new_files(options.out) as files, tempfile.TemporaryDirectory(prefix="bellwether-") as work:
        facts = gather(options, Path(work), watch, watching)
        with watch.step("write"):
            watching.step("Writing")
            files.update(files_of(facts))
        watch.seconds["total"] = round(time.monotonic() - begun, 3)
        record = _record(facts, watch)
        files[RECORD] = json.dumps(record, indent=2, ensure_ascii=False).encode() + b"\n"
    return Finished(
        options.out, facts.as_of, len(facts.people), len(facts.scored), record,
        facts.why_nobody_is_named,
        without_roles(facts) or without_minimums(facts),
    )  # fmt: skip


def files_of(facts: ReportFacts) -> dict[str, bytes]:
    """Every file but the record, by name."""
    tree = hierarchy(facts)
    files = {
        "report.html": render(facts, tree).encode(),
        "teams.csv": teams_csv(tree),
        "results.csv": results_csv(facts),
    }
    if not facts.aggregate_only:
        files |= {
            "scores.csv": scores_csv(facts),
            "away.csv": away_csv(facts),
            "exceptions.csv": exceptions_csv(facts),
            "minimums.csv": minimums_csv(facts),
            "fixes.csv": fixes_csv(facts),
            "late_leads.csv": late_leads_csv(facts),
            "campaigns.csv": campaigns_csv(facts),
            "measures.csv": measures_csv(facts),
        }
    return files


def _record(facts: ReportFacts, watch: Stopwatch) -> dict[str, Any]:
    return {
        "program": PROGRAM,
        "as_of": facts.as_of.isoformat(),
        "aggregate_only": facts.aggregate_only,
        "users": len(facts.members),
        "people": len(facts.people),
        "left_out": dict(facts.left_out),
        "scored": facts.shown_scored(facts.people),
        "rows_read": dict(facts.rows_read),
        "rows_rejected": dict(facts.rows_rejected),
        "values_rejected": dict(facts.values_rejected),
        "gaps": [
            {
                "object": gap.object_name,
                "column": gap.column,
                "why": gap.told(is_named=not facts.aggregate_only),
            }
            for gap in facts.gaps
        ],
        "seconds": watch.seconds,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "versions": {
            "bellwether": version("bellwether"),
            "duckdb": version("duckdb"),
            "python": platform.python_version(),
            "rules": facts.rules.version,
        },
    }
