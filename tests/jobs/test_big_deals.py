from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from jobs.big_deals import announce_deals
from jobs.deals.posts import bell_of, body_of, mail_of
from jobs.deals.rules import deal_rules
from jobs.put_off import POSTS_LIMITED
from service.evidence.deals import Share, WonDeal
from service.rule_records.records import RuleRecordsError, query_fields
from service.rules_file import read_rules
from service.salesforce.errors import LimitReachedError
from service.salesforce.fields import BigDealRule as Fields
from service.scoring.rule_set import BigDealRule
from tests.jobs.fake_org import FakeGateway, a_run

RULE = BigDealRule("Big_Deal", Decimal(100_000), 30, "Sales Management", "v1")
OBJECT = "Big_Deal_Alert__c"


@pytest.fixture
def gateway():
    return FakeGateway()


def a_deal(number, amount=150_000, closed=date(2021, 4, 10), **more):
    values = {
        "opportunity_id": f"006{number:012d}AAA",
        "name": f"Deal {number}",
        "owner_id": "005000000000001AAA",
        "owner_name": "Ana Diaz",
        "account_name": "Acme",
        "amount": Decimal(amount),
        "closed_on": closed,
    }
    return WonDeal(**{**values, **more})


RULES = read_rules(None)


def go(gateway, *deals, rules=(RULE,)):
    return announce_deals(a_run(gateway), deals, replace(RULES, big_deals=rules))


def statuses(gateway):
    return {k.split(":")[0][-5:-3]: r["Status__c"] for k, r in gateway.records[OBJECT].items()}


def test_the_first_connection_announces_recent_wins_and_sets_older_ones_aside(gateway):
    done = go(
        gateway,
        a_deal(1, closed=date(2021, 4, 16)),
        a_deal(2, closed=date(2021, 3, 17)),  # the 30th day
        a_deal(3, closed=date(2021, 3, 16)),
        a_deal(4, closed=date(2019, 1, 1)),
        a_deal(5, amount=99_999),
        a_deal(6, closed=date(2021, 4, 17)),  # not yet
    )
    assert statuses(gateway) == {
        "01": "Announced",
        "02": "Announced",
        "03": "Baseline",
        "04": "Baseline",
    }
    assert done.alerts == {"announced": 2, "baseline": 2, "failed": 0, "waiting": 0, "pending": 0}
    assert (done.records_written, len(gateway.posts)) == (4, 2)


def test_a_second_look_writes_and_posts_nothing(gateway):
    deals = [a_deal(1), a_deal(2, closed=date(2020, 1, 1))]
    go(gateway, *deals)
    gateway.sent.clear()
    done = go(gateway, *deals)
    assert gateway.sent == []
    assert len(gateway.posts) == 1
    assert sum(done.alerts.values()) == 0


@pytest.mark.parametrize(
    "edit",
    [
        {"amount": Decimal(900_000)},
        {"amount": Decimal(120_000)},
        {"currency": "EUR", "amount": Decimal(166_667)},
        {"owner_id": "005000000000002AAA", "owner_name": "Raj Rao"},
        {"closed_on": date(2021, 4, 15)},
        {"name": "Renamed", "account_name": None},
    ],
)
def test_an_edit_of_what_was_announced_announces_nothing(gateway, edit):
    """Another amount, currency, owner or day is the same win; what was announced stays as it was."""
    go(gateway, a_deal(1))
    claim = dict(next(iter(gateway.records[OBJECT].values())))
    go(gateway, replace(a_deal(1), **edit))
    assert len(gateway.posts) == 1
    assert list(gateway.records[OBJECT].values()) == [claim]


def test_a_currency_or_an_amount_that_lifts_a_deal_over_the_rule_announces_it(gateway):
    small = a_deal(1, 60_000)
    go(gateway, small)
    assert gateway.posts == []
    go(gateway, replace(small, currency="EUR", amount=Decimal(110_000), owner_name="Raj Rao"))
    (post,) = gateway.posts
    assert "Raj Rao won Deal 1" in post["Body"]
    go(gateway, small)
    assert len(gateway.posts) == 1


