"""Workers killed at the worst moments: no post lost, none double, and soon."""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, datetime

import pytest

from jobs.enqueue import enqueue_night
from tests.faults.workers import kill_both, kill_horse, wait_until_held
from tests.jobs.live_org import AS_OF, BIG, OLD

pytestmark = [
    pytest.mark.faults,
    pytest.mark.sf,
    pytest.mark.xdist_group("killed_worker"),
    pytest.mark.timeout(240),
]

TAKEN_UP_WITHIN = 60  #: seconds, as docs/operations.md says
PATIENCE = 150  #: seconds until it is done, however busy the machine
ANNOUNCEMENT = {"method": "POST", "path_contains": "/composite", "body_contains": "FeedItem"}
RECORD = {"method": "PATCH", "path_contains": "/composite/sobjects/Adoption_Run__c"}
#: name -> where the org holds the request while the worker is killed
MOMENTS = {
    "before an announcement is sent": {"point": "before_apply", "nth": 2, **ANNOUNCEMENT},
    "after the org applied one": {"point": "after_apply", "nth": 2, **ANNOUNCEMENT},
    "before the run is recorded": {"point": "before_apply", "nth": 1, **RECORD},
    "after the run is recorded": {"point": "after_apply", "nth": 1, **RECORD},
}
VICTIMS = {"the horse": kill_horse, "the horse with its parent": kill_both}


def night(crew, org, key="night-1"):
    return enqueue_night(crew.connection, org.handoff.org_id, key, AS_OF.isoformat())


def assert_end_state(org, key="night-1"):
    """What the org holds, asked as its administrator."""
    alerts = org.soql("SELECT Alert_Key__c, Status__c, Post_Id__c FROM Big_Deal_Alert__c")
    posts = org.soql("SELECT Id, Body FROM FeedItem LIMIT 1000")
    announced = [row for row in alerts if row["Status__c"] == "Announced"]
    assert len({row["Alert_Key__c"] for row in alerts}) == len(alerts) == BIG + OLD
    assert len(announced) == BIG
    assert len(posts) == BIG
    assert len({row["Body"] for row in posts}) == BIG
    assert {row["Post_Id__c"] for row in announced} == {row["Id"] for row in posts}
    runs = org.soql("SELECT Run_Key__c, Status__c FROM Adoption_Run__c")
    assert [(row["Run_Key__c"], row["Status__c"]) for row in runs] == [(key, "Finished")]
    (scores,) = org.soql("SELECT COUNT(Id) n FROM Adoption_Score__c")
    (people,) = org.soql("SELECT COUNT_DISTINCT(User_Key__c) n FROM Adoption_Score__c")
    assert scores["n"] == people["n"] > 0


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("victim", VICTIMS)
def test_a_killed_night_ends_as_if_nothing_had_happened(
    crew, live_org, victim, moment, record_property
):
    hold_id = live_org.control("POST", "holds", MOMENTS[moment])["hold_id"]
    worker = crew.start()
    job = night(crew, live_org)
    wait_until_held(live_org, hold_id)
    killed_at = datetime.now(UTC)
    VICTIMS[victim](worker)
    live_org.control("POST", f"holds/{hold_id}/release", {"outcome": "drop"})
    if not worker.is_running:
        crew.start()
    crew.wait_for(job, PATIENCE)
    job.refresh()
    taken_up = (job.started_at - killed_at).total_seconds()
    record_property("taken_up_seconds", round(taken_up, 1))
    print(f"{victim} killed {moment}: taken up {taken_up:.1f} s later")  # noqa: T201 - shown by -s
    assert job.is_finished
    assert 0 < taken_up < TAKEN_UP_WITHIN
    assert_end_state(live_org)
    (run,) = live_org.soql("SELECT Detail__c FROM Adoption_Run__c")
    assert run["Detail__c"].startswith(
        "Taken up again once: the counts and the API calls are those"
    )


@pytest.mark.parametrize("victim", VICTIMS)
def test_a_request_of_the_dead_that_the_org_applies_late_does_not_post_twice(
    crew, live_org, victim
):
    """The org goes on with the first try while the second has already announced the deal."""
    hold = {"point": "before_apply", "nth": 1, **ANNOUNCEMENT}
    hold_id = live_org.control("POST", "holds", hold)["hold_id"]
    worker = crew.start()
    job = night(crew, live_org)
    wait_until_held(live_org, hold_id)
    VICTIMS[victim](worker)
    if not worker.is_running:
        crew.start()
    crew.wait_for(job, PATIENCE)
    live_org.control("POST", f"holds/{hold_id}/release", {"outcome": "proceed"})
    time.sleep(1)
    assert_end_state(live_org)


def test_a_worker_that_is_told_to_stop_hands_its_job_to_the_next(crew, live_org):
    """A dyno restart: SIGTERM to every process of the dyno."""
    hold = {"point": "before_apply", "nth": 2, **ANNOUNCEMENT}
    hold_id = live_org.control("POST", "holds", hold)["hold_id"]
    worker = crew.start()
    job = night(crew, live_org)
    wait_until_held(live_org, hold_id)
    os.killpg(worker.process.pid, signal.SIGTERM)
    worker.process.wait(30)
    live_org.control("POST", f"holds/{hold_id}/release", {"outcome": "drop"})
    crew.start()
    crew.wait_for(job, PATIENCE)
    assert_end_state(live_org)


def test_a_broker_that_forgets_everything_costs_no_data(crew, live_org):
    hold = {"point": "before_apply", "nth": 2, **ANNOUNCEMENT}
    hold_id = live_org.control("POST", "holds", hold)["hold_id"]
    crew.start()
    night(crew, live_org)
    wait_until_held(live_org, hold_id)
    crew.connection.flushall()
    job = night(crew, live_org)
    live_org.control("POST", f"holds/{hold_id}/release", {"outcome": "proceed"})
    crew.start()
    crew.wait_for(job, PATIENCE)
    assert_end_state(live_org)
