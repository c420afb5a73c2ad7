import tomllib
from copy import deepcopy
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.rules_file import DEFAULT_RULES, RulesFileError, read_rules
from service.scoring.measure_rules import MEASURES
from service.scoring.rule_set import RuleSet
from service.scoring.validate import FAULTS, RuleSetError, rule_set


def default_mapping():
    return tomllib.loads(DEFAULT_RULES.read_text(encoding="utf-8"), parse_float=Decimal)


DEFAULT = default_mapping()


ROLES = sorted(set(DEFAULT["roles"]["names"].values()))


def changed(path, value):
    """The default mapping with one key changed (or removed by None)."""
    mapping = deepcopy(DEFAULT)
    inner = mapping
    for key in path[:-1]:
        inner = inner.setdefault(key, {}) if isinstance(inner, dict) else inner[key]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return mapping


def errors_of(mapping):
    with pytest.raises(RuleSetError) as caught:
        rule_set(mapping)
    return caught.value.errors


def test_the_default_rules_are_the_numbers_of_the_documents():
    rules = read_rules(None)
    assert {m.name: (m.component, m.kind, m.weight) for m in rules.scored} == {
        "footprint_days": ("presence", "count", 15),
        "calls": ("recorded_work", "count", 15),
        "meetings": ("recorded_work", "count", 15),
        "healthy_opportunities": ("data_care", "share", 20),
        "required_fields": ("data_care", "share", 10),
        "leads_answered": ("follow_through", "share", 15),
        "tasks_on_time": ("follow_through", "share", 10),
    }
    minimums = [m.weekly_minimums.get("rep") for m in rules.scored]
    assert minimums == [4, 25, 10, None, None, None, None]
    assert (rules.ramp.first_week, rules.ramp.full_in_week) == (Decimal("0.25"), 13)
    assert (rules.window_days, rules.look_back_days, rules.available_at_least) == (20, 40, 10)
    assert (rules.weight_at_least, rules.fade_below, rules.away_after_days) == (60, 5, 5)
    assert (rules.on_track_at, rules.building_at) == (80, 50)
    assert (rules.calls.burst_records, rules.calls.burst_minutes) == (10, 5)
    healthy = rules.healthy
    assert (healthy.next_step_within_days, healthy.stage_age_factor) == (30, Decimal("1.5"))
    assert (healthy.stage_median_at_least, healthy.stage_age_days, healthy.pushes_below) == (
        20,
        None,
        2,
    )
    assert (rules.leads.within_hours, rules.tasks.closed_within_days) == (24, 28)
    assert sum(measure.weight for measure in rules.measures) == 100
    beside = {m.name: (m.kind, m.roles) for m in rules.measures if not m.weight}
    reps = ("rep", "field_rep", "corporate_rep")
    assert beside == {
        "emails": ("count", ()), "activities_closed": ("count", ()), "accounts_created": ("count", ()),
        "contacts_created": ("count", ()), "leads_created": ("count", ()),
        "opportunities_created": ("count", ()), "pipeline_created": ("money", reps),
        "open_tasks": ("hygiene", ()), "overdue_tasks": ("hygiene", ()),
        "neglected_opportunities": ("hygiene", ()), "no_login_in_7_days": ("hygiene", ()),
        "never_logged_in": ("hygiene", ()),
    }  # fmt: skip
    pipeline = next(m for m in rules.measures if m.name == "pipeline_created")
    assert set(pipeline.monthly_minimums.values()) == {100_000}
    (deal,) = rules.big_deals
    assert (deal.name, deal.amount_at_least, deal.closed_within_days) == ("Big_Deal", 100_000, 30)
    assert deal.group_name == "Sales Management"
    required = {
        f"{name}.{field}" for name, fields in rules.required_fields.items() for field in fields
    }
    assert {*FAULTS, *required} == set(rules.fault_texts)


def test_the_default_rules_say_that_they_are_examples():
    assert "THE NUMBERS ARE EXAMPLES, TO BE EDITED" in DEFAULT_RULES.read_text(encoding="utf-8")
    assert read_rules(None).version.startswith("examples")


def test_every_default_of_the_shape_holds_where_a_section_is_absent():
    mapping = {key: value for key, value in DEFAULT.items() if key not in {"window", "score", "ramp", "calls", "healthy_opportunities", "people", "leads", "tasks"}}  # fmt: skip
    assert rule_set(mapping) == read_rules(None)


