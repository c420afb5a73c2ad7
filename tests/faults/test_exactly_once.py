"""Races, lost replies and a struggling org: every deal announced once in the end."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from rq.job import Job
from rq.serializers import JSONSerializer

from jobs.big_deals import run_big_deals
from jobs.enqueue import enqueue_night, job_id
from service.salesforce.announce_together import Wanted
from service.salesforce.fields import BigDealAlert
from service.salesforce.gateway import Gateway
from service.settings import read_settings
from tests.faults.workers import wait_until_held
from tests.jobs.live_org import AS_OF, BIG

pytestmark = [
    pytest.mark.faults,
    pytest.mark.sf,
    pytest.mark.xdist_group("live_org"),
    pytest.mark.timeout(240),
]

TOGETHER = 12  #: deals whose posts and claims go in one composite of 25 steps at most
NEEDED = ("org_id", "instance_url", "username", "consumer_key", "private_key")
COMPOSITE = {"method": "POST", "path_contains": "/composite", "body_contains": "FeedItem"}


def posts(org):
    return org.soql("SELECT Id, Body FROM FeedItem LIMIT 1000")


def claims(org):
    return org.soql("SELECT Alert_Key__c, Status__c, Post_Id__c FROM Big_Deal_Alert__c")


def test_many_workers_that_announce_the_same_deal_at_once_post_it_once(as_worker):
    (group,) = as_worker.soql("SELECT Id FROM CollaborationGroup WHERE Name = 'Sales Management'")
    (deal, *_) = as_worker.soql("SELECT Id FROM Opportunity WHERE Name = 'Deal 1'")
    claim = {
        BigDealAlert.KEY: f"{deal['Id']}:Big_Deal:1",
        BigDealAlert.OPPORTUNITY: deal["Id"],
        BigDealAlert.RULE_NAME: "Big_Deal",
    }
    post = {"ParentId": group["Id"], "Body": "Ana won Deal 1", "Type": "TextPost"}

    def try_it(_):
        gateway = Gateway(read_settings(only=NEEDED))
        return next(gateway.announce_all([Wanted(claim, post)])).status

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(try_it, range(16)))
    assert said.count("announced") == 1
    assert set(said) <= {"announced", "already", "pending"}
    assert len(posts(as_worker)) == len(claims(as_worker)) == 1


def test_two_processes_that_look_for_big_deals_at_once_post_each_once(as_worker, monkeypatch):
    """Two runs of one key may overlap (a worker that was thought dead): no lock guards them."""
    org_id = as_worker.handoff.org_id

    def look(_):
        return run_big_deals(org_id, "same-key", AS_OF.isoformat())

    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(look, range(3)))
    assert len(posts(as_worker)) == BIG
    assert len({row["Alert_Key__c"] for row in claims(as_worker)}) == len(claims(as_worker))
    assert sum(result["posts_made"] for result in results) == BIG


@pytest.mark.parametrize("point", ["before_apply", "after_apply"])
def test_a_lost_reply_is_looked_into_and_posts_once(as_worker, point):
    hold = {"point": point, "nth": 2, **COMPOSITE}
    hold_id = as_worker.control("POST", "holds", hold)["hold_id"]
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run_big_deals, as_worker.handoff.org_id, "deals-1", AS_OF.isoformat())
        wait_until_held(as_worker, hold_id)
        as_worker.control("POST", f"holds/{hold_id}/release", {"outcome": "drop"})
        first = running.result(60)
    if point == "after_apply":
        assert first["alerts"]["pending"] == 0
    else:
        # Nobody can know that it was never applied, so it is tried again later.
        assert first.intervals
        run_big_deals(as_worker.handoff.org_id, "deals-1", AS_OF.isoformat())
    assert len(posts(as_worker)) == BIG
    assert len(claims(as_worker)) == len({row["Alert_Key__c"] for row in claims(as_worker)})


def test_a_busy_org_is_asked_again_by_a_job_of_its_own(crew, live_org):
    fault = {**COMPOSITE, "status": 503, "body": "<html>busy</html>", "times": 1}
    live_org.control("POST", "faults", fault)
    crew.start()
    org_id = live_org.handoff.org_id
    night = enqueue_night(crew.connection, org_id, "night-1", AS_OF.isoformat())
    crew.wait_for(night, 60)
    assert night.return_value()["alerts"]["pending"] == TOGETHER
    follow_up = Job.fetch(
        job_id("big-deals", org_id, "night-1-deals"),
        connection=crew.connection,
        serializer=JSONSerializer,
    )
    crew.wait_for(follow_up, 90)
    assert follow_up.is_finished
    assert len(posts(live_org)) == BIG


def test_a_spent_allocation_stops_the_run_and_the_next_goes_on(crew, live_org):
    spent = [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]
    fault = {**COMPOSITE, "status": 403, "body": spent, "times": 1}
    live_org.control("POST", "faults", fault)
    crew.start()
    org_id = live_org.handoff.org_id
    first = enqueue_night(crew.connection, org_id, "night-1", AS_OF.isoformat())
    crew.wait_for(first, 60)
    assert first.is_failed
    (run,) = live_org.soql("SELECT Status__c, Detail__c FROM Adoption_Run__c")
    assert run["Status__c"] == "Stopped"
    assert "24 hours" in run["Detail__c"]
    second = enqueue_night(crew.connection, org_id, "night-2", AS_OF.isoformat())
    crew.wait_for(second, 60)
    assert second.is_finished
    assert len(posts(live_org)) == BIG


def test_an_org_that_is_down_is_tried_again_later(crew, live_org):
    # The counts and descriptions are asked for once together, then the descriptions five times.
    fault = {"body_contains": "sobjects/User/describe", "status": 503, "body": "<html>", "times": 6}
    live_org.control("POST", "faults", fault)
    crew.start()
    night = enqueue_night(crew.connection, live_org.handoff.org_id, "night-1", AS_OF.isoformat())
    crew.wait_for(night, 120)
    assert night.is_finished
    assert len(posts(live_org)) == BIG
    assert "org_not_ready" in crew.logs()


def test_no_secret_and_no_name_is_in_the_workers_log_or_in_redis(crew, live_org):
    crew.start()
    night = enqueue_night(crew.connection, live_org.handoff.org_id, "night-1", AS_OF.isoformat())
    crew.wait_for(night, 60)
    time.sleep(0.5)
    kept = [crew.logs()]
    for key in crew.connection.scan_iter():
        kind = crew.connection.type(key)
        read = {b"string": "get", b"hash": "hgetall"}.get(kind)
        kept.append(repr(getattr(crew.connection, read)(key)) if read else "")
    consumer_key = live_org.handoff.apps["Bellwether_Jobs"]["consumer_key"]
    look_of_secrets = rf"PRIVATE KEY|00D\w{{12,15}}!|eyJ\w+\.|{re.escape(consumer_key)}|Example"
    assert crew.logs().count("run_finished") == 1
    assert not [found for text in kept for found in re.findall(look_of_secrets, text)]


def test_another_days_window_is_judged_from_that_day(as_worker):
    later = (AS_OF + timedelta(days=20)).isoformat()
    result = run_big_deals(as_worker.handoff.org_id, "deals-1", later)
    assert result["alerts"]["announced"] == 11  # closed 20 to 30 days before
