"""The mix of habits as the org counts it: who is who, and what the question costs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jobs.records import week_mix
from jobs.records.week_mix import read_mix
from service.salesforce.gateway import Gateway
from service.scoring.habits import Mix
from service.settings import read_settings
from tests.jobs.fake_org import FakeGateway
from tests.jobs.live_org import LiveOrg, copy_of

MONDAY = date(2026, 3, 30)
HABIT = [75] * 6 + [39.9] * 2
NOT_STARTED = [39.9] * 6 + [75] * 2
FORMING = [75] * 5 + [74.9] + [40] * 2
SHORT = [75] * 5 + [None] * 3  #: of five weeks alone; not in the mix
#: Good only in weeks that are not among the eight: the ninth before, and the running one.
TOO_OLD = [None] * 3 + [20] * 5


@pytest.fixture
def small_pages(org_template, redis_url, tmp_path, monkeypatch):
    """A running org that gives twenty rows a page, and this process as its worker."""
    template, key = org_template
    copy_of(template, tmp_path / "org")
    org = LiveOrg.start(tmp_path / "org", key, "--page-size", "20")
    for name, value in org.environment(redis_url, tmp_path / "work").items():
        monkeypatch.setenv(name, value)
    yield org
    org.stop()


def remember(gateway, people):
    """Give the org these people's weekly scores, the last of each list of the week before."""
    keys = [{"User_Key__c": f"005{at:015d}"} for at in range(len(people))]
    scores = gateway.upsert("Adoption_Score__c", "User_Key__c", keys)
    rows = [
        {
            "Snapshot_Key__c": f"{at}:{back}",
            "Adoption_Score__c": score.id,
            "Week_Begins__c": (MONDAY - timedelta(weeks=back)).isoformat(),
            "Score__c": value,
        }
        for at, (score, weeks) in enumerate(zip(scores, people, strict=True))
        for back, value in enumerate(reversed(weeks), 1)
    ]
    rows += [
        {**rows[0], "Snapshot_Key__c": key, "Week_Begins__c": on.isoformat(), "Score__c": 75,
         "Adoption_Score__c": scores[-1].id}
        for key, on in (("old", MONDAY - timedelta(weeks=9)), ("now", MONDAY))
    ]  # fmt: skip
    outcomes = gateway.upsert("Adoption_Snapshot__c", "Snapshot_Key__c", rows)
    assert all(one.is_written for one in (*scores, *outcomes))


@pytest.mark.sf
@pytest.mark.xdist_group("live_org")
def test_eight_weeks_of_everybody_cost_one_call_however_many_pages_they_fill(
    small_pages, monkeypatch
):
    gateway = Gateway(
        read_settings(
            only=("instance_url", "audience", "username", "consumer_key", "private_key", "org_id")
        )
    )
    people = [HABIT] * 3 + [NOT_STARTED] * 2 + [FORMING] * 5 + [SHORT, TOO_OLD]
    remember(gateway, people)
    before = small_pages.control("GET", "counts")["api_calls"]
    assert read_mix(gateway, MONDAY) == Mix(30, 50, 20)
    assert small_pages.control("GET", "counts")["api_calls"] - before == 1
    monkeypatch.setattr(week_mix, "MOST_GROUPS", 3)  # as if they were thousands
    assert read_mix(gateway, MONDAY) == Mix(30, 50, 20)
    assert small_pages.control("GET", "counts")["api_calls"] - before == 1 + 4


def test_what_the_org_refuses_is_not_taken_for_nobody():
    gateway = FakeGateway()
    gateway.hidden.add("Adoption_Snapshot__c")
    with pytest.raises(week_mix.SalesforceError, match="INVALID_TYPE"):
        read_mix(gateway, MONDAY)
