"""The panel on a run's page: for whoever may read runs, and for nobody else."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from canvas.port import ReadingError
from tests.canvas import panel_builders as build
from tests.canvas.test_hostile import NAMES

RUN = "a075g00000RunOnAAA"
NOT_VISIBLE = ReadingError("not_visible", "INVALID_TYPE")
DOWN = ReadingError("salesforce_down", "503")


def a_run(hours_ago=3, **changes):
    ended = datetime.now(UTC) - timedelta(hours=hours_ago)
    return {
        "Id": RUN, "Kind__c": "Night", "Status__c": "Finished",
        "Started_At__c": f"{ended - timedelta(seconds=95):%Y-%m-%dT%H:%M:%S}.000+0000",
        "Finished_At__c": f"{ended:%Y-%m-%dT%H:%M:%S}.000+0000", "Scored__c": 901.0, "Not_Scored__c": 89.0,
        "Rows_Read__c": 1234567.0, "Records_Written__c": 1002.0, "Records_Rejected__c": 0.0, "Posts_Made__c": 2.0,
        "Api_Calls__c": 31.0, "Rule_Version__c": "2026.1", "Rule_Source__c": "the org", "Written__c": "Adoption_Score__c 901",
        "Gaps__c": "No history of leads.\nNo page times.", "Detail__c": None, **changes,
    }  # fmt: skip


@pytest.fixture
def admin(show, org):
    """The page of a run; keywords are what the org answers."""

    def look(shown=None, **answers):
        run = a_run() if shown is None else shown
        rules = {
            "settings": [{"MasterLabel": "Rules", "Version__c": "2026.2", "Agreed_On__c": "2026-09-01"}],
            "measures": [{"MasterLabel": "Calls", "Weight__c": 15.0, "Active__c": True},
                         {"MasterLabel": "Faxes", "Weight__c": 5.0, "Active__c": False}],
            "roles": [{"MasterLabel": "Field sales", "Role_Names__c": None, "Profile_Names__c": ""},
                      {"MasterLabel": "Inside sales", "Role_Names__c": "ISR", "Profile_Names__c": None}],
        }  # fmt: skip
        org.others = {"run": [run] if run else [], "runs": [run] if run else [], **rules, **answers}
        return show(
            None,
            context__environment__parameters={"recordId": RUN, "sObjectName": "Adoption_Run__c"},
        )

    return look


def told(answer, section):
    found = re.search(rf'id="{section}".*?</section>', answer.text, re.DOTALL)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def test_how_many_calls_the_org_has_used_is_what_its_answer_said(admin, org):
    assert 'id="budget"' not in admin().text
    org.limit = (12345, 100000)
    assert "has used 12,345 of the 100,000 API calls" in told(admin(), "night")


def test_where_the_calls_of_a_run_went_the_most_first(admin):
    run = a_run(Calls_By_Object__c="Adoption_Run__c 2, Task 1204, several at once 3, User 2, Tas")
    told_calls = re.search(r'id="calls-by".*?</details>', admin(run).text, re.DOTALL)[0]
    assert re.findall(r"<bdi>(.*?)</bdi></dt><dd>(.*?)</dd>", told_calls) == [
        ("Task", "1,204"), ("several at once", "3"), ("Adoption_Run__c", "2"), ("User", "2"),
    ]  # fmt: skip
    assert 'id="calls-by"' not in admin().text


def test_an_org_without_that_field_shows_the_rest(admin, org):
    asked_less = []

    def answer(question):
        asked_less.append(question)
        is_newer = "Calls_By_Object__c" in question
        return ReadingError("not_visible", "INVALID_FIELD") if is_newer else [a_run()]

    org.others = {"run": [a_run()]}
    usual = org._answer
    org._answer = lambda question: answer(question) if "WHERE Id" in question else usual(question)
    page = admin()
    assert 'data-state="admin"' in page.text
    assert len(asked_less) == 2


def test_an_admin_reads_how_the_night_was_and_by_which_rules(admin, org):
    answer = admin()
    assert 'data-state="admin"' in answer.text
    assert "Finished" in told(answer, "night")
    assert "spent 31 API calls" in told(answer, "night")
    assert "95 s" in told(answer, "run")
    assert "1,234,567" in told(answer, "run")
    assert "2 things that the data could not tell" in told(answer, "run")
    assert "version 2026.1 (the org)" in told(answer, "rules")
    assert "version 2026.2, agreed on Sep 1, 2026" in told(answer, "rules")
    assert "nobody has confirmed yet: Field sales." in told(answer, "rules")
    assert "Faxes" not in answer.text
    assert (org.round_trips, len(org.questions)) == (1, 5)


@pytest.mark.parametrize(
    ("run", "says"),
    [
        (a_run(37), "The night is missing"),
        (a_run(Status__c="Stopped", Detail__c="21 API calls were spent.\nRaise it."), "Stopped"),
        (a_run(Kind__c="Digest"), "No night has run yet"),
    ],
)
def test_a_night_that_is_missing_or_failed_is_said_first(admin, run, says):
    answer = admin(run)
    assert says in told(answer, "night")
    assert all(line in answer.text for line in (run["Detail__c"] or "").splitlines())


def test_what_the_service_says_of_itself_is_shown(admin):
    service = told(admin(), "service")
    assert "The broker does not answer" in service  # tests have none
    assert "A run may spend" in service


def test_who_may_not_read_the_run_is_told_nothing_of_the_service(admin):
    for refused in ({"run": NOT_VISIBLE, "runs": NOT_VISIBLE}, {"run": [], "runs": []}):
        answer = admin({}, **refused)
        assert 'data-state="no_record"' in answer.text
        assert "broker" not in answer.text


def test_who_may_not_read_the_rules_still_sees_the_runs(admin):
    answer = admin(settings=NOT_VISIBLE, measures=NOT_VISIBLE, roles=NOT_VISIBLE)
    assert "Salesforce does not show you these." in told(answer, "rules")


def test_whatever_a_run_holds_is_text(admin):
    for odd in [*NAMES, None, 7, [], {"a": {}}]:
        assert_text(admin, odd)


def assert_text(admin, odd):
    answer = admin({name: odd for name in a_run() if name != "Id"}, settings=[{"Version__c": odd}],
                   measures=[{"MasterLabel": odd, "Weight__c": odd}], roles=[{"MasterLabel": odd}])  # fmt: skip
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "<img" not in answer.text
    assert build.TOKEN not in answer.text


def test_runs_that_were_not_answered_are_no_missing_night(admin):
    answer = admin(runs=DOWN, settings=DOWN)
    assert "No night has run yet" not in answer.text
    assert "API calls; a look for" not in answer.text
    assert answer.text.count("did not answer this just now") == 3
    assert 'id="partly-unread"' in answer.text
