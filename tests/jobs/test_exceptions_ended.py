"""Exceptions that cleared, as the org has them, and what the company's record says of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jobs.exceptions_ended import ended_of, told
from jobs.exceptions_known import read_known
from jobs.records.org_now import read_org
from jobs.records.team_records import write_teams
from jobs.run import NEEDED
from service.salesforce.gateway import Gateway
from service.scoring.recidivism import Ended
from service.settings import read_settings
from tests.jobs.fake_org import FakeGateway
from tests.jobs.live_org import ANA as ANA_OF_ORG
from tests.jobs.test_team_records import a_company, facts_of

AS_OF = date(2026, 3, 31)
ANA, MIA = "005000000000001AAA", "005000000000009AAA"


def record(key="x", cleared="2026-01-05", back=None):
    return {"Exception_Key__c": f"{ANA}:{key}", "Cleared_On__c": cleared, "Recurred_On__c": back}


def act(type_="Coached", on="2026-01-02", by=MIA, key="x"):
    return {
        "Exception__r": {"Exception_Key__c": f"{ANA}:{key}"}, "Type__c": type_, "Done_On__c": on,
        "CreatedById": by, "CreatedDate": "2026-01-03T09:00:00.000+0000",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "kinds"),
    [
        (act(), {"Coached"}),
        (act(on="2026-01-06"), set()),  # after it had cleared
        (act(on=None), {"Coached"}),  # then the day of recording
        (act(by=ANA), set()),  # about oneself
        (act("Seen"), set()),
        (act("Reply"), set()),
        (act("Rated"), set()),
        (act(key="y"), set()),
    ],
)
def test_what_others_did_before_it_cleared_is_an_act(row, kinds):
    (found,) = ended_of([record()], [row])
    assert found == Ended(date(2026, 1, 5), came_back=False, acts=frozenset(kinds))


def test_one_that_cleared_again_is_bounded_by_its_return():
    (found,) = ended_of([record(cleared="2026-02-20", back="2026-01-20")], [act(on="2026-02-01")])
    assert found == Ended(date(2026, 1, 20), came_back=True, acts=frozenset())


def ended(count, acts=(), back=0):
    long_ago = AS_OF - timedelta(weeks=9)
    return [Ended(long_ago, came_back=at < back, acts=frozenset(acts)) for at in range(count)]


def test_the_words_hide_arms_of_fewer_than_ten_and_judge_none_of_fewer_than_58():
    some = [
        *ended(60, back=30),
        *ended(60, ["Coached"], 12),
        *ended(20, ["Mailed"]),
        *ended(9, ["Nudged"]),
    ]
    said = told(some, AS_OF, 8).splitlines()
    assert said[:5] == [
        "Exceptions that cleared 8 weeks ago or earlier:",
        "Nobody acted: 30 of 60 came back (50 %, 37.7 to 62.3).",
        "Coached: 12 of 60 came back (20 %, 11.8 to 31.8).",
        "Mailed: 0 of 20 came back (0 %, 0 to 16.1).",
        "Nudged: fewer than 10.",
    ]
    assert said[5:7] == [
        "Coached against nobody acted: they came back less often.",
        "Mailed against nobody acted: no verdict below 58 of each.",
    ]
    assert "does not show what caused it" in said[7]
    assert told(ended(3), AS_OF, 8).splitlines()[1] == "Nobody acted: fewer than 10."
    assert told([], AS_OF, 8) is None
    assert told(ended(5), AS_OF - timedelta(weeks=2), 8) is None


def test_only_the_companys_record_says_it_and_an_unchanged_text_is_not_written():
    gateway, facts = FakeGateway(), facts_of(*a_company())

    def night(text):
        now = read_org(gateway, facts.as_of, aggregate_only=True)
        return write_teams(gateway, facts, "2026-03-31T00:00:00Z", now, text)

    night("words")
    rows = gateway.records["Adoption_Team__c"].values()
    assert [one["Kind__c"] for one in rows if one["After_Action__c"]] == ["Company"]
    assert night("words").records_written == 0
    assert night("others").records_written == 1


def test_they_are_read_with_the_known_ones_in_one_call():
    gateway = FakeGateway()
    asked = []
    gateway.query_together = lambda soqls: asked.append(soqls) or [[], [], [record()], [act()], []]
    known = read_known(gateway, AS_OF)
    assert len(asked) == 1
    assert len(asked[0]) <= 5
    assert [one.acts for one in known.ended] == [{"Coached"}]


@pytest.mark.sf
@pytest.mark.xdist_group("live_org")
def test_one_that_came_back_counts_whatever_was_done_about_its_return(as_worker):
    """Left out, as soon as somebody acts on the return, acting would look as if it helped."""
    as_worker.post("/sobjects/Adoption_Score__c", {
        "User_Key__c": ANA_OF_ORG, "User__c": ANA_OF_ORG, "Word__c": "Building",
        "As_Of__c": "2026-03-30T00:00:00Z",
    })  # fmt: skip
    (score,) = as_worker.soql("SELECT Id FROM Adoption_Score__c")
    back = {"Cleared_On__c": "2026-01-04", "Recurred_On__c": "2026-02-01"}
    days = {
        "open": {}, "cleared": {"Cleared_On__c": "2026-01-04"},
        "recurred": back, "seen": back, "acted": back, "excused": back,
    }  # fmt: skip
    as_worker.post("/composite/sobjects", {"allOrNone": True, "records": [
        {
            "attributes": {"type": "Adoption_Exception__c"}, "Adoption_Score__c": score["Id"],
            "Exception_Key__c": f"{ANA_OF_ORG}:{state}", "State__c": state, "Measure__c": state,
            "Opened_On__c": "2025-12-01", **dates,
        }
        for state, dates in days.items()
    ]})  # fmt: skip
    ended = read_known(Gateway(read_settings(only=NEEDED)), AS_OF).ended
    assert sorted(one.came_back for one in ended) == [False, True, True, True, True]
