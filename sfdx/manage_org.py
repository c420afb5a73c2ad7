#!/usr/bin/env python3
"""What the README says to do in an org, as one command each: deploy, assign, remove.

    python manage_org.py deploy --target-org my-org [--dry-run] [--upgrade]
    python manage_org.py assign --target-org my-org --integration USERNAME --admin USERNAME
                                --users FILE --leaders FILE
    python manage_org.py remove --target-org my-org

Runs the pinned Salesforce CLI with your own logins, and stops at the first command that fails. The
files of people have a username a line. `remove` works on a copy of this folder, because the CLI deletes
the files of what it takes from an org. Needs only the standard library.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import install_cli

PROJECT = Path(__file__).resolve().parent
#: The app before its tabs, these before the pages that they show, these before the component on them;
#: dashboards before their reports, these before their types, these before the fields that they show.
_DEFAULT = "force-app/main/default"
REMOVALS = (
    (f"{_DEFAULT}/applications",),
    (f"{_DEFAULT}/tabs",),
    (f"{_DEFAULT}/flexipages",),
    (f"{_DEFAULT}/aura",),
    (f"{_DEFAULT}/dashboards",),
    (f"{_DEFAULT}/reports",),
    (f"{_DEFAULT}/reportTypes",),
    ("oauth", "eca"),
    ("seed", "force-app"),
)
#: Seed records are the admin's after the first deployment; keys are rendered once.
UPGRADED = ("force-app", "eca")
_ENVIRONMENT = ("BELLWETHER_CANVAS_URL", "BELLWETHER_CONTACT_EMAIL")
#: The longest command line that Windows takes is 8,191 characters.
_PEOPLE_AT_ONCE = 50


#: What an org says of somebody who has the permission set already.
HAS_IT = "Duplicate PermissionSetAssignment"


class OrderError(RuntimeError):
    """What was asked cannot be done; the message says what to do."""


class Sf:
    """The CLI at one org; `project` is the folder that it works in."""

    def __init__(self, target_org: str, project: Path) -> None:
        self._target, self.project = target_org, project
        self._command, self._environment = install_cli.sf_command(Path.home())

    def __call__(self, *arguments: str) -> None:
        """Run it; raises OrderError when it fails."""
        if self._run(arguments).returncode:
            raise OrderError(f"sf {' '.join(arguments[:3])} failed; what it said is above.")

    def json(self, *arguments: str) -> dict[str, Any]:
        """Run it and give what it says as JSON, whether it worked or not."""
        done = self._run((*arguments, "--json"), stdout=subprocess.PIPE)
        try:
            said: dict[str, Any] = json.loads(done.stdout)
        except ValueError:
            raise OrderError(f"sf {' '.join(arguments[:3])} said no JSON: {done.stdout}") from None
        return said

    def _run(
        self, arguments: tuple[str, ...], stdout: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - the pinned CLI, no shell
            [*self._command, *arguments, "--target-org", self._target],
            cwd=self.project, env=self._environment, check=False, text=True, stdout=stdout,
        )  # fmt: skip


def sources(*folders: str) -> list[str]:
    """The options that name folders to the CLI."""
    return [word for folder in folders for word in ("--source-dir", folder)]


def deploy(sf: Sf, *, dry_run: bool, upgrade: bool) -> None:
    """Deploy all, or what an upgrade may touch; with `dry_run` the org only says what it would do."""
    missing = [name for name in _ENVIRONMENT if not os.environ.get(name)]
    if missing:
        raise OrderError(f"Set {' and '.join(missing)} first: see Deploy in README.md.")
    if not upgrade and not any((sf.project / "oauth").rglob("*-meta.xml")):
        raise OrderError("Run render_oauth.py first: see Deploy in README.md.")
    wanted = sources(*UPGRADED) if upgrade else []
    sf("project", "deploy", "start", *wanted, *(["--dry-run"] if dry_run else []))


def assign(sf: Sf, permission_set: str, usernames: list[str]) -> None:
    """Give people a permission set; who has it already keeps it."""
    for start in range(0, len(usernames), _PEOPLE_AT_ONCE):
        some = usernames[start : start + _PEOPLE_AT_ONCE]
        people = [word for name in some for word in ("--on-behalf-of", name)]
        said = sf.json("org", "assign", "permset", "--name", permission_set, *people)
        result = said.get("result") or {}
        if "failures" not in result and said.get("status"):
            raise OrderError(f"{permission_set} was not assigned: {said.get('message')}")
        failures = [one for one in result.get("failures", ()) if HAS_IT not in one["message"]]
        if failures:
            told = "; ".join(f"{one['name']}: {one['message']}" for one in failures)
            raise OrderError(f"{permission_set} was not assigned to {told}")
        sys.stdout.write(f"{permission_set}: {len(some)} of {len(usernames)}\n")


def remove(sf: Sf) -> None:
    """Take everything of ours from the org; permission sets must be nobody's by then."""
    with tempfile.TemporaryDirectory(prefix="bellwether-remove-") as name:
        whole, sf.project = sf.project, Path(name) / "sfdx"
        ignored = shutil.ignore_patterns("node_modules", ".sf", ".sfdx")
        shutil.copytree(whole, sf.project, ignore=ignored)
        for folders in REMOVALS:
            sf("project", "delete", "source", *sources(*folders), "--no-prompt")


