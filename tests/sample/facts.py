"""A sample as the report sees it: from the zip to everything that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.report.facts import Options
from service.report.gather import Stopwatch, gather
from service.report.watching import Unwatched

if TYPE_CHECKING:
    from pathlib import Path

    from service.facts.facts import Facts
    from service.sample import SampleFacts


def facts_of(
    sample: SampleFacts,
    folder: Path,
    *,
    with_files: bool = False,
    aggregate_only: bool = False,
) -> Facts:
    """`with_files`: under the people and the absence file that are written beside the zip."""
    options = Options(
        exports=(sample.path,),
        out=folder / "out",
        people_file=sample.path.with_name("people.csv") if with_files else None,
        absences_file=sample.path.with_name("absences.csv") if with_files else None,
        aggregate_only=aggregate_only,
    )
    return gather(options, folder, Stopwatch(), Unwatched())
