"""Big deals whose credit is shared: who is named, when, and with how much."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.big_deals import announce_deals, run_big_deals
from jobs.deals.posts import body_of, credit_of
from jobs.deals.splits import ALL, shares
from service.evidence.deals import Share, WonDeal
from service.rules_file import read_rules
from service.salesforce.errors import LimitReachedError
from service.salesforce.refusals import classify
from service.scoring.rule_set import BigDealRule
from tests.jobs.fake_org import FakeGateway, a_run
from tests.jobs.live_org import ANA, AS_OF, BIG, MIA, RAJ, LiveOrg, copy_of

RULES = (BigDealRule("Big_Deal", Decimal(100_000), 30, "Sales Management", "v1"),)
OWNER, MATE, THIRD = (f"00500000000000{n}AAA" for n in (1, 2, 3))


def a_deal(number, owner=OWNER):
    return WonDeal(
        f"006{number:012d}AAA", f"Deal {number}", owner, "Ana Diaz", "Acme",
        Decimal(150_000 + number), date(2021, 4, 10),
    )  # fmt: skip


def a_split(deal, owner, percent, name):
    return {
        "OpportunityId": deal.opportunity_id, "SplitOwnerId": owner, "SplitPercentage": percent,
        "SplitOwner": {"Name": name},
    }  # fmt: skip


def go(gateway, *deals, splits=(), rules=RULES):
    gateway.records["OpportunitySplit"] = dict(enumerate(splits))
    return announce_deals(a_run(gateway), deals, replace(read_rules(None), big_deals=rules))


def claims(gateway):
    return list(gateway.records["Big_Deal_Alert__c"].values())


def asked(gateway):
    return [soql for soql in gateway.queries if "OpportunitySplit" in soql]


def test_those_who_share_a_deal_are_named_in_the_post_and_on_the_alert():
    gateway, deal = FakeGateway(), a_deal(1)
    splits = [a_split(deal, MATE, 40, "Raj Rao"), a_split(deal, OWNER, 60, "Ana Diaz")]
    go(gateway, deal, splits=splits)
    (post,) = gateway.posts
    told = "Ana Diaz won Deal 1 with Acme: 150,001. Credit: Ana Diaz 60%, Raj Rao 40%. Congratulations!"
    assert post["Body"].splitlines()[0] == told
    assert claims(gateway)[0]["Shared_By__c"] == "Ana Diaz 60%, Raj Rao 40%"


@pytest.mark.parametrize("parts", [(), ((OWNER, 100, "Ana Diaz"),)])
def test_a_deal_that_its_owner_has_alone_is_told_as_ever(parts):
    gateway, deal = FakeGateway(), a_deal(1)
    go(gateway, deal, splits=[a_split(deal, *part) for part in parts])
    assert "Credit" not in gateway.posts[0]["Body"]
    assert "Shared_By__c" not in claims(gateway)[0]


def test_credit_that_is_all_somebody_elses_is_told():
    (share,) = shares([a_split(a_deal(1), MATE, 100, "Raj Rao")], OWNER)
    assert share == Share("Raj Rao", ALL)


def test_splits_that_are_edited_later_announce_and_write_nothing():
    gateway, deal = FakeGateway(), a_deal(1)
    go(gateway, deal, splits=[a_split(deal, OWNER, 100, "Ana Diaz")])
    before, gateway.sent = [dict(one) for one in claims(gateway)], []
    done = go(gateway, deal, splits=[a_split(deal, MATE, 100, "Raj Rao")])
    assert (len(gateway.posts), gateway.sent, claims(gateway)) == (1, [], before)
    assert sum(done.alerts.values()) == 0


def test_nothing_is_asked_where_nothing_is_announced():
    gateway = FakeGateway()
    go(gateway, replace(a_deal(1), closed_on=date(2019, 1, 1)))
    assert asked(gateway) == []


def test_an_org_without_splits_is_told_nothing_of_them():
    gateway = FakeGateway()
    gateway.hidden.add("OpportunitySplit")
    done = go(gateway, a_deal(1))
    assert (done.counts["announced"], done.told, len(asked(gateway))) == (1, [], 1)


@pytest.mark.parametrize(
    "code", ["INVALID_FIELD", "FUNCTIONALITY_NOT_ENABLED", "INSUFFICIENT_ACCESS", "MALFORMED_QUERY"]
)
def test_splits_that_are_refused_are_told_and_stop_nothing(code):
    gateway, answer = FakeGateway(), FakeGateway.query

    def hides(soql):
        if "OpportunitySplit" in soql:
            raise classify(400, [{"errorCode": code, "message": "No such column"}])
        return answer(gateway, soql)

    gateway.query = hides
    done = go(gateway, a_deal(1))
    assert (done.counts["announced"], done.problems) == (1, [])
    assert f"Who shares the credit for big deals is not told. {code}" in done.told[0]


def test_spent_api_calls_stop_the_run_before_a_post():
    gateway, answer = FakeGateway(), FakeGateway.query

    def spent(soql):
        if "OpportunitySplit" in soql:
            raise LimitReachedError("no calls left")
        return answer(gateway, soql)

    gateway.query = spent
    with pytest.raises(LimitReachedError):
        go(gateway, a_deal(1))
    assert gateway.posts == []


def test_many_deals_are_asked_about_in_few_queries():
    gateway = FakeGateway()
    go(gateway, *(a_deal(n) for n in range(401)), rules=(*RULES, replace(RULES[0], name="Other")))
    assert [soql.count("AAA'") for soql in asked(gateway)] == [200, 200, 1]
    assert all("'Revenue'" in soql and "IsActive = true" in soql for soql in asked(gateway))


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.decimals(0, 120, places=4)), max_size=6))
def test_what_is_told_is_never_more_than_the_deal(parts):
    rows = [a_split(a_deal(1), owner, percent, owner.upper()) for owner, percent in parts]
    told = shares(rows, OWNER)
    assert sum(one.percent for one in told) <= ALL
    assert len({one.name for one in told}) == len(told)
    assert [one.percent for one in told] == sorted((one.percent for one in told), reverse=True)
    whole = sum(percent for _, percent in parts)
    assert all(one.percent > 0 for one in told)
    if whole > ALL:
        assert told == ()


def test_less_than_a_hundredth_is_not_told():
    parts = {MATE: Decimal("99.999"), OWNER: Decimal("0.001")}
    rows = [a_split(a_deal(1), owner, part, "Raj Rao") for owner, part in parts.items()]
    assert shares(rows, None) == (Share("Raj Rao", Decimal("99.99")),)


def test_somebody_with_several_territories_is_named_once():
    rows = [a_split(a_deal(1), MATE, part, "Raj Rao") for part in (20, Decimal("33.33"))]
    assert shares(rows, OWNER) == (Share("Raj Rao", Decimal("53.33")),)


def test_more_than_a_field_holds_are_counted():
    many = tuple(Share(f"Somebody With A Long Name {n}", Decimal(5)) for n in range(20))
    deal = replace(a_deal(1), shared_by=many)
    text = credit_of(deal, 255)
    named = text.count("Long Name")
    assert len(text) <= 255
    assert text.endswith(f"5%, {20 - named} more")
    assert body_of(deal, "https://x").count("Long Name") == 20


@pytest.mark.sf
@pytest.mark.xdist_group("live_org")
def test_splits_in_a_live_org(org_template, redis_url, tmp_path, monkeypatch):
    """As few calls as without splits; overlays are no credit; edits afterwards are silent."""
    template, key = org_template
    copy_of(template, tmp_path / "org")
    org = LiveOrg.start(tmp_path / "org", key, "--splits")
    try:
        for name, value in org.environment(redis_url, tmp_path / "work").items():
            monkeypatch.setenv(name, value)
        types = {one["DeveloperName"]: one["Id"] for one in org.soql("SELECT Id, DeveloperName FROM OpportunitySplitType")}  # fmt: skip
        (deal,) = org.soql("SELECT Id, OwnerId FROM Opportunity WHERE Name = 'Deal 1'")
        (own,) = org.soql(f"SELECT Id FROM OpportunitySplit WHERE OpportunityId = '{deal['Id']}'")
        assert deal["OwnerId"] == ANA
        org.patch(f"/sobjects/OpportunitySplit/{own['Id']}", {"SplitPercentage": 62.5})
        for owner, kind, percent in ((RAJ, "Revenue", 37.5), (MIA, "Overlay", 100)):
            org.post("/sobjects/OpportunitySplit", {
                "OpportunityId": deal["Id"], "SplitOwnerId": owner, "SplitTypeId": types[kind],
                "SplitPercentage": percent,
            })  # fmt: skip
        before = org.control("GET", "counts")["api_calls"]
        result = run_big_deals(org.handoff.org_id, "deals-1", AS_OF.isoformat())
        calls = org.control("GET", "counts")["api_calls"] - before
        assert (result["posts_made"], calls) == (BIG, 12)  # 12 without splits, too
        credit = "Ana Example 62.5%, Raj Example 37.5%"
        alerts = org.soql("SELECT Opportunity__c FROM Big_Deal_Alert__c WHERE Shared_By__c != null")
        assert [one["Opportunity__c"] for one in alerts] == [deal["Id"]]
        bodies = [one["Body"] for one in org.soql("SELECT Body FROM FeedItem")]
        assert [f"Credit: {credit}. Congratulations!" in body for body in bodies].count(True) == 1
        bell, mail = org.control("GET", "outbox")["entries"]
        assert f"Credit: {credit}" in mail["emailBody"]
        assert mail["emailBody"].count("Credit:") == 1
        assert bell["recipientIds"] == [MIA]
        org.patch(f"/sobjects/OpportunitySplit/{own['Id']}", {"SplitPercentage": 10})
        again = run_big_deals(org.handoff.org_id, "deals-2", AS_OF.isoformat())
        assert (again["posts_made"], again["records_written"]) == (0, 0)
    finally:
        org.stop()
