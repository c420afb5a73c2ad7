"""Minimums that are amounts, and limits of records out of order."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from service.scoring.evidence import Coverage, Evidence
from service.scoring.rule_set import Measure
from tests.scoring.builders import ANA, AS_OF, weekdays
from tests.scoring.test_standing import LAST, RULES, daily, of_measure, standing, strip

# Money: thirteen weeks, and nothing where three deals would make the whole minimum.

PIPELINE = Measure(
    "pipeline_created", "Pipeline created", "Amounts.", "", "money", Decimal(0), ("rep",), {}, 0,
    "", monthly_minimums={"rep": Decimal(100_000)},
)  # fmt: skip
MONEY = replace(RULES, measures=(*RULES.measures, PIPELINE))
YEAR = weekdays(200)


def deals(amounts, every=10):
    """Amounts (in full currency) on every so many working days, the last one today."""
    days = YEAR[::-1][::every]
    return [
        Evidence(ANA, "pipeline_created", on, done=100 * amount, seen=1)
        for on, amount in zip(days, amounts, strict=False)
    ]


def money(rows, **changes):
    base = daily(days=YEAR)
    return standing([*base, *rows], rules=MONEY, **changes)


def test_the_strip_of_an_amount_looks_at_thirteen_weeks_that_are_three_months():
    found = strip(money(deals([50_000] * 7)), "pipeline_created")
    assert found.window.first == AS_OF - timedelta(days=90)
    assert (found.window.actual, found.window.minimum) == (350_000, 300_000)
    assert (found.in_force, found.per, found.is_met, found.why_not) == (
        100_000,
        "month",
        True,
        None,
    )


def test_two_windows_of_thirteen_weeks_open_an_exception_of_an_amount():
    found = of_measure(money(deals([10_000] * 20)), "pipeline_created")
    assert (found.state, found.second.first) == ("open", found.first.last + timedelta(days=1))
    assert found.second.minimum == 300_000
    assert found.false_exception == Decimal("1.6")
    once = deals([10_000] * 6 + [50_000] * 14)
    assert of_measure(money(once), "pipeline_created").state == "heads_up"


def test_an_amount_whose_minimum_is_two_deals_is_shown_and_never_flagged():
    found = money(deals([150_000] * 4, every=40))
    line = strip(found, "pipeline_created")
    assert (
        (line.is_met, line.window.actual) == (False, 300_000)
        if line.window.actual < 300_000
        else (True, 300_000)
    )
    big = money(deals([1_000, 2_000, 120_000, 1_000], every=15))
    assert strip(big, "pipeline_created").is_met is False
    assert strip(big, "pipeline_created").why_not.startswith("Never flagged: the minimum is worth")
    assert of_measure(big, "pipeline_created") is None


def test_without_deals_of_ones_own_everybodys_typical_deal_decides():
    nothing = money([])
    assert strip(nothing, "pipeline_created").why_not == (
        "Never flagged: how large a deal usually is cannot be told."
    )
    assert of_measure(nothing, "pipeline_created") is None
    small = Coverage(typical_deals={"pipeline_created": Fraction(20_000 * 100)})
    assert of_measure(money([], coverage=small), "pipeline_created").state == "open"
    large = Coverage(typical_deals={"pipeline_created": Fraction(200_000 * 100)})
    assert of_measure(money([], coverage=large), "pipeline_created") is None


def test_where_the_data_reach_back_for_one_window_an_amount_is_never_an_exception():
    begins = dict.fromkeys(("calls", "meetings", "footprint_days"), YEAR[0])
    coverage = Coverage(since={**begins, "pipeline_created": LAST - timedelta(days=100)})
    found = of_measure(money(deals([10_000] * 15), coverage=coverage), "pipeline_created")
    assert found.state == "heads_up"


# Hygiene: a limit is shown; one reading cannot judge two weeks.

OVERDUE = Measure(
    "overdue_tasks", "Overdue tasks", "Tasks.", "", "hygiene", Decimal(0), ("rep",), {}, 0, "",
    limits={"rep": Decimal(5)},
)  # fmt: skip


@pytest.mark.parametrize(("count", "is_met"), [(0, True), (5, True), (6, False)])
def test_a_limit_is_shown_as_it_stands(count, is_met):
    rules = replace(RULES, measures=(*RULES.measures, OVERDUE))
    found = standing([*daily(), Evidence(ANA, "overdue_tasks", AS_OF, done=count)], rules=rules)
    line = strip(found, "overdue_tasks")
    assert (line.window.actual, line.in_force, line.is_met) == (count, 5, is_met)
    assert found.exceptions == ()


def test_a_limit_that_the_data_cannot_show_is_a_gap():
    rules = replace(RULES, measures=(*RULES.measures, OVERDUE))
    found = standing(daily(), rules=rules, coverage=Coverage({"overdue_tasks": "No tasks."}))
    line = strip(found, "overdue_tasks")
    assert (line.window, line.is_met, line.why_not) == (None, None, "No tasks.")
