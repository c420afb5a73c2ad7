"""More big deals than an org takes posts of in an hour."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from rq import Retry

from jobs.big_deals import run_big_deals
from jobs.night import run_night
from tests.jobs.live_org import ANA, AS_OF, BIG, OLD

pytestmark = [pytest.mark.sf, pytest.mark.xdist_group("live_org")]
MORE = 230
AN_HOUR = 200  # what the stand-in org takes unless told otherwise


def bigger_deals(org):
    records = [
        {
            "attributes": {"type": "Opportunity"}, "Name": f"Burst {n}", "OwnerId": ANA,
            "StageName": "Closed Won", "Amount": 200_000 + n, "CloseDate": str(AS_OF - timedelta(days=1)),
        }
        for n in range(MORE)
    ]  # fmt: skip
    for start in range(0, MORE, 200):
        org.post("/composite/sobjects", {"records": records[start : start + 200]})


def look(org):
    return run_big_deals(org.handoff.org_id, "deals-1", AS_OF.isoformat())


def posted(org):
    """Amounts of the posts."""
    bodies = [row["Body"] for row in org.soql("SELECT Body FROM FeedItem LIMIT 1000")]
    return sorted(
        float(re.search(r": ([\d,.]+)\. Congr", body)[1].replace(",", "")) for body in bodies
    )


def an_hour_later(org, **more):
    body = {"forward_seconds": 3601, **more}
    return org.control("POST", f"posting/{org.handoff.integration['user_id']}", body)


def test_a_burst_is_announced_hour_by_hour_the_biggest_first_and_each_once(as_worker):
    bigger_deals(as_worker)
    recent = f"IsWon = true AND Amount >= 100000 AND CloseDate >= {AS_OF - timedelta(days=30)}"
    deals = as_worker.soql(f"SELECT Amount FROM Opportunity WHERE {recent}")
    amounts = sorted(row["Amount"] for row in deals)
    assert len(amounts) == BIG + MORE
    first = look(as_worker)
    assert isinstance(first, Retry)
    assert first.intervals == [600]
    assert posted(as_worker) == amounts[-AN_HOUR:]
    (run,) = as_worker.soql("SELECT Status__c, Detail__c, Posts_Made__c FROM Adoption_Run__c")
    assert (run["Status__c"], run["Posts_Made__c"]) == ("Finished", AN_HOUR)
    assert f"{BIG + MORE - AN_HOUR} big deals wait" in run["Detail__c"]
    assert isinstance(look(as_worker), Retry)  # the hour is not over
    assert len(posted(as_worker)) == AN_HOUR
    an_hour_later(as_worker)
    last = look(as_worker)
    assert last["alerts"] == {"announced": BIG + MORE - AN_HOUR, "baseline": 0, "failed": 0, "waiting": 0, "pending": 0}  # fmt: skip
    assert posted(as_worker) == amounts
    alerts = as_worker.soql("SELECT Alert_Key__c, Status__c, Post_Id__c FROM Big_Deal_Alert__c")
    assert len(alerts) == len({row["Alert_Key__c"] for row in alerts}) == BIG + MORE + OLD
    assert len({row["Post_Id__c"] for row in alerts} - {None}) == BIG + MORE


def test_a_night_leaves_the_rest_of_a_burst_to_a_look_of_its_own(as_worker):
    an_hour_later(as_worker, an_hour=BIG - 5)
    result = run_night(as_worker.handoff.org_id, "night-1", AS_OF.isoformat())
    assert result["status"] == "Finished"
    assert (result["alerts"]["announced"], result["alerts"]["waiting"]) == (BIG - 5, 5)
    an_hour_later(as_worker)
    rest = run_big_deals(as_worker.handoff.org_id, "night-1-deals", AS_OF.isoformat())
    assert rest["alerts"]["announced"] == 5
    assert len(posted(as_worker)) == BIG
