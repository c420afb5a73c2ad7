"""Metadata mistakes, planted one at a time, and who finds them: the static check or the deploy."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from localorg.metadata.checks import check
from localorg.metadata.reader import read_source
from tests.metadata.test_planted_damage import DAMAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from clients.org import Sf

#: Of the catalogue of the tests: what people do by hand, some of each kind of file.
STATIC = (
    "malformed report", "unknown element", "wrong enum", "yes for a boolean",
    "element twice", "required element missing", "fullName differs from the file",
    "same component twice", "right file in a wrong directory", "lookup to nothing",
    "text without length", "object without sharing", "tab of no object",
    "record names a missing field", "permission on a missing field",
    "permission on a required field", "unknown user permission", "report names a missing field",
    "report of a missing type", "dashboard names a missing report",
    "app for a missing permission set", "canvas without TLS",
)  # fmt: skip
CHECK, DEPLOY = "make check", "the deploy"
BEFORE, AFTER = 70, 40  #: characters around the words


@dataclass(frozen=True)
class Finding:
    """A mistake, who found it by name (nobody: ""), and the words."""

    mistake: str
    found_by: str
    words: str


def planted(sf: Sf, folder: Path) -> Iterator[Finding]:
    """Plant every mistake in turn. The org must have everything of ours."""
    for name in STATIC:
        yield _static(name, sf, folder)
    for name, (attempt, words) in ONLY_DEPLOYED.items():
        yield _deployed(name, attempt(sf), words)


def _static(name: str, sf: Sf, folder: Path) -> Finding:
    """Ask the check; what it does not see is deployed."""
    damage, words = DAMAGE[name]
    project = folder / "planted"
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(sf.project, project)
    damage(project)
    said = [str(problem) for problem in check(read_source(project))]
    found = next((line for line in said if words in line), None)
    if found:
        return Finding(name, CHECK, _about(found, words))
    there = type(sf)(sf.command, sf.environment, project, sf.token)
    return _deployed(name, _text(there, "--dry-run"), words)


def _deployed(name: str, said: str, words: str) -> Finding:
    found = next((line for line in said.splitlines() if words in line), None)
    return Finding(name, DEPLOY, _about(found, words)) if found else Finding(name, "", said)


def _about(line: str, words: str) -> str:
    """The component that is named, and what is said of it."""
    told = " ".join(line.replace("│", " ").split())
    at = told.find(words)
    return told[max(0, at - BEFORE) : at + len(words) + AFTER]


def _text(sf: Sf, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
    done = sf("project", "deploy", "start", *arguments, environment=environment)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def _canvas_by_environment(sf: Sf) -> str:
    """The address is filled in while deploying: no file holds it."""
    wrong = sf.environment | {"BELLWETHER_CANVAS_URL": "http://panel.example/canvas"}
    return _text(sf, "--source-dir", "eca", environment=wrong)


def _unset_variable(sf: Sf) -> str:
    name = "BELLWETHER_CANVAS_URL"
    without = {key: value for key, value in sf.environment.items() if key != name}
    return _text(sf, "--source-dir", "eca", environment=without)


def _wrong_order(sf: Sf) -> str:
    """Objects deleted while reports still show them."""
    source = "force-app/main/default/objects/Adoption_Score__c"
    done = sf("project", "delete", "source", "--source-dir", source, "--no-prompt")
    return "" if done.returncode == 0 else done.stdout + done.stderr


#: name -> (attempt: what the CLI said, "" where it succeeded; words by which it is found)
ONLY_DEPLOYED: Mapping[str, tuple[Callable[[Sf], str], str]] = {
    "a canvas address without TLS in the environment": (_canvas_by_environment, "must start with https://"),
    "a variable of the environment left unset": (_unset_variable, "BELLWETHER_CANVAS_URL"),
    "an object deleted before the reports on it": (_wrong_order, "referenced elsewhere"),
}  # fmt: skip
