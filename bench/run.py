"""`make bench`: the floor, the plain way and ours, side by side in one run, as ratios.

    python -m bench.run [--rows 10000000] [--rounds 3] [--dir DIR] [--json FILE]

Makes the export of a made-up company (once, in DIR), then runs the three one after the other, so
many rounds, each in a process of its own. Checks first that the plain way and ours count the same.
Seconds are of the clock and of the processors (user and system); memory is the most that the
process held (ru_maxrss), or it and its helpers together where that is more. Ratios are those of the rounds' medians. Nothing is asserted but equality.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
import zipfile
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.company import AS_OF, Company, make
from bench.memory import watched

if TYPE_CHECKING:
    from collections.abc import Iterator

WHAT = {
    "a floor": "unzip, read the needed columns, count their values: nothing is kept, scored or written",
    "b plain": "pandas: unzip; calls, meetings and footprints per user and local day by our rules; no scores",
    "c ours": "`bellwether report`, whole: all measures, everybody's score, every file of the report",
}


@dataclass(frozen=True)
class Run:
    """One process."""

    seconds: float
    cpu_seconds: float
    peak_mb: int


def run(*command: str) -> Run:
    """Run a command to its end; its output is thrown away. Exits where it fails."""
    begun = time.perf_counter()
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    child = os.posix_spawn(command[0], command, os.environ, file_actions=quiet)
    with watched(child) as memory:
        _, status, used = os.wait4(child, 0)
    seconds = time.perf_counter() - begun
    if status:
        sys.exit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return Run(seconds, used.ru_utime + used.ru_stime, memory.peak_mb(used.ru_maxrss // 1024))


def python(module: str, *arguments: str) -> Run:
    """Run a module of the bench."""
    return run(sys.executable, "-m", module, *arguments)


def ours(export: Path, folder: Path) -> Run:
    """The whole command, as somebody types it."""
    out = folder / "report"
    shutil.rmtree(out, ignore_errors=True)
    program = str(Path(sys.executable).with_name("bellwether"))
    return run(program, "report", str(export), "--as-of", AS_OF, "--out", str(out))


def check_equal(export: Path, folder: Path) -> int:
    """How many numbers the plain way and ours agree on. Exits where they do not."""
    theirs, mine = folder / "plain.csv", folder / "ours.csv"
    python("bench.plain", str(export), str(theirs), AS_OF)
    python("bench.evidence", str(export), str(mine), AS_OF)
    with theirs.open(encoding="utf-8") as one, mine.open(encoding="utf-8") as other:
        lines = 0
        for lines, (left, right) in enumerate(zip(one, other, strict=True)):
            if left.strip() != right.strip():
                sys.exit(f"line {lines + 1} differs: plain {left.strip()}, ours {right.strip()}")
    return lines


def measure(export: Path, folder: Path, rounds: int) -> dict[str, list[Run]]:
    """The three in turn, round by round."""
    found: defaultdict[str, list[Run]] = defaultdict(list)
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        found["a floor"].append(python("bench.floor", str(export)))
        found["b plain"].append(python("bench.plain", str(export), os.devnull, AS_OF))
        found["c ours"].append(ours(export, folder))
    return found


def medians(runs: list[Run]) -> Run:
    """The median of each figure."""
    return Run(
        statistics.median(one.seconds for one in runs),
        statistics.median(one.cpu_seconds for one in runs),
        int(statistics.median(one.peak_mb for one in runs)),
    )


def say(line: str = "") -> None:
    """Print at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def describe(export: Path, company: Company) -> int:
    """Say what the export is; its CSV's bytes."""
    with zipfile.ZipFile(export) as archive:
        size = sum(info.file_size for info in archive.infolist())
    say(
        f"{company.people:,} users, {company.rows:,} activities: {size / 1e9:.2f} GB of CSV in "
        f"{export.stat().st_size / 1e9:.2f} GB of zip; {os.cpu_count()} processors"
    )
    return size


def table(found: dict[str, list[Run]]) -> dict[str, Run]:
    """Print the figures and the ratios."""
    middle = {name: medians(runs) for name, runs in found.items()}
    for name, one in middle.items():
        spread = (
            f"{min(r.seconds for r in found[name]):.1f}-{max(r.seconds for r in found[name]):.1f}"
        )
        say(
            f"  {name}  {one.seconds:7.1f} s ({spread})  {one.cpu_seconds:7.1f} s of processors  "
            f"{one.peak_mb:6,} MB   {WHAT[name]}"
        )
    a, b, c = middle.values()
    say(
        f"  c / a = {c.seconds / a.seconds:.2f} by the clock, {c.cpu_seconds / a.cpu_seconds:.2f} by processor time (at most 3, better 1.5)"
    )
    say(
        f"  b / c = {b.seconds / c.seconds:.2f} by the clock, {b.cpu_seconds / c.cpu_seconds:.2f} by processor time (at least 4, better 6)"
    )
    say(f"  memory of ours: {max(one.peak_mb for one in found['c ours'])} MB (at most 512)")
    return middle


def growth(folder: Path, rows: int) -> dict[int, Run]:
    """Ours at a hundredth, a tenth and all of the rows."""
    say("ours as the data grow (users grow with them):")
    found = {}
    for company in (Company(rows // 100), Company(rows // 10), Company(rows)):
        one = found[company.rows] = ours(make(folder, company), folder)
        steps = json.loads((folder / "report" / "run.json").read_text())["seconds"]
        say(
            f"  {company.rows:>12,} rows  {one.seconds:7.1f} s  {one.cpu_seconds:7.1f} s of processors  "
            f"{one.peak_mb:5,} MB   {steps}"
        )
    return found


@contextmanager
def work_folder(named: Path | None) -> Iterator[Path]:
    """The folder for exports; a temporary one unless it is named."""
    if named is not None:
        named.mkdir(parents=True, exist_ok=True)
        yield named
        return
    with tempfile.TemporaryDirectory(prefix="bellwether-bench-") as name:
        yield Path(name)


def main() -> None:
    """Make, check, measure, print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rows", type=int, default=10_000_000)
    options.add_argument("--rounds", type=int, default=3, choices=range(1, 100), metavar="N")
    options.add_argument("--dir", type=Path, help="keep the exports here and use them again")
    options.add_argument("--json", type=Path, help="write the figures here too")
    chosen = options.parse_args()
    with work_folder(chosen.dir) as folder:
        company = Company(chosen.rows)
        export = make(folder, company)
        size = describe(export, company)
        agreed = check_equal(export, folder)
        say(f"checked: b and c agree on all {agreed:,} numbers of three measures, users and days")
        found = measure(export, folder, chosen.rounds)
        table(found)
        grown = growth(folder, chosen.rows)
    if chosen.json:
        chosen.json.write_text(json.dumps(_record(company, size, found, grown), indent=2) + "\n")


def _record(
    company: Company, size: int, found: dict[str, list[Run]], grown: dict[int, Run]
) -> dict[str, Any]:
    return {
        "rows": company.rows,
        "users": company.people,
        "csv_bytes": size,
        "runs": {name: [asdict(one) for one in runs] for name, runs in found.items()},
        "growth": {rows: asdict(one) for rows, one in grown.items()},
    }


if __name__ == "__main__":
    main()
