"""Deploys our metadata with the unmodified Salesforce CLI, as an admin would."""

from __future__ import annotations

import json
import os
import shutil
import sys
from typing import TYPE_CHECKING, Any

from service.demo.keys import make_key
from service.processes import ChildError, run
from service.rule_records.files import write_source

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from service.demo.localorg import Handoff
    from service.rule_records.to_records import NewRecord

JOBS_APP, PANEL_APP = "Bellwether_Jobs", "Bellwether_Panel"
INTEGRATION_SET, PANEL_SET = "Adoption_Integration", "Adoption_Panel_User"
LOGIN_SET = "Adoption_Login_History"  #: beside INTEGRATION_SET, optional
LEADER_SET = "Adoption_Leader"  #: beside PANEL_SET
ADMIN_SET = "Adoption_Admin"  #: the same
CONTACT = "admin@bellwether.example"


class Cli:
    """The unmodified `sf`, signed in by a session as documented for scripts, with a home of its own."""

    def __init__(self, sfdx: Path, home: Path, org: Handoff) -> None:
        home.mkdir(parents=True, exist_ok=True)
        found = json.loads(
            run([sys.executable, str(sfdx / "install_cli.py"), "--json"], seconds=600)
        )
        self.command: list[str] = found["command"]
        self.environment = {
            **os.environ,
            **found["env"],
            "HOME": str(home),
            "SF_ORG_INSTANCE_URL": org.cli_url,
        }
        self.target = org.admin["session_id"]

    def __call__(self, *arguments: str, cwd: Path | None = None) -> dict[str, Any]:
        """Run `sf ARGUMENTS --json` and return its `result`; raises ChildError with its message."""
        said = run(
            [*self.command, *arguments, "--target-org", self.target, "--json"],
            cwd=cwd,
            environment=self.environment,
        )
        answer: dict[str, Any] = json.loads(said)
        if answer.get("status") != 0:
            raise ChildError(f"sf {arguments[0]} {arguments[1]}: {answer.get('message')}")
        result: dict[str, Any] = answer["result"]
        return result


def deploy(
    cli: Cli,
    sfdx: Path,
    folder: Path,
    canvas_url: str,
    rules: Iterable[NewRecord] | None = None,
) -> Path:
    """Follow sfdx/README.md in a copy of the folder; returns the private key's file.

    `rules` take the place of the seed's examples, in which no role is confirmed.
    """
    key_file, certificate_file = make_key(folder / "keys")
    project = folder / "sfdx"
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(sfdx, project, ignore=shutil.ignore_patterns("node_modules", ".sf", ".sfdx"))
    if rules is not None:
        write_source(project / "seed/main/default", rules)
    run(
        [
            sys.executable,
            str(project / "render_oauth.py"),
            "--certificate",
            str(certificate_file),
            "--project",
            str(project),
            "--callback-url",
            f"{canvas_url}/approved",
        ]
    )
    cli.environment |= {"BELLWETHER_CANVAS_URL": canvas_url, "BELLWETHER_CONTACT_EMAIL": CONTACT}
    cli("project", "deploy", "start", cwd=project)
    return key_file


def assign(cli: Cli, permission_set: str, username: str) -> None:
    """Give somebody the permission set."""
    cli("org", "assign", "permset", "--name", permission_set, "--on-behalf-of", username)
