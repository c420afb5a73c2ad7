"""Starts the stand-in org as a program of its own and reads what it hands over. No code is shared."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.processes import Child, wait_until

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: A large export on a slow or busy machine takes long; one that ends early is noticed at once.
START_SECONDS = 1800


@dataclass(frozen=True)
class Handoff:
    """What a stand-in org tells a person who would read it in Setup of a real one."""

    org_id: str
    api_url: str
    cli_url: str
    page_url: str
    ca_file: str
    admin: Mapping[str, str]
    integration: Mapping[str, str]
    users: tuple[Mapping[str, str], ...]
    apps: Mapping[str, Mapping[str, str]]


def read_handoff(folder: Path) -> Handoff:
    """Read the file anew: a deployment adds apps to it."""
    data: dict[str, Any] = json.loads((folder / "handoff.json").read_text())
    return Handoff(
        org_id=data["org_id"],
        api_url=data["api_url"],
        cli_url=data["cli_url"],
        page_url=data["page_url"],
        ca_file=data["ca_file"],
        admin=data["admin"],
        integration=data["integration"],
        users=tuple(data["users"]),
        apps=data.get("apps", {}),
    )


def start_localorg(
    folder: Path,
    export: Path,
    naive_zone: str,
    encoding: str,
    page_port: int,
    seconds: float = START_SECONDS,
) -> tuple[Child, Handoff]:
    """Start it with the export loaded; returns when it answers. Raises ChildError with its words."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handoff = folder / "handoff.json"
    handoff.unlink(missing_ok=True)
    command = [
        sys.executable,
        "-m",
        "localorg",
        "serve",
        "--dir",
        str(folder),
        "--load",
        str(export),
        "--naive-zone",
        naive_zone,
        "--encoding",
        encoding,
        "--page-port",
        str(page_port),
    ]
    child = Child("the stand-in org", command, folder / "localorg.log")
    wait_until(handoff.is_file, child, seconds=seconds, what="the stand-in org to be ready")
    return child, read_handoff(folder)
