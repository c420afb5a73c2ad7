"""The doorbell's outbound message and flow: rendered for one org, and judged before it is deployed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from localorg.metadata.checks import check
from localorg.metadata.reader import read_source

ROOT = Path(__file__).resolve().parents[2]
URL = f"https://app.example/doorbell/{'s' * 40}"
WORKFLOW = "workflows/Opportunity.workflow-meta.xml"
FLOW = "flows/Bellwether_Doorbell.flow-meta.xml"


def render(project, url=URL, more=()):
    command = [sys.executable, "render_doorbell.py", "--username", "robot@acme.example", *more]
    environment = {**os.environ, "BELLWETHER_DOORBELL_URL": url}
    return subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def project(tmp_path):
    made = tmp_path / "sfdx"
    shutil.copytree(ROOT / "sfdx", made, ignore=shutil.ignore_patterns("node_modules"))
    shutil.rmtree(made / "doorbell/main", ignore_errors=True)
    return made


def test_only_wins_of_the_amount_ring(project):
    assert render(project).returncode == 0
    assert "<numberValue>100000.0<" in (project / "doorbell/main/default" / FLOW).read_text()
    assert render(project, more=("--amount-at-least", "250000")).returncode == 0
    assert "<numberValue>250000.0<" in (project / "doorbell/main/default" / FLOW).read_text()
    assert problems(project) == []
    assert (
        render(project, more=("--currency", "EUR=90000", "--currency", "JPY=14000000")).returncode
        == 0
    )
    text = (project / "doorbell/main/default" / FLOW).read_text()
    assert "<filterLogic>1 AND ((2 AND 3) OR (4 AND 5))</filterLogic>" in text
    assert re.findall(r"<(?:string|number|boolean)Value>([^<]+)<", text) == ["true", "EUR", "90000.0", "JPY", "14000000.0"]  # fmt: skip
    assert render(project, more=("--currency", "euro=5")).returncode == 2
    refused = render(project, more=("--amount-at-least", "-1"))
    assert (refused.returncode, refused.stderr) == (1, "--amount-at-least must be 0 or more\n")


def problems(project):
    return [str(one) for one in check(read_source(project))]


def test_the_rendered_doorbell_is_sound_and_carries_the_address_once(project):
    assert problems(project) == []
    assert render(project).returncode == 0
    assert problems(project) == []
    files = [path for path in (project / "doorbell").rglob("*.xml") if URL in path.read_text()]
    assert [path.name for path in files] == [Path(WORKFLOW).name]


@pytest.mark.parametrize(
    "url",
    ["", "http://app.example/doorbell/" + "s" * 40, "https://app.example/doorbell/short",
     "https://app.example/canvas", URL + "/<x>"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_and_nothing_is_written(project, url):
    said = render(project, url)
    assert said.returncode == 1
    assert "BELLWETHER_DOORBELL_URL must be https://" in said.stderr
    assert not (project / "doorbell/main").exists()


@pytest.mark.parametrize(
    ("file", "sound", "broken", "words"),
    [
        (WORKFLOW, "https://app", "http://app", "must start with https://"),
        (WORKFLOW, "<fields>Id<", "<fields>Ids<", "no CustomField named Opportunity.Ids"),
        (WORKFLOW, "robot@acme.example", "nobody", "integrationUser - no User named there"),
        (WORKFLOW, "<fullName>Bellwether_Doorbell", "<fullName>Bell", "Opportunity.Bellwether_Doorbell was not found"),
        (WORKFLOW, "        <includeSessionId>false</includeSessionId>\n", "", "Required field is missing: includeSessionId"),
        (FLOW, "<field>Amount<", "<field>Amounts<", "The field Amounts does not exist"),
        (FLOW, "<field>IsWon<", "<field>Is_Won__c<", "The field Is_Won__c does not exist"),
        (FLOW, "Ring_Doorbell</targetReference>", "Ring</targetReference>", "leads to Ring, which is no element"),
        (FLOW, "<actionType>outboundMessage<", "<actionType>outboundMsg<", "InvocableActionType"),
        (FLOW, "<object>Opportunity<", "<object>Deal__c<", "no CustomObject named Deal__c"),
    ],
)  # fmt: skip
def test_planted_damage_is_found_by_name(project, file, sound, broken, words):
    assert render(project).returncode == 0
    path = project / "doorbell/main/default" / file
    text = path.read_text()
    assert sound in text
    path.write_text(text.replace(sound, broken))
    found = problems(project)
    assert any(words in one for one in found), found
