"""Records of groups: what they say, and what they never say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.records.org_now import read_org
from jobs.records.team_records import write_teams
from service.facts.teams import hierarchy
from service.scoring.result import WORDS
from tests.jobs.fake_org import FakeGateway
from tests.report.test_small_cells import a_member, some_facts

AS_OF = "2026-11-20T23:59:59.000Z"
OBJECT = "Adoption_Team__c"
NUMBERS = ("Scored__c", "Scored_Share__c", "Median__c", "Low_Quartile__c", "High_Quartile__c",
           "Open_Exceptions__c", "On_Track__c", "Building__c", "Needs_Help__c", "Not_Scored__c")  # fmt: skip


@pytest.fixture
def gateway():
    return FakeGateway()


def facts_of(*members, aggregate_only=False):
    return replace(some_facts({}, aggregate_only=aggregate_only), members=members)


def a_company():
    """A boss with one large and one small team."""
    boss = a_member(1, "On track")
    large, small = (a_member(at, "Building", boss.user.user_id) for at in (2, 3))
    reps = [a_member(at, WORDS[at % 4], large.user.user_id) for at in range(10, 20)]
    few = [a_member(at, "Needs help", small.user.user_id) for at in range(30, 33)]
    return boss, large, small, *reps, *few


def written(gateway, facts, as_of):
    now = read_org(gateway, facts.as_of, aggregate_only=True)
    return write_teams(gateway, facts, as_of, now)


def records(gateway, facts):
    written(gateway, facts, AS_OF)
    return gateway.records[OBJECT]


def test_a_team_is_everybody_below_its_manager(gateway):
    boss, large, *_ = a_company()
    found = records(gateway, facts_of(*a_company()))
    top, own = (found[f"Team:{one.user.user_id}"] for one in (boss, large))
    assert (top["People__c"], own["People__c"]) == (15, 10)
    assert own["Manager__c"] == large.user.user_id
    assert [own[name] for name in NUMBERS[-4:]] == [2, 2, 3, 3]
    assert own["Scored__c"] == 7
    assert own["Open_Exceptions__c"] == 0
    assert found["Company:Everybody"]["People__c"] == 16


def test_a_team_in_which_few_are_scored_has_no_numbers(gateway):
    _, _, small, *_ = a_company()
    found = records(gateway, facts_of(*a_company()))
    own = found[f"Team:{small.user.user_id}"]
    assert own["People__c"] == 3
    assert [own[name] for name in NUMBERS] == [None] * len(NUMBERS)


def test_where_nobody_may_be_named_no_manager_is(gateway):
    facts = facts_of(*a_company(), aggregate_only=True)
    found = records(gateway, facts)
    names = {one.user.name for one in facts.members}
    assert all(row["Manager__c"] is None for row in found.values())
    assert not names & {row["Name"] for row in found.values()}
    ids = {one.user.user_id for one in facts.members}
    assert not [key for key in found if any(one in key for one in ids)]


@given(st.dictionaries(st.sampled_from(WORDS), st.integers(0, 25)), st.booleans())
def test_no_number_speaks_of_fewer_than_may_be_shown(counts, aggregate_only):
    facts = some_facts(counts, aggregate_only=aggregate_only)
    least = 10 if aggregate_only else 5
    scored = sum(one.has_number for one in facts.members)
    for row in records(FakeGateway(), facts).values():
        if scored < least:
            assert {row[name] for name in NUMBERS[2:]} <= {None}
        if aggregate_only:
            rest = row["People__c"] - (row["Scored__c"] or 0)
            assert row["Scored__c"] is None or (
                not 0 < row["Scored__c"] < least and not 0 < rest < least
            )


@pytest.mark.parametrize(("aggregate_only", "least"), [(False, 5), (True, 10)])
def test_a_middle_is_that_of_five_people_or_of_ten_where_nobody_may_be_named(
    gateway, aggregate_only, least
):
    for people in (least - 1, least):
        facts = some_facts({"Building": people}, aggregate_only=aggregate_only)
        found = records(gateway, facts)["Company:Everybody"]
        assert (found["Median__c"] is not None) is (people == least)


def test_a_second_run_writes_nothing_and_a_change_is_written_once(gateway):
    company = a_company()
    records(gateway, facts_of(*company))
    assert written(gateway, facts_of(*company), "later").records_written == 0
    boss, large, small, first, *rest = company
    changed = (boss, large, small, replace(first, score=a_member(10, "On track").score), *rest)
    said = written(gateway, facts_of(*changed), "later")
    assert said.changed > 0
    assert said.created == 0
    assert gateway.records[OBJECT]["Company:Everybody"]["As_Of__c"] == "later"


def test_a_group_that_is_no_longer_there_keeps_no_numbers(gateway):
    boss, large, small, *rest = a_company()
    records(gateway, facts_of(boss, large, small, *rest))
    moved = [replace(one, user=replace(one.user, manager_id=boss.user.user_id)) for one in (*rest,)]
    written(gateway, facts_of(boss, large, small, *moved), AS_OF)
    row = gateway.records[OBJECT][f"Team:{large.user.user_id}"]
    assert (row["People__c"], row["Median__c"], row["Manager__c"]) == (0, None, None)
    assert written(gateway, facts_of(boss, large, small, *moved), AS_OF).records_written == 0


def test_medians_are_those_of_the_report(gateway):
    facts = facts_of(*a_company())
    found = records(gateway, facts)
    for team in hierarchy(facts).teams():
        row = next(
            row for row in found.values() if row["Name"] == team.label and row["Kind__c"] == "Team"
        )
        assert row["Median__c"] == (team.spread and team.spread.median)
