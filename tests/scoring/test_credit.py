from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from service.scoring.calendar import Calendar, look_back
from service.scoring.credit import credits_of
from service.scoring.evidence import Coverage, Evidence, PersonEvidence
from service.scoring.reckoning import reckon
from service.scoring.rule_set import LeadRules
from tests.scoring.builders import (
    ANA,
    AS_OF,
    COMPLETE,
    PLAIN,
    a_person,
    acts,
    default_rules,
    footprints,
    full_rules,
    records,
    weekdays,
)

DAYS = weekdays(20)


def credits_for(*evidence, person=None, coverage=COMPLETE, rules=None, role="rep", calendar=PLAIN):
    person, rules = person or a_person(), rules or default_rules()
    window = look_back(person, calendar, rules, AS_OF)
    earned = credits_of(PersonEvidence.of_rows(person, evidence), role, coverage, rules, window)
    return {credit.measure.name: credit for credit in earned}


@pytest.mark.parametrize(
    ("calls", "value"), [(0, "0"), (1, "0.01"), (60, "0.6"), (100, "1"), (101, "1"), (400, "1")]
)
def test_credit_of_a_count_is_capped_at_one(calls, value):
    assert credits_for(*acts("calls", calls, DAYS))["calls"].value == Fraction(value)


@pytest.mark.parametrize(
    ("good", "eligible", "weight", "value"),
    [(0, 1, 4, 0), (1, 1, 4, 1), (3, 4, 16, "3/4"), (2, 5, 20, "2/5"), (9, 14, 20, "9/14")],
)
def test_a_share_fades_in_up_to_five_records(good, eligible, weight, value):
    credit = credits_for(*records(good, eligible))["healthy_opportunities"]
    assert (credit.weight, credit.value, credit.why_not) == (weight, Fraction(value), None)


def test_a_share_without_records_is_not_scorable():
    credit = credits_for()["healthy_opportunities"]
    assert (credit.weight, credit.value) == (0, None)
    assert credit.why_not == "There is no record of this kind to judge."


def test_shares_are_read_as_they_stand_on_the_as_of_day_only():
    yesterday = records(5, 5, on=AS_OF - timedelta(days=1))
    tomorrow = records(5, 5, on=AS_OF + timedelta(days=1))
    credit = credits_for(*yesterday, *records(1, 6), *tomorrow)["healthy_opportunities"]
    assert (credit.tally.good, credit.tally.eligible) == (1, 6)


def test_acts_outside_the_window_are_no_credit():
    before = Evidence(ANA, "calls", DAYS[0] - timedelta(days=1), done=7, seen=7)
    after = Evidence(ANA, "calls", AS_OF + timedelta(days=1), done=7, seen=7)
    first = Evidence(ANA, "calls", DAYS[0], done=2, seen=3)
    last = Evidence(ANA, "calls", AS_OF, done=4, seen=6)
    tally = credits_for(before, first, last, after)["calls"].tally
    assert (tally.done, tally.seen) == (6, 9)


def test_a_day_has_one_footprint_however_many_rows_say_so():
    twice = [*footprints(DAYS[:3]), *footprints(DAYS[:3])]
    many = Evidence(ANA, "footprint_days", DAYS[5], done=9, seen=9)
    assert credits_for(*twice, many)["footprint_days"].tally.done == 4


def test_a_measure_that_the_role_is_not_asked_for_weighs_nothing():
    earned = credits_for(*acts("calls", 9, DAYS), role="manager")
    assert (earned["calls"].weight, earned["calls"].why_not) == (0, "Not asked of your role.")
    assert earned["meetings"].weight == 15
    executive = credits_for(role="executive")
    assert [name for name, credit in executive.items() if credit.weight] == ["footprint_days"]


def test_a_share_that_the_role_is_not_asked_for_weighs_nothing():
    measures = [
        replace(one, roles=("rep",)) if one.name == "tasks_on_time" else one
        for one in full_rules().measures
    ]
    rules = replace(full_rules(), measures=tuple(measures))
    earned = credits_for(*[Evidence(ANA, "tasks_on_time", AS_OF, good=5, eligible=9)],
                         rules=rules, role="manager")  # fmt: skip
    assert earned["tasks_on_time"].why_not == "Not asked of your role."


def test_leads_count_by_the_day_they_came_in_and_not_on_days_away():
    leads = [
        Evidence(ANA, "leads_answered", on, good=1, eligible=2) for on in (*DAYS, date(2020, 1, 1))
    ]
    all_days = credits_for(*leads)["leads_answered"]
    away = credits_for(*leads, person=a_person(away_on=frozenset(DAYS[5:8])))["leads_answered"]
    assert (all_days.tally.good, all_days.tally.eligible) == (20, 40)
    # The time of the day before ran into the first day away: its late one is not asked.
    assert (away.tally.good, away.tally.eligible) == (17, 33)


@pytest.mark.parametrize(("hours", "free"), [(24, 1), (48, 2)])
@pytest.mark.parametrize("why", ["away", "holiday"])
def test_a_lead_whose_time_ran_into_a_day_off_is_never_late(hours, free, why):
    """Leave or a holiday on the Monday: what came on the weekend and the Friday before is free."""
    monday = next(on for on in DAYS[8:] if on.weekday() == 0)
    days = [monday - timedelta(days=at) for at in range(7, 0, -1)]  # Monday to Sunday
    leads = [Evidence(ANA, "leads_answered", on, good=1, eligible=3) for on in days]
    person, calendar = a_person(country="DE"), Calendar({"DE": frozenset({monday})})
    if why == "away":
        person, calendar = a_person(away_on=frozenset({monday})), PLAIN
    rules = default_rules(leads=LeadRules(within_hours=hours))
    tally = credits_for(*leads, person=person, calendar=calendar, rules=rules)[
        "leads_answered"
    ].tally
    assert tally.good == 7
    assert tally.eligible == 21 - 2 * (2 + free)  # Saturday, Sunday, and so many weekdays before


def test_a_measure_that_the_data_cannot_show_weighs_nothing_and_says_why():
    coverage = Coverage(absent_measures={"calls": "Tasks have no subtype."})
    earned = credits_for(*acts("calls", 9, DAYS), coverage=coverage)
    assert (earned["calls"].weight, earned["calls"].why_not) == (0, "Tasks have no subtype.")
    manager = credits_for(coverage=coverage, role="manager")
    assert manager["calls"].why_not == "Not asked of your role."


def test_missing_weight_is_spread_by_the_division():
    rows = [*footprints(DAYS[:8]), *acts("calls", 50, DAYS), *acts("meetings", 20, DAYS)]
    earned = list(credits_for(*rows).values())
    assert reckon(earned).weight == 45
    assert reckon(earned).score == 50


def test_expectation_of_a_credit_is_the_persons_own():
    half = credits_for(person=a_person(fte=Decimal("0.5")))
    assert half["calls"].expected == 50
    assert half["footprint_days"].expected == 8


@pytest.mark.parametrize(
    "row",
    [
        Evidence(ANA, "calls", AS_OF, done=-1),
        Evidence(ANA, "calls", AS_OF, seen=-1),
        Evidence(ANA, "healthy_opportunities", AS_OF, good=2, eligible=1),
        Evidence(ANA, "healthy_opportunities", AS_OF, good=-1, eligible=1),
    ],
)
def test_evidence_that_cannot_be_is_refused(row):
    with pytest.raises(ValueError, match="Evidence with"):
        credits_for(row)
