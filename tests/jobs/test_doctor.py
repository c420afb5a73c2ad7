"""The doctor names the cause of every broken set-up, and finds nothing wrong in a sound one."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from rq import Worker

from jobs.enqueue import enqueue_night
from jobs.worker import make_worker
from service.cli import main
from service.redis_queue import connect
from tests.jobs.live_org import AS_OF, MIA, LiveOrg, copy_of

REFUSED = json.dumps([{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}])  # fmt: skip


@pytest.fixture(scope="module")
def calm_org(org_template, tmp_path_factory):
    """One org for all tests that change nothing in it."""
    template, key = org_template
    folder = tmp_path_factory.mktemp("calm") / "org"
    copy_of(template, folder)
    org = LiveOrg.start(folder, key)
    yield org
    org.stop()


@contextmanager
def settled(org, redis_url, folder, monkeypatch):
    """This process has a worker's settings and the panel's, and a worker is registered."""
    for name, value in org.environment(redis_url, folder).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CANVAS_CONSUMER_SECRETS", "one two")
    worker = make_worker(connect(redis_url))
    worker.register_birth()
    yield org
    worker.register_death()


@pytest.fixture
def sound(calm_org, redis_url, tmp_path, monkeypatch):
    with settled(calm_org, redis_url, tmp_path / "work", monkeypatch) as org:
        yield org


@pytest.fixture
def own(live_org, redis_url, tmp_path, monkeypatch):
    """The same with an org that the test may change."""
    with settled(live_org, redis_url, tmp_path / "work", monkeypatch) as org:
        yield org


def examine(*options):
    """(exit code, {check: findings} by what they say)"""
    result = CliRunner().invoke(main, ["doctor", "--json", *options])
    told = json.loads(result.stdout)
    return result.exit_code, told["findings"]


def failures(findings, level="failed"):
    return {one["check"]: f"{one['what']} {one['remedy']}" for one in findings if one["level"] == level}  # fmt: skip


def test_nothing_is_wrong_where_all_is_well(sound, redis_url):
    code, findings = examine()
    assert (code, failures(findings)) == (0, {})
    assert failures(findings, "warning") == {
        "night": "No night has run yet. Enqueue one: bellwether run-night, once a day."
    }
    assert failures(findings, "skipped") == {}


def test_a_night_that_ran_is_told_with_its_calls_and_shown_by_status(own, redis_url):
    day = AS_OF.isoformat()
    enqueue_night(connect(redis_url), own.handoff.org_id, f"night-{day}", day)
    make_worker(connect(redis_url)).work(burst=True, logging_level="WARNING")
    code, findings = examine()
    (night,) = [one for one in findings if one["check"] == "night"]
    assert (code, night["level"]) == (0, "ok")
    (run,) = own.soql("SELECT Api_Calls__c FROM Adoption_Run__c")
    assert f"{run['Api_Calls__c']:.0f} API calls" in night["what"]
    shown = CliRunner().invoke(main, ["status"]).stdout
    assert "0 queued" in shown
    assert f"night-{day}" in shown
    assert "Finished" in shown


def test_the_plan_counts_what_the_org_holds(sound):
    before = sound.control("GET", "counts")["api_calls"]
    told = json.loads(CliRunner().invoke(main, ["plan", "--json"]).stdout)
    rows = {one["object"]: one["rows"] for one in told["reads"]}
    for name in ("User", "Task", "Opportunity"):
        (found,) = sound.soql(f"SELECT COUNT(Id) n FROM {name}")
        assert rows[name] == found["n"]
    assert sound.control("GET", "counts")["api_calls"] - before < 12  # nothing is read
    assert "LoginHistory" in told["further"]
    shown = CliRunner().invoke(main, ["plan"]).stdout
    assert "API calls" in shown
    assert "One call more asks for sums of LoginHistory, " in shown
    assert "Not read: archived activities (" in shown


def test_every_missing_setting_is_named(sound, monkeypatch):
    for name in ("SALESFORCE_USERNAME", "CANVAS_CONSUMER_SECRETS"):
        monkeypatch.delenv(name)
    code, findings = examine()
    said = [one["what"] for one in findings if one["level"] == "failed"]
    assert code == 1
    assert [line.split(" is missing")[0] for line in said] == ["SALESFORCE_USERNAME", "CANVAS_CONSUMER_SECRETS"]  # fmt: skip


def a_key() -> str:
    return (
        rsa.generate_private_key(65537, 2048)
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )


@pytest.mark.parametrize(
    ("setting", "value", "check", "said"),
    [
        ("REDIS_URL", "redis://:hush@127.0.0.1:1/0", "broker", "let REDIS_URL name the one that runs"),
        ("SALESFORCE_CONSUMER_KEY", "3MVG9wrong", "connection", "SALESFORCE_CONSUMER_KEY is not"),
        ("SALESFORCE_PRIVATE_KEY", a_key(), "connection", "SALESFORCE_PRIVATE_KEY does not belong"),
        ("SALESFORCE_PRIVATE_KEY", "-----BEGIN PRIVATE KEY-----\\nx", "connection", "cannot be read as a private key"),
        ("SALESFORCE_USERNAME", "nobody@acme.example", "connection", "user hasn't approved"),
        ("SALESFORCE_AUDIENCE", "https://test.salesforce.com", "connection", "SALESFORCE_AUDIENCE"),
        ("SALESFORCE_CA_FILE", "", "connection", "certificate is not trusted"),
        ("SALESFORCE_ORG_ID", "00D000000000001EAA", "org", "Set both to the same org"),
        ("BELLWETHER_WORK_DIR", "/proc/none", "work folder", "BELLWETHER_WORK_DIR"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named(sound, monkeypatch, setting, value, check, said):
    monkeypatch.setenv(setting, value)
    code, findings = examine()
    assert code == 1
    assert set(failures(findings)) == {check}
    assert said in failures(findings)[check]
    assert "hush" not in str(findings)


def test_a_broken_rules_file_is_named(sound, monkeypatch, tmp_path):
    broken = tmp_path / "rules.toml"
    broken.write_text("version = ")
    monkeypatch.setenv("BELLWETHER_RULES_FILE", str(broken))
    code, findings = examine()
    assert code == 1
    assert "rules.toml" in failures(findings)["rules"]


def test_a_broken_people_file_is_named(sound, monkeypatch, tmp_path):
    broken = tmp_path / "people.csv"
    broken.write_text("user,manager\n", encoding="utf-8")
    monkeypatch.setenv("BELLWETHER_PEOPLE_FILE", str(broken))
    code, findings = examine()
    assert code == 1
    assert "manager" in failures(findings)["people file"]


def test_rules_of_the_org_that_are_wrong_or_judge_nobody_are_named(own):
    with closing(sqlite3.connect(own.folder / "org.sqlite")) as db, db:
        db.execute("UPDATE Adoption_Role__mdt SET Role_Names__c = NULL")
    code, findings = examine()
    assert (code, failures(findings)) == (0, {})
    assert "No role is confirmed" in failures(findings, "warning")["rules"]
    with closing(sqlite3.connect(own.folder / "org.sqlite")) as db, db:
        db.execute("UPDATE Adoption_Measure__mdt SET Weight__c = 90 WHERE DeveloperName = 'calls'")
    code, findings = examine()
    assert (code, list(failures(findings))) == (1, ["rules"])
    assert "Adoption_Measure__mdt, Weight__c: weights add up" in failures(findings)["rules"]


def test_managers_whom_their_role_hides_people_from_are_counted_and_not_named(own):
    with closing(sqlite3.connect(own.folder / "org.sqlite")) as db, db:
        db.execute('UPDATE "User" SET "UserRoleId" = NULL WHERE "Id" = ?', (MIA,))
        (name,) = db.execute('SELECT "Name" FROM "User" WHERE "Id" = ?', (MIA,)).fetchone()
    code, findings = examine()
    said = failures(findings, "warning")["sharing"]
    assert code == 0
    assert "a manager may not read the score of somebody below them, by role: no role over" in said
    assert name not in said


def test_no_worker_is_named(sound, redis_url):
    for worker in Worker.all(connection=connect(redis_url)):
        worker.register_death()
    assert "heroku ps:scale worker=1" in failures(examine()[1])["worker"]


def test_a_permission_set_that_nobody_assigned_is_named(own):
    (held,) = own.soql(
        "SELECT Id FROM PermissionSetAssignment WHERE PermissionSet.Name = 'Adoption_Integration'"
    )
    own.delete(f"/sobjects/PermissionSetAssignment/{held['Id']}")
    said = failures(examine()[1])["connection"]
    assert "assign that permission set to the integration user" in said


def test_a_field_that_is_hidden_is_named(org_template, tmp_path, redis_url, monkeypatch):
    template, key = org_template
    copy_of(template, tmp_path / "older")
    (database,) = (tmp_path / "older").glob("*.sqlite*")
    with closing(sqlite3.connect(database)) as store, store:
        gone = store.execute("DELETE FROM _field_right WHERE field = 'Adoption_Score__c.Band__c'")
        assert gone.rowcount > 0
    org = LiveOrg.start(tmp_path / "older", key)
    try:
        for name, value in org.environment(redis_url, tmp_path / "work").items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("CANVAS_CONSUMER_SECRETS", "one")
        said = failures(examine()[1])["metadata"]
    finally:
        org.stop()
    assert said.startswith("Adoption_Score__c lacks Band__c. The org holds another version")


def test_a_group_that_is_not_there_is_named(own):
    (group,) = own.soql("SELECT Id FROM CollaborationGroup WHERE Name = 'Sales Management'")
    own.patch(f"/sobjects/CollaborationGroup/{group['Id']}", {"Name": "Renamed"})
    said = failures(examine()[1])["big deals"]
    assert "Sales Management was not found" in said
    assert "Create it" in said


def test_a_spent_allocation_is_named(sound):
    fault = {"path_contains": "/limits", "status": 403, "body": REFUSED, "times": 1}
    sound.control("POST", "faults", fault)
    assert "rolling 24 hours" in failures(examine()[1])["connection"]


@pytest.mark.parametrize(
    ("age", "status", "said"),
    [
        (timedelta(days=2), "Finished", "Let the scheduler run it daily"),
        (timedelta(hours=1), "Stopped", "is Stopped. Wait for the rolling"),
    ],
)
def test_a_night_that_is_late_or_stopped_is_named(own, age, status, said):
    at = (datetime.now(UTC) - age).strftime("%Y-%m-%dT%H:%M:%SZ")
    own.post("/sobjects/Adoption_Run__c", {
        "Run_Key__c": "night-x", "Kind__c": "Night", "Status__c": status, "Started_At__c": at,
        "Finished_At__c": at, "Detail__c": "Wait for the rolling 24 hours.", "Api_Calls__c": 1,
    })  # fmt: skip
    assert said in failures(examine()[1])["night"]
