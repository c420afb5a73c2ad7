"""The company week by week: what is drawn, where it breaks, and what is said in words."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from canvas.people_questions import teams_query
from canvas.trend import read_trend, since
from tests.canvas import leader_builders as lead
from tests.canvas import panel_builders as build


def a_week(monday, median, version="1", **changes):
    return lead.a_team(
        f"Week of {monday}", "Week", None, Median__c=median, Low_Quartile__c=median and median - 10,
        High_Quartile__c=median and median + 10, Rule_Version__c=version, **changes,
    )  # fmt: skip


def weeks(*medians, version="1", start=date(2026, 9, 7)):
    return [a_week(start + timedelta(weeks=at), one, version) for at, one in enumerate(medians)]


def test_weeks_are_placed_by_their_day_and_a_missing_one_leaves_its_room():
    trend = read_trend([*weeks(60.0, 62.0), a_week("2026-09-28", 70.5)])
    assert trend.lines == ("0.0,40.0 33.3,38.0 100.0,29.5",)
    assert trend.bands == ("0.0,30.0 33.3,28.0 100.0,19.5 100.0,39.5 33.3,48.0 0.0,50.0",)
    assert trend.breaks == ()


def test_another_version_of_the_rules_breaks_the_line():
    trend = read_trend([*weeks(60, 62), *weeks(50, 55, version="2", start=date(2026, 9, 21))])
    assert trend.lines == ("0.0,40 33.3,38", "66.7,50 100.0,45")
    ((at, week),) = trend.breaks
    assert (at, week.version) == (Decimal("50.0"), "2")


def test_a_week_without_a_median_and_other_groups_are_left_out():
    others = lead.everything()["teams"]
    assert read_trend([*others, a_week("2026-09-07", None)]) is None
    assert len(read_trend([*others, *weeks(60, None, 61)]).weeks) == 2


@pytest.mark.parametrize("odd", [None, "x", 7, {}, [], "Week of 2026-99-99", 10**20])
def test_odd_values_break_nothing(odd):
    fields = lead.a_team("a", "Week", None)
    for name in fields:
        read_trend([{**a_week("2026-09-07", 60), name: odd}])


@pytest.mark.parametrize("part", [None, -1, 101])
def test_the_mix_is_whole_or_absent(part):
    mix = {"Habit_Share__c": 15, "Forming_Share__c": part, "Not_Started_Share__c": 20}
    assert read_trend([a_week("2026-09-07", 60, **mix)]).mix == ()


def test_an_executive_reads_trend_and_mix(show, org):
    mix = {"Habit_Share__c": 15.0, "Forming_Share__c": 65.0, "Not_Started_Share__c": 20.0}
    org.others = lead.everything()
    last = a_week("2026-09-28", 70.0, "2027 <b>", **mix)
    org.others["teams"] = [*org.others["teams"], *weeks(60.0, 62.0), last]
    page = show(build.a_record()).text
    label = re.search(r'class="trend__plot"[^>]*aria-label="([^"]*)"', page)[1]
    assert label.startswith(
        "Median of the company by week: 60 in the week of Sep 7, 2026, 70 in the week of Sep 28, 2026."
    )
    assert "the rules are version 2027 &lt;b&gt;" in label
    assert page.count("<polyline") == 2
    said = re.sub(r"<[^>]+>|\s+", " ", page[page.index('id="habits"') :])
    assert "Habit 15% (usual: 20%)" in " ".join(said.split())
    assert "Forming 65% (usual: 60%)" in " ".join(said.split())
    assert "Week of 2026" not in page  # a week is no manager


def test_the_first_week_draws_no_line_and_says_so(show, org):
    org.others = lead.everything()
    org.others["teams"] = [*org.others["teams"], *weeks(60.0)]
    page = show(build.a_record()).text
    assert "This is the first week of which there are figures." in page
    assert "<polyline" not in page
    assert 'id="trend-table"' in page


def test_half_a_year_is_asked_for():
    assert since(date(2026, 11, 26)) == "Week:2026-W22"
    assert "Team_Key__c >= 'Week:2026-W22'" in teams_query(build.USER_ID, date(2026, 11, 26))
