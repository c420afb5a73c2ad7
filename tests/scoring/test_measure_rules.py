"""The four kinds of measures: which key says what each of them asks, and which may be scored."""

from copy import deepcopy
from decimal import Decimal

import pytest

from service.scoring import measure_rules
from service.scoring.validate import RuleSetError, rule_set
from tests.scoring.builders import a_person, default_rules, score, some_evidence
from tests.scoring.test_validate import DEFAULT

ASKED = {
    "count": ("weekly_minimums", {"rep": 3}),
    "share": ("roles", ["rep"]),
    "hygiene": ("limits", {"rep": 5}),
    "money": ("monthly_minimums", {"rep": 100_000}),
}


@pytest.fixture(autouse=True)
def _four_kinds(monkeypatch):
    more = {f"some_{kind}": kind for kind in ASKED}
    monkeypatch.setattr(measure_rules, "MEASURES", measure_rules.MEASURES | more)


def with_measure(of, **changes):
    """The default rules with one more measure, which has no weight."""
    key, asked = ASKED[of]
    measure = {
        "name": f"some_{of}", "kind": of, "label": "Some", "explanation": "Some of it.", key: asked,
    }  # fmt: skip
    measure |= changes
    mapping = deepcopy(DEFAULT)
    mapping["measures"].append({key: value for key, value in measure.items() if value is not None})
    return mapping


def errors_of(mapping):
    with pytest.raises(RuleSetError) as raised:
        rule_set(mapping)
    return raised.value.errors


@pytest.mark.parametrize("kind", ASKED)
def test_a_measure_without_weight_needs_no_component_and_is_never_scored(kind):
    rules = rule_set(with_measure(kind))
    measure = rules.measures[-1]
    assert (measure.weight, measure.component, measure.roles) == (0, "", ("rep",))
    assert measure not in rules.scored
    same = score(some_evidence(), rules=rules)
    assert same == score(some_evidence(), rules=default_rules())


def test_each_kind_asks_by_its_own_key():
    found = {kind: rule_set(with_measure(kind)).measures[-1] for kind in ASKED}
    assert found["count"].weekly_minimums == {"rep": 3}
    assert found["money"].monthly_minimums == {"rep": Decimal(100_000)}
    assert found["hygiene"].limits == {"rep": 5}
    for kind, measure in found.items():
        asked = (measure.weekly_minimums, measure.monthly_minimums, measure.limits)
        assert [bool(one) for one in asked] == [kind == "count", kind == "money", kind == "hygiene"]


@pytest.mark.parametrize("kind", ["count", "hygiene", "money"])
def test_a_measure_that_asks_nobody_is_only_reported(kind):
    measure = rule_set(with_measure(kind, **{ASKED[kind][0]: None})).measures[-1]
    assert measure.roles == ()


@pytest.mark.parametrize(
    ("kind", "changes", "error"),
    [
        ("money", {"weight": 5, "component": "presence"}, "weight: a money measure is never scored; remove it."),
        ("hygiene", {"weight": 5, "component": "presence"}, "weight: a hygiene measure is never scored"),
        ("money", {"component": "presence"}, "component: goes with a weight: add the weight, or remove it."),
        ("money", {"weekly_minimums": {"rep": 1}}, "weekly_minimums: a money measure says what it asks in monthly_minimums"),
        ("hygiene", {"limits": {"clerk": 1}}, "limits: no role name is mapped to 'clerk'"),
        ("hygiene", {"limits": {"rep": 0}}, "limits.rep: must be a number above 0"),
        ("money", {"monthly_minimums": {"rep": "much"}}, "monthly_minimums.rep: must be a number above 0"),
        ("share", {"limits": {"rep": 1}}, "limits: a share measure says what it asks in roles"),
        ("share", {"roles": ["clerk"]}, "roles: no role name is mapped to 'clerk'"),
        ("count", {"kind": "money"}, "kind: some_count is a count measure; write 'count'"),
        ("count", {"kind": "guess"}, "kind: some_count is a count measure; write 'count'"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_its_key(kind, changes, error):
    mapping = with_measure(kind, **changes)
    at = f"measures[{len(mapping['measures'])}]"
    assert [one for one in errors_of(mapping) if one.startswith(f"{at}.{error}")], errors_of(
        mapping
    )


def test_a_person_may_have_a_segment_and_a_region():
    person = a_person(segment="field", region="North")
    assert score(some_evidence(), person=person) == score(some_evidence())
