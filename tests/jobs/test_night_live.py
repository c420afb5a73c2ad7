"""The night against a real stand-in org: same wire, no shared code."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from jobs.big_deals import run_big_deals
from jobs.night import run_night
from service.last_runs import recall
from service.redis_queue import connect
from service.rules_file import RulesFileError
from service.salesforce.errors import AdminActionNeededError, LimitReachedError
from service.settings import SettingsError
from service.sheet import SheetError
from tests.jobs.live_org import ANA, AS_OF, BIG, MIA, OLD, RAJ

pytestmark = [pytest.mark.sf, pytest.mark.xdist_group("live_org")]

SCORES = "SELECT Id, User_Key__c, User__c, OwnerId, Word__c, Score__c, Details__c, As_Of__c FROM Adoption_Score__c"
RUNS = "SELECT Run_Key__c, Status__c, Records_Written__c, Posts_Made__c, Api_Calls__c, Detail__c FROM Adoption_Run__c"
ALERTS = "SELECT Alert_Key__c, Status__c, Post_Id__c, Amount__c FROM Big_Deal_Alert__c"
POSTS = "SELECT Id, ParentId, Body, CreatedById FROM FeedItem LIMIT 1000"


def night(org, key, day=AS_OF):
    return run_night(org.handoff.org_id, key, day.isoformat())


def test_everyone_has_a_score_or_a_reason_and_owns_it_where_they_may_read(as_worker):
    result = night(as_worker, "night-1")
    scores = {row["User_Key__c"]: row for row in as_worker.soql(SCORES)}
    assert {ANA, RAJ, MIA} <= scores.keys()
    assert result["users"] == len(scores) == result["scored"] + sum(result["not_scored"].values())
    assert all(row["User__c"] == key for key, row in scores.items())
    assert scores[ANA]["OwnerId"] == ANA
    assert scores[MIA]["OwnerId"] == MIA
    assert scores[RAJ]["OwnerId"] == as_worker.handoff.integration["user_id"]
    details = json.loads(scores[ANA]["Details__c"])
    assert Decimal(details["value"]) == Decimal(str(scores[ANA]["Score__c"]))
    assert as_worker.handoff.integration["user_id"] not in scores


def test_every_recent_big_deal_has_one_alert_and_one_post_and_older_ones_none(as_worker):
    result = night(as_worker, "night-1")
    alerts = as_worker.soql(ALERTS)
    posts = {row["Id"]: row for row in as_worker.soql(POSTS)}
    announced = [row for row in alerts if row["Status__c"] == "Announced"]
    assert result["alerts"] == {
        "announced": BIG,
        "baseline": OLD,
        "failed": 0,
        "waiting": 0,
        "pending": 0,
    }
    assert len(announced) == len(posts) == BIG == result["posts_made"]
    assert {row["Post_Id__c"] for row in announced} == posts.keys()
    assert len([row for row in alerts if row["Status__c"] == "Baseline"]) == OLD
    assert all(row["ParentId"].startswith("0F9") for row in posts.values())
    assert sum("Acme & <Sons>" in row["Body"] for row in posts.values()) == BIG


def test_a_second_night_writes_only_its_own_record_and_posts_nothing(as_worker):
    night(as_worker, "night-1")
    before = as_worker.soql(SCORES), as_worker.soql(ALERTS)
    second = night(as_worker, "night-2")
    assert (second["records_written"], second["posts_made"]) == (1, 0)
    assert (as_worker.soql(SCORES), as_worker.soql(ALERTS)) == before
    runs = {row["Run_Key__c"]: row for row in as_worker.soql(RUNS)}
    assert runs.keys() == {"night-1", "night-2"}
    assert runs["night-2"]["Records_Written__c"] == 1
    assert runs["night-2"]["Status__c"] == "Finished"


def test_the_same_night_again_keeps_one_record_and_posts_nothing(as_worker):
    night(as_worker, "night-1")
    again = night(as_worker, "night-1")
    assert again["posts_made"] == 0
    assert len(as_worker.soql(RUNS)) == 1
    assert len(as_worker.soql(POSTS)) == BIG


def test_our_count_of_api_calls_is_the_orgs(as_worker, redis_url):
    before = as_worker.control("GET", "counts")["api_calls"]
    result = night(as_worker, "night-1")
    used = as_worker.control("GET", "counts")["api_calls"] - before
    assert result["api_calls"] == used
    (run,) = as_worker.soql(RUNS)
    assert run["Api_Calls__c"] == used
    kept = recall(connect(redis_url), as_worker.handoff.org_id)["Night"]
    assert (kept["ok"], kept["api_calls"], kept["posts_made"]) == (1, used, BIG)


def test_api_calls_are_told_by_object_and_add_up(as_worker):
    before = as_worker.control("GET", "journal")["entries"]
    night(as_worker, "night-1")
    since = before[-1]["number"] if before else 0
    sent = as_worker.control("GET", f"journal?since={since}")["entries"]
    (run,) = as_worker.soql("SELECT Api_Calls__c, Calls_By_Object__c FROM Adoption_Run__c")
    told = dict(one.rsplit(" ", 1) for one in run["Calls_By_Object__c"].split(", "))
    assert sum(map(int, told.values())) == run["Api_Calls__c"]
    for name in ("Adoption_Score__c", "Adoption_Run__c", "Adoption_Team__c"):
        assert int(told[name]) == sum(f"/sobjects/{name}/" in one["path"] for one in sent), name
    assert int(told["emailSimple"]) == sum("emailSimple" in one["path"] for one in sent)
    assert int(told["Big_Deal_Alert__c"]) > BIG // 12


def test_a_night_that_may_spend_no_more_says_so_and_goes_on_with_what_it_read(
    as_worker, monkeypatch, redis_url, tmp_path
):
    monkeypatch.setenv("BELLWETHER_RUN_CALLS", "16")
    with pytest.raises(LimitReachedError):
        night(as_worker, "night-1")
    (run,) = as_worker.soql(RUNS)
    assert (run["Status__c"], run["Api_Calls__c"]) == ("Stopped", 17)
    assert "BELLWETHER_RUN_CALLS" in run["Detail__c"]
    assert recall(connect(redis_url), as_worker.handoff.org_id)["Night"]["ok"] == 0
    posts = len(as_worker.soql(POSTS))
    assert 0 < posts < BIG
    monkeypatch.setenv("BELLWETHER_RUN_CALLS", "200")
    run_big_deals(as_worker.handoff.org_id, "another", (AS_OF - timedelta(days=60)).isoformat())
    before = as_worker.control("GET", "journal")["entries"][-1]["number"]
    again = night(as_worker, "night-1")
    assert again["posts_made"] == BIG - posts
    assert len(as_worker.soql(POSTS)) == BIG
    sent = as_worker.control("GET", f"journal?since={before}")["entries"]
    assert not [one for one in sent if "/describe" in f"{one}" or "FROM Task" in f"{one}"]
    assert again["rows_read"]["Task"] > 0
    (run,) = as_worker.soql(RUNS + " WHERE Run_Key__c = 'night-1'")
    assert run["Status__c"] == "Finished"
    assert not [path for path in (tmp_path / "work").rglob("*") if path.is_file()]


def test_rows_read_are_the_rows_of_the_org(as_worker):
    result = night(as_worker, "night-1")
    for name in ("Task", "Event", "Opportunity", "Contact", "Account"):
        (row,) = as_worker.soql(f"SELECT COUNT(Id) n FROM {name}")
        assert result["rows_read"][name] == row["n"], name
    assert result["rows_rejected"] == {}


def test_a_session_that_ends_in_the_middle_is_renewed(as_worker):
    expired = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
    for part in (
        {"body_contains": "sobjects/Task/describe"},
        {"path_contains": "composite/sobjects/Adoption_Score__c"},
    ):
        fault = {**part, "status": 401, "body": expired, "times": 1}
        as_worker.control("POST", "faults", fault)
    assert night(as_worker, "night-1")["status"] == "Finished"


def test_a_missing_group_is_named_and_the_scores_are_written_all_the_same(as_worker):
    (group,) = as_worker.soql("SELECT Id FROM CollaborationGroup WHERE Name = 'Sales Management'")
    as_worker.patch(f"/sobjects/CollaborationGroup/{group['Id']}", {"Name": "Renamed"})
    result = night(as_worker, "night-1")
    assert (result["status"], result["posts_made"]) == ("Failed", 0)
    (run,) = as_worker.soql(RUNS)
    assert "Sales Management" in run["Detail__c"]
    assert len(as_worker.soql(SCORES)) == result["users"]
    as_worker.patch(f"/sobjects/CollaborationGroup/{group['Id']}", {"Name": "Sales Management"})
    assert night(as_worker, "night-2")["posts_made"] == BIG


def test_an_archived_group_fails_each_claim_once_and_says_the_remedy(as_worker):
    (group,) = as_worker.soql("SELECT Id FROM CollaborationGroup WHERE Name = 'Sales Management'")
    as_worker.patch(f"/sobjects/CollaborationGroup/{group['Id']}", {"IsArchived": True})
    result = night(as_worker, "night-1")
    assert result["alerts"]["failed"] == BIG
    assert as_worker.soql(POSTS) == []
    failed = as_worker.soql("SELECT Detail__c FROM Big_Deal_Alert__c WHERE Status__c = 'Failed'")
    assert len(failed) == BIG
    assert all("archived" in row["Detail__c"] for row in failed)
    assert night(as_worker, "night-2")["alerts"]["failed"] == 0


def test_big_deals_alone_announce_the_same_and_leave_no_record_when_idle(as_worker):
    org_id = as_worker.handoff.org_id
    first = run_big_deals(org_id, "deals-1", AS_OF.isoformat())
    assert first["alerts"] == {
        "announced": BIG,
        "baseline": OLD,
        "failed": 0,
        "waiting": 0,
        "pending": 0,
    }
    second = run_big_deals(org_id, "deals-2", AS_OF.isoformat())
    assert second["records_written"] == 0
    assert [row["Run_Key__c"] for row in as_worker.soql(RUNS)] == ["deals-1"]


def test_a_wrong_key_says_what_an_admin_must_do(as_worker, monkeypatch):
    monkeypatch.setenv("SALESFORCE_CONSUMER_KEY", "not-the-key")
    with pytest.raises(AdminActionNeededError, match="SALESFORCE_CONSUMER_KEY"):
        night(as_worker, "night-1")
    assert as_worker.soql(RUNS) == []


def test_nothing_of_a_run_is_left_on_disk(as_worker, tmp_path):
    night(as_worker, "night-1")
    assert not [path for path in (tmp_path / "work").rglob("*") if path.is_file()]


def test_a_broken_rules_file_is_told_in_the_org(as_worker, monkeypatch, tmp_path):
    rules = tmp_path / "rules.toml"
    rules.write_text("version = ")
    monkeypatch.setenv("BELLWETHER_RULES_FILE", str(rules))
    with pytest.raises(RulesFileError):
        night(as_worker, "night-1")
    (run,) = as_worker.soql(RUNS)
    assert run["Status__c"] == "Failed"
    assert "rules.toml" in run["Detail__c"]


def test_what_the_org_does_not_say_of_people_comes_from_a_file(as_worker, monkeypatch, tmp_path):
    """Half of full time halves what is asked; a mistake stops the night before anything is written."""
    night(as_worker, "night-1")
    asked = expected_calls(as_worker)
    file = tmp_path / "people.csv"
    monkeypatch.setenv("BELLWETHER_PEOPLE_FILE", str(file))
    file.write_text(f"user,fte\n{ANA},0.5\n", encoding="utf-8")
    night(as_worker, "night-2")
    assert expected_calls(as_worker) == {**asked, ANA: asked[ANA] / 2}
    for text, told in (("user,manager\n", "manager"), ("user,fte\nnobody@x.example,1\n", "line 2")):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(SheetError):
            night(as_worker, f"night-{told}")
        runs = {run["Run_Key__c"]: run for run in as_worker.soql(RUNS)}
        assert runs[f"night-{told}"]["Status__c"] == "Failed"
        assert told in runs[f"night-{told}"]["Detail__c"]


def expected_calls(org):
    details = {row["User_Key__c"]: json.loads(row["Details__c"]) for row in org.soql(SCORES)}
    return {
        user: Decimal(one["expected"])
        for user, said in details.items()
        for one in said["measures"]
        if one["measure"] == "calls" and one["expected"]
    }


def test_a_surprise_is_told_in_the_org_by_its_name_alone(as_worker, monkeypatch):
    def surprise(*_):
        raise ZeroDivisionError("something about Ana")

    monkeypatch.setattr("jobs.night.write_scores", surprise)
    with pytest.raises(ZeroDivisionError):
        night(as_worker, "night-1")
    (run,) = as_worker.soql(RUNS)
    assert (run["Status__c"], run["Detail__c"]) == ("Failed", "ZeroDivisionError.")


def test_a_job_of_another_org_is_refused(as_worker):
    with pytest.raises(SettingsError, match="serves the org"):
        run_night("00D000000000009AAA", "night-1")


PERSONAL = (
    "Adoption_Score__c",
    "Adoption_Exception__c",
    "Adoption_Snapshot__c",
    "Adoption_Action__c",
)


def test_where_only_groups_may_be_written_no_record_is_of_a_person(as_worker, monkeypatch):
    monkeypatch.setenv("BELLWETHER_AGGREGATE_ONLY", "yes")
    result = night(as_worker, "night-1")
    assert [as_worker.soql(f"SELECT Id FROM {name}") for name in PERSONAL] == [[], [], [], []]
    assert list(result["written"]) == ["Adoption_Team__c"]
    teams = as_worker.soql("SELECT Name, Manager__c FROM Adoption_Team__c")
    assert teams
    assert {row["Manager__c"] for row in teams} == {None}
    assert len(as_worker.soql(ALERTS)) == BIG + OLD
    assert night(as_worker, "night-2")["records_written"] == 1


def test_what_was_written_is_told_by_object(as_worker):
    result = night(as_worker, "night-1")
    (run,) = as_worker.soql("SELECT Written__c FROM Adoption_Run__c")
    told = dict(one.rsplit(" ", 1) for one in run["Written__c"].split(", "))
    assert {name: int(count) for name, count in told.items()} == {
        name: count for name, count in result["written"].items() if count
    }
    assert len(as_worker.soql("SELECT Id FROM Adoption_Score__c")) == int(told["Adoption_Score__c"])
