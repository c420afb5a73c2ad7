"""The same rules as a file and as records of an org: equal both ways, and refused alike."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from service.cli import main
from service.rule_records.files import full_name, text_of
from service.rule_records.from_records import big_deals_from, rules_from
from service.rule_records.records import Records, RuleRecordsError
from service.rule_records.to_records import as_read, records_of, seed_records
from service.rules_file import DEFAULT_RULES, read_mapping, read_rules
from service.scoring.validate import RuleSetError, rule_set

SEED = Path(__file__).resolve().parents[2] / "sfdx/seed/main/default/customMetadata"
DEFAULT = read_mapping(DEFAULT_RULES)
ROLES = list(dict.fromkeys(DEFAULT["roles"]["names"].values()))
#: Everything that a rules file can say and the default does not.
RICH = {
    **DEFAULT,
    "version": "Rules & <words> of 2027",
    "agreed_on": date(2026, 11, 23),
    "roles": {
        "defined": ["outbound_rep", *(one for one in ROLES if one != "outbound_rep"), "intern"],
        "names": {**DEFAULT["roles"]["names"], 'Closer "EMEA", = & <b>': "rep", "Não confirmada": ""},
        "profiles": {"Sales User": "rep", "Sales Lead": "manager"},
        "when_unknown": "intern",
    },
    "people": {
        "user_types": ["Standard", "PowerPartner"],
        "excluded_usernames": ["load@acme.example", "robot@acme.example"],
        "region_fields": ["Country"],
    },
    "healthy_opportunities": {
        "stage_age_factor": Decimal("1.25"), "stage_age_days": 60, "next_step_within_days": 31,
        "stage_median_at_least": 21, "pushes_below": 3,
    },
    "ramp": {"first_week": Decimal("0.5"), "full_in_week": 9},
    "segments": {"corporate_below": 500},
    "exceptions": {
        "notice_days": 21, "deals_at_least": 5, "asked_after_days": 11, "rep_first_days": 3,
        "ignored_after_days": 8, "recurs_within_weeks": 9,
    },
    "measures": [
        *({**one, "segment_minimums": {"rep": {"field": 20, "corporate": Decimal("30.5")}}}
          if one["name"] == "calls" else
          {**one, "weight": Decimal("14.5")} if one["name"] == "leads_answered" else one
          for one in DEFAULT["measures"]),
        {
            "name": "meddic", "label": "MEDDIC filled in", "kind": "share", "object": "Opportunity",
            "explanation": "Your open opportunities\nwith MEDDIC.", "owner_field": "OwnerId",
            "predicate": [
                {"field": "IsClosed", "is": False},
                {"field": "StageName", "is_not": 'Prospecting "A"\\B, ü'},
                {"field": "CloseDate", "at_most": date(2027, 1, 31)},
                {"field": "Amount", "in": [Decimal("1000.50"), 20]},
                {"field": "Score__c", "at_least": Decimal("1e2"), "kind": "number"},
            ],
            "good": [{"field": "MEDDIC__c", "is_empty": False}],
            "roles": ["rep", "intern"], "component": "data_care", "weight": Decimal("0.5"),
            "act": "Fill in MEDDIC", "minutes": 5,
            "effective_from": date(2031, 1, 1), "effective_to": date(2031, 12, 31),
        },
        {
            "name": "sandbags", "label": "Sandbags", "kind": "hygiene", "object": "Opportunity",
            "explanation": "Old ones.", "owner_field": "OwnerId", "limits": {"rep": 12},
            "predicate": [{"field": "CreatedDate", "at_most": "today-365"}],
        },
    ],
    "minimum_changes": [
        {"measure": "calls", "role": "rep", "weekly_minimum": 30, "announced_on": date(2027, 1, 1),
         "effective_on": date(2027, 2, 1), "reason": "More leads = more calls."},
        {"measure": "calls", "role": "rep", "segment": "field", "weekly_minimum": 22,
         "announced_on": date(2027, 1, 1), "effective_on": date(2027, 2, 1), "reason": "The same."},
        {"measure": "pipeline_created", "role": "rep", "monthly_minimum": 120_000,
         "announced_on": date(2026, 1, 1), "effective_on": date(2026, 2, 1), "reason": "Growth."},
    ],
    "big_deals": [
        {"name": "Huge", "amount_at_least": 1_000_000, "closed_within_days": 60,
         "group_name": "All & everybody", "version": "2", "announce_from": date(2026, 11, 1),
         "on_opportunity": True, "leaders": ["ceo@acme.example", "cfo@acme.example"],
         "record_types": ["New_Business", "Upsell"], "segment": "field", "probability_at_least": 75},
        {"name": "Early", "amount_at_least": 500_000, "closed_within_days": 5, "version": "1",
         "group_name": "All", "stages": ["Negotiation/Review", "Id. Decision Makers"]},
        *DEFAULT["big_deals"],
    ],
}  # fmt: skip


def back(mapping):
    return rules_from(as_read(records_of(mapping)))


@pytest.mark.parametrize("mapping", [DEFAULT, RICH], ids=["default", "rich"])
def test_records_hold_the_rules_of_the_file(mapping):
    assert back(mapping) == rule_set(mapping)
    assert back(mapping).source == "custom metadata of the org"


def test_the_default_says_something_in_every_type_and_the_rich_rules_in_every_field():
    named = {(one.object_name, name) for one in records_of(RICH) for name in one.values}
    fields = {
        (one.type.OBJECT, value)
        for one in records_of(RICH)
        for key, value in vars(one.type).items()
        if key.isupper() and str(value).endswith("__c")
    }
    assert fields - named == set()
    assert {one.object_name for one in records_of(DEFAULT)} == {name for name, _ in fields}


NUMBERS = st.decimals(Decimal("0.0001"), 1000, places=4)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30
)


@st.composite
def mappings(draw):
    """The default with minimums, roles, conditions and days of all kinds."""
    mapping = deepcopy(DEFAULT)
    roles = draw(st.permutations(ROLES))
    mapping["roles"]["defined"] = roles
    mapping["roles"]["names"] |= draw(st.dictionaries(TEXTS, st.sampled_from(roles), max_size=4))
    mapping["version"] = draw(TEXTS)
    if draw(st.booleans()):
        mapping["agreed_on"] = draw(DAYS)
    mapping["score"] = {"fade_below": draw(st.integers(1, 10_000))}
    mapping["people"]["excluded_usernames"] = draw(st.lists(TEXTS, unique=True, max_size=3))
    for measure in mapping["measures"]:
        asked = draw(st.dictionaries(st.sampled_from(roles), NUMBERS, max_size=3))
        if measure["name"] in ("calls", "meetings"):
            measure["weekly_minimums"] = asked
            measure["minutes"] = draw(st.integers(0, 10_000))
        if measure["kind"] == "share":
            measure["roles"] = draw(st.lists(st.sampled_from(roles), unique=True))
        if "predicate" in measure:
            measure["predicate"] = draw(st.lists(st.one_of(
                st.builds(lambda v: {"field": "Kind__c", "is": v}, st.one_of(TEXTS, NUMBERS, DAYS)),
                st.builds(lambda v: {"field": "Kind__c", "in": v}, st.lists(TEXTS, min_size=1)),
            ), max_size=3))  # fmt: skip
    return mapping


@given(mappings())
@settings(max_examples=20)
def test_whatever_a_file_says_records_say_too(mapping):
    try:
        wanted = rule_set(mapping)
    except RuleSetError:
        return  # two names that differ in case only, say: refused as a file
    try:
        made = records_of(mapping)
    except RuleRecordsError as error:
        assert "= in its name" in str(error) or "spaces around" in str(error)  # noqa: PT017
        return
    assert rules_from(as_read(made)) == wanted


def test_the_seed_is_the_default_without_any_confirmed_role():
    written = {path.name: path.read_text("utf-8") for path in SEED.iterdir()}
    assert written == {f"{full_name(one)}.md-meta.xml": text_of(one) for one in seed_records()}
    rules = rules_from(as_read(seed_records()))
    assert (rules.role_names, rules.profile_roles, rules.role_when_unknown) == ({}, {}, None)
    assert rules.measures == read_rules(None).measures


def rows(mapping=DEFAULT, **changes):
    """The records with fields of some changed: `{type}__{record}={field: value}`."""
    made = records_of(mapping)
    for key, fields in changes.items():
        one = next(r for r in made if f"{r.object_name.split('_')[1]}__{r.name}" == key)
        one.values |= {name: ("text", value) for name, value in fields.items()}
    return as_read(made)


def refusal(records):
    with pytest.raises(RuleRecordsError) as caught:
        rules_from(records)
    *lines, remedy = str(caught.value).splitlines()
    assert remedy == "Mend it in Setup > Custom Metadata Types; the next run takes it."
    return lines


@pytest.mark.parametrize(("changes", "told"), [
    ({"Minimum__calls_rep": {"Minimum__c": -1.0}},
     "Adoption_Minimum__mdt calls_rep, Minimum__c: must be a number above 0 and at most 1000, not -1."),
    ({"Minimum__calls_rep": {"Role__c": "rip"}},
     "Adoption_Minimum__mdt calls_rep, Role__c: there is no Adoption Role named 'rip'; add it, or correct the name."),
    ({"Minimum__calls_rep": {"Measure__c": "cals"}},
     "Adoption_Minimum__mdt calls_rep, Measure__c: there is no Adoption Measure named 'cals'; correct the name."),
    ({"Minimum__calls_rep": {"Measure__c": None}},
     "Adoption_Minimum__mdt calls_rep, Measure__c: is empty; fill it in, or delete the record."),
    ({"Minimum__calls_rep": {"Role__c": "field_rep"}},
     "Adoption_Minimum__mdt calls_field_rep: asks the same as Adoption_Minimum__mdt calls_rep, Minimum__c; keep one."),
    ({"Minimum__calls_rep": {"Effective_On__c": "2027-01-01"}},
     "Adoption_Minimum__mdt calls_rep, Announced_On__c: is missing: add a date like 2026-11-23."),
    ({"Minimum__calls_rep": {"Measure__c": "tasks_on_time"}},
     "Adoption_Minimum__mdt calls_rep, Measure__c: tasks_on_time has no minimum; delete the record, or list the role in its roles."),
    ({"Measure__calls": {"Weight__c": 99.0}},
     "Adoption_Measure__mdt, Weight__c: weights add up to 184; they must reach 60 and stay <= 100."),
    ({"Measure__calls": {"Weight__c": None}},
     "Adoption_Measure__mdt calls, Component__c: goes with a weight: add the weight, or remove it."),
    ({"Measure__calls": {"Minutes__c": 1.5}},
     "Adoption_Measure__mdt calls, Minutes__c: must be a whole number from 0 to 10000, not 1.5."),
    ({"Measure__tasks_on_time": {"Roles__c": "rep\nrip"}},
     "Adoption_Measure__mdt tasks_on_time, Roles__c: there is no Adoption Role named 'rip'; add it, or correct the name."),
    ({"Measure__overdue_tasks": {"Predicate__c": "IsClosed = false; drop table"}},
     """Adoption_Measure__mdt overdue_tasks, Predicate__c: the line 'IsClosed = false; drop table' is no condition; write one like: field = "IsClosed", is = true."""),
    ({"Measure__overdue_tasks": {"Predicate__c": 'field = "IsClosd", is = false'}},
     "Adoption_Measure__mdt overdue_tasks, Predicate__c: Task.IsClosd is neither read nor a custom field (…__c); did you mean IsClosed?."),
    ({"Setting__Rules": {"Window_Days__c": 0.0}},
     "Adoption_Setting__mdt Rules, Window_Days__c: must be a whole number from 1 to 260, not 0."),
    ({"Setting__Rules": {"Look_Back_Days__c": 10.0}},
     "Adoption_Setting__mdt Rules: available_at_least <= window_days <= look_back_days must hold."),
    ({"Setting__Rules": {"Version__c": None}},
     "Adoption_Setting__mdt Rules, Version__c: is missing: add it; it must be text that is not empty."),
    ({"Setting__Rules": {"Agreed_On__c": "soon"}},
     "Adoption_Setting__mdt Rules, Agreed_On__c: 'soon' is no date; write one like 2026-11-23."),
    ({"Setting__Rules": {"Components__c": "presence"}},
     "Adoption_Setting__mdt Rules, Components__c: the line 'presence' must be a name, = and a text."),
    ({"Setting__Rules": {"Fault_No_Next_Step__c": " "}},
     "Adoption_Setting__mdt Rules, Fault_No_Next_Step__c: is missing: say what to do about it."),
    ({"Setting__Rules": {"Role_When_Unknown__c": "rip"}},
     "Adoption_Role__mdt: lacks 'rip', which a name is mapped to; add it or correct it."),
    ({"Role__rep": {"Role_Names__c": "SR"}},
     "Adoption_Role__mdt inbound_rep, Role_Names__c: 'SR' is there twice (see rep); keep one."),
    ({"Deal__Big_Deal": {"Amount_At_Least__c": None}},
     "Big_Deal_Rule__mdt Big_Deal, Amount_At_Least__c: is missing: add it; it must be a number above 0 and at most 1000000000000."),
])  # fmt: skip
def test_a_mistake_is_told_with_its_record_field_and_remedy(changes, told):
    assert told in refusal(rows(**changes))


def test_all_mistakes_are_told_at_once():
    changed = rows(Setting__Rules={"Version__c": None}, Minimum__calls_rep={"Minimum__c": 0.0})
    assert len(refusal(changed)) == 2


def test_there_is_exactly_one_record_of_settings():
    found = rows()
    twice = [*found.settings, {**found.settings[0], "DeveloperName": "Others"}]
    assert (
        "there are Rules and Others; keep one of them"
        in refusal(Records(twice, *list_of(found)[1:]))[0]
    )
    assert (
        "there is no record; make one, named Rules" in refusal(Records((), *list_of(found)[1:]))[0]
    )


def list_of(records):
    return [records.settings, records.roles, records.measures, records.minimums, records.big_deals]


def test_an_inactive_measure_waits_with_its_minimums():
    rules = rules_from(rows(Measure__meetings={"Active__c": False}))
    assert "meetings" not in {one.name for one in rules.measures}
    without = [one for one in DEFAULT["measures"] if one["name"] != "meetings"]
    assert rules == rule_set({**DEFAULT, "measures": without})


def test_inactive_big_deal_rules_are_none():
    off = [{**one, "Active__c": False} for one in rows().big_deals]
    assert big_deals_from(off) == ()
    assert big_deals_from(rows(RICH).big_deals) == rule_set(RICH).big_deals


@pytest.mark.parametrize(("change", "told"), [
    ({"people": {"user_types": []}}, "a list that is empty on purpose"),
    ({"version": " padded"}, "version: ' padded' has spaces around it"),
    ({"ramp": {"first_week": Decimal("0.12345")}}, "ramp.first_week: 0.12345 has more than 4 decimal places"),
])  # fmt: skip
def test_what_records_cannot_hold_is_refused_with_its_key(change, told):
    with pytest.raises((RuleRecordsError, RuleSetError), match=re.escape(told)):
        records_of({**DEFAULT, **change})


def test_a_name_that_no_record_can_have_is_refused():
    mapping = deepcopy(DEFAULT)
    mapping["measures"][-1]["name"] = "never__logged_in"
    with pytest.raises(RuleRecordsError, match="'never__logged_in' cannot name a record"):
        records_of(mapping)


def test_names_that_are_one_name_in_an_org_are_refused():
    names = {"Sales Rep": "rep", "Other": "Rep"}
    measures = [{**one, "weekly_minimums": {"rep": 1, "Rep": 2}} if one["name"] == "calls" else
                {**one, "roles": ["rep"]} if one["kind"] == "share" else
                {**one, "weekly_minimums": {}} if one["kind"] == "count" else
                {**one, "monthly_minimums": {}} if one["kind"] == "money" else one
                for one in DEFAULT["measures"]]  # fmt: skip
    mapping = {**DEFAULT, "roles": {"names": names}, "measures": measures}
    with pytest.raises(RuleRecordsError, match="'rep' and 'Rep' are one name in an org"):
        records_of(mapping)


def export(*arguments):
    return CliRunner().invoke(main, ["rules", "export", *map(str, arguments)])


def test_export_writes_a_folder_to_deploy_and_deletes_examples_that_are_left_out(tmp_path):
    own, out = tmp_path / "own.toml", tmp_path / "out"
    text = DEFAULT_RULES.read_text("utf-8")
    own.write_text(text.replace("inbound_rep = 4\n", "", 1), "utf-8")
    done = export(own, "--out", out)
    assert done.exit_code == 0, done.output
    assert "47 records; 1 that these rules do not have" in done.output
    deleted = (out / "destructiveChangesPost.xml").read_text("utf-8")
    assert re.findall("<members>(.*)</members>", deleted) == [
        "Adoption_Minimum.footprint_days_inbound_rep"
    ]
    assert len(list((out / "customMetadata").iterdir())) == 47
    again = export(own, "--out", out)
    assert again.exit_code == 1
    assert "exists already and is left alone" in again.output


def test_export_refuses_wrong_rules_with_the_files_name_and_writes_nothing(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(DEFAULT_RULES.read_text("utf-8").replace("weight = 20", "weight = 99"), "utf-8")
    done = export(own, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert f"{own}: measures: weights add up to" in done.output
    text = DEFAULT_RULES.read_text("utf-8").replace('"examples-2009.4"', '" padded"')
    own.write_text(text, "utf-8")
    done = export(own, "--out", tmp_path / "out")
    assert f"{own}: version: ' padded' has spaces around it" in done.output
    assert not (tmp_path / "out").exists()
