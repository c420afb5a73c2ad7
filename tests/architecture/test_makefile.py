"""`make check` fails when any one of its tools does, and `make bench` runs what is there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS = ("ruff", "mypy", "lint-imports", "python", "codespell")


def without_make() -> dict[str, str]:
    """The environment as if no make ran this."""
    return {name: text for name, text in os.environ.items() if not name.startswith("MAKE")}


def make(
    target: str, folder: Path, *, fails: str | None = None, is_installed: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run a recipe with stand-ins for its tools, of which one may fail."""
    shutil.copy(ROOT / "Makefile", folder)
    tools = folder / ".venv" / "bin"
    tools.mkdir(parents=True)
    for name in TOOLS:
        (tools / name).write_text(f"#!/bin/sh\necho {name} ran\nexit {int(name == fails)}\n")
        (tools / name).chmod(0o755)
    (folder / "requirements-dev.txt").write_text("")
    (folder / "pyproject.toml").write_text("")
    if is_installed:
        (folder / ".venv" / ".installed").write_text("")
    return subprocess.run(
        ["make", target],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=without_make(),
    )


def test_check_passes_when_all_tools_do(tmp_path: Path):
    result = make("check", tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("tool", TOOLS)
def test_check_fails_when_one_tool_does(tmp_path: Path, tool: str):
    result = make("check", tmp_path, fails=tool)
    assert result.returncode != 0
    assert f"{tool} ran" in result.stdout + result.stderr


@pytest.mark.long  # ten processes one after the other: half a minute on two busy processors
def test_bench_checks_that_the_ways_agree_and_prints_its_figures(tmp_path: Path):
    recipe = subprocess.run(
        ["make", "-n", "bench"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "-m bench.run" in recipe.stdout
    kept = tmp_path / "figures.json"
    options = ["--rows", "20000", "--rounds", "1", "--dir", tmp_path, "--json", kept]
    command = [sys.executable, "-m", "bench.run", *options]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.search(r"b and c agree on all \d,\d{3} numbers", said)
    for ratio in ("c / a = ", "b / c = ", "memory of ours: "):
        assert ratio in said
    figures = json.loads(kept.read_text())
    assert (figures["rows"], figures["users"]) == (20_000, 20)
    assert set(figures["runs"]) == {"a floor", "b plain", "c ours"}
    assert all(run["peak_mb"] > 20 for runs in figures["runs"].values() for run in runs)
    assert set(figures["growth"]) == {"200", "2000", "20000"}


@pytest.mark.parametrize("is_installed", [True, False])
def test_setup_leaves_standard_output_to_what_comes_after_it(tmp_path: Path, *, is_installed: bool):
    """`make demo DEMO_OPTIONS="--once --json"` prints one JSON object there, and nothing else."""
    result = make("setup", tmp_path, is_installed=is_installed)
    assert (result.returncode, result.stdout) == (0, "")
    assert "python ran" in result.stderr
