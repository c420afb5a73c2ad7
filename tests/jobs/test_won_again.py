"""Deals that are edited, reopened and won again, in a live org."""

from __future__ import annotations

import time

import pytest

from jobs.big_deals import run_big_deals
from jobs.night import run_night
from tests.jobs.live_org import AS_OF, BIG, MIA

pytestmark = [pytest.mark.sf, pytest.mark.xdist_group("live_org")]


def look(org, key):
    return run_big_deals(org.handoff.org_id, key, AS_OF.isoformat())


def change(org, deal, **values):
    org.patch(f"/sobjects/Opportunity/{deal}", values)


def test_a_deal_is_announced_again_only_when_it_was_reopened_and_won_again(as_worker):
    assert look(as_worker, "deals-1")["posts_made"] == BIG
    (row,) = as_worker.soql("SELECT Id FROM Opportunity WHERE Name = 'Deal 5'")
    deal = row["Id"]
    time.sleep(1.1)  # the org's times are whole seconds
    change(as_worker, deal, Amount=555_000)
    change(as_worker, deal, OwnerId=MIA)
    change(as_worker, deal, NextStep="Thank them")
    assert look(as_worker, "deals-2")["posts_made"] == 0
    change(as_worker, deal, StageName="Negotiation/Review")
    assert look(as_worker, "deals-3")["posts_made"] == 0
    change(as_worker, deal, StageName="Closed Won")
    assert run_night(as_worker.handoff.org_id, "night-1", AS_OF.isoformat())["posts_made"] == 1
    assert look(as_worker, "deals-4")["posts_made"] == 0
    alerts = as_worker.soql(
        f"SELECT Alert_Key__c, Win_Number__c, Amount__c FROM Big_Deal_Alert__c WHERE Opportunity__c = '{deal}' ORDER BY Win_Number__c"
    )
    assert [row["Win_Number__c"] for row in alerts] == [1, 2]
    assert alerts[1]["Amount__c"] == 555_000
    bodies = [row["Body"] for row in as_worker.soql("SELECT Body FROM FeedItem LIMIT 1000")]
    assert len(bodies) == BIG + 1
    assert (
        sum("Mia Example won Deal 5 with Acme & <Sons> again: 555,000." in body for body in bodies)
        == 1
    )
