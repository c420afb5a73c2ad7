"""Further sources of a real stand-in org: read where it permits, named where it does not."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from jobs.night import run_night
from service.demo.assign import assign_all
from service.demo.deploy import LOGIN_SET
from tests.jobs.live_org import ANA, AS_OF, BIG, MIA, OLD, RAJ

pytestmark = [pytest.mark.sf, pytest.mark.xdist_group("live_org")]

SCORES = "SELECT User_Key__c, Logins__c, Lightning_Days__c, Mobile_Days__c FROM Adoption_Score__c"
COMPANY = (
    "SELECT Quota__c, Closed__c, Commit__c, Campaign_Members__c, Campaign_Responses__c"
    " FROM Adoption_Team__c WHERE Kind__c = 'Company'"
)


def night(org, key, on=AS_OF):
    return run_night(org.handoff.org_id, key, on.isoformat())


def told(org, soql):
    return [
        [value for name, value in row.items() if name != "attributes"] for row in org.soql(soql)
    ]


def test_what_the_org_permits_is_told_and_an_unchanged_night_writes_nothing(as_worker):
    assign_all(as_worker.handoff, LOGIN_SET, [as_worker.handoff.integration["user_id"]])
    first = night(as_worker, "night-1")
    assert not [one for one in first["gaps"] if "integration user" in one or "not told" in one]
    found = {row[0]: row[1:] for row in told(as_worker, SCORES)}
    assert found[ANA] == [3, 3, 1]
    assert found[RAJ] == [1, 1, 0]
    assert found[MIA] == [0, 0, 0]
    big = sum(100_000 + Decimal("0.5") + at for at in range(BIG))
    won = big + OLD * Decimal("500000.50") + 2 * Decimal("99000.50")
    ((quota, closed, *others),) = told(as_worker, COMPANY)
    assert quota == 1_500_000, "the manager's is the team's once more"
    assert Decimal(str(closed)) == won
    assert others == [0, 3, 1]
    second = night(as_worker, "night-2")
    assert (second["records_written"], second["gaps"]) == (1, first["gaps"])
    assert first["calls_by_object"].keys() >= {"several at once"}
    third = night(as_worker, "night-3", AS_OF + timedelta(days=1))
    assert third["written"]["Adoption_Team__c"] >= 1
    ((*_, members, responses),) = told(as_worker, COMPANY)
    assert (members, responses) == (2, 1), "one was added 28 days ago, and counts no more"


def test_what_the_org_does_not_show_is_named_and_nothing_is_told_of_it(as_worker):
    first = night(as_worker, "night-1")
    (gap,) = [one for one in first["gaps"] if one.startswith("LoginHistory ")]
    assert gap.endswith("Assign the permission set Adoption Login History to the integration user.")
    assert first["status"] == "Finished"
    found = {row[0]: row[1:] for row in told(as_worker, SCORES)}
    assert found[ANA] == [None, None, None], "of days of use no more than of logins"
    (run,) = as_worker.soql("SELECT Gaps__c FROM Adoption_Run__c")
    assert gap in run["Gaps__c"].splitlines()
