"""A stand-in org of one's own, and the pinned `sf` at work in a copy of `sfdx/`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.demo.keys import make_key
from service.demo.localorg import Handoff, read_handoff
from service.processes import Child, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = ROOT / "clients"
_SECONDS = 300


@dataclass
class Sf:
    """The unmodified CLI, in a copy of the project, signed in by a session."""

    command: list[str]
    environment: dict[str, str]
    project: Path
    token: str

    def __call__(
        self, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run it; nothing is judged. `environment` stands in for its own."""
        return subprocess.run(  # noqa: S603 - the pinned CLI, no shell
            [*self.command, *arguments, "--target-org", self.token],
            cwd=self.project, env=dict(environment or self.environment), capture_output=True, text=True,
            timeout=_SECONDS, check=False,
        )  # fmt: skip

    def result(self, *arguments: str) -> Any:  # noqa: ANN401 - parsed JSON
        """Give the `result` of a command that must succeed; raises RuntimeError with its words."""
        done = self(*arguments, "--json")
        if done.returncode:
            raise RuntimeError(f"sf {' '.join(arguments)}:\n{done.stdout}{done.stderr}")
        return json.loads(done.stdout)["result"]


@contextmanager
def org(folder: Path) -> Iterator[Handoff]:
    """A running org without anything of ours in it."""
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "localorg", "serve", "--dir", str(folder)]
    child = Child("the stand-in org", command, folder / "localorg.log")
    try:
        ready = (folder / "handoff.json").is_file
        wait_until(ready, child, seconds=60, what="the org to be ready")
        yield read_handoff(folder)
    finally:
        child.stop()


def sf_of(handoff: Handoff, folder: Path) -> Sf:
    """The CLI for an org; also installs jsforce beside this file."""
    install = [sys.executable, str(ROOT / "sfdx/install_cli.py"), "--json", "--also", str(CLIENTS)]
    said = subprocess.run(install, capture_output=True, text=True, check=True)  # noqa: S603 - our own program
    found = json.loads(said.stdout)
    home = folder / "home"
    home.mkdir(parents=True)
    environment = {
        **os.environ, **found["env"], "HOME": str(home),
        "SF_ORG_INSTANCE_URL": handoff.cli_url,
        "BELLWETHER_CANVAS_URL": "https://localhost:1/canvas",
        "BELLWETHER_CONTACT_EMAIL": "admin@bellwether.example",
    }  # fmt: skip
    project = copy_of_project(folder / "project")
    return Sf(found["command"], environment, project, handoff.admin["session_id"])


def copy_of_project(to: Path) -> Path:
    """Copy `sfdx/` with its apps rendered for a certificate of its own."""
    ignored = shutil.ignore_patterns("node_modules", ".sf", ".sfdx")
    shutil.copytree(ROOT / "sfdx", to, ignore=ignored)
    _, certificate = make_key(to.parent / "keys")
    render = [sys.executable, str(to / "render_oauth.py"), "--certificate", str(certificate)]
    subprocess.run([*render, "--project", str(to)], stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - our own program
    return to
