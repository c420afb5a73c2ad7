"""An executive sees the company week by week, with a break where the rules changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.cast import Cast
from tests.e2e.panel import assert_usable, open_as

pytestmark = pytest.mark.xdist_group("road-story")
MONDAY = (today := datetime.now(UTC).date()) - timedelta(days=today.weekday())
OLD = 'v1 <i>"\u202eold\u202c"</i>'


@pytest.fixture(scope="module")
def past(road):
    """Six weeks before this one, under other rules, as the nights of then would have left them."""
    made = []
    for back in range(6, 0, -1):
        monday = MONDAY - timedelta(weeks=back + 1)
        year, week, _ = monday.isocalendar()
        answer = road.post("/sobjects/Adoption_Team__c", {
            "Team_Key__c": f"Week:{year}-W{week:02}", "Name": f"Week of {monday}", "Kind__c": "Week", "People__c": 40,
            "Scored__c": 38, "Median__c": 60 - back, "Low_Quartile__c": 45, "High_Quartile__c": 75, "Rule_Version__c": OLD,
        })  # fmt: skip
        made.append(answer["id"])
    yield
    for one in made:
        road.delete(f"/sobjects/Adoption_Team__c/{one}")


def test_an_executive_sees_the_company_week_by_week(watch, road, past):
    (now,) = road.soql(
        "SELECT Median__c FROM Adoption_Team__c WHERE Kind__c = 'Week' ORDER BY Team_Key__c DESC LIMIT 1"
    )
    panel = open_as(watch, road, Cast(road).by_role("SVP, Sales & Marketing")[0])
    plot = panel.locator(".trend__plot")
    label = plot.get_attribute("aria-label")
    assert f"{now['Median__c']:.1f}".removesuffix(".0") in label
    assert "does not compare" in label
    expect(panel.locator(".trend__break")).to_have_count(1)
    table = panel.locator("#trend-table")
    panel.get_by_text("The weeks as a table").focus()
    watch.page.keyboard.press("Enter")
    expect(table).to_be_visible()
    expect(table.get_by_role("row")).to_have_count(8)
    expect(table.get_by_text(OLD).first).to_be_visible()
    assert_usable(watch)


def test_a_rep_does_not(watch, road, past):
    rep = next(one for one in Cast(road).people if one.user_id == road.rep_id)
    expect(open_as(watch, road, rep).locator(".trend__plot")).to_have_count(0)