def test_a_run_that_was_killed_between_ends_where_it_would_have(gateway):
    deals = [a_deal(n) for n in range(4)] + [a_deal(9, closed=date(2020, 1, 1))]
    gateway.says[f"{deals[2].opportunity_id}:Big_Deal:1"] = LimitReachedError("stop")
    with pytest.raises(LimitReachedError):
        go(gateway, *deals)
    gateway.says.clear()
    go(gateway, *deals)
    assert len(gateway.posts) == 4
    assert len(gateway.records[OBJECT]) == 5


def test_the_biggest_deal_is_announced_first(gateway):
    go(gateway, a_deal(1, 100_000), a_deal(2, 900_000), a_deal(3, 500_000))
    assert [post["Body"].split(" won ")[1][:6] for post in gateway.posts] == [
        "Deal 2",
        "Deal 3",
        "Deal 1",
    ]


def test_a_missing_group_says_its_name_and_claims_nothing(gateway):
    gateway.groups.clear()
    done = go(gateway, a_deal(1), a_deal(2, closed=date(2020, 1, 1)))
    assert done.alerts["failed"] == 1
    assert "Sales Management" in done.problems[0]
    assert statuses(gateway) == {"02": "Baseline"}
    gateway.groups["Sales Management"] = "0F9000000000001AAA"
    assert go(gateway, a_deal(1)).alerts["announced"] == 1


@pytest.mark.parametrize("asked", ["CollaborationGroup", "OpportunityHistory"])
def test_spent_api_calls_stop_the_run_and_are_no_problem_of_a_rule(gateway, asked, monkeypatch):
    """Taken for a missing group, say, they would end the night as Failed, and blame the rule."""
    answer = gateway.query

    def spent(soql):
        if asked in soql:
            raise LimitReachedError("no calls are left")
        return answer(soql)

    monkeypatch.setattr(gateway, "query", spent)
    stage = replace(RULE, name="Stage", stages=("Contract",))
    with pytest.raises(LimitReachedError):
        go(gateway, a_deal(1), a_deal(2, is_won=False, stage="Contract"), rules=(RULE, stage))
    assert gateway.sent == []


def test_the_group_is_not_asked_for_when_nothing_is_due(gateway):
    go(gateway, a_deal(2, closed=date(2020, 1, 1)))
    assert not any("CollaborationGroup" in soql for soql in gateway.queries)


@pytest.mark.parametrize(
    ("said", "alerts", "written", "rejected"),
    [
        ("limited", {"waiting": 1}, 0, 0),
        ("already", {}, 0, 0),
        ("pending", {"pending": 1}, 0, 0),
        ("failed", {"failed": 1}, 1, 0),
        ("refused", {"failed": 1}, 0, 1),
    ],
)
def test_every_answer_is_counted(gateway, said, alerts, written, rejected):
    deal = a_deal(1)
    gateway.says[f"{deal.opportunity_id}:Big_Deal:1"] = said
    done = go(gateway, deal)
    assert {name: count for name, count in done.alerts.items() if count} == alerts
    assert (done.records_written, done.records_rejected) == (written, rejected)
    assert bool(done.problems) == (said in ("failed", "refused"))


def test_a_baseline_that_somebody_else_wrote_is_no_problem(gateway):
    deal = a_deal(2, closed=date(2020, 1, 1))
    gateway.hidden.clear()
    key = f"{deal.opportunity_id}:Big_Deal:1"
    asked = gateway.query

    def late(soql):
        found = list(asked(soql))
        gateway.records.setdefault(OBJECT, {})[key] = {
            "Alert_Key__c": key, "Status__c": "Baseline", "CreatedDate": "2021-04-16T08:00:00.000+0000",
        }  # fmt: skip
        return iter(found)

    gateway.query = late
    done = go(gateway, deal)
    assert (done.records_written, done.records_rejected, done.problems) == (0, 0, [])


