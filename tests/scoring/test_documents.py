"""The pages that explain the score hold the figures that the program gives."""

import re
from dataclasses import asdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from service.rules_file import read_rules
from service.scoring import big_deal_rules, measure_rules, minimum_rules, validate
from service.scoring.reasons import MINUS
from tests.scoring.builders import (
    a_person,
    acts,
    default_rules,
    findings,
    footprints,
    measure_of,
    records,
    score,
    weekdays,
)

DOCS = Path(__file__).parents[2] / "docs"
DAYS = weekdays(20)


def page(name):
    return (DOCS / name).read_text(encoding="utf-8")


def ana():
    present = [on for at, on in enumerate(DAYS) if at % 3 or at == 0]
    rows = (
        *footprints(present),
        *acts("calls", 60, DAYS, seen=87),
        *acts("meetings", 30, DAYS),
        *records(9, 14),
        *records(11, 14, "required_fields"),
        *records(6, 8, "leads_answered"),
        *records(14, 20, "tasks_on_time"),
    )
    found = (*findings(5), *findings(3, "required_fields"), *findings(6, "tasks_on_time"))
    return score(rows, findings=found)


def test_the_worked_example_is_what_the_program_gives():
    result, text = ana(), page("score.md")
    for measure in result.measures:
        has = (
            f"{measure.done} of {measure.expected.normalize():f}"
            if measure.kind == "count"
            else f"{measure.good} of {measure.eligible}"
        )
        weighted = (measure.weight * measure.credit).quantize(Decimal("0.01"), ROUND_HALF_UP)
        row = f"| {measure.label} | {has} | {measure.credit} | {weighted} | {measure.points} |"
        assert row in text, row
    assert f"**{result.value} ± {result.band}**" in text
    presence, work, care, through = (part.score for part in result.components)
    assert (
        f"Presence is {presence}, Recorded work {work}, Data care {care}, Follow-through {through}"
        in text
    )
    assert f"the word is *{result.word}*" in text
    calls = measure_of(result, "calls")
    assert (
        f"She logged {calls.seen} calls, of which {calls.seen - int(calls.done)} repeated" in text
    )
    assert sum(fix.minutes for fix in result.fixes) == 30
    assert f"30 minutes of work\nfor {sum(fix.points for fix in result.fixes)} points" in text
    assert not any(MINUS not in reason for reason in result.reasons)


def test_the_table_of_measures_is_the_default_rule_set():
    text = page("score.md")
    for measure in read_rules(None).scored:
        assert re.search(rf"\| {measure.label}.* \| {measure.weight} \|", text), measure.label


def test_what_is_said_of_leaders_is_true():
    rules, text = default_rules(), page("score.md")
    most = {
        role: sum(m.weight for m in rules.measures if role in m.roles)
        for role in ("rep", "manager", "executive")
    }
    assert most == {"rep": 100, "manager": 85, "executive": 70}
    assert "add up to 100, of a manager (no calls) to 85" in text
    assert "nor\nmeetings) to 70" in text
    rows = (*footprints(DAYS), *acts("meetings", 40, DAYS), *records(9, 9))
    leader = a_person(role="VP Sales")
    assert score(rows, person=leader).not_scored_code == "not_enough_evidence"
    more = (*records(5, 5, "required_fields"), *records(5, 5, "leads_answered"))
    assert score((*rows, *more), person=leader).value == 100
    assert score(
        (*rows, *records(9, 9, "tasks_on_time")), person=a_person(role="Sales Manager")
    ).value


def test_every_key_of_a_rules_file_is_explained():
    text = page("rules.md")
    source = "".join(
        Path(module.__file__).read_text(encoding="utf-8")
        for module in (validate, big_deal_rules, measure_rules, minimum_rules)
    )
    read = re.findall(r'\.(?:whole|numbers?|texts?|named_texts|tables?)\("([a-z_]+)"', source)
    expected = {
        *read, *validate._KEYS, *measure_rules._MEASURE_KEYS, *validate.FAULTS,
        *big_deal_rules._KEYS, *minimum_rules._CHANGE_KEYS, *minimum_rules._BOUNDS,
    }  # fmt: skip
    assert len(expected) > 40
    assert all(name in text for pair in validate.REQUIRABLE.items() for name in (pair[0], *pair[1]))
    assert not [
        key for key in sorted(expected) if f"`{key}`" not in text and f"[{key}]" not in text
    ]


def test_every_default_that_is_explained_is_the_default():
    rules, text = read_rules(None), page("rules.md")
    numbers = {
        "window_days": rules.window_days, "look_back_days": rules.look_back_days,
        "available_at_least": rules.available_at_least, "away_after_days": rules.away_after_days,
        "weight_at_least": rules.weight_at_least, "fade_below": rules.fade_below,
        "on_track_at": rules.on_track_at, "building_at": rules.building_at,
        "first_week": rules.ramp.first_week, "full_in_week": rules.ramp.full_in_week,
        "burst_records": rules.calls.burst_records, "burst_minutes": rules.calls.burst_minutes,
        "next_step_within_days": rules.healthy.next_step_within_days,
        "stage_age_factor": rules.healthy.stage_age_factor,
        "stage_median_at_least": rules.healthy.stage_median_at_least,
        "pushes_below": rules.healthy.pushes_below, "within_hours": rules.leads.within_hours,
        "closed_within_days": rules.tasks.closed_within_days,
        "corporate_below": rules.corporate_below, **asdict(rules.exceptions),
    }  # fmt: skip
    for key, value in numbers.items():
        assert f"| `{key}` | {value} |" in text, key
