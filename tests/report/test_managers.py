"""Teams belong to managers, not to names; nobody is lost in a broken tree."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from service.evidence.roles import Role
from service.facts.teams import hierarchy
from tests.report.test_small_cells import a_member, some_facts


def of(*members, **changes):
    return hierarchy(replace(some_facts({}, aggregate_only=False), members=members, **changes))


def labels(found):
    return {team.label: team.people for team in found.teams()}


def led_by(number, manager, word="On track"):
    return a_member(number, word, manager.user.user_id)


def shown(found):
    """How often each person stands on the page: as a leader or as one of a team."""
    return Counter(
        one.user.user_id
        for team in found.teams()
        for one in (*team.members, *([team.leader] if team.leader and team.leader.score else []))
    )


def test_a_level_is_everybody_below_it_and_each_person_is_shown_once():
    boss = a_member(1, "On track")
    middle = [led_by(at, boss) for at in (2, 3)]
    low = [led_by(at, middle[at % 2]) for at in range(10, 17)]
    found = of(boss, *middle, *low)
    (top,) = found.tops
    assert (top.label, top.people, top.level, top.spread.count) == ("User 1", 9, 1, 9)
    assert {one.label: (one.people, one.under) for one in top.below} == {
        "User 2": (4, "User 1"),
        "User 3": (3, "User 1"),
    }
    assert set(shown(found).values()) == {1}
    assert len(shown(found)) == 10


def test_namesakes_lead_teams_of_their_own():
    first, second = (a_member(at, "On track") for at in (1, 2))
    second = replace(second, user=replace(second.user, name=first.user.name))
    found = of(first, second, led_by(9, first), led_by(8, second))
    assert labels(found) == {
        f"User 1 ({first.user.user_id})": 1,
        f"User 1 ({second.user.user_id})": 1,
    }


def test_a_manager_who_has_left_or_is_unknown_is_said_to_be():
    gone = a_member(1, "On track")
    gone = replace(gone, score=None, user=replace(gone.user, is_active=False))
    found = of(gone, led_by(9, gone), led_by(7, gone), a_member(8, "Building", "005nobody"))
    assert labels(found) == {"User 1 (not active)": 2, "A manager who is not in the data": 1}
    assert found.gone == (("User 1 (not active)", 2),)


def test_managers_in_a_circle_are_named_and_the_circle_is_cut():
    first, second, third = (a_member(at, "On track", f"005{at % 3 + 1:015d}") for at in (1, 2, 3))
    found = of(first, second, third)
    assert found.loops == (("User 1", "User 2", "User 3"),)
    assert [(one.label, one.level) for one in found.teams()] == [("User 1", 1), ("User 3", 2)]
    assert set(shown(found).values()) == {1}
    assert len(shown(found)) == 3


@given(st.lists(st.none() | st.integers(0, 11), min_size=1, max_size=12))
def test_everybody_is_shown_once_in_every_tree(managers):
    members = [
        a_member(at, "On track", None if one is None else f"005{one:015d}")
        for at, one in enumerate(managers)
    ]
    found = of(*members)
    assert shown(found) == {one.user.user_id: 1 for one in members}


def with_role(number, role_id):
    member = a_member(number, "On track")
    return replace(member, user=replace(member.user, role_id=role_id))


def test_where_no_manager_is_named_the_tree_of_roles_stands_in():
    roles = (
        Role("00E1", "VP", None), Role("00E2", "Manager West", "00E1"), Role("00E3", "Rep", "00E2"),
        Role("00E4", "Empty", "00E1"),
    )  # fmt: skip
    members = [
        with_role(1, "00E1"),
        *(with_role(at, "00E3") for at in range(2, 9)),
        with_role(9, None),
    ]
    found = of(*members, roles=roles, managers_known=False)
    assert found.way == "role"
    assert [(one.label, one.level, one.people) for one in found.teams()] == [
        ("No role", 1, 1), ("VP", 1, 8), ("Manager West", 2, 7), ("Rep", 3, 7),
    ]  # fmt: skip
    assert shown(found) == {one.user.user_id: 1 for one in members}


def test_without_managers_and_roles_everybody_is_one_team():
    found = of(*(a_member(at, "On track") for at in range(6)), managers_known=False)
    assert (found.way, labels(found)) == ("", {"Everybody": 6})
