from dataclasses import replace
from datetime import date, timedelta

import pytest

from service.scoring.calendar import Calendar, look_back
from tests.scoring.builders import AS_OF, PLAIN, a_person, default_rules, weekdays


def window_of(person=None, calendar=PLAIN, as_of=AS_OF, **rules):
    return look_back(person or a_person(), calendar, default_rules(**rules), as_of)


def test_window_is_the_last_twenty_weekdays_with_the_as_of_day_among_them():
    assert window_of().available == tuple(weekdays(20))
    assert window_of().available[-1] == AS_OF


def test_window_of_a_weekend_ends_on_its_friday_but_counts_to_the_as_of_day():
    sunday = AS_OF + timedelta(days=2)
    window = window_of(as_of=sunday)
    assert window.available == tuple(weekdays(20))
    assert window.counted([sunday])
    assert not window.counted([sunday + timedelta(days=1)])


def test_leave_moves_the_window_back_rather_than_shrinking_it():
    leave = frozenset(weekdays(5))
    window = window_of(a_person(away_on=leave))
    assert window.available == tuple(weekdays(25)[:20])


def test_no_more_than_forty_working_days_are_looked_at():
    window = window_of(a_person(away_on=frozenset(weekdays(29))))
    assert window.available == tuple(weekdays(40)[:11])
    assert window.looked_from == weekdays(40)[0]


def test_looking_back_stops_when_twenty_days_are_found():
    assert window_of().looked_from == weekdays(20)[0]


def test_public_holidays_of_the_country_are_no_working_days_and_spend_no_look_back():
    holidays = Calendar({"ES": frozenset(weekdays(5))})
    spain = window_of(a_person(country="ES"), holidays)
    assert spain.available == tuple(weekdays(25)[:20])
    long_leave = frozenset(weekdays(34)) - frozenset(weekdays(5))
    spain = window_of(a_person(country="ES", away_on=long_leave), holidays)
    assert spain.looked_from == weekdays(45)[0]


@pytest.mark.parametrize("country", [None, "PT"])
def test_other_countries_work_on_a_holiday(country):
    holidays = Calendar({"ES": frozenset({AS_OF})})
    assert AS_OF in window_of(a_person(country=country), holidays).available


def test_a_weekend_may_be_friday_and_saturday():
    window = window_of(calendar=Calendar(weekend=frozenset({4, 5})))
    assert {on.weekday() for on in window.available} == {0, 1, 2, 3, 6}
    assert window.available[-1] == AS_OF - timedelta(days=1)


def test_each_country_has_its_own_weekend():
    calendar = Calendar(weekends={"SA": frozenset({4, 5})})
    assert {on.weekday() for on in window_of(a_person(country="SA"), calendar).available} == {
        0, 1, 2, 3, 6,
    }  # fmt: skip
    for country in ("ES", None):
        assert window_of(a_person(country=country), calendar).available == tuple(weekdays(20))


@pytest.mark.parametrize("weekend", [range(7), {7}, {-1, 5}])
def test_a_weekend_that_is_none_is_refused(weekend):
    with pytest.raises(ValueError, match="weekend"):
        Calendar(weekend=frozenset(weekend))
    with pytest.raises(ValueError, match="weekend"):
        Calendar(weekends={"ES": frozenset(weekend)})


def test_days_before_the_start_are_not_available():
    start = weekdays(12)[0]
    assert window_of(a_person(started_on=start)).available == tuple(weekdays(12))


def test_work_on_a_weekend_counts_but_a_day_recorded_as_away_never_does():
    friday = weekdays(6)[0]
    window = window_of(a_person(away_on=frozenset({friday})))
    assert window.counted([friday + timedelta(days=1)])
    assert not window.counted([friday])
    assert not window.counted([window.available[0] - timedelta(days=1)])


def test_nothing_counts_where_no_day_is_available():
    window = window_of(a_person(away_on=frozenset(weekdays(40))))
    assert window.opens is None
    assert not window.counted([AS_OF])


@pytest.mark.parametrize("switch", [date(2026, 3, 29), date(2026, 10, 25)])
def test_a_change_of_the_clock_changes_no_window(switch):
    # The clocks of Europe change on these Sundays; a window is made of dates and knows no hours.
    monday = switch + timedelta(days=1)
    for zone in ("Europe/Madrid", "Pacific/Auckland", "America/Los_Angeles", "UTC"):
        window = window_of(a_person(time_zone=zone), as_of=monday)
        assert window.available == tuple(weekdays(20, monday))


def test_the_lengths_come_from_the_rule_set():
    rules = default_rules(window_days=5, look_back_days=7)
    window = look_back(a_person(), PLAIN, rules, AS_OF)
    assert window.available == tuple(weekdays(5))
    away = replace(a_person(), away_on=frozenset(weekdays(4)))
    assert look_back(away, PLAIN, rules, AS_OF).available == tuple(weekdays(7)[:3])
