"""The unmodified Salesforce CLI deploys the project to the stand-in org, over plain HTTP."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from service.cli import main
from service.rules_file import DEFAULT_RULES
from tests.metadata.conftest import COMPONENTS

pytestmark = [pytest.mark.sf, pytest.mark.xdist_group("sf-metadata")]

ROOT = Path(__file__).resolve().parents[2]
REPORT = "force-app/main/default/reports/Adoption_Reports/Scores_by_Word.report-meta.xml"
START_SECONDS = 60


@dataclass
class Sf:
    """Runs the CLI in a copy of the project, against one org."""

    command: list[str]
    env: dict[str, str]
    project: Path
    token: str

    def run(self, *arguments):
        """The finished process; nothing is judged."""
        return subprocess.run(
            [*self.command, *arguments, "--target-org", self.token],
            cwd=self.project, env=self.env, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def json(self, *arguments):
        """The result of a command that must succeed."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)["result"]


def a_certificate():
    """A self-signed PEM certificate, as an admin makes one with openssl."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bellwether")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now)
        .not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    return made.public_bytes(serialization.Encoding.PEM)


def wait_for(path, process, log):
    deadline = time.monotonic() + START_SECONDS
    while not path.exists():
        assert process.poll() is None, log.read_text("utf-8")
        assert time.monotonic() < deadline, log.read_text("utf-8")
        time.sleep(0.1)
    return json.loads(path.read_text("utf-8"))


@pytest.fixture(scope="module")
def org(tmp_path_factory):
    """The hand-over of a running stand-in org."""
    directory = tmp_path_factory.mktemp("org")
    log = directory / "log.txt"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "localorg", "serve", "--dir", str(directory / "org")],
            cwd=ROOT, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        yield wait_for(directory / "org/handoff.json", process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


@pytest.fixture(scope="module")
def sf(org, tmp_path_factory):
    """The installed CLI with a home of its own, in a copy of the project with its OAuth files."""
    home = tmp_path_factory.mktemp("home")
    code = f"import sys, json; sys.path.insert(0, 'sfdx'); import install_cli; from pathlib import Path; print(json.dumps(install_cli.sf_command(Path({str(home)!r}))))"
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    command, env = json.loads(said.stdout.splitlines()[-1])
    project = tmp_path_factory.mktemp("project") / "sfdx"
    shutil.copytree(ROOT / "sfdx", project, ignore=shutil.ignore_patterns("node_modules"))
    (project / "bellwether.crt").write_bytes(a_certificate())
    subprocess.run(
        [sys.executable, "render_oauth.py", "--certificate", "bellwether.crt"],
        cwd=project, stdout=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    env |= {
        "SF_ORG_INSTANCE_URL": org["cli_url"],
        "BELLWETHER_CANVAS_URL": "http://localhost:8080/canvas",
        "BELLWETHER_CONTACT_EMAIL": "admin@bellwether.example",
    }
    return Sf(command, env, project, org["admin"]["session_id"])


@pytest.fixture(scope="module")
def deployed(sf):
    """The result of deploying everything."""
    return sf.json("project", "deploy", "start")


def test_everything_is_deployed(deployed):
    assert (deployed["status"], deployed["numberComponentsDeployed"]) == (
        "Succeeded",
        COMPONENTS + 2,
    )
    assert deployed["numberComponentErrors"] == 0


def test_apps_are_handed_over_with_key_and_secret(org, deployed, sf):
    directory = Path(org["ca_file"]).parent
    apps = json.loads((directory / "handoff.json").read_text("utf-8"))["apps"]
    assert set(apps) == {"Bellwether_Jobs", "Bellwether_Panel"}
    assert all(app["consumer_key"] and app["consumer_secret"] for app in apps.values())


def test_a_report_that_names_a_missing_field_fails_by_name(sf, deployed):
    report = sf.project / REPORT
    sound = report.read_text("utf-8")
    report.write_text(sound.replace("$Band__c", "$Bandwidth__c"), "utf-8")
    try:
        done = sf.run("project", "deploy", "start", "--source-dir", REPORT)
    finally:
        report.write_text(sound, "utf-8")
    assert done.returncode == 1
    row = next(line for line in done.stdout.splitlines() if "Scores_by_Word" in line)
    assert "Report" in row
    assert "Invalid field name: Adoption_Score__c$Bandwidth__c" in row


def test_a_missing_environment_variable_stops_the_deployment(sf):
    env = {name: value for name, value in sf.env.items() if name != "BELLWETHER_CANVAS_URL"}
    done = Sf(sf.command, env, sf.project, sf.token).run(
        "project", "deploy", "start", "--source-dir", "eca"
    )
    assert done.returncode != 0
    assert "BELLWETHER_CANVAS_URL" in done.stdout + done.stderr


def test_a_written_score_is_read_back(sf, deployed, org):
    user_id = org["integration"]["user_id"]
    values = f"User_Key__c={user_id} Score__c=81.5 Word__c='On track'"
    sf.json("data", "create", "record", "--sobject", "Adoption_Score__c", "--values", values)
    query = "SELECT User_Key__c, Score__c, Word__c, Name FROM Adoption_Score__c"
    records = sf.json("data", "query", "--query", query)["records"]
    assert [(one["User_Key__c"], one["Score__c"], one["Word__c"]) for one in records] == [
        (user_id, 81.5, "On track")
    ]
    assert records[0]["Name"].startswith("AS-")


def test_a_value_outside_the_deployed_picklist_is_refused(sf, deployed):
    values = "User_Key__c=005000000000002AAA Word__c=Splendid"
    done = sf.run("data", "create", "record", "--sobject", "Adoption_Score__c", "--values", values)
    assert done.returncode != 0
    assert "bad value for restricted picklist field: Splendid" in done.stdout + done.stderr


def test_the_rule_is_read_back(sf, deployed):
    query = "SELECT DeveloperName, Amount_At_Least__c, Active__c FROM Big_Deal_Rule__mdt"
    records = sf.json("data", "query", "--query", query)["records"]
    assert [
        (one["DeveloperName"], one["Amount_At_Least__c"], one["Active__c"]) for one in records
    ] == [("Big_Deal", 100000, True)]


def test_exported_rules_take_the_place_of_the_examples(sf, deployed, tmp_path):
    text = DEFAULT_RULES.read_text("utf-8")
    own, out = tmp_path / "own.toml", tmp_path / "rules"
    own.write_text(
        text.replace("rep = 25", "rep = 26", 1).replace("inbound_rep = 4\n", "", 1), "utf-8"
    )
    done = CliRunner().invoke(main, ["rules", "export", str(own), "--out", str(out)])
    assert done.exit_code == 0, done.output
    told = sf.json("project", "deploy", "start", "--metadata-dir", str(out))
    assert told["status"] == "Succeeded"
    query = "SELECT DeveloperName, Minimum__c FROM Adoption_Minimum__mdt"
    found = {
        one["DeveloperName"]: one["Minimum__c"]
        for one in sf.json("data", "query", "--query", query)["records"]
    }
    assert (len(found), found["calls_rep"]) == (19, 26)
    assert "footprint_days_inbound_rep" not in found


def test_a_permission_set_is_assigned(sf, deployed, org):
    name = org["integration"]["username"]
    done = sf.json(
        "org", "assign", "permset", "--name", "Adoption_Integration", "--on-behalf-of", name
    )
    assert [(one["name"], one["value"]) for one in done["successes"]] == [
        (name, "Adoption_Integration")
    ]
    query = "SELECT Assignee.Username, PermissionSet.Name FROM PermissionSetAssignment"
    records = sf.json("data", "query", "--query", query)["records"]
    assert (name, "Adoption_Integration") in [
        (one["Assignee"]["Username"], one["PermissionSet"]["Name"]) for one in records
    ]


def test_the_cli_calls_no_one_else(sf):
    assert sf.env["SF_DISABLE_TELEMETRY"] == "true"
    assert sf.env["SF_AUTOUPDATE_DISABLE"] == "true"
    assert Path(sf.env["HOME"]) != Path.home()
