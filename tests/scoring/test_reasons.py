from dataclasses import replace
from decimal import Decimal

import pytest

from service.scoring.evidence import Coverage
from service.scoring.reasons import MINUS
from tests.scoring.builders import (
    a_person,
    acts,
    default_rules,
    findings,
    footprints,
    records,
    score,
    some_evidence,
    weekdays,
)

DAYS = weekdays(20)


def sentences(result):
    """The reasons with a hyphen for the typographic minus, so that a test can be read."""
    return [text.replace(MINUS, "-") for text in result.reasons]


def test_the_heaviest_loss_comes_first_and_every_sentence_has_its_numbers():
    days = weekdays(12)
    person = a_person(started_on=None, away_on=frozenset(weekdays(40)) - frozenset(days))
    rows = (
        *footprints(days),
        *acts("calls", 11, days, seen=18),
        *acts("meetings", 12, days),
        *records(9, 14),
    )
    result = score(rows, person=person, findings=findings(5))
    calls, meetings, deals = sentences(result)
    assert calls == (
        "11 of 60 expected calls credited (18 logged: 7 set aside as bulk, without a customer, or "
        "a repeat of the same contact that day): -18.9 points."
    )
    assert meetings == "12 of 24 expected meetings credited: -11.5 points."
    assert deals == (
        "9 of 14 open opportunities healthy (to do 5 times: Set a dated next step): -11.0 points."
    )


def test_losses_and_score_add_up_to_one_hundred():
    result = score(some_evidence(calls=11, meetings=7, good=5, eligible=13))
    lost = sum(Decimal(text.rsplit(": -", 1)[1].split()[0]) for text in sentences(result))
    assert lost + result.value == 100


def test_rows_set_aside_are_not_explained_where_nothing_is_set_aside():
    rows = [*some_evidence(footprint_days=15)]
    reasons = sentences(score(rows))
    assert "15 of 16 expected footprint days credited: -1.4 points." in reasons
    assert "60 of 100 expected calls credited: -9.2 points." in reasons


@pytest.mark.parametrize(("seen", "words"), [(60, "credited: -"), (61, "(61 logged: 1 set aside")])
def test_a_single_row_set_aside_is_named(seen, words):
    rows = (*footprints(DAYS), *acts("calls", 60, DAYS, seen=seen), *records(14, 14))
    calls = next(text for text in sentences(score(rows)) if "calls" in text)
    assert words in calls


def test_a_full_score_has_a_sentence_too():
    result = score(some_evidence(calls=100, meetings=40, good=14))
    assert result.value == 100
    assert result.reasons == (
        "Everything that is asked of your role and can be seen is on record.",
    )


def test_a_loss_too_small_to_show_is_still_named():
    rows = (*footprints(DAYS), *acts("calls", 100, DAYS), *acts("meetings", 40, DAYS))
    result = score((*rows, *records(999, 1000)))
    assert result.value == 100
    assert result.reasons == ("999 of 1000 open opportunities healthy: less than 0.1 points.",)


@pytest.mark.parametrize(
    ("codes", "good", "words"),
    [
        (
            ["amount_missing close_date_past"] * 2 + ["close_date_past"],
            11,
            "(to do 3 times: Move the",
        ),
        (["amount_missing close_date_past"], 13, "(to do for one: Enter the amount)"),
        (
            ["amount_missing", "close_date_past", "close_date_past"],
            5,
            "(to do most often: Move the",
        ),
        (["stage_too_old", "amount_missing"], 12, "(to do for one: Enter the amount)"),
        (["too_quiet"] * 2, 12, "(to do 2 times: too_quiet)"),
        ([], 12, "12 of 14 open opportunities healthy: -4.4 points."),
    ],
)
def test_the_most_frequent_fault_is_named(codes, good, words):
    found = [
        replace(finding, faults=tuple(code.split()))
        for code, finding in zip(codes, findings(len(codes)), strict=True)
    ]
    late = findings(9, "tasks_on_time", faults=("too_late",))
    reasons = sentences(score(some_evidence(good=good), findings=(*found, *late)))
    assert [text for text in reasons if words in text], reasons


def test_what_the_data_cannot_show_is_said_and_what_a_role_is_not_asked_is_not():
    coverage = Coverage(absent_measures={"calls": "Tasks have no subtype."})
    rules = default_rules(weight_at_least=30)
    rep = score(some_evidence(), coverage=coverage, rules=rules).reasons
    assert "Calls not judged: Tasks have no subtype." in rep
    manager = score(
        some_evidence(), coverage=coverage, rules=rules, person=a_person(role="Sales Manager")
    )
    assert not [text for text in manager.reasons if "not judged" in text]


def test_owners_standing_in_for_creators_are_named():
    reasons = score(some_evidence(), coverage=Coverage(footprint_complete=False)).reasons
    assert any(text.startswith("This data does not say who created a record") for text in reasons)
    assert not any("created a record" in text for text in score(some_evidence()).reasons)


@pytest.mark.parametrize(
    ("person", "note"),
    [
        (a_person(started_on=DAYS[0]), "Ramping: 34.38 % of the full expectation is asked so far."),
        (a_person(fte=Decimal("0.6")), "Part-time: 60 % of the full expectation is asked."),
    ],
)
def test_a_reduced_expectation_is_said(person, note):
    assert note in score(some_evidence(), person=person).reasons


def test_a_whole_expectation_needs_no_note():
    person = a_person(started_on=weekdays(100)[0], fte=Decimal(1))
    assert score(some_evidence(), person=person).reasons == score(some_evidence()).reasons
