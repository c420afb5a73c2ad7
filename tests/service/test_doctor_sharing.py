"""The doctor compares who leads whom with what the role hierarchy grants."""

from __future__ import annotations

from service.who_reads import Hierarchy, Question, Role, User, compare, questions

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


def test_who_may_read_no_score_is_no_stranger():
    users = LED | {"zoe": User("eva", "east")}
    assert compare(users, ROLES, {"eva", "max"}).strangers == 0
    assert compare(users, ROLES, {"zoe"}).strangers == 1


def test_a_question_tells_the_hierarchy_from_seeing_everything():
    """Max is shown Ana's by the hierarchy alone; Wim's, in the west, only by View All."""
    all_of = Hierarchy(LED | {"wim": User("eva", "west")}, ROLES)
    asked = list(questions(all_of, ["ana", "wim"], ["max", "ana", "wim"], ()))
    assert asked == [Question("max", "ana", "wim")]
    assert list(questions(all_of, ["wim"], ["max"], ())) == []
    assert list(questions(all_of, ["ana"], ["max"], {("ana", "max")})) == []


def test_who_stands_above_everybody_is_asked_about_last():
    all_of = Hierarchy(LED | {"wim": User("eva", "west")}, ROLES)
    asked = list(questions(all_of, ["ana", "wim"], ["eva", "max"], ()))
    assert asked == [Question("max", "ana", "wim"), Question("eva", "ana", None)]
