"""The script that deploys, assigns and removes: what it tells the CLI, and what it refuses."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

SFDX = Path(__file__).resolve().parents[2] / "sfdx"
COMMAND = re.compile(r"^sf project delete source --target-org my-org (.*)$", re.MULTILINE)


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(str(SFDX))
    yield importlib.import_module("manage_org")
    for name in ("manage_org", "install_cli"):
        sys.modules.pop(name, None)


class Told:
    """A CLI that notes what it is told."""

    def __init__(self, project):
        self.project, self.heard = project, []
        self.says = {"status": 0, "result": {"successes": [], "failures": []}}

    def __call__(self, *arguments):
        self.heard.append(" ".join(arguments))

    def json(self, *arguments):
        self(*arguments)
        return self.says


def test_it_removes_what_the_readme_removes_and_leaves_the_files(script):
    told = Told(SFDX)
    script.remove(told)
    text = (SFDX / "README.md").read_text("utf-8").partition("## Remove it")[2]
    wanted = [f"project delete source {one} --no-prompt" for one in COMMAND.findall(text)]
    assert len(wanted) == 9
    assert told.heard == wanted
    assert told.project != SFDX
    assert not told.project.exists()


def test_a_deployment_needs_its_variables_and_its_keys(script, monkeypatch, tmp_path):
    told = Told(tmp_path)
    for name in ("BELLWETHER_CANVAS_URL", "BELLWETHER_CONTACT_EMAIL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(script.OrderError, match="BELLWETHER_CANVAS_URL and BELLWETHER_CONTACT"):
        script.deploy(told, dry_run=True, upgrade=False)
    monkeypatch.setenv("BELLWETHER_CANVAS_URL", "https://app.example/canvas")
    monkeypatch.setenv("BELLWETHER_CONTACT_EMAIL", "admin@acme.example")
    with pytest.raises(script.OrderError, match="render_oauth"):
        script.deploy(told, dry_run=True, upgrade=False)
    script.deploy(told, dry_run=False, upgrade=True)
    (tmp_path / "oauth").mkdir()
    (tmp_path / "oauth/app-meta.xml").write_text("<x/>")
    script.deploy(told, dry_run=True, upgrade=False)
    assert told.heard == [
        "project deploy start --source-dir force-app --source-dir eca",
        "project deploy start --dry-run",
    ]


def test_many_people_are_assigned_some_at_a_time(script, tmp_path):
    told, file = Told(tmp_path), tmp_path / "users.txt"
    file.write_text("\ufeff" + "\n".join(f"u{n}@acme.example" for n in range(51)) + "\n\n")
    script.assign(told, "Adoption_Panel_User", script.usernames_in(file))
    first, second = told.heard
    assert first.startswith("org assign permset --name Adoption_Panel_User --on-behalf-of u0@")
    assert first.count("--on-behalf-of") == 50
    assert second.endswith("--on-behalf-of u50@acme.example")


def test_a_line_that_is_no_username_is_named(script, tmp_path):
    file = tmp_path / "users.txt"
    file.write_text("a@acme.example\nAna Diaz\n")
    with pytest.raises(script.OrderError, match=r"users.txt, line 2: .*Ana Diaz"):
        script.usernames_in(file)


def test_an_admin_may_open_the_panel_that_is_for_admins(script, tmp_path):
    told = Told(tmp_path)
    users = tmp_path / "users.txt"
    users.write_text("rep@acme.example\nadmin@acme.example\n")
    said = SimpleNamespace(integration=None, admin="admin@acme.example", users=users, leaders=None)
    script._assign_all(told, said)
    given = "org assign permset --name {} --on-behalf-of admin@acme.example"
    assert told.heard == [
        given.format("Adoption_Admin"),
        given.format("Adoption_Panel_User") + " --on-behalf-of rep@acme.example",
    ]


def test_who_has_it_already_keeps_it_and_others_are_told(script, tmp_path):
    told = Told(tmp_path)
    has = {"name": "a@acme.example", "message": "Duplicate PermissionSetAssignment.  Assignee: 005"}
    told.says = {"status": 68, "result": {"successes": [], "failures": [has]}}
    script.assign(told, "Adoption_Admin", ["a@acme.example"])
    nobody = {"name": "b@acme.example", "message": "No User found"}
    told.says["result"]["failures"].append(nobody)
    with pytest.raises(script.OrderError, match=r"not assigned to b@acme\.example: No User"):
        script.assign(told, "Adoption_Admin", ["a@acme.example", "b@acme.example"])
    told.says = {"status": 1, "message": "No authorization information found"}
    with pytest.raises(script.OrderError, match="was not assigned: No authorization"):
        script.assign(told, "Adoption_Admin", ["a@acme.example"])
