"""Who is told of a big deal in the invented company of a thousand subscriptions."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import date

from jobs.deals.audience import audience_of
from service.rules_file import read_rules
from service.sample.people import Office
from service.sample.sheets import Sheets
from tests.jobs.fake_org import FakeGateway


def test_the_111_managers_and_executives_and_named_leaders_are_told_and_nobody_else(tmp_path):
    with closing(Sheets(tmp_path)) as sheets:
        everybody = Office(sheets["User"], date(2026, 3, 31), 2009).hire(1000)
    gateway = FakeGateway()
    gateway.users = [
        {
            "Id": person.user_id, "Username": person.username, "Email": person.username,
            "UserType": "CloudIntegrationUser" if person.kind == "robot" else "Standard",
            "UserRole": {"Name": person.role} if person.role else None,
            "Profile": {"Name": "Sales User"},
        }
        for person in everybody
        if person.left_on is None
    ]  # fmt: skip
    (marketer, *_) = [person for person in everybody if person.kind == "marketer"]
    rules = read_rules(None)
    rule = replace(rules.big_deals[0], leaders=(marketer.username.upper(), "left@acme.example"))
    audience = audience_of(gateway, rules, rule)
    leading = [person for person in everybody if person.kind in ("executive", "area", "manager")]
    assert Counter(person.kind for person in leading) == {
        "executive": 1,
        "area": 10,
        "manager": 100,
    }
    assert set(audience.ids) == {person.user_id for person in (*leading, marketer)}
    assert len(audience.ids) == len(audience.addresses) == 112
    assert audience.strangers == ("left@acme.example",)
