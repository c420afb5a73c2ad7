"""Which rules hold: a file that is named, else the org's records, else the examples."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from jobs.night import run_night
from jobs.org_rules import rules_in_force
from jobs.run import NEEDED
from service.rule_records.records import TYPES, RuleRecordsError
from service.rule_records.to_records import as_read, records_of
from service.rules_file import DEFAULT_RULES, read_mapping, read_rules
from service.salesforce.errors import AdminActionNeededError
from service.salesforce.gateway import Gateway
from service.settings import read_settings
from tests.jobs.fake_org import FakeGateway
from tests.jobs.live_org import AS_OF

DEFAULT = read_mapping(DEFAULT_RULES)
RULES = read_rules(None)


def an_org(mapping=None):
    gateway = FakeGateway()
    if mapping is not None:
        found = as_read(records_of(mapping))
        rows = (found.settings, found.roles, found.measures, found.minimums)
        for one, records in zip(TYPES, rows, strict=False):
            gateway.records[one.OBJECT] = dict(enumerate(records))
        gateway.rules = list(found.big_deals)
    return gateway


def test_the_orgs_records_hold_where_no_file_is_named():
    rules = rules_in_force(an_org({**DEFAULT, "version": "ours"}), None)
    assert rules == replace(RULES, version="ours")
    assert rules.source == "custom metadata of the org"


def test_a_file_that_is_named_holds_before_them(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(DEFAULT_RULES.read_text("utf-8").replace("examples-2009.4", "mine"), "utf-8")
    rules = rules_in_force(an_org({**DEFAULT, "version": "ours"}), file)
    assert (rules.version, rules.source) == ("mine", "the file own.toml")


def test_the_examples_hold_where_the_org_has_none():
    rules = rules_in_force(an_org(), None)
    assert (rules, rules.source) == (RULES, "the examples that ship with Bellwether")
    hidden = an_org()
    hidden.hidden = {one.OBJECT for one in TYPES}
    assert rules_in_force(hidden, None) == RULES


def test_types_that_are_partly_hidden_are_named():
    gateway = an_org(DEFAULT)
    gateway.hidden = {"Adoption_Role__mdt"}
    with pytest.raises(
        AdminActionNeededError, match=r"Adoption_Role__mdt cannot be seen.*permission"
    ):
        rules_in_force(gateway, None)


def test_big_deal_rules_of_the_org_hold_beside_a_file_and_are_not_asked_for_twice(tmp_path):
    gateway = an_org({**DEFAULT, "big_deals": [{**DEFAULT["big_deals"][0], "group_name": "All"}]})
    assert rules_in_force(gateway, DEFAULT_RULES).big_deals[0].group_name == "All"
    gateway.queries.clear()
    assert rules_in_force(gateway, DEFAULT_RULES, ()).big_deals == ()
    assert gateway.queries == []


@pytest.mark.sf
@pytest.mark.xdist_group("live_org")
def test_the_rules_of_an_org_cost_one_call_are_those_of_the_file_and_stop_a_night_when_wrong(
    as_worker,
):
    gateway, org_id = Gateway(read_settings(only=NEEDED)), as_worker.handoff.org_id
    next(gateway.pages("SELECT Id FROM Organization"))  # the token is no call of ours
    before = as_worker.control("GET", "counts")["api_calls"]
    assert rules_in_force(gateway, None) == RULES
    assert as_worker.control("GET", "counts")["api_calls"] - before == 1
    assert run_night(org_id, "night-1", AS_OF.isoformat())["scored"] > 0
    scores = as_worker.soql("SELECT Score__c, LastModifiedDate FROM Adoption_Score__c")
    with closing(sqlite3.connect(as_worker.folder / "org.sqlite")) as db, db:
        db.execute("UPDATE Adoption_Setting__mdt SET Window_Days__c = 0")
    with pytest.raises(RuleRecordsError):
        run_night(org_id, "night-2", AS_OF.isoformat())
    good, wrong = as_worker.soql(
        "SELECT Status__c, Detail__c, Rule_Source__c FROM Adoption_Run__c ORDER BY Run_Key__c"
    )
    assert (good["Status__c"], good["Rule_Source__c"]) == ("Finished", "custom metadata of the org")
    assert wrong["Status__c"] == "Failed"
    assert wrong["Detail__c"].splitlines() == [
        "Adoption_Setting__mdt Rules, Window_Days__c: must be a whole number from 1 to 260, not 0.",
        "Mend it in Setup > Custom Metadata Types; the next run takes it.",
    ]
    again = as_worker.soql("SELECT Score__c, LastModifiedDate FROM Adoption_Score__c")
    assert again == scores
