"""Which minimum holds on which day: segments, changes, notice; and what it asks in all."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.scoring.calendar import look_back
from service.scoring.credit import credits_of
from service.scoring.evidence import PersonEvidence
from service.scoring.expectation import average_ramp, working_time
from service.scoring.minimums import asks, minimum_on, schedule
from service.scoring.rule_set import MinimumChange
from service.scoring.validate import RuleSetError, rule_set
from tests.scoring.builders import (
    AS_OF,
    COMPLETE,
    PLAIN,
    a_person,
    acts,
    default_rules,
    footprints,
    records,
    score,
    weekdays,
)
from tests.scoring.test_validate import changed

CALLS = next(one for one in default_rules().measures if one.name == "calls")
DAYS = weekdays(20)
MIDDLE = DAYS[10]


def a_change(minimum, effective_on=MIDDLE, announced_on=date(2020, 1, 1), **changes):
    change = MinimumChange("calls", "rep", Decimal(minimum), announced_on, effective_on, "Growth.")
    return replace(change, **changes)


def minimums(*changes, measure=CALLS, role="rep", segment=None, **rules):
    return schedule(measure, role, segment, default_rules(minimum_changes=changes, **rules))


def expectation(weekly_minimum, person, available, ramp):
    """Minimum x available days / 5 x FTE x ramp, as docs/score.md says it."""
    asked = Fraction(weekly_minimum) * Fraction(len(available), 5) * working_time(person)
    return asked * average_ramp(person.started_on, available, ramp)


def on_days(found, *days):
    return [minimum_on(found, day) for day in days]


def test_without_changes_the_minimum_of_the_role_holds_for_ever():
    assert on_days(minimums(), date(1999, 1, 1), AS_OF) == [25, 25]
    assert on_days(minimums(role="executive"), AS_OF) == [None]


def test_a_stricter_minimum_counts_from_its_day_when_it_was_announced_in_time():
    told = MIDDLE - timedelta(days=14)
    found = minimums(a_change(30, announced_on=told))
    assert on_days(found, MIDDLE - timedelta(days=1), MIDDLE, AS_OF) == [25, 30, 30]


def test_a_stricter_minimum_counts_only_after_the_notice():
    found = minimums(a_change(30, announced_on=MIDDLE))
    counts = MIDDLE + timedelta(days=14)
    assert on_days(found, MIDDLE, counts - timedelta(days=1), counts) == [25, 25, 30]


def test_a_looser_minimum_counts_at_once():
    found = minimums(a_change(20, announced_on=MIDDLE))
    assert on_days(found, MIDDLE - timedelta(days=1), MIDDLE) == [25, 20]


def test_a_quiet_season_is_two_changes_that_are_announced_together():
    first, after = date(2025, 12, 22), date(2026, 1, 5)
    told = after - timedelta(days=14)
    quiet = a_change(10, effective_on=first, announced_on=told)
    usual = a_change(25, effective_on=after, announced_on=told)
    days = [first - timedelta(days=1), first, after - timedelta(days=1), after]
    assert on_days(minimums(quiet, usual), *days) == [25, 10, 10, 25]


def test_a_role_that_is_newly_asked_gets_the_notice_too():
    found = minimums(a_change(5, announced_on=MIDDLE, role="executive"), role="executive")
    counts = MIDDLE + timedelta(days=14)
    assert on_days(found, MIDDLE, counts - timedelta(days=1), counts) == [None, None, 5]


def test_a_change_that_is_replaced_before_it_counts_never_counts():
    late = a_change(40, announced_on=MIDDLE)  # would count 14 days later
    back = a_change(26, effective_on=MIDDLE + timedelta(days=7), announced_on=MIDDLE)
    found = minimums(late, back)
    counts = MIDDLE + timedelta(days=14)
    assert on_days(found, MIDDLE + timedelta(days=7), counts, AS_OF + timedelta(90)) == [25, 26, 26]


def test_the_minimum_of_the_own_segment_goes_first():
    calls = replace(CALLS, segment_minimums={"rep": {"corporate": Decimal(35)}})
    for segment, expected in (("corporate", 35), ("field", 25), (None, 25)):
        assert on_days(minimums(measure=calls, segment=segment), AS_OF) == [expected]
    only = replace(calls, weekly_minimums={})
    assert on_days(minimums(measure=only, segment="field"), AS_OF) == [None]


def test_a_change_for_a_segment_is_for_nobody_else():
    change = a_change(40, segment="corporate")
    for segment, expected in (("corporate", 40), ("field", 25), (None, 25)):
        assert on_days(minimums(change, segment=segment), AS_OF) == [expected]


def test_a_change_for_the_role_leaves_a_segment_with_its_own_minimum_alone():
    calls = replace(CALLS, segment_minimums={"rep": {"corporate": Decimal(35)}})
    assert on_days(minimums(a_change(20), measure=calls, segment="corporate"), AS_OF) == [35]
    assert on_days(minimums(a_change(20), measure=calls, segment="field"), AS_OF) == [20]
    later = a_change(20, effective_on=MIDDLE + timedelta(days=1))
    own = a_change(33, segment="corporate")
    assert on_days(minimums(own, later, segment="corporate"), AS_OF) == [33]


def test_before_a_measure_is_in_force_nothing_is_asked():
    later = replace(CALLS, effective_from=MIDDLE)
    early = a_change(30, effective_on=MIDDLE - timedelta(days=30))
    for changes, expected in (((), 25), ((early,), 30)):
        found = minimums(*changes, measure=later)
        assert on_days(found, MIDDLE - timedelta(days=1), MIDDLE, AS_OF) == [
            None,
            expected,
            expected,
        ]
    assert asked(minimums(measure=later)) == 50


@pytest.mark.parametrize(
    ("dates", "is_asked"),
    [
        ({"effective_from": AS_OF + timedelta(days=1)}, False), ({"effective_from": AS_OF}, True),
        ({"effective_to": AS_OF - timedelta(days=1)}, False), ({"effective_to": AS_OF}, True),
    ],
)  # fmt: skip
def test_a_measure_that_is_not_in_force_is_not_scored(dates, is_asked):
    rules = default_rules(weight_at_least=1)
    measures = tuple(replace(m, **dates) if m.name == "calls" else m for m in rules.measures)
    result = score((*footprints(DAYS), *records(9, 9)), rules=replace(rules, measures=measures))
    assert ("calls" in {one.measure for one in result.measures}) is is_asked


def asked(found):
    every = asks(found, CALLS, a_person(), DAYS, default_rules().ramp)
    return every.between(0, len(DAYS))


def test_each_day_is_asked_by_its_own_minimum():
    found = minimums(a_change(30))
    assert asked(found) == Fraction(25 * 10, 5) + Fraction(30 * 10, 5)
    assert asked(minimums(role="executive")) == 0


@given(
    changes=st.lists(st.integers(0, 30), max_size=3),
    started=st.none() | st.integers(-300, 30),
    fte=st.none() | st.sampled_from([Decimal("0.6"), Decimal(1)]),
    span=st.tuples(st.integers(0, len(DAYS)), st.integers(0, len(DAYS))).map(sorted),
)
def test_any_span_of_days_asks_its_expectation_exactly(changes, started, fte, span):
    found = minimums(
        *(
            a_change(26 + n, announced_on=DAYS[0] + timedelta(days=at))
            for n, at in enumerate(sorted(changes))
        )
    )
    joined = None if started is None else DAYS[0] + timedelta(days=started)
    person, ramp, days = (
        a_person(started_on=joined, fte=fte),
        default_rules().ramp,
        DAYS[slice(*span)],
    )
    whole = asks(found, CALLS, person, DAYS, ramp).between(*span)
    each = (expectation(minimum_on(found, on), person, [on], ramp) for on in days)
    assert whole == sum(each, Fraction(0))
    if len(found) == 1:
        assert whole == expectation(found[0].minimum, person, days, ramp)


def test_the_score_asks_by_the_minimum_of_each_day_as_well():
    rules = default_rules(minimum_changes=(a_change(30),))
    person = a_person()
    window = look_back(person, PLAIN, rules, AS_OF)
    earned = credits_of(PersonEvidence.of_rows(person, ()), "rep", COMPLETE, rules, window)
    assert earned[1].expected == 110


@pytest.mark.parametrize("way", ["effective_from", "a change"])
@pytest.mark.parametrize(
    ("day", "done", "expected"),
    [
        (DAYS[0], 20, 100),
        (DAYS[5], 15, 75),
        (MIDDLE, 10, 50),
        (DAYS[11], 9, None),
        (AS_OF, 1, None),
    ],
)
def test_what_is_newly_asked_counts_the_acts_of_the_days_on_which_it_was_asked(
    way, day, done, expected
):
    """Older acts against a few days of minimum would fill any credit; below ten days none is given."""
    rules = default_rules(minimum_changes=(a_change(25, effective_on=day),))
    asked_later = {"weekly_minimums": {"manager": Decimal(1)}}
    if way == "effective_from":
        rules, asked_later = default_rules(), {"effective_from": day}
    rules = replace(
        rules,
        measures=tuple(
            replace(m, **asked_later) if m.name == "calls" else m for m in rules.measures
        ),
    )
    person = a_person()
    window = look_back(person, PLAIN, rules, AS_OF)
    found = PersonEvidence.of_rows(person, acts("calls", 20, DAYS))
    calls = credits_of(found, "rep", COMPLETE, rules, window)[1]
    assert (calls.tally.done, calls.expected) == (done, expected)
    if expected is None:
        assert calls.why_not == f"Asked only since {day}: it takes 10 available days."


def test_history_is_judged_by_the_minimum_of_its_time():
    rows = (
        *footprints(DAYS),
        *acts("calls", 100, DAYS),
        *acts("meetings", 40, DAYS),
        *records(9, 9),
    )
    change = a_change(50, effective_on=AS_OF + timedelta(days=1))
    assert score(rows, rules=default_rules(minimum_changes=(change,))) == score(rows)


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 60), st.integers(0, 60)), max_size=6))
def test_nobody_is_ever_asked_for_more_than_they_were_told_in_time(drawn):
    first = date(2026, 1, 1)
    changes = sorted(
        (
            a_change(value, first + timedelta(days=effective), first + timedelta(days=announced))
            for value, effective, announced in drawn
        ),
        key=lambda one: one.effective_on,
    )
    found = minimums(*changes)
    assert [one.since for one in found] == sorted(one.since for one in found)
    for day in (first + timedelta(days=at) for at in range(90)):
        told = [
            one.minimum for one in changes
            if one.announced_on + timedelta(days=14) <= day and one.effective_on <= day
        ]  # fmt: skip
        loosened = [one.minimum for one in changes if one.effective_on <= day]
        assert minimum_on(found, day) <= max([25, *told])
        assert minimum_on(found, day) in {25, *told, *loosened}


GOOD = {
    "measure": "calls", "role": "rep", "weekly_minimum": 30, "announced_on": date(2026, 1, 5),
    "effective_on": date(2026, 2, 2), "reason": "Agreed in the team meeting.",
}  # fmt: skip


def with_change(**changes):
    entry = {key: value for key, value in (GOOD | changes).items() if value is not None}
    return changed(["minimum_changes"], [entry])


def test_a_change_is_read_with_its_dates_and_reason():
    (change,) = rule_set(with_change(segment="field")).minimum_changes
    assert (change.measure, change.role, change.segment, change.minimum) == (
        "calls", "rep", "field", 30,
    )  # fmt: skip
    assert (change.announced_on, change.effective_on) == (date(2026, 1, 5), date(2026, 2, 2))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"measure": "required_fields"}, "measure: 'required_fields' is no measure with a minimum; use one of"),
        ({"measure": None}, "measure: is missing"),
        ({"role": "clerk"}, "role: no role name is mapped to 'clerk'"),
        ({"segment": "large"}, "segment: is no segment; use field or corporate"),
        ({"weekly_minimum": None}, "weekly_minimum: is missing"),
        ({"weekly_minimum": 0}, "weekly_minimum: must be a number above 0"),
        ({"measure": "footprint_days", "weekly_minimum": 6}, "weekly_minimum: must be a number above 0 and at most 5"),
        ({"monthly_minimum": 5}, "monthly_minimum: calls has a weekly_minimum; write that instead"),
        ({"announced_on": None}, "announced_on: is missing: add a date like 2026-11-23"),
        ({"effective_on": "soon"}, "effective_on: must be a date like 2026-11-23, not 'soon'"),
        ({"reason": None}, "reason: is missing"),
        ({"why": "x"}, "why: unknown key"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_change_is_named(changes, error):
    with pytest.raises(RuleSetError) as caught:
        rule_set(with_change(**changes))
    expected = f"minimum_changes[1].{error}"
    assert [one for one in caught.value.errors if one.startswith(expected)], caught.value.errors


def test_two_changes_of_one_minimum_on_one_day_are_refused():
    with pytest.raises(RuleSetError, match="'calls of rep from 2026-02-02' is there twice"):
        rule_set(changed(["minimum_changes"], [GOOD, GOOD | {"weekly_minimum": 31}]))


@pytest.mark.parametrize(
    ("path", "value", "error"),
    [
        (["exceptions", "notice_days"], -1, "exceptions.notice_days: must be a whole number from 0 to 365"),
        (["exceptions", "deals"], 3, "exceptions.deals: unknown key"),
        (["segments", "corporate_below"], 0, "segments.corporate_below: must be a whole number from 1"),
        (["measures", 1, "segment_minimums"], {"rep": {"small": 3}}, "measures[2].segment_minimums.rep.small: is no segment"),
        (["measures", 1, "segment_minimums"], {"clerk": {"field": 3}}, "measures[2].segment_minimums: no role name is mapped to 'clerk'"),
        (["measures", 3, "segment_minimums"], {"rep": {"field": 3}}, "measures[4].segment_minimums: a share measure has no minimum"),
        (["measures", 0, "segment_minimums"], {"rep": {"field": 6}}, "measures[1].segment_minimums.rep.field: must be a number above 0 and at most 5"),
    ],
)  # fmt: skip
def test_a_mistake_in_segments_and_exceptions_is_named(path, value, error):
    with pytest.raises(RuleSetError) as caught:
        rule_set(changed(path, value))
    assert [one for one in caught.value.errors if one.startswith(error)], caught.value.errors
