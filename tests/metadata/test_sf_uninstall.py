"""The unmodified Salesforce CLI removes all of it, with the commands of the README, in its order."""

from __future__ import annotations

import re

import pytest

from tests.metadata.test_sf_cli import ROOT, deployed, org, sf

pytestmark = [pytest.mark.sf, pytest.mark.long, pytest.mark.xdist_group("sf-uninstall")]
__all__ = ["deployed", "org", "sf"]
COMMAND = re.compile(r"^sf (project delete source .*)$", re.MULTILINE)


def commands() -> list[list[str]]:
    text = (ROOT / "sfdx/README.md").read_text("utf-8").partition("## Remove it")[2]
    return [one.replace("--target-org my-org ", "").split() for one in COMMAND.findall(text)]


def test_the_commands_of_the_readme_leave_nothing(sf, deployed):
    assert len(commands()) == 9
    for arguments in commands():
        done = sf.run(*arguments, "--no-prompt")
        assert done.returncode == 0, done.stdout + done.stderr
    for type_ in ("Report", "Dashboard"):
        assert sf.json("data", "query", "--query", f"SELECT Id FROM {type_}")["records"] == []
    left = [
        one
        for type_ in (
            "CustomObject",
            "CustomApplication",
            "CustomTab",
            "FlexiPage",
            "PermissionSet",
            "ReportType",
            "AuraDefinitionBundle",
        )
        for one in sf.json("org", "list", "metadata", "--metadata-type", type_)
    ]
    assert left == []
