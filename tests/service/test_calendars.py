"""Dates here are read off governments' own lists, not off the library."""

from datetime import date, timedelta

import pytest
from holidays import list_supported_countries

from service.calendars import calendar_for, calendar_gaps, is_known_region
from service.scoring.calendar import look_back
from tests.scoring.builders import a_person, default_rules

AS_OF = date(2026, 11, 20)


def living_in(*countries):
    return [a_person(country=country) for country in countries]


# https://www.gov.uk/bank-holidays, https://www.opm.gov/policy-data-oversight/pay-leave/federal-holidays/
@pytest.mark.parametrize(
    ("country", "on", "works"),
    [
        ("US", date(2026, 7, 3), False),  # Independence Day falls on a Saturday
        ("US", date(2026, 7, 6), True),
        ("US", date(2021, 12, 31), False),  # New Year's Day 2022 falls on a Saturday
        ("GB", date(2026, 12, 28), False),  # Boxing Day falls on a Saturday
        ("GB", date(2026, 4, 6), True),  # Easter Monday is not kept in Scotland …
        ("GB-ENG", date(2026, 4, 6), False),  # … but in England
        ("DE", date(2026, 10, 3), False),
        ("DE", date(2026, 1, 6), True),  # Epiphany is kept in three of sixteen states
        ("DE-BY", date(2026, 1, 6), False),
        ("FR", date(2026, 7, 14), False),
        ("FR", date(2026, 7, 15), True),
    ],
)
def test_public_holidays_are_no_working_days(country, on, works):
    calendar = calendar_for(living_in(country), on)
    assert calendar.is_working_day(on, country) == works


@pytest.mark.parametrize(
    ("country", "as_of", "weekend"),
    [
        ("ES", AS_OF, {5, 6}),
        ("SA", AS_OF, {4, 5}),
        ("IL", AS_OF, {4, 5}),
        ("AE", date(2021, 11, 19), {4, 5}),  # the Emirates changed on 1 January 2022
        ("AE", AS_OF, {5, 6}),
    ],
)
def test_each_country_has_its_own_weekend(country, as_of, weekend):
    calendar = calendar_for(living_in(country), as_of)
    assert calendar.weekends[country] == weekend


def test_a_christmas_moves_the_window_back_by_its_days():
    calendar, rules = calendar_for(living_in("DE"), date(2027, 1, 1)), default_rules()
    german = look_back(a_person(country="DE"), calendar, rules, date(2027, 1, 1))
    nobody = look_back(a_person(country=None), calendar, rules, date(2027, 1, 1))
    assert set(nobody.available) - set(german.available) == {date(2026, 12, 25), date(2027, 1, 1)}
    assert len(german.available) == len(nobody.available) == 20


def test_all_the_years_that_a_rule_set_may_look_back_have_their_holidays():
    calendar = calendar_for(living_in("US"), date(2026, 1, 2))
    oldest = date(2026, 1, 2) - timedelta(days=7 * 520 // 5 + 60)
    assert not calendar.is_working_day(date(oldest.year, 7, 4), "US")


def test_every_country_of_the_library_makes_a_calendar():
    countries = list_supported_countries(include_aliases=False)
    calendar = calendar_for(living_in(*countries), AS_OF)
    assert len(calendar.weekends) == len(countries) > 200


@pytest.mark.parametrize("country", [None, "XX"])
def test_a_country_that_is_not_known_has_the_usual_weekend_and_no_holidays(country):
    calendar = calendar_for(living_in(country), AS_OF)
    year = [date(2026, 1, 1) + timedelta(days=at) for at in range(365)]
    worked = [on for on in year if calendar.is_working_day(on, country)]
    assert worked == [on for on in year if on.weekday() < 5]


def test_what_is_not_known_is_named_with_what_it_means():
    unknown, strange, regions = [gap.told(is_named=True) for gap in calendar_gaps(living_in(None, None, "XX", "SE", "GB", "DE-BY"), AS_OF)]  # fmt: skip
    assert unknown == (
        "Users whose country is not known: 2. No public holidays are taken off for them, and "
        "their weekend is Saturday and Sunday."
    )
    assert strange.startswith("Users of unknown holidays (XX): 1. No public holidays")
    assert "only a region keeps are not known (GB)" in regions


def test_a_reading_whose_holidays_are_all_known_has_no_gap():
    assert calendar_gaps(living_in("PL", "DE-BY", "GB-ENG"), AS_OF) == []


def test_an_unknown_region_is_told_and_the_whole_country_stands_in():
    assert is_known_region("DE-BY")
    assert is_known_region("DE")
    assert is_known_region("XX-YY")
    assert not is_known_region("DE-ZZ")
    calendar = calendar_for(living_in("DE-ZZ"), AS_OF)
    assert not calendar.is_working_day(date(2026, 10, 3), "DE-ZZ")
    assert not calendar.is_working_day(date(2026, 12, 25), "DE-ZZ")