@pytest.mark.parametrize(("deals", "named"), [(0, 0), (1, 1), (200, 200), (201, 0)])
def test_a_look_at_a_few_deals_reads_no_more_claims_than_theirs(gateway, deals, named):
    """Alerts are kept for ever: after years a look would read thousands of them."""
    go(gateway, *(a_deal(n, closed=date(2019, 1, 1)) for n in range(deals)))
    (asked,) = [soql for soql in gateway.queries if f"FROM {OBJECT}" in soql]
    assert asked.count("AAA'") == named
    assert ("Notified__c = 'Sending'" in asked) is (deals <= 200)


def test_two_rules_claim_a_deal_each(gateway):
    huge = BigDealRule("Huge_Deal", Decimal(500_000), 30, "Sales Management", "v1")
    done = go(gateway, a_deal(1, 900_000), a_deal(2, 150_000), rules=(RULE, huge))
    assert done.alerts["announced"] == 3


def test_a_deal_without_an_account_or_an_owners_name_is_announced_too():
    text = body_of(a_deal(1, account_name=None, owner_name=None), "https://acme.example")
    assert text.startswith("The team won Deal 1: 150,000. Congratulations!")
    assert text.endswith("/lightning/r/Opportunity/006000000000001AAA/view")


def test_a_hostile_name_is_words_alone_wherever_a_deal_is_told():
    """Anybody may name an account: it comes with a lead from a web form."""
    evil = "Acme\r\nBcc: all\u202e https://evil.example/login @[005000000000001] #[x]"
    names = {"name": evil, "account_name": evil, "owner_name": evil, "stage": evil}
    shared = (Share(evil, Decimal(50)),)
    for is_won in (True, False):
        deal = a_deal(1, is_won=is_won, shared_by=shared, **names)
        link = f"https://acme.example/lightning/r/Opportunity/{deal.opportunity_id}/view"
        for text in (body_of(deal, "https://acme.example"), *bell_of([(deal, 1)]),
                     *mail_of([(deal, 1)], "https://acme.example")):  # fmt: skip
            said = text.replace(f"\n{link}", "")
            assert not any(bad in said for bad in ("://", "@[", "#[", "\n", "\r", "\u202e"))
            assert "evil.example" in said


def test_cents_are_said_only_where_there_are_some():
    assert "150,000.50." in body_of(a_deal(1, Decimal("150000.50")), "https://x")


def record(**changes):
    values = {
        "DeveloperName": "Big_Deal",
        "Amount_At_Least__c": Decimal("250000.00"),
        "Closed_Within_Days__c": Decimal("14.0"),
        "Chatter_Group__c": "All Hands",
        "Active__c": True,
        "Version__c": "2",
        "Announce_From__c": None,
        "Post_On_Opportunity__c": False,
        "Bell__c": True,
        "Mail__c": None,
        "Leaders__c": "ceo@acme.example, cfo@acme.example",
    }
    return {**dict.fromkeys(query_fields(Fields)), **values, **changes}


def test_the_orgs_rules_hold_before_the_files(gateway):
    gateway.rules = [record(), record(DeveloperName="Off", Active__c=False)]
    (rule,) = deal_rules(gateway, (RULE,))
    assert rule == BigDealRule(
        "Big_Deal", Decimal(250_000), 14, "All Hands", "2", bell=True,
        leaders=("ceo@acme.example", "cfo@acme.example"),
    )  # fmt: skip


def test_inactive_records_switch_the_announcements_off(gateway):
    gateway.rules = [record(Active__c=False)]
    assert deal_rules(gateway, (RULE,)) == ()


def test_without_records_or_without_the_type_the_files_rules_hold(gateway):
    assert deal_rules(gateway, (RULE,)) == (RULE,)
    gateway.hidden.add("Big_Deal_Rule__mdt")
    assert deal_rules(gateway, (RULE,)) == (RULE,)


