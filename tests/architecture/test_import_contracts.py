"""The import contracts hold, and each of them bites: a planted import breaks it by name."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("service", "canvas", "jobs", "localorg")

#: contract (start of its name), where to plant, and the forbidden import
PLANTED = [
    ("Floors", "service/scoring", "service.export"),
    ("Floors", "service/facts", "service.report"),
    ("Scoring is arithmetic", "service/scoring", "socket"),
    ("The stand-in org imports nothing", "localorg", "service.tables"),
    ("Nothing of the product imports", "jobs", "localorg"),
    ("The gateway alone", "service", "simple_salesforce"),
    ("The panel shows and asks", "canvas", "service.evidence"),
]
#: Beside the standard library: which columns there are.
SCORING_IMPORTS = ("service.scoring", "service.columns")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-logo", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "COLUMNS": "300"},
    )


def copied(folder: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package,
            folder / package,
            ignore=shutil.ignore_patterns("__pycache__", "static"),
        )
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_house_keeps_its_contracts(tmp_path: Path):
    result = lint(copied(tmp_path))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout


@pytest.fixture(scope="module")
def said_of_planted(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said of a house with every forbidden import in it: one look takes many seconds."""
    folder = copied(tmp_path_factory.mktemp("planted"))
    for at, (_, package, name) in enumerate(PLANTED):
        (folder / package / f"planted{at}.py").write_text(f"import {name}\n")
    return lint(folder).stdout


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def test_scoring_imports_the_standard_library_alone():
    found = {
        (path.name, name)
        for path in (ROOT / "service/scoring").glob("*.py")
        for name in imported(path)
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not name.startswith(SCORING_IMPORTS)
    }
    assert found == set()


@pytest.mark.parametrize(
    "at", range(len(PLANTED)), ids=[" in ".join(one[2:0:-1]) for one in PLANTED]
)
def test_a_planted_import_breaks_its_contract(at: int, said_of_planted: str):
    contract, package, name = PLANTED[at]
    summary, _, details = said_of_planted.partition("Broken contracts")
    assert re.search(rf"^{contract}.* BROKEN", summary, re.MULTILINE)
    _, *parts = re.split(r"^(\S.*)\n-+\n", details, flags=re.MULTILINE)
    section = next(
        text
        for head, text in zip(parts[::2], parts[1::2], strict=True)
        if head.startswith(contract)
    )
    assert f"{package.replace('/', '.')}.planted{at} -> {name}" in section
