import pytest

from service.scoring.evidence import Coverage
from service.scoring.roles import role_of
from tests.scoring.builders import COMPLETE, a_person, default_rules


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Sales Rep", "rep"),
        ("SALES REP", "rep"),
        ("  sales   rep ", "rep"),
        ("Account Executive East", "rep"),
        ("Field Sales Rep", "field_rep"),
        ("Inside Sales Rep", "corporate_rep"),
        ("Sales Development Rep", "inbound_rep"),
        ("Enterprise Business Representative", "outbound_rep"),
        ("RVP Corporate Sales", "manager"),
        ("AVP Field Sales", "manager"),
        ("Sales Manager East", "manager"),
        ("VP Sales", "executive"),
        ("Marketing Manager", None),
        ("Sales", None),
        ("", None),
        (None, None),
    ],
)
def test_role_by_name(name, role):
    assert role_of(a_person(role=name), COMPLETE, default_rules()) == role


def test_where_the_data_has_no_roles_the_rule_set_names_one_for_everyone():
    coverage = Coverage(roles_known=False)
    rules = default_rules(role_when_unknown="manager")
    assert role_of(a_person(role=None), coverage, rules) == "manager"
    assert role_of(a_person(role=None), coverage, default_rules()) is None


@pytest.mark.parametrize(("name", "role"), [("VP Sales", "executive"), ("Gardener", None)])
def test_a_role_that_somebody_named_counts_where_the_data_has_none(name, role):
    rules = default_rules(role_when_unknown="manager")
    assert role_of(a_person(role=name), Coverage(roles_known=False), rules) == role


def test_a_known_role_list_never_falls_back():
    assert role_of(a_person(role=None), COMPLETE, default_rules(role_when_unknown="rep")) is None


def test_nobody_is_asked_for_another_roles_work():
    asked = {}
    for measure in default_rules().measures:
        for role in (*measure.roles, *measure.weekly_minimums):
            asked.setdefault(role, set()).add(measure.name)
    common = {"footprint_days", "required_fields", "tasks_on_time"}
    assert asked["inbound_rep"] == {*common, "calls", "leads_answered"}
    assert asked["outbound_rep"] == {*common, "calls", "meetings"}
    assert asked["field_rep"] == asked["corporate_rep"] == asked["rep"]


def test_every_role_can_reach_enough_weight():
    rules = default_rules()
    for role in set(rules.role_names.values()):
        asked = (one for one in rules.measures if role in (*one.roles, *one.weekly_minimums))
        assert sum(one.weight for one in asked) >= rules.weight_at_least, role


@pytest.mark.parametrize(
    ("role", "profile", "found"),
    [
        ("VP Sales", "Inside Sales", "executive"),  # the role in Salesforce says more
        ("Marketing", "inside  SALES", "rep"),
        (None, "Inside Sales", "rep"),
        ("Marketing", "Standard User", None),
        (None, None, None),
    ],
)
def test_a_profile_says_the_role_where_the_role_in_salesforce_does_not(role, profile, found):
    rules = default_rules(profile_roles={"Inside Sales": "rep"})
    assert role_of(a_person(role=role, profile=profile), COMPLETE, rules) == found


def test_a_profile_comes_before_the_role_for_everyone():
    rules = default_rules(profile_roles={"Boss": "executive"}, role_when_unknown="rep")
    coverage = Coverage(roles_known=False)
    assert role_of(a_person(role=None, profile="Boss"), coverage, rules) == "executive"
    assert role_of(a_person(role=None, profile="Other"), coverage, rules) == "rep"
