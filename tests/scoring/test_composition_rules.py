"""Measures as data: what may be written about an object's fields, and what is refused and why."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.columns import COLUMNS
from service.scoring.composition import Composition, Condition, DaysFromToday
from service.scoring.composition_rules import OWNERS
from service.scoring.validate import RuleSetError, rule_set
from tests.scoring.test_validate import DEFAULT

COUNT = {
    "name": "demos", "kind": "count", "label": "Demos", "explanation": "Demos held.",
    "object": "Event", "owner_field": "OwnerId", "day_field": "StartDateTime",
    "predicate": [{"field": "Subject", "is": "Demo"}],
}  # fmt: skip
SHARE = {
    "name": "meddic", "kind": "share", "label": "MEDDIC", "explanation": "With MEDDIC.", "roles": ["rep"],
    "object": "Opportunity", "owner_field": "OwnerId", "act": "Fill in MEDDIC", "minutes": 3,
    "predicate": [{"field": "IsClosed", "is": False}],
    "good": [{"field": "MEDDIC__c", "is_empty": False}],
}  # fmt: skip
HYGIENE = {
    "name": "stale", "kind": "hygiene", "label": "Stale", "explanation": "Stale.",
    "object": "Lead", "owner_field": "OwnerId", "predicate": [{"field": "Status", "in": ["New", "Open"]}],
}  # fmt: skip
MONEY = {
    "name": "made", "kind": "money", "label": "Made", "explanation": "Made.", "object": "Opportunity",
    "owner_field": "CreatedById", "day_field": "CreatedDate", "amount_field": "Amount",
}  # fmt: skip


def rules_with(measure, **changes):
    mapping = deepcopy(DEFAULT)
    changed = deepcopy(measure) | changes
    mapping["measures"].append({key: value for key, value in changed.items() if value is not None})
    return mapping


def composed(measure, **changes):
    return rule_set(rules_with(measure, **changes)).measures[-1].counts


def errors(measure, **changes):
    mapping = rules_with(measure, **changes)
    with pytest.raises(RuleSetError) as raised:
        rule_set(mapping)
    at = f"measures[{len(mapping['measures'])}]."
    assert all(text.startswith(at) for text in raised.value.errors), raised.value.errors
    return [text.removeprefix(at) for text in raised.value.errors]


def test_what_a_measure_counts_is_read_as_it_was_written():
    assert composed(COUNT) == Composition(
        "Event", "OwnerId", (Condition("Subject", "text", "is", ("Demo",)),), "StartDateTime"
    )
    assert composed(SHARE) == Composition(
        "Opportunity", "OwnerId", (Condition("IsClosed", "boolean", "is", (False,)),),
        good=(Condition("MEDDIC__c", "text", "is_empty", (False,)),),
    )  # fmt: skip
    assert composed(HYGIENE).predicate == (Condition("Status", "text", "in", ("New", "Open")),)
    assert composed(MONEY) == Composition(
        "Opportunity", "CreatedById", (), "CreatedDate", amount_field="Amount"
    )
    assert composed(COUNT, predicate=None).predicate == ()


def test_the_fields_that_only_the_rules_name_are_told_by_object():
    assert rule_set(rules_with(SHARE)).custom_fields == {"Opportunity": ("MEDDIC__c",)}
    assert rule_set(DEFAULT).custom_fields == {}


def test_a_share_of_ones_own_may_be_scored_and_says_what_to_do():
    mapping = rules_with(SHARE, weight=5, component="data_care")
    mapping["measures"][0]["weight"] = 10
    rules = rule_set(mapping)
    assert rules.scored[-1].name == "meddic"
    assert rules.fault_texts["meddic"] == "Fill in MEDDIC"


@pytest.mark.parametrize(
    ("condition", "kind", "values"),
    [
        ({"field": "CloseDate", "at_most": "today-1"}, "date", (DaysFromToday(-1),)),
        ({"field": "CloseDate", "at_least": "today"}, "date", (DaysFromToday(0),)),
        ({"field": "CloseDate", "at_most": "today+14"}, "date", (DaysFromToday(14),)),
        ({"field": "CloseDate", "is": date(2026, 1, 1)}, "date", (date(2026, 1, 1),)),
        ({"field": "CreatedDate", "at_least": date(2026, 1, 1)}, "datetime", (date(2026, 1, 1),)),
        ({"field": "Amount", "at_least": Decimal("0.1")}, "number", (Decimal("0.1"),)),
        ({"field": "Amount", "is_not": 5}, "number", (Decimal(5),)),
        ({"field": "IsWon", "is_not": True}, "boolean", (True,)),
        ({"field": "AccountId", "is": "001000000000001AAA"}, "id", ("001000000000001AAA",)),
        ({"field": "NextStep", "is_empty": True}, "text", (True,)),
        ({"field": "X__c", "is": True}, "boolean", (True,)),
        ({"field": "X__c", "at_least": 3}, "number", (Decimal(3),)),
        ({"field": "X__c", "in": [1, 2]}, "number", (Decimal(1), Decimal(2))),
        ({"field": "X__c", "at_least": "today-7"}, "date", (DaysFromToday(-7),)),
        ({"field": "X__c", "kind": "datetime", "at_least": "today"}, "datetime", (DaysFromToday(0),)),
        ({"field": "X__c", "kind": "text", "is": "today"}, "text", ("today",)),
        ({"field": "X__c", "is": "it's; DROP TABLE users --"}, "text", ("it's; DROP TABLE users --",)),
    ],
)  # fmt: skip
def test_a_condition_has_the_kind_of_its_field(condition, kind, values):
    (found,) = composed(SHARE, predicate=[condition]).predicate
    assert (found.kind, found.values) == (kind, values)


@pytest.mark.parametrize(
    ("measure", "changes", "error"),
    [
        (COUNT, {"object": "Case"}, "object: 'Case' is not read; use one of User, Account"),
        (COUNT, {"object": None}, "object: is missing"),
        (COUNT, {"owner_field": "WhoId"}, "owner_field: 'WhoId' is not allowed; use OwnerId or CreatedById"),
        (COUNT, {"owner_field": None}, "owner_field: is missing"),
        (COUNT, {"day_field": "Subject"}, "day_field: 'Subject' is not allowed; use StartDateTime or"),
        (COUNT, {"day_field": None}, "day_field: is missing"),
        (COUNT, {"good": SHARE["good"]}, "good: belongs to share measures; remove it."),
        (COUNT, {"amount_field": "Amount"}, "amount_field: belongs to money measures; remove it."),
        (COUNT, {"kind": "guess"}, "kind: 'guess' is none; use one of count, share, hygiene, money."),
        (COUNT, {"name": "Demos held"}, "name: must be small letters, digits and _"),
        (COUNT, {"name": "x" * 41}, "name: must be small letters"),
        (COUNT, {"name": "calls'; --"}, "name: must be small letters"),
        (COUNT, {"predicate": "IsClosed = true"}, "predicate: must be a list of tables"),
        (COUNT, {"predicate": COUNT["predicate"] * 21}, "predicate: must have from 0 to 20 conditions"),
        (COUNT, {"effective_from": date(2026, 2, 1), "effective_to": date(2026, 1, 31)}, "effective_to: must not be before"),
        (SHARE, {"day_field": "CreatedDate"}, "day_field: belongs to count and money measures; remove it."),
        (SHARE, {"good": None}, "good: must have from 1 to 20 conditions."),
        (MONEY, {"amount_field": "NumberOfEmployees"}, "amount_field: 'NumberOfEmployees' is not allowed; use Amount."),
        (MONEY, {"object": "Account"}, "amount_field: 'Amount' is not allowed; this object has none"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_its_key(measure, changes, error):
    assert [text for text in errors(measure, **changes) if text.startswith(error)], errors(
        measure, **changes
    )


@pytest.mark.parametrize(
    ("condition", "error"),
    [
        ({"field": "Nxt", "is": "x"}, "field: Opportunity.Nxt is neither read nor a custom field (…__c);"),
        ({"field": "StageNam", "is": "x"}, "field: Opportunity.StageNam is neither read nor a custom field (…__c); did you mean StageName?"),
        ({"field": 'A" OR 1=1 --__c', "is": "x"}, 'field: Opportunity.A" OR 1=1 --__c is neither'),
        ({"field": "Näxt__c", "is": "x"}, "field: "),
        ({"field": "N" * 90 + "__c", "is": "x"}, "field: "),
        ({"is": "x"}, "field: is missing"),
        ({"field": "StageName"}, " must have exactly one of is, is_not"),
        ({"field": "StageName", "is": "a", "is_not": "b"}, " must have exactly one of"),
        ({"field": "StageName", "like": "a"}, "like: unknown key"),
        ({"field": "StageName", "at_least": "a"}, "at_least: does not fit a text field; use is, is_not, in, is_empty"),
        ({"field": "IsWon", "is": "yes"}, "is: must be true or false, not 'yes'"),
        ({"field": "IsWon", "is_empty": True}, "is_empty: does not fit a boolean field"),
        ({"field": "Amount", "at_least": "5"}, "at_least: must be a number, not '5'"),
        ({"field": "Amount", "at_least": True}, "at_least: must be a number, not True"),
        ({"field": "Amount", "at_least": float("inf")}, "at_least: must be a number"),
        ({"field": "CloseDate", "at_most": "yesterday"}, 'at_most: must be a date like 2026-11-23, "today"'),
        ({"field": "CloseDate", "at_most": "today -1"}, "at_most: must be a date"),
        ({"field": "CloseDate", "at_most": 20260101}, "at_most: must be a date"),
        ({"field": "AccountId", "is": "Acme"}, "is: must be an id of 15 or 18 characters"),
        ({"field": "StageName", "in": []}, "in: must be a list with at least one value"),
        ({"field": "StageName", "in": "Won"}, "in: must be a list"),
        ({"field": "StageName", "in": ["Won", 1]}, "in: must be text that is not empty"),
        ({"field": "StageName", "is": " "}, "is: must be text that is not empty"),
        ({"field": "StageName", "is_empty": "no"}, "is_empty: must be true or false"),
        ({"field": "StageName", "kind": "text", "is": "Won"}, "kind: StageName is known to be text; remove it"),
        ({"field": "X__c", "kind": "money", "is": 1}, "kind: 'money' is not allowed"),
        ({"field": "X__c", "kind": "number", "is": "a"}, "is: must be a number, not 'a'"),
    ],
)  # fmt: skip
def test_a_condition_that_cannot_hold_is_refused(condition, error):
    key = "predicate[1]." if not error.startswith(" ") else "predicate[1]:"
    found = errors(SHARE, predicate=[condition])
    assert [text for text in found if text.startswith(key + error)], found


@pytest.mark.parametrize("key", ["object", "owner_field", "predicate"])
def test_a_measure_that_is_counted_in_a_way_of_its_own_takes_no_conditions(key):
    mapping = deepcopy(DEFAULT)
    mapping["measures"][1][key] = COUNT[key]
    with pytest.raises(
        RuleSetError, match=f"{key}: calls is counted in a way of its own; remove it"
    ):
        rule_set(mapping)


def test_measures_may_follow_one_another_within_100_points():
    mapping = deepcopy(DEFAULT)
    mapping["measures"][1]["effective_to"] = date(2026, 6, 30)
    after = deepcopy(SHARE) | {
        "weight": 15,
        "component": "data_care",
        "effective_from": date(2026, 7, 1),
    }
    mapping["measures"].append(after)
    rules = rule_set(mapping)
    on = [measure.is_in_force(date(2026, 6, 30)) for measure in rules.measures]
    assert (on[1], on[-1]) == (True, False)
    mapping["measures"][-1]["effective_from"] = date(2026, 6, 30)
    with pytest.raises(RuleSetError, match="weights add up to 115"):
        rule_set(mapping)


def test_every_object_that_people_own_rows_of_can_be_counted():
    assert set(OWNERS) <= set(COLUMNS)
    for name, fields in OWNERS.items():
        assert fields, name


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=20) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(
    st.sampled_from(["object", "owner_field", "day_field", "predicate", "good", "amount_field"]),
    JUNK,
)
def test_junk_is_refused_or_harmless_and_never_an_accident(key, junk):
    with suppress(RuleSetError):
        rule_set(rules_with(SHARE, **{key: junk}))
