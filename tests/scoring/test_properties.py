"""What must hold for everyone: bounds, monotony, order, sums, exact fixes, equal treatment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from service.scoring.calendar import Calendar, look_back
from service.scoring.credit import credits_of
from service.scoring.evidence import Coverage, Evidence, PersonEvidence
from service.scoring.part_time import beside_the_calendar
from service.scoring.reckoning import reckon
from service.scoring.result import WORDS
from tests.scoring.builders import (
    ANA,
    AS_OF,
    COMPLETE,
    PLAIN,
    a_person,
    acts,
    findings,
    footprints,
    full_rules,
    records,
    score,
    thin_rules,
    weekdays,
)

DATES = [AS_OF - timedelta(days=back) for back in range(70)]
DATE = st.sampled_from(DATES)
COUNTS = ("footprint_days", "calls", "meetings")
THIN, FULL = thin_rules(), full_rules()
SHARES = tuple(measure.name for measure in FULL.measures if measure.kind == "share")
HOLIDAYS = Calendar({"ES": frozenset(DATES[3:60:11])})
VOCABULARY = ["Not scored", "Needs help", "Building", "On track"]

people = st.builds(
    a_person,
    fte=st.none() | st.decimals("0.1", "1", places=2),
    started_on=st.none() | DATE,
    away_on=st.frozensets(DATE, max_size=30),
    country=st.sampled_from([None, "ES"]),
    role=st.sampled_from(["Sales Rep", "Sales Manager", "VP Sales"]),
)


@st.composite
def count_rows(draw):
    done = draw(st.integers(0, 12))
    seen = done + draw(st.integers(0, 9))
    return Evidence(ANA, draw(st.sampled_from(COUNTS)), draw(DATE), done=done, seen=seen)


@st.composite
def situations(draw):
    """A person, evidence with findings that agree with it, and a rule set."""
    rules = draw(st.sampled_from([THIN, FULL, replace(THIN, weight_at_least=5)]))
    present = draw(st.sets(DATE, min_size=20))
    rows = [*footprints(sorted(present)), *draw(st.lists(count_rows(), max_size=25))]
    found = []
    for name in SHARES:
        eligible = draw(st.integers(0, 25))
        good = draw(st.integers(0, eligible))
        rows += records(good, eligible, name)
        found += findings(draw(st.integers(0, eligible - good)), name)
    return draw(people), tuple(rows), tuple(found), rules


def judged(situation, **changes):
    person, rows, found, rules = situation
    return score(
        changes.get("rows", rows),
        person=person,
        findings=changes.get("found", found),
        rules=rules,
        calendar=HOLIDAYS,
    )


def exact(person, rows, rules, calendar=HOLIDAYS):
    window = look_back(person, calendar, rules, AS_OF)
    person, role = beside_the_calendar(person, calendar, window), "rep"
    found = PersonEvidence.of_rows(person, rows)
    return reckon(credits_of(found, role, COMPLETE, rules, window)).score


@given(situations())
def test_a_score_lies_between_0_and_100_or_says_why_there_is_none(situation):
    result = judged(situation)
    assert result.word in WORDS
    assert (result.value is None) == (result.word == "Not scored")
    assert (result.value is None) == bool(result.not_scored_reason)
    assert (result.value is None) == bool(result.not_scored_code)
    if result.value is not None:
        assert 0 <= result.value <= 100
        assert result.value == round(result.value, 1)
        assert result.band >= 0
        assert result.reasons
        assert all(part.score is None or 0 <= part.score <= 100 for part in result.components)
        assert all(m.credit is None or 0 <= m.credit <= 1 for m in result.measures)


@given(situations())
def test_points_add_up_to_the_score_exactly(situation):
    result = judged(situation)
    if result.value is not None:
        assert sum(measure.points for measure in result.measures) == result.value
        for measure in result.measures:
            assert measure.points >= 0
            assert measure.scorable_weight or not measure.points
            assert bool(measure.why_not) == (measure.scorable_weight == 0)


def is_no_worse(before, after):
    """A number never falls and never vanishes; nor do a word or a component."""
    if before.value is None:
        return
    assert after.value is not None
    assert after.value >= before.value
    assert VOCABULARY.index(after.word) >= VOCABULARY.index(before.word)
    for earlier, later in zip(before.components, after.components, strict=True):
        if earlier.score is not None:
            assert later.score >= earlier.score


@given(situations(), st.sampled_from(COUNTS), st.sampled_from(DATES), st.integers(1, 5))
def test_one_more_act_on_any_day_never_lowers_a_score(situation, measure, on, times):
    more = Evidence(ANA, measure, on, done=times, seen=times)
    is_no_worse(judged(situation), judged(situation, rows=(*situation[1], more)))


@given(situations(), st.sampled_from(SHARES))
def test_one_more_healthy_record_never_lowers_a_score(situation, measure):
    more = Evidence(ANA, measure, AS_OF, eligible=1, good=1, seen=1)
    is_no_worse(judged(situation), judged(situation, rows=(*situation[1], more)))


@given(situations(), st.sampled_from(SHARES))
def test_one_record_fixed_never_lowers_a_score(situation, measure):
    rows = situation[1]
    faulty = sum(row.eligible - row.good for row in rows if row.measure == measure)
    assume(faulty)
    fixed = Evidence(ANA, measure, AS_OF, good=1)
    is_no_worse(judged(situation), judged(situation, rows=(*rows, fixed)))


@given(situations())
def test_a_footprint_never_takes_a_score_away_but_may_bring_one(situation):
    person, rows, found, rules = situation
    few = tuple(row for row in rows if row.measure != "footprint_days" or row.on.weekday() == 0)
    before = score(few, person=person, findings=found, rules=rules, calendar=HOLIDAYS)
    is_no_worse(before, judged(situation))


@given(situations(), st.randoms(use_true_random=False))
def test_the_order_of_evidence_and_findings_changes_nothing(situation, chance):
    rows, found = list(situation[1]), list(situation[2])
    chance.shuffle(rows)
    chance.shuffle(found)
    assert judged(situation, rows=tuple(rows), found=tuple(found)) == judged(situation)


@given(situations())
def test_evidence_is_additive_over_any_split_of_a_day(situation):
    halves = [
        part
        for row in situation[1]
        for part in (
            replace(
                row, done=row.done // 2, seen=0, good=row.good // 2, eligible=row.eligible // 2
            ),
            replace(
                row,
                done=row.done - row.done // 2,
                good=row.good - row.good // 2,
                eligible=row.eligible - row.eligible // 2,
            ),
        )
    ]
    assert judged(situation, rows=tuple(halves)) == judged(situation)


@given(situations(), situations())
def test_another_persons_acts_never_change_mine(mine, theirs):
    other = "005000000000009AAA"
    rows = tuple(replace(row, user_id=other) for row in theirs[1])
    found = tuple(replace(finding, user_id=other) for finding in theirs[2])
    together = judged(mine, rows=(*mine[1], *rows), found=(*mine[2], *found))
    assert together == judged(mine)


def applied(rows, fixes, within):
    """The evidence after a person did what the list says."""
    for fix in fixes:
        if fix.record_id is not None:
            rows = (*rows, Evidence(ANA, fix.measure, AS_OF, good=1))
        else:
            times = int(fix.text.rsplit(",", 1)[1].split()[0]) if " times" in fix.text else 1
            rows = (*rows, Evidence(ANA, fix.measure, within, done=times, seen=times))
    return rows


# test_fixes_of_a_thousand.py applies the lists of a thousand people.
@given(situations())
def test_the_listed_fixes_raise_the_score_by_what_is_said(situation):
    person, rows, _, rules = situation
    person = replace(person, role="Sales Rep")
    situation = (person, *situation[1:])
    result = judged(situation)
    assume(result.fixes)
    then = applied(rows, result.fixes, result.window_from)
    gain = exact(person, then, rules) - exact(person, rows, rules)
    said = sum(fix.points for fix in result.fixes)
    assert abs(gain - Fraction(said)) <= Fraction(5, 1000)
    assert abs(judged(situation, rows=then).value - result.value - said) <= Decimal("0.105")
    # Every beginning of the list is right too, and none but the last reaches ten points.
    for count in range(1, len(result.fixes)):
        first = applied(rows, result.fixes[:count], result.window_from)
        partial = exact(person, first, rules) - exact(person, rows, rules)
        assert abs(partial - Fraction(sum(f.points for f in result.fixes[:count]))) <= Fraction(
            5, 1000
        )
        assert partial < 10
    if gain < 10:
        left = judged(situation, rows=then, found=()).fixes
        assert not [fix for fix in left if fix.record_id is None]


@given(situations())
def test_the_cheapest_points_come_first(situation):
    rules = situation[3]
    minutes = {measure.name: measure.minutes for measure in rules.measures}
    fixes = judged(situation).fixes
    assert all(minutes[fix.measure] for fix in fixes)
    whole = [fix for fix in fixes[:-1] if fix.record_id]  # the last act of a kind may be partial
    rates = [fix.points / fix.minutes for fix in whole]
    assert all(later <= earlier + Decimal("0.011") for earlier, later in pairwise(rates))


# V8: the same behaviour is the same score, whoever may work less.


def behaviour(days, present, calls, meetings, good=9, eligible=14):
    """Acts spread over the days; `present` of them carry a footprint, as evenly as they can."""
    step = Fraction(len(days), present)
    on = [days[int(at * step)] for at in range(present)]
    return (
        *footprints(on),
        *acts("calls", calls, days),
        *acts("meetings", meetings, days),
        *records(good, eligible),
    )


@given(st.sampled_from([4, 8, 12, 16]), st.integers(0, 6), st.integers(0, 5), st.sampled_from(["0.25", "0.5", "0.75"]))  # fmt: skip
def test_part_time_with_its_share_of_the_work_scores_the_same(present, calls, meetings, fte):
    days, share = weekdays(20), Fraction(fte)
    whole = exact(a_person(), behaviour(days, present, 20 * calls, 8 * meetings), THIN, PLAIN)
    part = score(
        behaviour(days, int(present * share), int(20 * calls * share), int(8 * meetings * share)),
        person=a_person(fte=Decimal(fte)),
    )
    assert abs(Fraction(part.value) - whole) <= Fraction(1, 10)


@given(st.sets(st.integers(0, 19)), st.integers(0, 4), st.integers(0, 2), st.sets(st.integers(0, 19), min_size=16))  # fmt: skip
def test_leave_with_the_same_days_at_work_scores_the_same(away, calls, meetings, present):
    def worked(days):
        on = [day for at, day in enumerate(days) if at in present]
        return (
            *footprints(on),
            *acts("calls", calls * len(days), days),
            *acts("meetings", meetings * len(days), days),
            *records(9, 14),
        )

    leave = frozenset(weekdays(20)[at] for at in away)
    person = a_person(away_on=leave)
    there = look_back(person, PLAIN, THIN, AS_OF).available
    assert score(worked(there), person=person).value == score(worked(weekdays(20))).value


@given(st.integers(0, 3), st.integers(0, 1))
def test_a_new_person_with_the_ramped_share_of_the_work_scores_the_same(calls, meetings):
    days = weekdays(20)  # four weeks from the first Monday: 11/32 of everything is asked

    def worked(part):
        return (
            *footprints(days),
            *acts("calls", calls * part, days),
            *acts("meetings", meetings * part, days),
            *records(9, 14),
        )

    new = score(worked(11), person=a_person(started_on=days[0]))
    old = score(worked(32), person=a_person(started_on=days[0] - timedelta(weeks=60)))
    assert new.value == old.value


@given(situations(), st.sampled_from(["UTC", "Pacific/Auckland", "America/Los_Angeles"]))
def test_a_time_zone_changes_nothing_once_rows_are_on_their_local_day(situation, zone):
    person, *rest = situation
    assert judged((replace(person, time_zone=zone), *rest)) == judged(situation)


@given(situations())
def test_role_names_of_one_role_score_the_same(situation):
    person, *rest = situation
    rep, seller = replace(person, role="Sales Rep"), replace(person, role="Account Executive East")
    assert judged((rep, *rest)) == judged((seller, *rest))


@given(situations(), st.sampled_from(COUNTS))
def test_a_measure_that_the_data_cannot_show_is_never_counted_as_zero(situation, measure):
    person, rows, found, rules = situation
    coverage = Coverage(absent_measures={measure: "The column is empty."})
    few = tuple(row for row in rows if row.measure != measure)
    hidden = score(few, person=person, findings=found, rules=rules, coverage=coverage)
    seen = score(rows, person=person, findings=found, rules=rules, coverage=coverage)
    assert hidden.value == seen.value
