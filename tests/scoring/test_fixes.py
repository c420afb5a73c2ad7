from dataclasses import replace
from decimal import Decimal

from tests.scoring.builders import (
    acts,
    default_rules,
    findings,
    footprints,
    full_rules,
    records,
    score,
    some_evidence,
    weekdays,
)

DAYS = weekdays(20)


def of_measure(result, name):
    return [fix for fix in result.fixes if fix.measure == name]


def test_ten_points_of_the_specification_add_up():
    rows = (
        *footprints(DAYS),
        *acts("calls", 50, DAYS),
        *acts("meetings", 40, DAYS),
        *records(10, 14),
        *records(9, 9, "required_fields"),
        *records(4, 10, "leads_answered"),
        *records(14, 20, "tasks_on_time"),
    )
    found = (*findings(4), *findings(6, "tasks_on_time"), *findings(6, "leads_answered"))
    result = score(rows, rules=full_rules(), findings=found)
    deals, tasks = of_measure(result, "healthy_opportunities"), of_measure(result, "tasks_on_time")
    (calls,) = of_measure(result, "calls")
    assert [fix.measure for fix in result.fixes] == [
        *["healthy_opportunities"] * 4, *["tasks_on_time"] * 6, "calls",
    ]  # fmt: skip
    assert sum(fix.points for fix in deals) == Decimal("5.71")
    assert sum(fix.points for fix in tasks) == Decimal("3.00")
    assert (calls.points, calls.text) == (Decimal("1.35"), "Log a call that you made, 9 times")
    assert sum(fix.points for fix in result.fixes) == Decimal("10.06")


def test_leads_already_late_are_never_listed():
    rows = (*some_evidence(good=14), *records(1, 10, "leads_answered"))
    result = score(rows, rules=full_rules(), findings=findings(9, "leads_answered"))
    assert not of_measure(result, "leads_answered")


def test_days_that_passed_without_a_footprint_are_never_listed():
    result = score(some_evidence(footprint_days=11, calls=100, meetings=40, good=14))
    assert result.value < 100
    assert result.fixes == ()


def test_the_list_stops_at_ten_points():
    result = score(some_evidence(calls=0, meetings=0, good=14))
    (calls,) = result.fixes
    # One call of 100 is 15/65 = 0.2308 points: 43 fall short of ten, 44 reach it.
    assert (calls.text, calls.points) == ("Log a call that you made, 44 times", Decimal("10.15"))
    assert calls.minutes == 44


def test_the_minutes_of_the_rule_set_decide_what_is_cheapest():
    thin = default_rules()
    quick = tuple(replace(m, minutes=2) if m.name == "meetings" else m for m in thin.measures)
    result = score(some_evidence(calls=0, meetings=0, good=14), rules=replace(thin, measures=quick))
    (meetings,) = result.fixes
    # One meeting of 40 is 15/65/0.4 = 0.577 points: 17 fall short of ten, 18 reach it.
    assert meetings.text == "Log a meeting that you held, 18 times"
    assert (meetings.points, meetings.minutes) == (Decimal("10.38"), 36)


def test_nothing_is_listed_beyond_ten_points_to_the_dot():
    rows = (
        *footprints(DAYS),
        *acts("calls", 90, DAYS),
        *acts("meetings", 40, DAYS),
        *records(14, 14),
        *records(9, 9, "required_fields"),
        *records(10, 10, "leads_answered"),
        *records(0, 20, "tasks_on_time"),
    )
    result = score(rows, rules=full_rules(), findings=findings(20, "tasks_on_time"))
    assert [fix.measure for fix in result.fixes] == ["tasks_on_time"] * 20
    assert sum(fix.points for fix in result.fixes) == 10


def test_a_record_without_amount_is_as_one_of_no_amount():
    nothing, zero = (
        replace(f, amount=None if f.record_id[-1] == "2" else Decimal(0)) for f in findings(2)[::-1]
    )
    result = score(some_evidence(good=12), findings=(nothing, zero))
    names = [fix.record_name for fix in of_measure(result, "healthy_opportunities")]
    assert names == ["Deal 1", "Deal 2"]


def test_what_is_possible_is_listed_where_ten_points_are_not():
    result = score(some_evidence(calls=99, meetings=40, good=14))
    (fix,) = result.fixes
    assert (fix.text, fix.points, fix.minutes) == ("Log a call that you made", Decimal("0.23"), 1)
    assert (fix.record_id, fix.record_name) == (None, None)


def test_a_full_score_needs_no_fix():
    assert score(some_evidence(calls=100, meetings=40, good=14), findings=findings(3)).fixes == ()


def test_a_person_without_a_score_is_given_no_list():
    assert score(some_evidence(good=2, eligible=3), findings=findings(1)).fixes == ()


def test_fewest_faults_first_then_the_largest_amount():
    two = findings(1, faults=("amount_missing", "close_date_past"))
    one = [
        replace(f, record_id=f"b{f.record_id}", record_name=f"One {f.record_name}")
        for f in findings(2)
    ]
    without_amount = replace(one[0], record_id="c", record_name="No amount", amount=None)
    result = score(some_evidence(good=10, calls=100), findings=(*two, without_amount, *one))
    deals = of_measure(result, "healthy_opportunities")
    assert [fix.record_name for fix in deals] == ["One Deal 2", "One Deal 1", "No amount", "Deal 1"]
    assert deals[-1].text == (
        "Enter the amount; Move the close date, which has passed, or close the opportunity"
    )
    assert deals[0].record_id == "b006000000000000002"
    assert deals[0].minutes == 4


def test_no_more_records_are_listed_than_are_counted_as_faulty():
    result = score(some_evidence(good=12, calls=100, meetings=40), findings=findings(9))
    assert len(of_measure(result, "healthy_opportunities")) == 2


def test_a_record_is_listed_once_however_often_it_was_found():
    found = findings(1)
    result = score(some_evidence(good=10, calls=100, meetings=40), findings=(*found, *found))
    assert len(of_measure(result, "healthy_opportunities")) == 1


def test_an_unknown_fault_is_named_by_its_code():
    result = score(some_evidence(good=13), findings=findings(1, faults=("too_quiet",)))
    assert of_measure(result, "healthy_opportunities")[0].text == "Fix an opportunity (too_quiet)"
    result = score(some_evidence(good=13), findings=findings(1, faults=()))
    assert of_measure(result, "healthy_opportunities")[0].text == "Fix an opportunity"
