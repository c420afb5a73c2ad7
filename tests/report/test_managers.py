"""Teams belong to managers, not to names."""

from __future__ import annotations

from dataclasses import replace

from service.report.teams import teams
from tests.report.test_small_cells import a_member, some_facts


def labels(*members):
    facts = replace(some_facts({}, aggregate_only=False), members=members)
    return {team.label: team.people for team in teams(facts)}


def test_namesakes_lead_teams_of_their_own():
    first, second = (a_member(at, "On track") for at in (1, 2))
    second = replace(second, user=replace(second.user, name=first.user.name))
    reports = [a_member(9, "On track", first.user.user_id), a_member(8, "On track", second.user.user_id)]  # fmt: skip
    assert labels(first, second, *reports) == {
        "No manager named": 2,
        f"User 1 ({first.user.user_id})": 1,
        f"User 1 ({second.user.user_id})": 1,
    }


def test_a_manager_who_has_left_or_is_unknown_is_said_to_be():
    gone = a_member(1, "On track")
    gone = replace(gone, score=None, user=replace(gone.user, is_active=False))
    reports = [a_member(9, "Building", gone.user.user_id), a_member(8, "Building", "005nobody")]
    assert labels(gone, *reports) == {
        "User 1 (not active)": 1,
        "A manager who is not in the data": 1,
    }


def test_a_loop_of_managers_is_no_harm():
    first, second = a_member(1, "On track"), a_member(2, "On track")
    first = replace(first, user=replace(first.user, manager_id=second.user.user_id))
    second = replace(second, user=replace(second.user, manager_id=first.user.user_id))
    assert labels(first, second) == {"User 1": 1, "User 2": 1}
