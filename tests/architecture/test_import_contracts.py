"""The import contracts hold, and each of them bites: a planted import breaks it by name."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("service", "canvas", "jobs", "localorg")

#: contract (start of its name) -> file to plant in, and the forbidden import
PLANTED = {
    "Floors": ("service/scoring/planted.py", "import service.export"),
    "Scoring is arithmetic": ("service/scoring/planted.py", "import socket"),
    "The stand-in org imports nothing": ("localorg/planted.py", "import service.tables"),
    "Nothing of the product imports": ("jobs/planted.py", "import localorg"),
    "The gateway alone": ("jobs/planted.py", "import simple_salesforce"),
    "The panel shows and asks": ("canvas/planted.py", "import service.evidence"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-logo", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "COLUMNS": "300"},
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package,
            tmp_path / package,
            ignore=shutil.ignore_patterns("__pycache__", "static"),
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_house_keeps_its_contracts(copy: Path):
    result = lint(copy)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout


@pytest.mark.parametrize("contract", PLANTED)
def test_a_planted_import_breaks_its_contract(contract: str, copy: Path):
    file_name, statement = PLANTED[contract]
    (copy / file_name).write_text(statement + "\n")
    result = lint(copy)
    broken = [
        line
        for line in result.stdout.splitlines()
        if line.startswith(contract) and "BROKEN" in line
    ]
    assert result.returncode != 0
    assert broken, result.stdout
