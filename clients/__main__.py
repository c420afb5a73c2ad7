"""`make clients`: sf, simple-salesforce and jsforce, unmodified, at work on the stand-in org.

    python -m clients [--json]

Deploys all of sfdx/ with the pinned `sf`, assigns a permission set, writes and reads over TLS with
two more clients, exports in bulk, plants 25 metadata mistakes, and uninstalls to nothing left.
Ends with 0 only if every step saw what it must and every mistake was found by name.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from clients import mistakes, steps
from clients.org import org, sf_of

if TYPE_CHECKING:
    from collections.abc import Callable

WRONG = (steps.WrongError, RuntimeError, OSError, subprocess.SubprocessError)
LONGEST = 200


@dataclass(frozen=True)
class Step:
    """What a client did, and how it went."""

    name: str
    is_good: bool
    said: str
    seconds: float


def main() -> int:
    """Do all of it, print it, and give the exit code."""
    parser = argparse.ArgumentParser("python -m clients", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    as_json = parser.parse_args().json
    with tempfile.TemporaryDirectory(prefix="bellwether-clients-") as name:
        folder = Path(name)
        with org(folder / "org") as handoff:
            sf = sf_of(handoff, folder)
            done = [
                _step("sf deploys", lambda: steps.deploy(sf)),
                _step("sf assigns", lambda: steps.assign(sf, handoff)),
                _step("simple-salesforce", lambda: steps.simple_salesforce(handoff)),
                _step("jsforce", lambda: steps.jsforce(sf, handoff)),
                _step("sf exports", lambda: steps.export(sf, folder)),
            ]
            found = list(mistakes.planted(sf, folder))
            done.append(_step("sf uninstalls", lambda: steps.uninstall(sf)))
    _print(done, found, as_json=as_json)
    return int(not all(one.is_good for one in done) or not all(one.found_by for one in found))


def _step(name: str, do: Callable[[], str]) -> Step:
    begun = time.monotonic()
    try:
        good, said = True, do()
    except WRONG as error:
        good, said = False, str(error)
    sys.stderr.write(f"{name}: {said}\n")
    return Step(name, good, said, round(time.monotonic() - begun, 1))


def _print(done: list[Step], found: list[mistakes.Finding], *, as_json: bool) -> None:
    if as_json:
        told = {"steps": [asdict(one) for one in done], "mistakes": [asdict(one) for one in found]}
        sys.stdout.write(f"{json.dumps(told, indent=2)}\n")
        return
    console = Console(width=150)
    table = Table("client", "well", "what", "s", title="Clients")
    for one in done:
        table.add_row(
            one.name, "yes" if one.is_good else "NO", one.said[-500:], f"{one.seconds:.1f}"
        )
    console.print(table)
    table = Table("mistake", "found by", "message", title="Planted mistakes")
    for each in found:
        table.add_row(each.mistake, each.found_by or "NOBODY", each.words[:LONGEST])
    console.print(table)
    by = [one.found_by for one in found]
    console.print(
        f"{len(found)} mistakes: {by.count(mistakes.CHECK)} found by {mistakes.CHECK}, "
        f"{by.count(mistakes.DEPLOY)} by {mistakes.DEPLOY}, {by.count('')} by nobody"
    )


if __name__ == "__main__":
    sys.exit(main())
