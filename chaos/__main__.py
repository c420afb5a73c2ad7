"""`make chaos`: kills workers while everything else goes wrong, too, and counts what was posted.

    python -m chaos [--kills 200] [--seed N] [--worlds 3] [--bug NAME | --bugs] [--json]

Without a bug it ends with 0 when nothing was lost or doubled. With `--bug` one known bug is
planted in the worker, and it ends with 1, saying what was seen. `--bugs` plants each of the four
and ends with 0 only if all were caught.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import tempfile
from pathlib import Path

from chaos import told
from chaos.plan import draw
from chaos.planted import BUGS
from chaos.run import Outcome, run
from tests.jobs.live_org import build_template

KILLS = 200
#: A bug that so many kills do not show is not caught.
KILLS_FOR_A_BUG = 100


def main() -> int:
    """Run, print, and give the exit code."""
    asked = _parser().parse_args()
    seed = asked.seed if asked.seed is not None else secrets.randbelow(1_000_000)
    sys.stderr.write(f"seed {seed}; the same again: --seed {seed} --worlds {asked.worlds}\n")
    kills = asked.kills or (KILLS_FOR_A_BUG if asked.bug or asked.bugs else KILLS)
    names = list(BUGS) if asked.bugs else [asked.bug]
    with tempfile.TemporaryDirectory(prefix="bellwether-chaos-") as name:
        folder = Path(name)
        template = (folder / "template" / "org", _template(folder / "template"))
        outcomes = []
        for bug in names:
            outcome = Outcome(draw(kills, seed), bug)
            with told.bar(f"Chaos with {bug}" if bug else "Chaos", kills) as tell:
                run(template, folder / (bug or "none"), outcome, asked.worlds, tell)
            outcomes.append(outcome)
            if not asked.json:
                told.show(outcome)
    if asked.json:
        sys.stdout.write(f"{json.dumps([told.as_json(one) for one in outcomes], indent=2)}\n")
    return verdict(outcomes, are_planted=asked.bugs)


def _template(folder: Path) -> str:
    (folder / "org").mkdir(parents=True)
    return build_template(folder)


def verdict(outcomes: list[Outcome], *, are_planted: bool) -> int:
    """Give the exit code: 0 when nothing is wrong, or when every planted bug was seen."""
    if not are_planted:
        return int(any(one.problems for one in outcomes))
    missed = [one.bug for one in outcomes if not any(score.wrong for score in one.scores)]
    caught = len(outcomes) - len(missed)
    sys.stderr.write(f"{caught} of {len(outcomes)} planted bugs caught")
    sys.stderr.write(f"; missed: {', '.join(missed)}\n" if missed else "\n")
    return int(bool(missed))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m chaos", description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, help=f"SIGKILLs ({KILLS}; with a bug at most 100)")
    parser.add_argument("--seed", type=int, help="draws the same again (any)")
    parser.add_argument("--worlds", type=int, default=3, help="orgs side by side (3)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    planted = parser.add_mutually_exclusive_group()
    planted.add_argument("--bug", choices=list(BUGS), default="", help="plant one bug; ends with 1")
    planted.add_argument("--bugs", action="store_true", help="plant each; 0 if all are caught")
    return parser


if __name__ == "__main__":
    sys.exit(main())
