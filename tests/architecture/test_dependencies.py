"""What the product imports is declared in pyproject.toml, each with why it is there."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ("service", "canvas", "jobs")
TEXT = (ROOT / "pyproject.toml").read_text()


def plain(name: str) -> str:
    """The name of a distribution, without versions and extras."""
    return re.split(r"[\[<>=~!;]", name)[0].lower().replace("_", "-")


def imported() -> set[str]:
    """Top-level modules that are not of the standard library, nor ours."""
    found = set()
    for path in (path for folder in OURS for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {one.name.partition(".")[0] for one in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names - {*OURS}


def test_what_is_imported_is_declared():
    declared = {plain(one) for one in tomllib.loads(TEXT)["project"]["dependencies"]}
    known = packages_distributions()
    lacking = {name for name in imported() if not {plain(one) for one in known[name]} & declared}
    assert lacking == set()


def test_each_dependency_says_why_it_is_there():
    listed = re.search(r"^dependencies = \[\n(.*?)^\]", TEXT, re.MULTILINE | re.DOTALL)
    assert listed
    unsaid = [line for line in listed[1].splitlines() if not re.fullmatch(r'  ".+", +# \S.+', line)]
    assert unsaid == []
