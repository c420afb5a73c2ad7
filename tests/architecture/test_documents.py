"""Settings, app.json and docs/operations.md say the same; nothing names this machine or a registry."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from service.settings import SPECS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent.parent
#: Lines of a file with one subject: some 250, a list or a page of tests more.
LONGEST, LONGEST_OF_TESTS = 300, 400


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_app_json_asks_for_every_setting():
    asked = json.loads((ROOT / "app.json").read_text())["env"]
    # The add-on sets REDIS_URL.
    assert set(asked) | {"REDIS_URL"} == set(SPECS)
    assert all(
        asked[name].get("required") is True
        for name, spec in SPECS.items()
        if spec.default is None and name in asked
    )


def test_app_json_and_the_program_have_the_same_defaults():
    asked = json.loads((ROOT / "app.json").read_text())["env"]
    said = {name: one.get("value", "") for name, one in asked.items()}
    assert said == {name: spec.default or "" for name, spec in SPECS.items() if name in asked}


def test_operations_documents_every_setting():
    documented = set(
        re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/operations.md").read_text(), re.MULTILINE)
    )
    assert documented == set(SPECS)


def texts_of(path: Path) -> Iterator[str]:
    """Every text of a Python file; … stands for what is filled in."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.JoinedStr):
            parts = (one.value if isinstance(one, ast.Constant) else "…" for one in node.values)
            yield "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_operations_explains_what_is_really_said():
    """By the table of "When something is wrong"; rows that begin with "a" tell what happened."""
    _, _, table = (ROOT / "docs/operations.md").read_text().partition("| what it says | who acts")
    rows = re.findall(r"^\| (?!a )([^|-]+) \|", table, re.MULTILINE)
    assert len(rows) > 15
    files = [
        path for folder in ("service", "jobs", "localorg") for path in tracked(f"{folder}/*.py")
    ]
    said = " ".join(" ".join(text.split()) for path in files for text in texts_of(path)).lower()
    parts = {part for row in rows for part in re.split(r"…|\(or|\)|: (?=[A-Z])", row)}
    plain = (part.strip().replace("*", "").replace("`", "").lower() for part in parts)
    assert [part for part in plain if part not in said] == []


@pytest.mark.parametrize("path", tracked("*.py"), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_python_file_is_one_thing(path: Path):
    most = LONGEST_OF_TESTS if ROOT / "tests" in path.parents else LONGEST
    assert len(path.read_text().splitlines()) <= most


def test_lock_files_name_no_host():
    locks = [
        ROOT / "requirements.txt",
        ROOT / "requirements-dev.txt",
        *tracked("*package-lock.json"),
    ]
    named = [
        lock.name
        for lock in locks
        if re.search(
            r'"resolved": *"http|--index-url|--find-links|^[^#\n]*https?://(?!(www\.)?github\.com|opencollective)',
            "\n".join(line for line in lock.read_text().splitlines() if '"url"' not in line),
        )
    ]
    assert named == []


def test_every_relative_link_of_a_document_leads_somewhere():
    broken = [
        f"{document.relative_to(ROOT)} -> {target}"
        for document in tracked("*.md")
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text())
        if "://" not in target and not (document.parent / target).exists()
    ]
    assert broken == []


def test_each_decision_has_a_number_of_its_own():
    found = sorted(path.name[:4] for path in (ROOT / "docs/decisions").glob("[0-9]*.md"))
    assert found == sorted(set(found))
    for path in (ROOT / "docs/decisions").glob("[0-9]*.md"):
        assert path.read_text().startswith(f"# {path.name[:4]} "), path.name
