"""A command that is printed runs when it is pasted where the program was called."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from service.program import program

BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    ("called", "path", "said"),
    [
        (".venv/bin/bellwether", "/usr/bin", ".venv/bin/bellwether"),
        ("my venv/bin/bellwether", "/usr/bin", "'my venv/bin/bellwether'"),
        (str(BIN / "bellwether"), str(BIN), "bellwether"),
        (str(BIN / "bellwether"), "/usr/bin", str(BIN / "bellwether")),
        ("/app/service/cli.py", str(BIN), "python -m service.cli"),
        ("/usr/bin/pytest", str(BIN), "bellwether"),
    ],
)
def test_the_way_that_was_typed_is_printed(monkeypatch, called, path, said):
    monkeypatch.setattr(sys, "argv", [called])
    monkeypatch.setenv("PATH", path)
    assert program() == said


def test_a_command_from_the_help_runs_as_it_stands(tmp_path):
    (tmp_path / "venv").symlink_to(BIN.parent)
    called = ["venv/bin/bellwether", "report", "--help"]
    done = subprocess.run(called, cwd=tmp_path, capture_output=True, text=True, check=True)
    lines = [line.strip() for line in done.stdout.splitlines() if "WE_00D5g" in line]
    (example,) = (line for line in lines if line.startswith("venv/bin/bellwether report "))
    again = subprocess.run(  # noqa: S602 - pasted into a shell, as a reader would
        example, cwd=tmp_path, shell=True, capture_output=True, text=True, check=False
    )
    assert (again.returncode, "does not exist. Check the path." in again.stderr) == (1, True)
