"""An org's rows to disk, the way a worker reads them: calls, seconds and memory, nothing asserted.

    python -m bench.reading EXPORT.zip [--dir DIR]

Loads the export into a stand-in org (a minute for 400,000 rows), deploys our metadata there, reads
everything in a child of its own, and prints one JSON object: rows, calls planned and spent, the
plan, seconds (of the clock, and of the processor), and the child's memory before and at its peak.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.run import NEEDED
from service.broker import free_port
from service.demo.deploy import INTEGRATION_SET, JOBS_APP, Cli, assign, deploy
from service.demo.localorg import Handoff, read_handoff, start_localorg
from service.rule_records.to_records import records_of
from service.rules_file import DEFAULT_RULES, read_mapping
from service.salesforce.gateway import Gateway
from service.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: For exports larger than the demo's.
LOAD_SECONDS = 3600
ROOT = Path(__file__).resolve().parent.parent


def peak_mb() -> int:
    """The most memory this process ever held (VmHWM), in MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(one for one in status.splitlines() if one.startswith("VmHWM:"))
    return int(line.split()[1]) // 1024


def measure(folder: Path, settings: dict[str, str]) -> dict[str, object]:
    """Read everything once in this process."""
    gateway = Gateway(read_settings(settings, only=NEEDED))
    plan = gateway.plan_reading()
    planned, before = gateway.api_calls, peak_mb()
    clock, processor = time.perf_counter(), time.process_time()
    tables = gateway.read_tables(folder / "pages")
    return {
        "rows": sum(table.rows for table in tables.by_name.values()),
        "calls_planned": plan.calls,
        "calls_spent": gateway.api_calls - planned,
        "seconds": round(time.perf_counter() - clock, 1),
        "processor_seconds": round(time.process_time() - processor, 1),
        "mb_before": before,
        "mb_peak": peak_mb(),
        "reads": [read.as_dict() for read in plan.reads],
    }


def in_child(work: Callable[[], dict[str, object]], answer: Path) -> dict[str, Any]:
    """Fork, work, and hand the figures back through a file."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            answer.write_text(json.dumps(work()), encoding="ascii")
            code = 0
        except Exception:  # noqa: BLE001 - told here; the parent's code must not run twice
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if status:
        raise SystemExit(f"the child ended with {os.waitstatus_to_exitcode(status)}")
    found: dict[str, Any] = json.loads(answer.read_text(encoding="ascii"))
    return found


def settings_of(org: Handoff, key_file: Path, folder: Path) -> dict[str, str]:
    """The settings of a worker of this org."""
    return {
        "SALESFORCE_ORG_ID": org.org_id,
        "SALESFORCE_INSTANCE_URL": org.api_url,
        "SALESFORCE_USERNAME": org.integration["username"],
        "SALESFORCE_CONSUMER_KEY": org.apps[JOBS_APP]["consumer_key"],
        "SALESFORCE_PRIVATE_KEY": key_file.read_text(encoding="ascii"),
        "SALESFORCE_CA_FILE": org.ca_file,
        "REDIS_URL": "redis://localhost:1/0",  # asked for, not used
        "BELLWETHER_WORK_DIR": str(folder),
    }


@contextmanager
def org_with(folder: Path, export: Path) -> Iterator[dict[str, str]]:
    """A stand-in org that holds the export and our metadata; gives the settings of its worker."""
    child, org = start_localorg(folder / "org", export, "UTC", "utf-8", free_port(), LOAD_SECONDS)
    try:
        cli = Cli(ROOT / "sfdx", folder / "home", org)
        url, rules = "https://localhost:1/canvas", records_of(read_mapping(DEFAULT_RULES))
        key_file = deploy(cli, ROOT / "sfdx", folder / "deploy", url, rules)
        assign(cli, INTEGRATION_SET, org.integration["username"])
        yield settings_of(read_handoff(folder / "org"), key_file, folder)
    finally:
        child.stop()


def run(folder: Path, export: Path) -> dict[str, Any]:
    """Make the org, read it, stop it."""
    with org_with(folder, export) as settings:
        return in_child(lambda: measure(folder, settings), folder / "answer.json")


def main() -> None:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(prog="bench.reading")
    parser.add_argument(
        "export", type=Path, help="a weekly export, for instance of bellwether sample"
    )
    parser.add_argument("--dir", type=Path, default=None, help="where to put the org and the pages")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.dir, prefix="bench-") as name:
        sys.stdout.write(json.dumps(run(Path(name), asked.export), indent=1) + "\n")


if __name__ == "__main__":
    main()
