"""On a run's page: whoever looks after Bellwether sees how it runs, and nobody else does."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.canvas import panel_builders as build
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
    expect(panel.locator("#budget")).to_contain_text("of the 100,000 API calls")
    expect(panel.locator("#service")).to_contain_text("1 at work.")
    expect(panel.locator("#rules")).to_contain_text(run["Rule_Version__c"])
    expect(panel.locator("#run")).to_contain_text(f"{run['Api_Calls__c']:.0f}")
    assert_usable(watch)
    watch.assert_nowhere(road.token_start, *road.secrets)


def test_nobody_else_does(watch, road, admin):
    """Not in the org's page of the run, nor in a panel that is told to stand on it."""
    (run,) = road.soql("SELECT Id, Rule_Version__c FROM Adoption_Run__c LIMIT 1")
    cast = Cast(road)
    executive = cast.by_role("SVP, Sales & Marketing")[0]
    open_as(watch, road, executive)
    watch.page.goto(f"{road.page_url}/{run['Id']}")
    expect(watch.page.get_by_role("heading", name="Page not found")).to_be_visible()
    assert all("404" in error for error in watch.errors)
    watch.errors.clear()
    for player, state in ((admin, "admin"), (executive, "no_record")):
        post_in_browser(watch, road, signed_for(road, cast, player, run["Id"]))
        expect(watch.page.locator(f"main#panel[data-state='{state}']")).to_be_visible()
        is_told = watch.page.locator("#rules").count()
        assert is_told == (player is admin)
    assert run["Rule_Version__c"] not in watch.page.content()


def signed_for(road, cast, player, run_id):
    """What Salesforce signs when somebody's page tells the panel that it stands on this run."""
    environment = road.road.environment
    envelope = build.envelope(
        userId=player.user_id, client__oauthToken=cast.session(player),
        client__instanceUrl=environment["SALESFORCE_INSTANCE_URL"],
        client__targetOrigin=road.page_url, context__user__userId=player.user_id,
        context__organization__organizationId=road.org_id,
        context__environment__parameters={"recordId": run_id, "sObjectName": "Adoption_Run__c"},
    )  # fmt: skip
    return build.signed_request(envelope, environment["CANVAS_CONSUMER_SECRETS"])


def post_in_browser(watch, road, signed):
    """Open the panel as Salesforce does: a form, posted."""
    watch.page.goto("about:blank")
    watch.page.evaluate(
        """([url, signed]) => {
          const form = Object.assign(document.createElement("form"), {method: "post", action: url});
          form.append(Object.assign(document.createElement("input"), {name: "signed_request", value: signed}));
          document.body.append(form);
          form.submit();
        }""",
        [f"{road.road.panel_url}/canvas", signed],
    )
