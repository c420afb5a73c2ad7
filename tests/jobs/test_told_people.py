"""Bell and mail of big deals in a live org: who gets them, and what a killed worker leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jobs import marks
from jobs.big_deals import run_big_deals
from jobs.enqueue import enqueue_big_deals
from service.doctor import runs
from service.salesforce.gateway import Gateway
from service.settings import read_settings
from tests.faults.workers import Crew, kill_both, kill_horse, wait_until_held
from tests.jobs.live_org import AS_OF, BIG, MIA

pytestmark = [pytest.mark.sf, pytest.mark.faults, pytest.mark.xdist_group("live_org")]
NEEDED = ("org_id", "instance_url", "username", "consumer_key", "private_key")


def look(org, key="deals-1"):
    return run_big_deals(org.handoff.org_id, key, AS_OF.isoformat())


def outbox(org):
    return org.control("GET", "outbox")["entries"]


def states(org):
    rows = org.soql("SELECT Notified__c FROM Big_Deal_Alert__c WHERE Status__c = 'Announced'")
    assert len(rows) == BIG
    return {row["Notified__c"] for row in rows}


def hire(org, name, role, **more):
    found = org.soql(f"SELECT Id FROM UserRole WHERE Name = '{role}'")
    if not found:
        org.post("/sobjects/UserRole", {"Name": role})
        found = org.soql(f"SELECT Id FROM UserRole WHERE Name = '{role}'")
    (profile,) = org.soql("SELECT Id FROM Profile WHERE Name = 'Standard User'")
    org.post("/sobjects/User", {
        "Username": f"{name}@acme.example", "Email": f"{name}@mail.example", "LastName": name,
        "Alias": name[:8], "UserRoleId": found[0]["Id"], "ProfileId": profile["Id"],
        "IsActive": True, **more,
    })  # fmt: skip
    (user,) = org.soql(f"SELECT Id FROM User WHERE Username = '{name}@acme.example'")
    return user["Id"]


def test_the_sales_management_team_gets_one_bell_and_one_mail_and_nobody_else(as_worker):
    as_worker.patch(f"/sobjects/User/{MIA}", {"Email": "mia@mail.example"})
    told = {MIA, hire(as_worker, "vera", "VP Sales"), hire(as_worker, "omar", "RVP Field Sales")}
    hire(as_worker, "rep", "Sales Rep")
    hire(as_worker, "clerk", "Accountant")
    hire(as_worker, "gone", "VP Sales", IsActive=False)
    assert look(as_worker)["status"] == "Finished"
    bell, mail = outbox(as_worker)
    assert bell["type"] == "Big_Deal"
    assert set(bell["recipientIds"]) == told
    assert len(bell["recipientIds"]) == len(told)
    addresses = {f"{name}@mail.example" for name in ("mia", "vera", "omar")}
    assert set(mail["recipientAddresses"]) == addresses
    assert mail["emailBody"].count("Congratulations!") == BIG
    assert states(as_worker) == {"Sent"}
    assert look(as_worker, "deals-2")["records_written"] == 0
    assert len(outbox(as_worker)) == 2


@pytest.mark.parametrize("victim", [kill_horse, kill_both])
@pytest.mark.parametrize("point", ["before_apply", "after_apply"])
def test_a_worker_killed_at_the_mail_sends_it_at_most_once(
    as_worker, redis_url, tmp_path, monkeypatch, victim, point
):
    hold = {"point": point, "path_contains": "emailSimple"}
    hold_id = as_worker.control("POST", "holds", hold)["hold_id"]
    crew = Crew(as_worker, redis_url, tmp_path)
    try:
        worker = crew.start()
        org_id = as_worker.handoff.org_id
        job = enqueue_big_deals(crew.connection, org_id, "deals-1", AS_OF.isoformat())
        wait_until_held(as_worker, hold_id)
        victim(worker)
        as_worker.control("POST", f"holds/{hold_id}/release", {"outcome": "drop"})
        if not worker.is_running:
            crew.start()
        crew.wait_for(job, 60)
    finally:
        crew.stop()
    sent = [entry["action"] for entry in outbox(as_worker)]
    assert sent.count("customNotificationAction") == 1
    assert sent.count("emailSimple") == (point == "after_apply")
    assert states(as_worker) == {"Sending"}
    assert_unconfirmed(as_worker, monkeypatch)
    assert len(outbox(as_worker)) == len(sent)


def assert_unconfirmed(org, monkeypatch):
    """An hour later: by the doctor, in the run's record and on the alerts."""
    monkeypatch.setattr(runs, "UNSURE_AFTER", timedelta(seconds=-1))
    monkeypatch.setattr(marks, "SURELY_DEAD", timedelta(seconds=-60))
    settings = read_settings(only=NEEDED)
    said = [one.what for one in runs.deals(Gateway(settings), settings)]
    assert f"Of {BIG} it is unconfirmed whether bell and mail were sent; they are posted." in said
    assert look(org, "deals-2")["posts_made"] == 0
    assert states(org) == {"Unconfirmed"}
    (run,) = org.soql("SELECT Detail__c FROM Adoption_Run__c WHERE Run_Key__c = 'deals-2'")
    assert f"mail of {BIG} big deals were sent is not known" in run["Detail__c"]
