"""Bell and mail besides the post: to whom, how often, and what a failure leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from jobs.deals.notices import TOGETHER
from service.salesforce.errors import AmbiguousOutcomeError, RequestDefectError
from tests.jobs.fake_org import FakeGateway
from tests.jobs.test_big_deals import OBJECT, RULE, a_deal, go

TELLING = replace(RULE, bell=True, mail=True, leaders=("CEO@acme.example",))


def a_user(number, name, role=None, profile="Standard User", user_type="Standard"):
    return {
        "Id": f"005{number:012d}AAA", "Username": f"{name}@acme.example",
        "Email": f"{name}@mail.example", "UserType": user_type,
        "UserRole": {"Name": role} if role else None, "Profile": {"Name": profile},
    }  # fmt: skip


@pytest.fixture
def gateway():
    fake = FakeGateway()
    fake.users = [
        a_user(1, "ana", "Sales Rep"),
        a_user(2, "mia", "sales  manager"),
        a_user(3, "vic", "VP Sales"),
        a_user(4, "ceo", "CEO"),
        a_user(5, "bot", "Sales Manager", user_type="AutomatedProcess"),
        a_user(6, "new"),
    ]
    return fake


def notified(gateway):
    return [record.get("Notified__c") for record in gateway.records[OBJECT].values()]


def test_managers_executives_and_named_leaders_are_told_once_of_all_deals_together(gateway):
    done = go(gateway, a_deal(1, 900_000), a_deal(2), rules=(TELLING,))
    (bell, rung), (mail, sent) = gateway.acted
    assert (bell, mail) == ("customNotificationAction", "emailSimple")
    assert [user[3:15].lstrip("0") for user in rung["recipientIds"]] == ["2", "3", "4"]
    assert sent["recipientAddresses"] == "mia@mail.example,vic@mail.example,ceo@mail.example"
    assert rung["title"].startswith("2 big deals, the biggest: Ana Diaz won Deal 1")
    assert rung["targetId"] == a_deal(1).opportunity_id
    assert sent["emailBody"].count("Congratulations!") == 2
    assert notified(gateway) == ["Sent", "Sent"]
    assert (done.problems, done.notes) == ([], [])
    go(gateway, a_deal(1, 900_000), a_deal(2), rules=(TELLING,))
    assert len(gateway.acted) == 2


def test_a_long_burst_is_told_in_parts(gateway):
    go(gateway, *(a_deal(n) for n in range(TOGETHER + 1)), rules=(TELLING,))
    assert [action for action, _ in gateway.acted].count("emailSimple") == 2
    assert set(notified(gateway)) == {"Sent"}


def test_what_another_worker_or_a_lost_reply_announced_is_told_by_nobody_else(gateway):
    gateway.says[f"{a_deal(1).opportunity_id}:Big_Deal:1"] = "already"
    go(gateway, a_deal(1), rules=(TELLING,))
    assert gateway.acted == []


def test_a_rule_without_bell_and_mail_tells_and_marks_nothing(gateway):
    go(gateway, a_deal(1))
    assert (gateway.acted, notified(gateway)) == ([], [None])


@pytest.mark.parametrize(
    ("error", "state"),
    [(AmbiguousOutcomeError("lost"), "Unconfirmed"), (RequestDefectError("no"), "Failed")],
)
def test_a_mail_that_fails_is_said_and_not_sent_again(gateway, error, state):
    gateway.act_error["emailSimple"] = error
    done = go(gateway, a_deal(1), rules=(TELLING,))
    assert notified(gateway) == [state]
    assert "mail of 1 big deals was not sent" in done.problems[0]
    assert done.counts["announced"] == 1
    go(gateway, a_deal(1), rules=(TELLING,))
    assert len(gateway.acted) == 2


def test_a_missing_notification_type_is_named_and_the_mail_goes_all_the_same(gateway):
    gateway.notification_types = []
    done = go(gateway, a_deal(1), rules=(TELLING,))
    assert [action for action, _ in gateway.acted] == ["emailSimple"]
    assert "Deploy sfdx/" in done.problems[0]
    assert notified(gateway) == ["Failed"]


def test_unknown_leaders_and_an_empty_team_are_said(gateway):
    gateway.users = gateway.users[:1]
    done = go(gateway, a_deal(1), rules=(TELLING,))
    assert gateway.acted == []
    assert "CEO@acme.example" in done.told[0]
    assert "Nobody is told" in done.told[1]
    assert notified(gateway) == ["Failed"]


@pytest.mark.parametrize(("age", "state"), [(59, "Sending"), (61, "Unconfirmed")])
def test_the_mark_of_a_worker_that_died_becomes_unconfirmed_after_an_hour(gateway, age, state):
    go(gateway, a_deal(1), rules=(TELLING,))
    made = datetime.now(UTC) - timedelta(minutes=age)
    (claim,) = gateway.records[OBJECT].values()
    claim |= {"Notified__c": "Sending", "CreatedDate": made.isoformat()}
    done = go(gateway, a_deal(1), rules=(TELLING,))
    assert notified(gateway) == [state]
    assert len(gateway.acted) == 2
    assert bool(done.told) == (state == "Unconfirmed")


def test_a_post_on_the_opportunity_goes_with_the_groups(gateway):
    go(gateway, a_deal(1), rules=(replace(RULE, on_opportunity=True),))
    assert [post["ParentId"][:3] for post in gateway.posts] == ["0F9", "006"]
