"""Whoever takes the counts of one group from those of another learns nothing of a few people."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.facts.aggregates import aggregates
from service.scoring.result import WORDS
from tests.report.test_small_cells import a_member, some_facts

LEAST = 5


@st.composite
def companies(draw):
    """Who leads whom (a place before one's own, or nobody), and the word of each."""
    count = draw(st.integers(1, 60))
    leaders = draw(st.lists(st.integers(-1, 8), min_size=count, max_size=count))
    words = draw(st.lists(st.sampled_from(WORDS), min_size=count, max_size=count))
    return [(lead if lead < at else at - 1, word) for at, (lead, word) in enumerate(zip(leaders, words, strict=True))]  # fmt: skip


def people_of(company):
    ids = [f"005{at:015d}" for at in range(len(company))]
    return [
        a_member(at, word, ids[lead] if lead >= 0 else None)
        for at, (lead, word) in enumerate(company)
    ]


def below(company, leader):
    """Everybody under somebody, counted by walking up from each."""
    found = set()
    for at in range(len(company)):
        up = company[at][0]
        while up >= 0 and up != leader:
            up = company[up][0]
        if up == leader and up >= 0:
            found.add(at)
    return frozenset(found)


def with_counts(company):
    """The people of every group whose words are given, by what anybody can read in the org."""
    facts = replace(some_facts({}, aggregate_only=False), members=tuple(people_of(company)))
    groups = {}
    for one in aggregates(facts):
        if one.words is None:
            continue
        if one.kind == "Company":
            groups[one.key] = frozenset(range(len(company)))
        elif one.kind == "Team" and one.manager_id:
            groups[one.key] = below(company, int(one.manager_id[3:]))
    return groups


#: A chain: one who leads one who leads ten.
CHAIN = [(-1, "On track"), (0, "Needs help"), *[(1, "Building")] * 10]


@settings(max_examples=150)
@example(CHAIN)
@given(companies())
def test_no_difference_of_teams_speaks_of_fewer_than_five(company):
    groups = with_counts(company)
    for whole in groups.values():
        inside = [one for one in groups.values() if one < whole]
        rest = whole.difference(*inside)
        scored = [at for at in rest if company[at][1] != WORDS[-1]]
        assert not 0 < len(scored) < LEAST
        assert not 0 < len(rest) < LEAST


def test_the_company_and_a_large_team_keep_their_counts():
    """What is left out is the least that must be: here the team whose leader could be told apart."""
    groups = with_counts(CHAIN)
    assert set(groups) == {"Everybody"}
    wide = [(-1, "On track"), *[(0, "Building")] * 6, *[(at, "Needs help") for at in range(1, 7) for _ in range(9)]]  # fmt: skip
    assert len(with_counts(wide)) == 1 + 6


def test_a_group_of_few_is_not_told_by_the_others_of_its_kind():
    def member(at, profile):
        one = a_member(at, WORDS[at % 3])
        return replace(one, user=replace(one.user, profile=profile))

    profiles = ["Sales"] * 20 + ["Service"] * 7 + ["Executives"] * 2
    members = tuple(member(at, profile) for at, profile in enumerate(profiles))
    facts = replace(some_facts({}, aggregate_only=False), members=members)
    shown = {one.key: one.words is not None for one in aggregates(facts) if one.kind == "Profile"}
    assert shown == {"Sales": True, "Service": False, "Executives": False}
    medians = {one.key: one.team.spread for one in aggregates(facts) if one.kind == "Profile"}
    assert medians["Service"] is not None  # a median adds up to nothing