def usernames_in(file: Path) -> list[str]:
    """The usernames of a file, one a line. Raises OrderError naming a line that is none."""
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8-sig").splitlines(), start=1):
        name = line.strip()
        if name and ("@" not in name or " " in name):
            raise OrderError(f"{file}, line {number}: a username has an @ and no spaces: {name}")
        found += [name] if name else []
    return found


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Deploy, assign and remove Bellwether's metadata.")
    orders = parser.add_subparsers(dest="order", required=True)
    for name in ("deploy", "assign", "remove"):
        order = orders.add_parser(name)
        order.add_argument("--target-org", required=True, help="alias or username of a login")
        order.add_argument("--project", type=Path, default=PROJECT, help="this folder, or a copy")
    orders.choices["deploy"].add_argument("--dry-run", action="store_true")
    orders.choices["deploy"].add_argument("--upgrade", action="store_true", help="leave the rules")
    for option, what in (("--integration", "the Bellwether user"), ("--admin", "yourself")):
        orders.choices["assign"].add_argument(option, metavar="USERNAME", help=what)
    for option, what in (("--users", "who is scored or looks"), ("--leaders", "who leads")):
        orders.choices["assign"].add_argument(option, metavar="FILE", type=Path, help=what)
    return parser.parse_args()


def _assign_all(sf: Sf, said: argparse.Namespace) -> None:
    admin = [said.admin] if said.admin else []
    users = usernames_in(said.users) if said.users else []
    people = {
        "Adoption_Integration": [said.integration] if said.integration else [],
        "Adoption_Admin": admin,
        # Without it the panel of a run's page, which is the admin's, refuses the admin.
        "Adoption_Panel_User": list(dict.fromkeys((*admin, *users))),
        "Adoption_Leader": usernames_in(said.leaders) if said.leaders else [],
    }
    if not any(people.values()):
        raise OrderError("Say whom: --integration, --admin, --users FILE or --leaders FILE.")
    for permission_set, usernames in people.items():
        assign(sf, permission_set, usernames)


def main() -> int:
    """Do it; 1 with a plain message when something is wrong."""
    said = _arguments()
    try:
        sf = Sf(said.target_org, said.project)
        if said.order == "deploy":
            deploy(sf, dry_run=said.dry_run, upgrade=said.upgrade)
        elif said.order == "assign":
            _assign_all(sf, said)
        else:
            remove(sf)
    except (OrderError, OSError, install_cli.CliMissingError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
