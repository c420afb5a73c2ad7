"""The weekly digest in a live org: who gets it, what of whom it says, and never twice."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner

from jobs import marks
from jobs.digest import run_digest
from jobs.digests.people import read_company
from jobs.org_rules import rules_in_force
from localorg.rights import sharing
from service.cli import main
from service.doctor import runs
from service.look_log import LookLog
from service.redis_queue import connect
from service.salesforce.gateway import Gateway
from service.settings import read_settings
from tests.faults.workers import wait_until_held
from tests.jobs.live_org import ANA, AS_OF, MIA, RAJ
from tests.jobs.test_told_people import hire

pytestmark = [pytest.mark.sf, pytest.mark.faults, pytest.mark.xdist_group("live_org")]
NEEDED = ("org_id", "instance_url", "username", "consumer_key", "private_key")
URL, SECRET = "https://bellwether.example", "k" * 40
WEEK = "2026-W14"
ASK = "61 calls where 100 were asked. Is anything in the way?"


@pytest.fixture
def org(as_worker, monkeypatch):
    """An org as a night leaves it, with an exception of Raj, and digests switched on."""
    monkeypatch.setenv("BELLWETHER_PUBLIC_URL", URL)
    monkeypatch.setenv("BELLWETHER_LINK_SECRET", SECRET)
    as_worker.patch(f"/sobjects/User/{MIA}", {"Email": "mia@mail.example"})
    (panel,) = as_worker.soql("SELECT Id FROM PermissionSet WHERE Name = 'Adoption_Panel_User'")
    as_worker.post(
        "/sobjects/PermissionSetAssignment", {"AssigneeId": RAJ, "PermissionSetId": panel["Id"]}
    )
    for name, value in ((ANA, 80), (RAJ, 40), (MIA, 90)):
        as_worker.post("/sobjects/Adoption_Score__c", {
            "User_Key__c": name, "User__c": name, "OwnerId": name, "Score__c": value,
            "Word__c": "Building",
        })  # fmt: skip
        (score,) = as_worker.soql(f"SELECT Id FROM Adoption_Score__c WHERE User__c = '{name}'")
        for monday, then in (("2026-02-23", 40), ("2026-03-23", value)):
            snapshot(as_worker, name, score["Id"], monday, then)
        if name == RAJ:
            except_(as_worker, score["Id"], f"{RAJ}:calls:2026-03-01")
    return as_worker


def snapshot(org, user_id, score_id, monday, value):
    org.post("/sobjects/Adoption_Snapshot__c", {
        "Adoption_Score__c": score_id, "Week_Begins__c": monday, "Score__c": value, "Band__c": 6,
        "Snapshot_Key__c": f"{user_id}:{monday}", "Rule_Version__c": "1", "Word__c": "Building",
    })  # fmt: skip


def except_(org, score_id, key):
    org.post("/sobjects/Adoption_Exception__c", {
        "Adoption_Score__c": score_id, "Exception_Key__c": key, "Measure__c": "calls",
        "Measure_Label__c": "Calls", "State__c": "open", "Opened_On__c": "2026-03-27",
        "Evidence__c": f"Calls, two windows.\n{ASK}",
    })  # fmt: skip


def digest(org, key="digest-1", on=AS_OF):
    return run_digest(org.handoff.org_id, key, on.isoformat())


def outbox(org, action):
    entries = org.control("GET", "outbox")["entries"]
    return [one for one in entries if one["action"] == action]


def records(org):
    return org.soql(
        "SELECT Id, OwnerId, Digest_Key__c, Status__c, Detail__c, Panel_Days__c, Digest_Days__c "
        "FROM Adoption_Digest__c ORDER BY Digest_Key__c"
    )


def test_a_manager_gets_one_mail_and_one_private_post_and_nobody_else_anything(org):
    hire(org, "clerk", "Accountant")
    result = digest(org)
    assert (result["status"], result["alerts"]["sent"], result["posts_made"]) == ("Finished", 1, 1)
    (mail,) = outbox(org, "emailSimple")
    assert mail["recipientAddresses"] == ["mia@mail.example"]
    text = mail["emailBody"]
    order = ["YOU FIRST", "YOUR PEOPLE", "WHAT CHANGED", "PEOPLE TO SPEAK WITH", "YOUR DASHBOARDS"]
    assert [text.index(head) for head in order] == sorted(text.index(head) for head in order)
    assert "1 exception opened in the last 7 days: Calls 1." in text
    assert "1 of your people scores higher than four weeks ago" in text
    assert "Raj Example: 61 calls where 100 were asked, open since 27 March." in text
    assert "Ask: Is anything in the way?" in text
    assert "Ana Example: score 80, up from 40 four weeks before." in text
    assert "does not tell who opened a native dashboard" in text
    (record,) = records(org)
    assert (record["Digest_Key__c"], record["OwnerId"]) == (f"{MIA}:{WEEK}", MIA)
    (post,) = outbox(org, "chatterPost")
    assert (post["subjectId"], post["mentions"]) == (record["Id"], [MIA])
    assert post["text"] == f"@[{MIA}]\n{text}"
    assert MIA[:15] not in text
    links = [line.strip() for line in text.splitlines() if URL in line]
    assert len(links) == 4
    assert all(link.startswith(f"{URL}/go/{record['Id']}/01Z") for link in links)


def test_a_week_has_one_digest_whatever_runs_again(org):
    assert digest(org)["alerts"]["sent"] == 1
    again = digest(org, "digest-2", AS_OF + timedelta(days=1))
    assert (again["records_written"], again["posts_made"]) == (0, 0)
    assert len(outbox(org, "emailSimple")) == 1
    digest(org, "digest-3", AS_OF + timedelta(days=7))
    assert len(outbox(org, "emailSimple")) == 2
    runs_ = org.soql("SELECT Run_Key__c, Detail__c FROM Adoption_Run__c WHERE Kind__c = 'Digest'")
    assert sorted(one["Run_Key__c"] for one in runs_) == ["digest-1", "digest-3"]
    assert "1 digests: 1 sent, 0 failed, 0 unconfirmed; 1 posted" in runs_[0]["Detail__c"]


def test_calls_of_a_look_that_sends_and_of_one_that_finds_nobody(org):
    before = org.control("GET", "counts")["api_calls"]
    digest(org)
    sent = org.control("GET", "counts")["api_calls"]
    digest(org, "digest-2")
    nobody = org.control("GET", "counts")["api_calls"]
    assert (sent - before, nobody - sent) == (8, 2)  # two of them ask for the rules


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ({"point": "before_apply"}, "Unconfirmed"),
        ({"point": "after_apply"}, "Unconfirmed"),
        ({"status": 400}, "Failed"),
    ],
)
def test_a_mail_in_doubt_or_refused_is_said_and_not_sent_again(org, monkeypatch, fault, state):
    if "status" in fault:
        said = [{"errorCode": "LIMIT", "message": "No more mails today."}]
        org.control("POST", "faults", {
            "path_contains": "emailSimple", "status": 400, "body": json.dumps(said),
        })  # fmt: skip
        result = digest(org)
    else:
        result = digest_with_lost_reply(org, fault)
    assert result["status"] == "Failed"
    (record,) = records(org)
    assert record["Status__c"] == state
    assert record["Detail__c"].startswith("mail: ")
    sent = len(outbox(org, "emailSimple"))
    assert sent == (fault.get("point") == "after_apply")
    digest(org, "digest-2")
    assert len(outbox(org, "emailSimple")) == sent
    settings = read_settings(only=NEEDED)
    (finding,) = runs.digests(Gateway(settings), settings) if wait(monkeypatch) else ()
    assert (finding.check, finding.level) == ("digest", "warning")


def wait(monkeypatch):
    monkeypatch.setattr(runs, "UNSURE_AFTER", timedelta(seconds=-1))
    monkeypatch.setattr(runs, "WATCHED", timedelta(weeks=500))
    return True


def digest_with_lost_reply(org, fault):
    hold = {**fault, "path_contains": "emailSimple"}
    hold_id = org.control("POST", "holds", hold)["hold_id"]

    def drop():
        wait_until_held(org, hold_id)
        org.control("POST", f"holds/{hold_id}/release", {"outcome": "drop"})

    thread = Thread(target=drop)
    thread.start()
    result = digest(org)
    thread.join()
    return result


def test_a_mark_that_a_dead_worker_left_is_unconfirmed_and_sends_nothing(org, monkeypatch):
    org.post("/sobjects/Adoption_Digest__c", {
        "Digest_Key__c": f"{MIA}:{WEEK}", "Person__c": MIA, "Status__c": "Sending",
        "Week_Begins__c": "2026-03-30",
    })  # fmt: skip
    assert digest(org)["records_written"] == 0
    assert records(org)[0]["Status__c"] == "Sending"
    monkeypatch.setattr(marks, "SURELY_DEAD", timedelta(seconds=-60))
    assert digest(org, "digest-2")["status"] == "Finished"
    assert records(org)[0]["Status__c"] == "Unconfirmed"
    assert outbox(org, "emailSimple") == []
    (run,) = org.soql("SELECT Detail__c FROM Adoption_Run__c WHERE Run_Key__c = 'digest-2'")
    assert "Whether 1 digests were sent is not known" in run["Detail__c"]


def test_looks_become_days_of_the_week_and_reps_looks_are_forgotten(org, redis_url):
    digest(org)
    (record,) = records(org)
    looks = LookLog(connect(redis_url), org.handoff.org_id)
    evening = datetime(2026, 4, 2, 2, 0, tzinfo=UTC)  # still 1 April in New York
    for _ in range(3):
        looks.followed(record["Id"], evening)
    looks.opened(MIA, datetime(2026, 3, 31, 15, 0, tzinfo=UTC))
    looks.opened(MIA, datetime(2026, 4, 7, 15, 0, tzinfo=UTC))  # its digest is not out yet
    looks.opened(ANA, evening)
    result = digest(org, "digest-2", AS_OF + timedelta(days=3))
    assert result["records_written"] == 2
    (record,) = records(org)
    assert (record["Panel_Days__c"], record["Digest_Days__c"]) == ("2026-03-31", "2026-04-01")
    assert [(one.by, one.at.day) for one in looks.read()] == [(MIA, 7)]
    digest(org, "digest-3", AS_OF + timedelta(days=7))
    last = outbox(org, "emailSimple")[-1]["emailBody"]
    assert (
        "In the last 7 days you opened the Bellwether panel on 1 day, and followed a link of a digest on 1 day."
        in last
    )
    digest(org, "digest-4", AS_OF + timedelta(days=8))
    assert [one["Panel_Days__c"] for one in records(org)] == ["2026-03-31", "2026-04-07"]
    assert looks.read() == []


def test_leave_in_the_calendar_puts_it_off(org):
    org.post("/sobjects/Event", {
        "OwnerId": MIA, "Subject": "Away", "ShowAs": "OutOfOffice", "IsAllDayEvent": True,
        "StartDateTime": "2026-03-31T00:00:00.000+0000",
        "EndDateTime": "2026-04-01T00:00:00.000+0000",
    })  # fmt: skip
    for day in range(2):
        digest(org, f"digest-{day}", AS_OF + timedelta(days=day))
    assert records(org) == []
    assert digest(org, "digest-3", AS_OF + timedelta(days=2))["alerts"]["sent"] == 1


def test_where_only_groups_may_be_written_nobody_is_named_and_nothing_counted(
    org, monkeypatch, redis_url
):
    monkeypatch.setenv("BELLWETHER_AGGREGATE_ONLY", "yes")
    looks = LookLog(connect(redis_url), org.handoff.org_id)
    looks.opened(MIA, datetime(2026, 3, 31, 12, 0, tzinfo=UTC))
    digest(org)
    (mail,) = outbox(org, "emailSimple")
    text = mail["emailBody"]
    assert "Raj" not in text
    assert "Ana" not in text
    assert URL not in text
    assert text.count("/lightning/r/Dashboard/01Z") == 4
    assert looks.read() == []


def test_where_scores_are_shared_one_by_one_no_post_shows_them_to_the_roles_above(org, monkeypatch):
    """The record of a digest is read by the hierarchy, which then decides of no score."""
    monkeypatch.setenv("BELLWETHER_SHARING", "shares")
    for name in (ANA, RAJ):
        (score,) = org.soql(f"SELECT Id FROM Adoption_Score__c WHERE User_Key__c = '{name}'")
        share = {"ParentId": score["Id"], "UserOrGroupId": MIA, "AccessLevel": "Read"}
        org.post("/sobjects/Adoption_Score__Share", share)
    assert digest(org)["alerts"]["sent"] == 1
    (mail,) = outbox(org, "emailSimple")
    assert "Raj Example" in mail["emailBody"]
    assert outbox(org, "chatterPost") == []
    (record,) = records(org)
    assert record["Status__c"] == "Sent"
    assert record["Detail__c"].startswith("Not posted in Chatter: with BELLWETHER_SHARING=shares")


def test_who_may_be_seen_is_who_sharing_shows(org):
    """Against the stand-in org's own sharing, for every pair of people."""
    vera = hire(org, "vera", "VP Sales")
    hire(org, "omar", "RVP Field Sales")
    (vp,) = org.soql("SELECT Id FROM UserRole WHERE Name = 'VP Sales'")
    for name in ("RVP Field Sales", "Sales Manager"):
        (role,) = org.soql(f"SELECT Id FROM UserRole WHERE Name = '{name}'")
        org.patch(f"/sobjects/UserRole/{role['Id']}", {"ParentRoleId": vp["Id"]})
    settings = read_settings(only=NEEDED)
    now, gateway = datetime(2026, 3, 31, 12, tzinfo=UTC), Gateway(settings)
    company = read_company(gateway, settings, rules_in_force(gateway, None, ()), now)
    everybody = replace(company, readers=frozenset(company.people))
    with closing(sqlite3.connect(f"file:{database(org)}?mode=ro", uri=True)) as db:
        for key, one in company.people.items():
            shown = {row[0] for row in db.execute(sharing.below(), (key,))} & company.people.keys()
            ours = {o for o, other in company.people.items() if everybody.may_see(one, other)}
            assert ours == shown
    assert not company.may_see(company.people[vera], company.people[ANA])  # may not read scores
    assert [one.person.user_id for one in company.people_of(company.people[MIA])] == [ANA, RAJ]


def database(org):
    (found,) = Path(org.folder).glob("*.sqlite")
    return found


def test_the_preview_shows_it_and_sends_nothing(org):
    said = CliRunner().invoke(
        main, ["digest", "--preview", "MIA@acme.example", "--at", "2026-03-31T03:00"]
    )
    assert said.exit_code == 0, said.output
    assert "Subject: Adoption in the week of 30 March 2026" in said.stdout
    assert "Raj Example" in said.stdout
    assert "it is 23:00 there" not in said.stdout
    assert "would not go out" not in said.stdout
    nobody = CliRunner().invoke(main, ["digest", "--preview", "ana@acme.example"])
    assert nobody.exit_code == 1
    assert "ana@acme.example gets no digest" in nobody.stderr
    assert records(org) == []
    assert outbox(org, "emailSimple") == []