def test_a_rule_with_an_empty_field_names_it(gateway):
    gateway.rules = [record(Chatter_Group__c=None)]
    told = "Big_Deal_Rule__mdt Big_Deal, Chatter_Group__c: is missing"
    with pytest.raises(RuleRecordsError, match=told):
        deal_rules(gateway, (RULE,))


def test_the_org_may_name_the_first_day_of_announcements(gateway):
    gateway.rules = [record(Announce_From__c="2021-04-10")]
    (rule,) = deal_rules(gateway, (RULE,))
    assert rule.announce_from == date(2021, 4, 10)


def test_a_freed_key_announces_nothing_from_before_the_first_day(gateway):
    assert go(gateway, a_deal(1)).counts["announced"] == 1
    gateway.records[OBJECT].clear()  # somebody deletes the alert
    again = go(gateway, a_deal(1), rules=(replace(RULE, announce_from=date(2021, 4, 11)),))
    assert (again.counts["announced"], again.counts["baseline"]) == (0, 1)


def test_a_spent_hour_stops_the_posts_of_every_rule_after_the_biggest(gateway):
    huge = BigDealRule("Huge_Deal", Decimal(500_000), 30, "Sales Management", "v1")
    deals = [a_deal(1, 900_000), a_deal(2, 800_000), a_deal(3, 150_000)]
    gateway.says[f"{deals[1].opportunity_id}:Big_Deal:1"] = "limited"
    done = go(gateway, *deals, rules=(RULE, huge))
    assert done.alerts == {"announced": 2, "baseline": 0, "failed": 0, "waiting": 3, "pending": 0}
    assert (done.later, done.problems) == (POSTS_LIMITED, [])
    assert "3 big deals wait" in done.told[0]


def moves(gateway, deal, *stages, after="2021-04-16T09"):
    """History of a deal after it was announced, minute by minute."""
    gateway.records["OpportunityHistory"] = {
        n: {"OpportunityId": deal.opportunity_id, "StageName": stage, "CreatedDate": f"{after}:{n:02}:00.000+0000"}
        for n, stage in enumerate(stages)
    }  # fmt: skip
    gateway.records["Opportunity"] = {1: {"StageName": "Closed Won"}, 2: {"StageName": "Signed"}}


@pytest.mark.parametrize(
    ("stages", "follow_ups"),
    [
        (("Negotiation", "Closed Won"), 1),
        (("Negotiation", "Proposal", "Signed"), 1),
        (("Closed Won", "Closed Won"), 0),  # amount or close date edited
        (("Signed", "Closed Won"), 0),  # from one won stage to another
        ((), 0),  # owner or currency edited: no row at all
        (("Negotiation",), 0),
    ],
)
def test_only_a_win_after_reopening_is_a_follow_up(gateway, stages, follow_ups):
    deal = a_deal(1)
    go(gateway, deal)
    moves(gateway, deal, *stages)
    done = go(gateway, replace(deal, amount=Decimal(700_000), owner_id="005000000000009AAA"))
    assert done.counts["announced"] == follow_ups
    assert len(gateway.records[OBJECT]) == 1 + follow_ups
    if follow_ups:
        claim = gateway.records[OBJECT][f"{deal.opportunity_id}:Big_Deal:2"]
        assert claim["Win_Number__c"] == 2
        assert "won Deal 1 with Acme again: 700,000" in gateway.posts[-1]["Body"]


def test_what_history_says_before_the_claim_is_no_follow_up(gateway):
    deal = a_deal(1)
    go(gateway, deal)
    moves(gateway, deal, "Negotiation", "Closed Won", after="2021-04-16T07")
    assert go(gateway, deal).counts["announced"] == 0


def test_where_the_history_is_hidden_nothing_is_announced_again(gateway):
    deal = a_deal(1)
    go(gateway, deal)
    gateway.hidden.add("OpportunityHistory")
    assert go(gateway, deal).counts["announced"] == 0


def test_the_post_says_the_currency_where_there_are_several():
    text = body_of(a_deal(1, currency="EUR"), "https://x")
    assert ": EUR 150,000. Congratulations!" in text
