"""The same behaviour is the same score: part-time, leave, holidays and weekends, whatever mix."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from service.calendars import calendar_for
from service.scoring.calendar import look_back
from service.scoring.part_time import beside_the_calendar
from tests.scoring.builders import (
    AS_OF,
    PLAIN,
    a_person,
    acts,
    default_rules,
    footprints,
    records,
    score,
    weekdays,
)

RULES = default_rules()
BACK = [AS_OF - timedelta(days=back) for back in range(90)]
HOURS = st.sampled_from([Fraction(1), Fraction(3, 4), Fraction(1, 2)])
FREE = st.sets(st.integers(0, 4), min_size=1, max_size=3)
WORK = st.tuples(st.sampled_from([4, 8, 12, 16, 20]), st.integers(0, 6), st.integers(0, 4))
ALLOWED = Decimal("0.1")
COUNTRIES = ("US", "DE-BY", "GB-ENG", "IN", "JP", "SA", "IL", "BR", "IR", None)


def work(days, present, calls, meetings, share=1, on=AS_OF):
    """So many footprints of twenty days, and acts a day, times a share; spread over the days."""
    seen = int(present * share)
    step = Fraction(len(days), seen)
    return (
        *footprints([days[int(at * step)] for at in range(seen)]),
        *acts("calls", int(20 * calls * share), days),
        *acts("meetings", int(8 * meetings * share), days),
        *records(9, 14, on=on),
    )


def with_free_days(weekdays_off, **changes):
    away = frozenset(on for on in BACK if on.weekday() in weekdays_off)
    return a_person(away_on=away, **changes)


def is_the_same(one, other):
    """Two answers with one number, or without any for one reason."""
    assert one.not_scored_code == other.not_scored_code
    if one.value is not None:
        assert abs(one.value - other.value) <= ALLOWED


@given(FREE, HOURS, WORK)
def test_part_time_scores_the_same_whether_days_off_or_shorter_days(free, hours, habit):
    """Every mix: two free days recorded, or none, and the rest by working shorter days."""
    whole = score(work(weekdays(20), *habit))
    fte = (1 - Fraction(len(free), 5)) * hours
    person = with_free_days(free, fte=Decimal(fte.numerator) / Decimal(fte.denominator))
    days = look_back(person, PLAIN, RULES, AS_OF).available
    assert len(days) >= 16
    share = hours * Fraction(len(days), 20)
    assume((habit[0] * share).denominator == (8 * habit[2] * share).denominator == 1)
    is_the_same(score(work(days, *habit, share=share), person=person), whole)


@given(FREE, st.integers(0, 40), st.integers(0, 14), WORK)
def test_leave_beside_part_time_changes_nothing(free, back, length, habit):
    person = with_free_days(free, fte=1 - Fraction(len(free), 5))
    leave = frozenset(AS_OF - timedelta(days=back + at) for at in range(length))
    gone = replace(person, away_on=person.away_on | leave)
    days = look_back(gone, PLAIN, RULES, AS_OF).available
    assume(len(days) == 20)
    is_the_same(score(work(days, *habit), person=gone), score(work(weekdays(20), *habit)))


@given(
    st.sampled_from(COUNTRIES),
    st.dates(date(2023, 6, 1), date(2027, 6, 30)),
    st.sampled_from([1, Fraction(3, 4), Fraction(1, 2)]),
    WORK,
)
def test_holidays_and_weekends_of_any_country_change_nothing(country, as_of, hours, habit):
    def answer(person):
        calendar = calendar_for([person], as_of)
        days = look_back(person, calendar, RULES, as_of).available
        rows = work(days, *habit, share=hours, on=as_of)
        return score(rows, person=person, as_of=as_of, calendar=calendar)

    fte = Decimal(float(hours))
    is_the_same(answer(a_person(country=country, fte=fte)), answer(a_person(country=None, fte=fte)))


@given(st.sampled_from([None, "005000000000009AAA"]), WORK)
def test_a_reorganisation_changes_nothing(manager, habit):
    rows = work(weekdays(20), *habit)
    assert score(rows, person=a_person(manager_id=manager)) == score(rows)


@given(st.frozensets(st.sampled_from(BACK), max_size=60), st.sampled_from(COUNTRIES))
def test_nobody_is_asked_about_days_away_or_holidays(away, country):
    """Whoever left a footprint on every day that was asked of them has nothing to answer."""
    person = a_person(country=country, away_on=away)
    calendar = calendar_for([person], AS_OF)
    days = look_back(person, calendar, RULES, AS_OF).available
    assume(len(days) >= RULES.available_at_least)
    rows = (*footprints(days), *acts("calls", 5 * len(days), days), *records(9, 9))
    answer = score(rows, person=person, calendar=calendar)
    assert answer.not_scored_code is None
    assert answer.components[0].score == 100


def left(person, as_of=AS_OF):
    """The working time that is asked on available days."""
    window = look_back(person, PLAIN, RULES, as_of)
    return beside_the_calendar(person, PLAIN, window).fte


def test_working_time_is_what_the_calendar_does_not_show():
    assert left(with_free_days({3, 4}, fte=Decimal("0.6"))) == 1
    assert left(with_free_days({4}, fte=Decimal("0.6"))) == Fraction(3, 4)
    assert left(with_free_days(set(), fte=Decimal("0.6"))) == Fraction(3, 5)
    assert left(with_free_days({3, 4}, fte=Decimal("0.9"))) == 1


@pytest.mark.parametrize("fte", [None, Decimal(1), Decimal(0)])
def test_only_part_time_is_looked_at(fte):
    assert left(with_free_days({3, 4}, fte=fte)) == fte


def test_leave_is_no_part_time():
    fte = Decimal("0.6")
    for away in (weekdays(10), weekdays(15)[:8], weekdays(40), ()):
        assert left(a_person(fte=fte, away_on=frozenset(away))) == Fraction(fte)


def test_a_day_off_is_regular_when_it_is_off_three_times_of_four():
    fridays = [on for on in weekdays(40) if on.weekday() == 4]
    for worked, expected in ((1, Fraction(3, 4)), (2, Fraction(3, 5))):
        person = a_person(fte=Decimal("0.6"), away_on=frozenset(fridays[:-worked]))
        # 20 available days reach back over five Fridays, of which four or three are off.
        assert left(person) == expected


def test_days_before_the_start_tell_nothing_of_part_time():
    start = weekdays(9)[0]
    person = with_free_days({4}, fte=Decimal("0.6"), started_on=start)
    assert left(person) == Fraction(3, 5)  # two Fridays are too few to be a habit
