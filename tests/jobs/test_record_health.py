"""The health of opportunities, as records beside them: written by change, and only where asked for."""

from __future__ import annotations

import pytest

from jobs.night import run_night
from jobs.records.record_health import write_record_health
from service.rules_file import read_rules
from tests.jobs.fake_org import FakeGateway
from tests.jobs.live_org import ANA, AS_OF, RAJ

NAME = "Adoption_Record_Health__c"
HEALTH = f"SELECT Record_Key__c, Opportunity__c, Healthy__c, Reasons__c, As_Of__c FROM {NAME}"
OPEN = "SELECT Id, OwnerId, SystemModstamp, LastModifiedById FROM Opportunity WHERE IsClosed = false ORDER BY Id"


def test_an_org_without_the_object_is_a_gap_and_spoils_no_night():
    org = FakeGateway()
    org.hidden.add(NAME)
    written = write_record_health(org, [("006A", ())], read_rules(None), "2021-04-16T23:59:59.000Z")
    assert (written.records_written, written.rejected, org.sent) == (0, (), [])
    assert NAME in written.gaps[0].why


def night(org, key):
    result = run_night(org.handoff.org_id, key, AS_OF.isoformat())
    return result, {row["Record_Key__c"]: row for row in org.soql(HEALTH)}


@pytest.mark.sf
@pytest.mark.xdist_group("live_org")
def test_every_open_opportunity_has_its_health_beside_it_and_only_changes_are_written(
    as_worker, monkeypatch
):
    assert night(as_worker, "off")[1] == {}  # nobody asked for it
    monkeypatch.setenv("BELLWETHER_RECORD_HEALTH", "yes")
    before = as_worker.soql(OPEN)
    result, health = night(as_worker, "first")
    assert {row["OwnerId"] for row in before} <= {ANA, RAJ}
    assert health.keys() == {row["Id"] for row in before}
    assert all(row["Opportunity__c"] == key for key, row in health.items())
    assert result["written"][NAME] == len(before)
    assert as_worker.soql(OPEN) == before  # the records that are measured are never written
    assert all(row["Healthy__c"] and row["Reasons__c"] is None for row in health.values())

    second, again = night(as_worker, "second")
    assert (second["records_written"], again) == (1, health)

    late, closed = sorted(health)[:2]
    as_worker.patch(f"/sobjects/Opportunity/{late}", {"CloseDate": "2026-03-30"})
    as_worker.patch(f"/sobjects/Opportunity/{closed}", {"StageName": "Closed Lost"})
    third, after = night(as_worker, "third")
    assert third["written"][NAME] == 2
    assert after.keys() == health.keys() - {closed}
    assert not after[late]["Healthy__c"]
    assert after[late]["Reasons__c"] == read_rules(None).fault_texts["close_date_past"]
    rest = after.keys() - {late}
    assert {key: after[key] for key in rest} == {key: health[key] for key in rest}


@pytest.mark.sf
@pytest.mark.xdist_group("live_org")
def test_where_only_groups_may_be_written_no_opportunity_is_judged_in_a_record(
    as_worker, monkeypatch
):
    monkeypatch.setenv("BELLWETHER_RECORD_HEALTH", "yes")
    monkeypatch.setenv("BELLWETHER_AGGREGATE_ONLY", "yes")
    assert night(as_worker, "groups")[1] == {}
