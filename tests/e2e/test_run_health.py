"""On a run's page: whoever looks after Bellwether sees how it runs, and nobody else does."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.cast import Cast
from tests.e2e.panel import assert_usable, open_as
from tests.e2e.test_record_pages import on_record

pytestmark = pytest.mark.xdist_group("road-story")


@pytest.fixture(scope="module")
def admin(road):
    """The administrator, with the permission set for that and the one of the panel."""
    admin = Cast(road).admin
    wanted = "Name IN ('Adoption_Admin', 'Adoption_Panel_User')"
    has = road.soql(
        f"SELECT PermissionSetId FROM PermissionSetAssignment WHERE AssigneeId = '{admin.user_id}'"
    )
    has = {one["PermissionSetId"] for one in has}
    for one in road.soql(f"SELECT Id FROM PermissionSet WHERE {wanted}"):
        if one["Id"] not in has:
            road.post(
                "/sobjects/PermissionSetAssignment",
                {"AssigneeId": admin.user_id, "PermissionSetId": one["Id"]},
            )
    return admin


def test_an_admin_reads_the_night_the_service_and_the_rules(watch, road, admin):
    (run,) = road.soql(
        "SELECT Id, Api_Calls__c, Rule_Version__c FROM Adoption_Run__c WHERE Kind__c = 'Night' ORDER BY Started_At__c DESC LIMIT 1"
    )
    open_as(watch, road, admin)
    panel = on_record(watch, road, run["Id"], "admin")
    expect(panel.locator("#night")).to_contain_text("Finished")
    expect(panel.locator("#service")).to_contain_text("1 at work.")
    expect(panel.locator("#rules")).to_contain_text(run["Rule_Version__c"])
    expect(panel.locator("#run")).to_contain_text(f"{run['Api_Calls__c']:.0f}")
    assert_usable(watch)
    watch.assert_nowhere(road.token_start, *road.secrets)


def test_nobody_else_does(watch, road, admin):
    (run,) = road.soql("SELECT Id FROM Adoption_Run__c LIMIT 1")
    executive = Cast(road).by_role("SVP, Sales & Marketing")[0]
    open_as(watch, road, executive)
    watch.page.goto(f"{road.page_url}/{run['Id']}")
    expect(watch.page.get_by_role("heading", name="Page not found")).to_be_visible()
    assert all("404" in error for error in watch.errors)
    watch.errors.clear()
