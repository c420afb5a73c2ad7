"""The doctor compares who leads whom with what the role hierarchy grants."""

from __future__ import annotations

from service.who_reads import Role, User, compare

ROLES = {
    "ceo": Role("Executive", None),
    "east": Role("RVP East", "ceo"),
    "west": Role("RVP West", "ceo"),
    "rep_east": Role("Rep East", "east"),
}
LED = {
    "eva": User(None, "ceo"),
    "max": User("eva", "east"),
    "ana": User("max", "rep_east"),
}


def test_a_tree_of_managers_like_that_of_roles_hides_nothing():
    found = compare(LED, ROLES)
    assert (found.led, dict(found.hidden), found.strangers) == (3, {}, 0)


def test_a_manager_beside_the_role_of_their_people_may_not_read():
    users = LED | {"max": User("eva", "west")}
    assert compare(users, ROLES).hidden == {("RVP West", "Rep East"): 1}


def test_a_manager_of_the_same_role_may_not_read():
    users = LED | {"raj": User("ana", "rep_east")}
    assert compare(users, ROLES).hidden == {("Rep East", "Rep East"): 1}


def test_without_a_role_nobody_above_reads():
    users = LED | {"ana": User("max", None)}
    assert compare(users, ROLES).hidden == {("RVP East", "no role"): 1, ("Executive", "no role"): 1}


def test_who_stands_above_without_leading_is_counted_once():
    users = LED | {"zoe": User("eva", "east"), "raj": User("max", "rep_east")}
    assert compare(users, ROLES).strangers == 1


def test_loops_end():
    roles = {"a": Role("A", "b"), "b": Role("B", "a")}
    users = {"x": User("y", "a"), "y": User("x", "b")}
    found = compare(users, roles)
    assert (found.led, dict(found.hidden)) == (2, {})


def test_a_manager_who_left_is_not_counted():
    assert compare({"ana": User("gone", "rep_east")}, ROLES).led == 0