@pytest.mark.parametrize(
    ("path", "value", "error"),
    [
        (["version"], None, "version: is missing: add it"),
        (["version"], "", "version: must be text"),
        (["version"], 3, "version: must be text"),
        (["version"], "v" * 41, "version: must be at most 40 characters"),
        (["versions"], "1", "versions: unknown key; remove it or correct it (did you mean version?)"),
        (["zebra"], 1, "zebra: unknown key; remove it or correct it (known here: agreed_on, big_deals"),
        (["window", "days"], 5, "window.days: unknown key"),
        (["window", "window_days"], 0, "window.window_days: must be a whole number from 1 to 260, not 0"),
        (["window", "window_days"], True, "window.window_days: must be a whole number"),
        (["window", "window_days"], 41, "window: available_at_least <= window_days <= look_back_days"),
        (["window", "available_at_least"], 21, "window: available_at_least <= window_days"),
        (["window", "away_after_days"], 0, "window.away_after_days: must be a whole number"),
        (["window"], 4, "window: must be a table of keys and values"),
        (["score", "weight_at_least"], 101, "score.weight_at_least: must be a whole number"),
        (["leads", "within_hours"], 0, "leads.within_hours: must be a whole number from 1 to 240"),
        (["leads", "untouched_statuses"], "New", "leads.untouched_statuses: must be a list of texts"),
        (["tasks", "closed_within_days"], 91, "tasks.closed_within_days: must be a whole number from 1 to 90"),
        (["required_fields", "Case"], {}, "required_fields.Case: unknown key"),
        (["required_fields", "Opportunity"], ["Type"], "required_fields.Opportunity: must be a table"),
        (["required_fields", "Opportunity", "Type"], "", "required_fields.Opportunity.Type: must be text"),
        (["required_fields", "Opportunity", "Fax"], "x", "required_fields.Opportunity.Fax: is not read; use one of"),
        (["faults", "task_overdue"], None, "faults.task_overdue: is missing"),
        (["score", "fade_below"], 0, "score.fade_below: must be"),
        (["score", "on_track_at"], 101, "score.on_track_at: must be"),
        (["score", "building_at"], 80, "score.building_at: must be below on_track_at"),
        (["ramp", "first_week"], Decimal(0), "ramp.first_week: must be a number above 0"),
        (["ramp", "first_week"], Decimal("1.01"), "ramp.first_week: must be a number above 0 and at most 1"),
        (["ramp", "full_in_week"], 0, "ramp.full_in_week: must be"),
        (["people", "user_types"], "Standard", "people.user_types: must be a list of texts"),
        (["people", "excluded_usernames"], ["a", ""], "people.excluded_usernames: must be a list"),
        (["people", "excluded_usernames"], ["a", "a"], "people.excluded_usernames: names something twice"),
        (["roles", "names"], {}, "measures[1].weekly_minimums: no role name is mapped to 'manager'"),
        (["roles", "names", "sales  rep"], "rep", "roles.names: names a role twice"),
        (["roles", "names", "Clerk"], 1, "roles.names.Clerk: must be text"),
        (["agreed_on"], "yesterday", "agreed_on: must be a date like 2026-11-23, not 'yesterday'."),
        (["agreed_on"], "2026-11-23", "agreed_on: must be a date like 2026-11-23, without quotes, not"),
        (["roles", "when_unknown"], "", "roles.when_unknown: must be text"),
        (["roles", "profiles"], {"a b": "rep", "A  b": ""}, "roles.profiles: names a role twice"),
        (["roles", "defined"], ["rep", "manager"], "roles.defined: lacks 'executive', which"),
        (["people", "region_fields"], ["State", "City"], "people.region_fields: City is not read"),
        (["calls", "subtypes"], [1], "calls.subtypes: must be a list of texts"),
        (["calls", "burst_records"], 0, "calls.burst_records: must be"),
        (["healthy_opportunities", "stage_age_factor"], 0, "healthy_opportunities.stage_age_factor: must"),
        (["healthy_opportunities", "stage_age_days"], 0, "healthy_opportunities.stage_age_days: must"),
        (["healthy_opportunities", "pushes_below"], 0, "healthy_opportunities.pushes_below: must"),
        (["faults", "amount_missing"], None, "faults.amount_missing: is missing"),
        (["faults", "amount_missing"], "", "faults.amount_missing: must be text"),
        (["components"], {}, "components: must be a list of tables ([[components]])"),
        (["components", 0, "label"], None, "components[1].label: is missing"),
        (["components", 1, "name"], "presence", "components: 'presence' is there twice"),
        (["measures"], [], "measures: is empty"),
        (["measures", 0], 7, "measures[1]: must be a table"),
        (["measures", 0, "weight"], 0, "measures[1].weight: must be a number above 0"),
        (["measures", 0, "weight"], -15, "measures[1].weight: must be a number above 0"),
        (["measures", 0, "weight"], float("nan"), "measures[1].weight: must be a number"),
        (["measures", 0, "weight"], float("inf"), "measures[1].weight: must be a number"),
        (["measures", 0, "weight"], "15", "measures[1].weight: must be a number"),
        (["measures", 0, "weight"], 16, "measures: weights add up to 101"),
        (["measures", 0, "weigh"], 1, "measures[1].weigh: unknown key; remove it or correct it (did you mean weight?)"),
        (["measures", 0, "component"], "presences", "measures[1].component: there is no component 'presences'"),
        (["measures", 0, "name"], "logins", "measures[1].object: is missing: say what 'logins' counts"),
        (["measures", 0, "name"], "calls", "measures: 'calls' is there twice"),
        (["measures", 0, "kind"], "share", "measures[1].kind: footprint_days is a count measure"),
        (["measures", 0, "weekly_minimums"], None, "measures[1].weekly_minimums: is missing"),
        (["measures", 0, "weekly_minimums", "rep"], 6, "measures[1].weekly_minimums.rep: must be a number above 0 and at most 5"),
        (["measures", 1, "weekly_minimums", "rep"], 0, "measures[2].weekly_minimums.rep: must be a number above 0"),
        (["measures", 1, "weekly_minimums", "clerk"], 5, "measures[2].weekly_minimums: no role name is mapped to 'clerk'"),
        (["measures", 1, "roles"], ["rep"], "measures[2].roles: a count measure says what it asks in weekly_minimums"),
        (["measures", 3, "weekly_minimums"], {"rep": 2}, "measures[4].weekly_minimums: a share measure says what it asks in roles"),
        (["measures", 3, "roles"], None, "measures[4].roles: is missing"),
        (["measures", 3, "roles"], ["clerk"], "measures[4].roles: no role name is mapped to 'clerk'"),
        (["measures", 1, "minutes"], -1, "measures[2].minutes: must be"),
        (["measures", 1, "act"], None, "measures[2].act: is missing"),
        (["big_deals", 0, "amount_at_least"], 0, "big_deals[1].amount_at_least: must be"),
        (["big_deals", 0, "announce_from"], "soon", "big_deals[1].announce_from: must be a date like"),
        (["big_deals", 0, "closed_within_days"], -1, "big_deals[1].closed_within_days: must be"),
        (["big_deals", 0, "segment"], "huge", "big_deals[1].segment: is no segment; use field or corporate"),
        (["big_deals", 0, "stages"], ["A", "A"], "big_deals[1].stages: names something twice"),
        (["big_deals", 0, "record_types"], "New", "big_deals[1].record_types: must be a list of texts"),
        (["big_deals", 0, "probability_at_least"], 101, "big_deals[1].probability_at_least: must be a whole number from 1 to 100"),
        (["big_deals", 0, "name"], "n" * 41, "big_deals[1].name: must be at most 40"),
        (["big_deals"], DEFAULT["big_deals"] * 2, "big_deals: 'Big_Deal' is there twice"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_its_key_with_a_remedy(path, value, error):
    found = errors_of(changed(path, value))
    assert [text for text in found if text.startswith(error)], found


def test_weights_that_can_never_be_enough_are_refused():
    mapping = changed(["score", "weight_at_least"], 86)
    del mapping["measures"][0]
    assert "measures: weights add up to 85; they must reach 86 and stay <= 100." in errors_of(
        mapping
    )


def test_every_mistake_is_named_at_once():
    mapping = changed(["version"], None)
    mapping["window"]["window_days"] = "twenty"
    mapping["measures"][2]["weight"] = 0
    found = errors_of(mapping)
    assert [text.split(":")[0] for text in found] == [
        "measures[3].weight", "version", "window.window_days",
    ]  # fmt: skip
    assert found == tuple(str(RuleSetError(found)).splitlines())


def test_rules_without_any_role_are_refused():
    mapping = changed(["roles"], {})
    assert any(text.startswith("roles.names: is empty") for text in errors_of(mapping))


def test_one_role_for_data_without_roles_is_enough():
    mapping = changed(["roles"], {"when_unknown": "rep"})
    for measure in mapping["measures"]:
        if "roles" in measure:
            measure["roles"] = ["rep"]
        for key in ("weekly_minimums", "monthly_minimums"):
            if key in measure:
                measure[key] = {"rep": 4}
    rules = rule_set(mapping)
    assert (rules.role_when_unknown, dict(rules.role_names)) == ("rep", {})


def test_a_mapping_that_is_none_is_refused():
    assert errors_of(["version"])[0] == "The rule set: must be a table of keys and values."


NAMES = st.text("abcdefghij_", min_size=1, max_size=12)
TEXTS = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=1, max_size=40
).filter(str.strip)
AMOUNTS = st.decimals("0.01", "5", places=2)


@st.composite
def mappings(draw):
    roles = draw(st.dictionaries(NAMES, NAMES, min_size=1, max_size=4))
    if len({name.casefold() for name in roles}) < len(roles):
        roles = dict(list(roles.items())[:1])
    asked = sorted(set(roles.values()))
    parts = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    measures = []
    for name, kind in MEASURES.items():
        measure = {
            "name": name, "kind": kind, "component": draw(st.sampled_from(parts)),
            "label": draw(TEXTS), "explanation": draw(TEXTS), "act": draw(TEXTS),
            "weight": draw(st.integers(9, 14)), "minutes": draw(st.integers(0, 60)),
        }  # fmt: skip
        if kind == "count":
            measure["weekly_minimums"] = {role: draw(AMOUNTS) for role in asked}
        else:
            measure["roles"] = asked
        measures.append(measure)
    return {
        "version": draw(TEXTS),
        "roles": {"names": roles},
        "components": [{"name": part, "label": draw(TEXTS)} for part in parts],
        "measures": measures,
        "faults": {fault: draw(TEXTS) for fault in FAULTS},
        "window": {"window_days": draw(st.integers(10, 40))},
        "ramp": {"first_week": draw(st.decimals("0.01", "1", places=2))},
    }


def as_mapping(rules: RuleSet):
    """The way back, for the round trip."""
    measures = []
    for measure in rules.measures:
        keys = ("name", "kind", "component", "label", "explanation", "act", "weight", "minutes")
        entry = {key: getattr(measure, key) for key in keys}
        if measure.kind == "count":
            entry["weekly_minimums"] = dict(measure.weekly_minimums)
        else:
            entry["roles"] = list(measure.roles)
        measures.append(entry)
    return {
        "version": rules.version,
        "roles": {"names": dict(rules.role_names)},
        "components": [{"name": c.name, "label": c.label} for c in rules.components],
        "measures": measures,
        "faults": dict(rules.fault_texts),
        "window": {"window_days": rules.window_days},
        "ramp": {"first_week": rules.ramp.first_week},
    }


@given(mappings())
def test_what_is_read_is_what_was_written(mapping):
    rules = rule_set(mapping)
    assert as_mapping(rules) == mapping
    assert rule_set(as_mapping(rules)) == rules


def test_a_file_of_ones_own_is_read(tmp_path: Path):
    path = tmp_path / "rules.toml"
    text = DEFAULT_RULES.read_text(encoding="utf-8")
    path.write_text(text.replace("first_week = 0.25", "first_week = 0.1"), encoding="utf-8")
    assert read_rules(path).ramp.first_week == Decimal("0.1")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"version = ", "is not TOML: Invalid value (at end of document). Correct it."),
        (
            b"a = 1\na = {}\n",
            "(at line 2, column 7). Its key stands there already: keep one of the two",
        ),
        (b"\xff\xfe", "is not UTF-8 text; save it as UTF-8"),
        (b"version = 'x'", "measures: is empty"),
        (None, "cannot be read (No such file or directory)"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_in_the_error(tmp_path: Path, content, message):
    path = tmp_path / "my rules.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RulesFileError) as caught:
        read_rules(path)
    assert message in str(caught.value)
    assert all(line.startswith(str(path)) for line in str(caught.value).splitlines())


def test_a_name_that_is_not_confirmed_is_no_role_yet():
    roles = {
        "defined": ROLES,
        "names": {"Sales Rep": "", "VP": "manager"},
    }
    rules = rule_set(changed(["roles"], roles))
    assert (dict(rules.role_names), rules.role_when_unknown) == ({"VP": "manager"}, None)


def test_rules_in_which_nobody_is_confirmed_yet_are_rules():
    roles = {"defined": ROLES, "names": {"Sales Rep": ""}}
    assert dict(rule_set(changed(["roles"], roles)).role_names) == {}


def test_a_big_deal_rule_waits_for_a_stage_or_for_a_probability():
    both = {**DEFAULT["big_deals"][0], "stages": ["Negotiation"], "probability_at_least": 75}
    assert errors_of({**DEFAULT, "big_deals": [both]}) == (
        "big_deals[1].stages: goes without probability_at_least; keep one of them.",
    )
