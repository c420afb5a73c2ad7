"""Big deal rules about more than the amount of a win: record type, segment, stage, probability."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from jobs.big_deals import announce_deals
from jobs.deal_look import run_deal_look
from jobs.deals.amounts import won_deals
from jobs.deals.posts import body_of
from jobs.deals.reach import Reach
from jobs.night import run_night
from service.evidence.deals import WonDeal
from service.rules_file import read_rules
from service.scoring.big_deals import is_meant, reaches
from service.scoring.rule_set import BigDealRule
from tests.jobs.fake_org import FakeGateway, a_run
from tests.jobs.live_org import ANA, AS_OF

OBJECT = "Big_Deal_Alert__c"
TODAY = date(2021, 4, 16)
WON = BigDealRule("Won", Decimal(100_000), 30, "Sales Management", "v1")
STAGE = replace(WON, name="Negotiating", stages=("Negotiation", "Contract"))
CHANCE = replace(WON, name="Likely", probability_at_least=75)
RULES = read_rules(None)


def a_deal(number=1, **more):
    deal = WonDeal(
        opportunity_id=f"006{number:012d}AAA", name=f"Deal {number}", owner_id="005000000000001AAA",
        owner_name="Ana Diaz", account_name="Acme", amount=Decimal(150_000),
        closed_on=date(2021, 6, 30), is_won=False, stage="Negotiation", probability=Decimal(60),
    )  # fmt: skip
    return replace(deal, **more)


def history(gateway, *rows):
    """(deal's number, stage, probability, day)"""
    gateway.records["OpportunityHistory"] = {
        at: {"OpportunityId": f"006{number:012d}AAA", "StageName": stage, "Probability": chance,
             "CreatedDate": f"{day}T09:00:00.000+0000"}
        for at, (number, stage, chance, day) in enumerate(rows)
    }  # fmt: skip


def go(gateway, *deals, rules=(STAGE,)):
    return announce_deals(a_run(gateway), deals, replace(RULES, big_deals=rules))


@pytest.mark.parametrize(("changes", "employees", "record_type", "meant"), [
    ({}, None, None, True),
    ({"segment": "corporate"}, 999, None, True),
    ({"segment": "corporate"}, 1000, None, False),
    ({"segment": "field"}, 1000, None, True),
    ({"segment": "field"}, None, None, False),
    ({"segment": "corporate"}, None, None, False),
    ({"record_types": ("New_Business",)}, None, "New_Business", True),
    ({"record_types": ("New_Business",)}, None, "Renewal", False),
    ({"record_types": ("New_Business",)}, None, None, False),
    ({"record_types": ("New_Business",), "segment": "field"}, 5000, "New_Business", True),
])  # fmt: skip
def test_a_win_is_meant_by_record_type_and_the_customers_size(
    changes, employees, record_type, meant
):
    size = None if employees is None else Decimal(employees)
    deal = a_deal(is_won=True, employees=size, record_type=record_type)
    assert is_meant(deal, replace(WON, **changes), 1000) is meant
    assert not is_meant(replace(deal, is_won=False), replace(WON, **changes), 1000)


def test_a_stage_or_a_probability_is_reached_from_its_value_on():
    assert [reaches(STAGE, s, None) for s in ("Contract", "Proposal", None)] == [True, False, False]
    chances = [None, Decimal(74), Decimal(75), Decimal(100)]
    assert [reaches(CHANCE, "x", c) for c in chances] == [False, False, True, True]


def test_a_deal_that_reaches_a_stage_is_announced_once_and_never_for_coming_back():
    gateway = FakeGateway()
    history(gateway, (1, "Proposal", 40, "2021-04-01"), (1, "Negotiation", 60, "2021-04-14"))
    assert go(gateway, a_deal()).counts["announced"] == 1
    (claim,) = gateway.records[OBJECT].values()
    assert claim["Alert_Key__c"] == "006000000000001AAA:Negotiating:1"
    assert "Ana Diaz brought Deal 1 with Acme to Negotiation: 150,000." in gateway.posts[0]["Body"]
    history(
        gateway, (1, "Negotiation", 60, "2021-04-14"), (1, "Proposal", 40, "2021-04-15"),
        (1, "Contract", 90, "2021-04-16"),
    )  # fmt: skip
    again = go(gateway, a_deal(stage="Contract", amount=Decimal(900_000)))
    assert (again.counts["announced"], len(gateway.posts)) == (0, 1)


def test_the_same_deal_is_announced_again_when_a_rule_waits_for_its_win():
    gateway = FakeGateway()
    history(gateway, (1, "Negotiation", 60, "2021-04-14"))
    both = (STAGE, WON)
    assert go(gateway, a_deal(), rules=both).counts["announced"] == 1
    won = a_deal(is_won=True, stage="Closed Won", closed_on=TODAY)
    assert go(gateway, won, rules=both).counts["announced"] == 1
    assert {key.split(":")[1] for key in gateway.records[OBJECT]} == {"Negotiating", "Won"}
    assert "Ana Diaz won Deal 1" in gateway.posts[1]["Body"]
    assert "Congratulations!" in gateway.posts[1]["Body"]
    assert "Congratulations!" not in gateway.posts[0]["Body"]


@pytest.mark.parametrize(("day", "status"), [
    ("2021-03-17", "Announced"), ("2021-03-16", "Baseline"), ("2021-04-16", "Announced"),
])  # fmt: skip
def test_what_was_reached_long_ago_is_set_aside_without_a_post(day, status):
    gateway = FakeGateway()
    history(gateway, (1, "Negotiation", 60, day), (1, "Negotiation", 60, "2021-04-15"))
    go(gateway, a_deal())
    assert [one["Status__c"] for one in gateway.records[OBJECT].values()] == [status]


def test_nothing_from_before_the_first_day_of_announcements_is_announced():
    gateway = FakeGateway()
    history(gateway, (1, "Negotiation", 60, "2021-04-10"))
    done = go(gateway, a_deal(), rules=(replace(STAGE, announce_from=date(2021, 4, 11)),))
    assert (done.counts["announced"], done.counts["baseline"]) == (0, 1)


def test_a_leap_over_the_stage_reaches_a_probability():
    gateway = FakeGateway()
    history(gateway, (1, "Proposal", 40, "2021-04-01"), (1, "Closed Won", 100, "2021-04-15"))
    won = a_deal(is_won=True, stage="Closed Won", probability=Decimal(100), closed_on=TODAY)
    assert go(gateway, won, rules=(CHANCE, STAGE)).counts["announced"] == 1
    assert list(gateway.records[OBJECT]) == ["006000000000001AAA:Likely:1"]


def test_without_a_readable_history_the_rule_says_so_and_the_others_go_on():
    gateway = FakeGateway()
    gateway.hidden.add("OpportunityHistory")
    won = a_deal(2, is_won=True, stage="Closed Won", closed_on=TODAY)
    done = go(gateway, a_deal(), won, rules=(STAGE, WON))
    assert (done.counts["announced"], done.counts["failed"]) == (1, 1)
    assert "Negotiating is about a stage" in done.problems[0]
    assert "OpportunityHistory" in done.problems[0]


def test_small_and_claimed_deals_are_no_question_to_the_history():
    gateway = FakeGateway()
    history(gateway, (1, "Negotiation", 60, "2021-04-14"))
    go(gateway, a_deal(), a_deal(2, amount=Decimal(99_999)))
    (asked,) = [soql for soql in gateway.queries if "FROM OpportunityHistory" in soql]
    assert "006000000000002AAA" not in asked
    gateway.queries.clear()
    go(gateway, a_deal())
    assert not any("FROM OpportunityHistory" in soql for soql in gateway.queries)


def test_an_org_is_asked_for_no_more_than_the_rules_need():
    assert Reach.of((WON,)) == Reach() == Reach.of(())
    assert Reach.of((WON,)).condition == "IsWon = true"
    every = Reach.of(
        (WON, replace(STAGE, stages=("O'Neill",)), replace(CHANCE, record_types=("X",)))
    )
    assert every.condition == "(IsWon = true OR StageName IN ('O\\'Neill') OR Probability >= 75)"
    assert "RecordType.DeveloperName" in every.fields
    assert "RecordType" not in Reach.of((STAGE,)).fields
    assert Reach.from_data(every.as_data()) == every


def test_rows_of_the_org_become_deals_with_what_the_rules_ask():
    gateway = FakeGateway()
    gateway.hidden = {"CurrencyType", "DatedConversionRate"}
    gateway.records["Opportunity"] = {1: {
        "Id": "006000000000001AAA", "Name": "Deal 1", "OwnerId": "005000000000001AAA",
        "Owner": {"Name": "Ana Diaz"}, "Account": {"Name": "Acme", "NumberOfEmployees": 1200.0},
        "Amount": 150_000.0, "CloseDate": "2021-06-30", "IsWon": False, "StageName": "Negotiation",
        "Probability": 60.0, "RecordType": {"DeveloperName": "New_Business"},
    }}  # fmt: skip
    rule = replace(STAGE, record_types=("New_Business",), segment="field")
    (deal,) = won_deals(gateway, (rule,))
    assert deal == a_deal(record_type="New_Business", employees=Decimal(1200))
    assert is_meant(deal, rule, 1000)
    assert body_of(deal, "https://acme.my.salesforce.com").startswith("Ana Diaz brought Deal 1")


@pytest.mark.sf
@pytest.mark.xdist_group("live_org")
def test_in_an_org_a_rule_by_stage_type_and_segment_finds_its_deals_in_one_look(as_worker):
    org = as_worker
    types = {}
    for name in ("New_Business", "Renewal"):
        org.post("/sobjects/RecordType", {"Name": name, "DeveloperName": name, "SobjectType": "Opportunity"})  # fmt: skip
        (row,) = org.soql(f"SELECT Id FROM RecordType WHERE DeveloperName = '{name}'")
        types[name] = row["Id"]
    org.post("/sobjects/Account", {"Name": "Big", "NumberOfEmployees": 5000})
    (account,) = org.soql("SELECT Id FROM Account WHERE Name = 'Big'")
    with closing(sqlite3.connect(org.folder / "org.sqlite")) as db, db:
        db.execute(
            "UPDATE Big_Deal_Rule__mdt SET Stages__c = 'Negotiation/Review', Segment__c = 'field',"
            " Record_Types__c = 'New_Business', Closed_Within_Days__c = 3650"
        )

    def look(key):
        before = org.control("GET", "counts")["api_calls"]
        result = run_deal_look(org.handoff.org_id, key)
        return result["posts_made"], org.control("GET", "counts")["api_calls"] - before

    assert look("look-1")[0] == 0
    for name, kind, customer in (
        ("Meant", "New_Business", account["Id"]), ("Renewed", "Renewal", account["Id"]),
        ("Nobody", "New_Business", None),
    ):  # fmt: skip
        org.post("/sobjects/Opportunity", {
            "Name": name, "OwnerId": ANA, "StageName": "Prospecting", "Amount": 250_000,
            "CloseDate": AS_OF.isoformat(), "RecordTypeId": types[kind], "AccountId": customer,
        })  # fmt: skip
    assert look("look-2") == (0, 1)
    for row in org.soql("SELECT Id FROM Opportunity WHERE Name IN ('Meant', 'Renewed', 'Nobody')"):
        org.patch(f"/sobjects/Opportunity/{row['Id']}", {"StageName": "Negotiation/Review"})
    assert look("look-3")[0] == 1
    (post,) = org.soql("SELECT Body FROM FeedItem LIMIT 10")
    assert "brought Meant with Big to Negotiation/Review" in post["Body"]
    assert look("look-4") == (0, 1)
    night = run_night(org.handoff.org_id, "night-1")  # asks the org, since its rows say too little
    assert (night["status"], night["posts_made"]) == ("Finished", 0)
