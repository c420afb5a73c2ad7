"""A deal review: tasks and its record in one go, and what the owner of the deal says of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from canvas.ids import id18
from canvas.panel_token import LONGEST_SECONDS, SECONDS
from canvas.port import ReadingError
from service.app import create_app
from tests.canvas import leader_builders as lead
from tests.canvas import panel_builders as build
from tests.canvas import record_builders as a

KEY = "7b0bc0e2-71d1-4e53-9d60-49974a1a95f7"
OWNERS_SCORE = id18("a015g00000BoLin")
OWNER = {"Id": OWNERS_SCORE, "User__c": a.REP_ID, "Details__c": "{}"}
SOON = (build.today() + timedelta(days=3)).isoformat()
TASKS = [{"subject": f"Step {n}", "due": SOON, "whose": "owner"} for n in (1, 2)]
TASKS.append({"subject": "Ask legal", "due": SOON, "whose": "me"})
REVIEWED = lead.an_act(
    Id="a045g00000ActOn", Type__c="Reviewed", Opportunity__c=a.DEAL_ID, Note__c="Good talk."
)
RATED = lead.an_act(Type__c="Rated", Opportunity__c=a.DEAL_ID, Rating__c="Helped", Note__c=None,
                    CreatedBy={"Name": "Bo Lind"}, CreatedById=build.USER_ID)  # fmt: skip


@pytest.fixture
def page(show, org):
    """The page of an opportunity as a leader of its owner sees it."""

    def of(owner=OWNER, **changes):
        org.others = {"opportunity": [a.a_deal(**changes)], "owner": [owner] if owner else []}
        return show(build.a_record(), context__environment__parameters={"recordId": a.DEAL_ID}).text

    return of


@pytest.fixture
def send(client, page, acts):
    """Sends a review; Salesforce says whose the deal is, and whether it is closed."""
    token = re.search(r'panelToken = "([\w-]{43})"', page())[1]
    acts.known = {
        "SELECT OwnerId, IsClosed": [{"OwnerId": a.REP_ID, "IsClosed": False}],
        "(SELECT OwnerId": [{"Id": OWNERS_SCORE}],
    }

    def of(**changes):
        body = {"kind": "Review", "opportunity_id": a.DEAL_ID, "score_id": None, "exception_id": None,
                "deal_id": None, "note": "Good talk.", "key": KEY, "tasks": TASKS, **changes}  # fmt: skip
        return client.post("/canvas/act", json=body, headers={"X-Panel-Token": token})

    return of


def test_tasks_and_record_are_made_in_one_go_as_the_viewer(send, acts):
    answer = send()
    assert (answer.status_code, answer.json["state"]) == (201, "reviewed")
    ((*tasks, record),) = acts.together
    assert acts.made == []
    assert [(one["Subject"], one["OwnerId"]) for one in tasks] == [
        ("Step 1", a.REP_ID), ("Step 2", a.REP_ID), ("Ask legal", build.USER_ID),
    ]  # fmt: skip
    assert {(one["WhatId"], one["ActivityDate"]) for one in tasks} == {(a.DEAL_ID, SOON)}
    assert record["attributes"] == {"type": "Adoption_Action__c"}
    assert (record["Type__c"], record["Adoption_Score__c"]) == ("Reviewed", OWNERS_SCORE)
    assert (record["Opportunity__c"], record["Exception__c"]) == (a.DEAL_ID, None)
    assert acts.lent.token == build.TOKEN


def test_a_review_sent_twice_is_made_once(send, acts):
    assert [send().status_code for _ in range(3)] == [201, 200, 200]
    assert len(acts.together) == 1


def test_a_review_in_doubt_is_not_made_twice(send, acts):
    acts.error = ReadingError("in_doubt", "no_answer")
    assert send().json["state"] == "doubt"
    acts.error = None
    assert send().json["state"] == "doubt"
    assert acts.together == []


def test_a_review_changed_after_a_request_without_an_answer_is_the_same_one(send, acts):
    changed = [{**TASKS[0], "subject": "Another step"}, *TASKS[1:]]
    acts.error = ReadingError("in_doubt", "no_answer")
    send()
    acts.error = None
    assert send(tasks=changed).json["state"] == "doubt"
    assert acts.together == []
    other = KEY.replace("7", "8")
    assert send(key=other).status_code == 201
    answer = send(key=other, tasks=changed)
    assert (answer.status_code, answer.json["state"]) == (200, "reviewed")
    assert len(acts.together) == 1


def test_what_salesforce_refused_may_be_sent_again(send, acts):
    acts.error = ReadingError("broken", "FIELD_CUSTOM_VALIDATION_EXCEPTION")
    assert send().json["state"] == "rejected"
    acts.error = None
    assert send().status_code == 201


@pytest.mark.parametrize(
    "tasks",
    [
        [], TASKS[:2], None, "three", [*TASKS[:2], TASKS[0]], [*TASKS[:2], {"subject": "No day", "due": ""}],
        [*TASKS[:2], {"subject": "", "due": SOON}], [*TASKS[:2], {"subject": "Late", "due": "2020-01-01"}],
        [*TASKS[:2], {"subject": "Odd", "due": SOON.replace("-", "")}],
        [*TASKS[:2], {"subject": "Far", "due": "9999-12-31"}], [{"subject": str(n), "due": SOON} for n in range(9)],
    ],
)  # fmt: skip
def test_a_review_ends_in_three_to_five_different_tasks(send, acts, tasks):
    assert (send(tasks=tasks).status_code, acts.together) == (400, [])
    assert send(tasks=tasks).json["state"] == "tasks"


@pytest.mark.parametrize(
    "changes",
    [{"opportunity_id": None}, {"opportunity_id": "x"}, {"score_id": OWNERS_SCORE},
     {"deal_id": id18("a035g00000Deal1")}, {"exception_id": id18("a025g00000ExceA")}, {"rating": "Helped"}],
)  # fmt: skip
def test_what_no_page_sends_is_refused(send, acts, changes):
    assert send(**changes).json["state"] == "wrong"
    assert acts.together == []


@pytest.mark.parametrize(
    ("known", "status", "told"),
    [
        ({"SELECT OwnerId, IsClosed": [{"OwnerId": a.REP_ID, "IsClosed": True}]}, 422, "closed"),
        ({"SELECT OwnerId, IsClosed": [{"OwnerId": build.USER_ID, "IsClosed": False}]}, 403, "own"),
        ({"SELECT OwnerId, IsClosed": []}, 403, "refused"),
        ({"(SELECT OwnerId": []}, 403, "refused"),
        ({"(SELECT OwnerId": ReadingError("salesforce_down", "503")}, 502, "again"),
    ],
)
def test_salesforce_says_whose_it_is_and_whether_the_viewer_leads_them(
    send, acts, known, status, told
):
    acts.known |= known
    answer = send()
    assert (answer.status_code, answer.json["state"]) == (status, told)
    assert acts.together == []


def test_the_page_offers_it_to_whoever_sees_the_owners_score_and_to_nobody_else(page):
    html = page()
    assert html.count("data-task>") == 5
    assert "30 minutes with Bo Lind" in html
    assert f'name="due" value="{a.day(2)}"' in html
    for other in (
        page(owner=None),
        page(owner={**OWNER, "User__c": build.USER_ID}),
        page(IsClosed=True),
    ):
        assert "data-task>" not in other
        assert "panelToken" not in other


def test_where_nobody_may_be_named_no_review_is_offered(org, acts, store):
    org.records = [build.a_record()]
    org.others = {"opportunity": [a.a_deal()], "owner": [OWNER]}
    settings = build.settings(BELLWETHER_AGGREGATE_ONLY="yes")
    signed = build.signed_request(
        build.envelope(context__environment__parameters={"recordId": a.DEAL_ID})
    )
    client = create_app(settings, org, acts, store).test_client()
    html = client.post("/canvas", data={"signed_request": signed}).text
    assert 'data-state="healthy"' in html
    assert "data-task>" not in html


def test_the_page_of_a_review_may_act_for_as_long_as_it_takes(page, store, monkeypatch):
    kept = {}
    real = store.set
    monkeypatch.setattr(
        store, "set", lambda name, value, ex, **more: kept.update({name: ex}) or real(name, value, ex, **more)
    )  # fmt: skip
    page()
    assert max(kept.values()) == LONGEST_SECONDS > 30 * 60 > SECONDS


def test_the_page_tells_earlier_reviews_and_what_was_said_of_them(page):
    owner = {**OWNER, "Adoption_Actions__r": lead.children(RATED, REVIEWED)}
    html = page(owner=owner)
    assert "said of the deal review, Nov 2, 2026: It helped" in html
    assert "reviewed a deal, Nov 2, 2026 \u2013 <q>Good talk.</q>" in html


def test_where_actions_may_not_be_read_the_rest_is_there(show, org):
    refused = ReadingError("not_visible", "INVALID_FIELD")
    org.others = {"opportunity": [a.a_deal()], "owner": refused}
    html = show(build.a_record(), context__environment__parameters={"recordId": a.DEAL_ID}).text
    assert 'data-state="healthy"' in html
    assert "(SELECT" not in org.questions[-1].partition("WHERE")[0]


def own_page(show, *made):
    return show(build.a_record(Adoption_Actions__r=lead.children(*made))).text


def test_the_owner_of_the_deal_may_say_whether_it_helped(client, show, acts):
    html = own_page(show, REVIEWED)
    assert f"{build.HOST}/{a.DEAL_ID}" in html
    assert html.count('name="kind" value="Rate"') == 1
    acts.known = {"Type__c = 'Reviewed'": [{"Id": "a045g00000ActOneEAA"}]}
    answer = rate(client, html)
    assert (answer.status_code, answer.json["state"]) == (201, "done")
    ((_, _, values),) = acts.made
    assert (values["Type__c"], values["Rating__c"], values["Opportunity__c"]) == (
        "Rated",
        "Helped",
        a.DEAL_ID,
    )


def rate(client, html, **changes):
    token = re.search(r'panelToken = "([\w-]{43})"', html)[1]
    body = {"kind": "Rate", "score_id": build.a_record()["Id"], "opportunity_id": a.DEAL_ID, "rating": "Helped",
            "note": "", "key": KEY, **changes}  # fmt: skip
    return client.post("/canvas/act", json=body, headers={"X-Panel-Token": token})


def test_only_what_was_reviewed_is_rated_and_only_by_its_owner(client, show, acts):
    html = own_page(show, REVIEWED)
    assert rate(client, html).status_code == 403  # nobody reviewed it, says Salesforce
    assert rate(client, html, score_id=OWNERS_SCORE).status_code == 403
    assert rate(client, html, rating="Ten of ten").json["state"] == "wrong"
    assert rate(client, html, opportunity_id=None).json["state"] == "wrong"
    assert acts.made == []


def test_what_was_rated_is_not_asked_again_until_the_next_review(show):
    again = {**REVIEWED, "Id": "a045g00000ActTw"}
    assert 'value="Rate"' not in own_page(show, RATED, REVIEWED)
    assert own_page(show, again, RATED, REVIEWED).count('value="Rate"') == 1


@pytest.mark.parametrize(
    "later",
    [
        lead.an_act(Opportunity__c=a.DEAL_ID),  # coached, with the deal named in an import, say
        {**RATED, "CreatedById": a.REP_ID},  # not the owner of the deal
        {**RATED, "CreatedById": None},
        {**RATED, "Opportunity__c": None},
    ],
)
def test_nothing_but_a_rating_of_the_owner_answers_a_review(show, later):
    assert own_page(show, later, REVIEWED).count('value="Rate"') == 1


def test_what_a_person_says_of_a_review_is_not_the_last_that_was_done_about_them(show, org):
    person = lead.a_person("Cy Park", 31.0, "Needs help", (), (RATED, lead.an_act()))
    org.others = {**lead.everything(), "people": [person]}
    html = show(build.a_record()).text
    assert "Last: <span" in " ".join(html.split())
    assert "coached, Nov 2, 2026" in html
    assert "It helped" not in html
