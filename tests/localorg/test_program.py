"""The program itself: hand-over file, restart, clean stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOT = os.getcwd()  # noqa: PTH109  # the folder that holds the package, for the child too


class Program:
    def __init__(self, folder: Path, *more: str) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "localorg", "serve", "--dir", str(folder), *more]
        self.process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)

    def handoff(self) -> dict[str, Any]:
        end = time.monotonic() + 60
        while not (self.folder / "handoff.json").exists():
            assert self.process.poll() is None, self.process.stderr and self.process.stderr.read()
            assert time.monotonic() < end
            time.sleep(0.05)
        return dict(json.loads((self.folder / "handoff.json").read_text()))

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=20)
        return self.process.returncode


@pytest.fixture
def programs() -> Iterator[list[Program]]:
    started: list[Program] = []
    yield started
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate(timeout=20)


def call(handoff: dict[str, Any], method: str, path: str, **more: Any) -> requests.Response:
    with requests.Session() as session:
        session.trust_env, session.verify = False, handoff["ca_file"]
        session.headers["Authorization"] = f"Bearer {handoff['admin']['session_id']}"
        url = f"{handoff['api_url']}/services/data/v66.0{path}"
        return session.request(method, url, timeout=20, **more)


def test_it_hands_over_stops_and_remembers(tmp_path: Path, programs: list[Program]) -> None:
    programs.append(Program(tmp_path / "org"))
    first = programs[0].handoff()
    assert (tmp_path / "org" / "handoff.json").stat().st_mode & 0o777 == 0o600
    assert first["ready"] is True
    assert first["pid"] == programs[0].process.pid
    assert set(first) >= {"org_id", "api_url", "cli_url", "page_url", "users", "apps"}
    assert first["admin"]["session_id"].startswith(first["org_id"][:15] + "!")
    assert first["management_group_id"].startswith("0F9")
    made = call(first, "POST", "/sobjects/Account", json={"Name": "Kept"}).json()["id"]
    assert programs[0].stop() == 0
    assert not (tmp_path / "org" / "handoff.json").exists()

    programs.append(Program(tmp_path / "org"))
    second = programs[1].handoff()
    assert call(second, "GET", f"/sobjects/Account/{made}").json()["Name"] == "Kept"
    assert second["org_id"] == first["org_id"]
    assert programs[1].stop() == 0


def test_the_same_org_answers_on_the_cli_port_and_has_pages(
    tmp_path: Path, programs: list[Program]
) -> None:
    programs.append(Program(tmp_path / "org"))
    handoff = programs[0].handoff()
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {handoff['admin']['session_id']}"
        found = session.get(f"{handoff['cli_url']}/services/data/v66.0/limits", timeout=20)
        page = session.get(handoff["page_url"], timeout=20)
    assert (found.status_code, page.status_code) == (200, 200)


def test_a_broken_export_stops_it_with_a_sentence(tmp_path: Path, programs: list[Program]) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"no zip")
    programs.append(Program(tmp_path / "org", "--load", str(broken)))
    _, said = programs[0].process.communicate(timeout=60)
    assert programs[0].process.returncode == 1
    assert "localorg: File is not a zip file" in said
