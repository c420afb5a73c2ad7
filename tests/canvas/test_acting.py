"""`POST /canvas/act`: who may act, what is recorded, and what the page is told."""

from __future__ import annotations

import re

import pytest
from redis.exceptions import ConnectionError as NoRedisError

from canvas.ids import id18
from canvas.port import ReadingError
from tests.canvas import leader_builders as lead
from tests.canvas import panel_builders as build

KEY = "0f6f2f0e-1111-4222-8333-444455556666"
SCORE, EXCEPTION = "a015g00000Cypar", "a025g00000ExceB"


def an_act(**changes):
    return {
        "kind": "Coached", "score_id": SCORE, "exception_id": EXCEPTION, "note": "We talked.",
        "key": KEY, **changes,
    }  # fmt: skip


@pytest.fixture
def token(show, org):
    """The token that the page of a leader hands to its script."""
    org.others = lead.everything()
    found = re.findall(r'window\.panelToken = "([^"]+)"', show(build.a_record()).text)
    assert len(found) == 1
    return found[0]


@pytest.fixture
def post(client, token):
    def of(body, given=None):
        headers = {"X-Panel-Token": token if given is None else given}
        return client.post("/canvas/act", json=body, headers=headers)

    return of


def test_an_act_is_recorded_as_the_viewer(post, acts):
    answer = post(an_act())
    assert (answer.status_code, answer.json["state"]) == (201, "done")
    ((lent, name, values),) = acts.made
    assert (lent.user_id, lent.token, lent.instance_url) == (build.USER_ID, build.TOKEN, build.HOST)
    assert name == "Adoption_Action__c"
    assert values["Type__c"] == "Coached"
    assert values["Note__c"] == "We talked."
    assert values["Adoption_Score__c"][:15] == SCORE
    assert values["Exception__c"][:15] == EXCEPTION


@pytest.mark.parametrize("spelled", [str, str.lower, str.upper])
def test_nobody_acts_on_themselves(post, show, org, acts, spelled):
    """Salesforce takes an id of 18 characters whatever the case of its letters."""
    org.others = lead.everything()
    record = build.a_record()
    own = re.search(r'panelToken = "([\w-]{43})"', show(record).text)[1]
    whole = id18(record["Id"])
    answer = post(an_act(score_id=spelled(whole[:15]) + whole[15:]), own)
    assert (answer.status_code, answer.json["state"]) == (403, "own")
    assert acts.made == []


def test_the_same_act_sent_twice_is_recorded_once(post, acts):
    assert [post(an_act()).json["state"] for _ in "ab"] == ["done", "done"]
    assert len(acts.made) == 1
    post(an_act(key=KEY.replace("0", "9")))
    assert len(acts.made) == 2


@pytest.mark.parametrize("given", ["", "x", "A" * 43, "\u00e4" * 43])
def test_without_the_token_of_a_page_nothing_is_recorded(client, token, acts, given):
    answer = client.post(
        "/canvas/act", json=an_act(), headers={"X-Panel-Token": given.encode().decode("latin-1")}
    )
    assert (answer.status_code, answer.json["state"]) == (403, "reload")
    assert acts.made == []


def test_any_changed_letter_of_the_token_is_refused(post, token, acts):
    for at, letter in enumerate(token):
        changed = token[:at] + ("A" if letter != "A" else "B") + token[at + 1 :]
        assert post(an_act(), changed).json["state"] == "reload"
    assert acts.made == []


def test_after_a_flush_of_the_store_the_page_is_asked_to_reload(post, store, acts):
    store.values.clear()
    answer = post(an_act())
    assert (answer.status_code, answer.json["state"]) == (403, "reload")
    assert "reload the page" in answer.json["text"]
    assert acts.made == []


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "Deleted"}, {"kind": None}, {"score_id": "x"}, {"score_id": None}, {"key": ""},
        {"key": "short"}, {"key": "a b" * 9}, {"exception_id": "../../x"}, {"kind": ["Coached"]},
    ],
)  # fmt: skip
def test_what_no_page_sends_is_refused(post, acts, changes):
    answer = post(an_act(**changes))
    assert (answer.status_code, answer.json["state"]) == (400, "wrong")
    assert acts.made == []


@pytest.mark.parametrize("body", [None, [], "x", 3])
def test_a_body_that_is_no_object_is_refused(post, acts, body):
    assert post(body).status_code == 400
    assert acts.made == []


def test_an_excuse_needs_its_reason(post, acts):
    assert post(an_act(kind="Excused", note=" ")).json["state"] == "note"
    assert acts.made == []
    assert post(an_act(kind="Excused", note="On a course.")).json["state"] == "done"


def test_a_note_is_text_of_one_line_and_not_too_long(post, acts):
    post(an_act(note="<b>\u0000\n" + "x" * 400))
    note = acts.made[0][2]["Note__c"]
    assert note.startswith("<b>x")
    assert len(note) == 255


def test_an_act_without_an_exception_is_about_the_person(post, acts):
    post(an_act(exception_id=None))
    assert acts.made[0][2]["Exception__c"] is None


@pytest.mark.parametrize(
    ("state", "status", "told"),
    [
        ("session_ended", 403, "reload"), ("not_visible", 403, "refused"), ("broken", 422, "rejected"),
        ("salesforce_down", 502, "again"), ("salesforce_limit", 503, "limit"),
    ],
)  # fmt: skip
def test_a_refusal_is_told_and_may_be_tried_again(post, acts, state, status, told):
    acts.error = ReadingError(state, "X")
    answer = post(an_act())
    assert (answer.status_code, answer.json["state"]) == (status, told)
    acts.error = None
    assert post(an_act()).status_code == 201


def test_an_act_in_doubt_is_not_made_twice(post, acts):
    acts.error = ReadingError("in_doubt", "no_answer")
    assert post(an_act()).json["state"] == "doubt"
    acts.error = None
    assert post(an_act()).json["state"] == "doubt"  # nothing was heard since, so nothing is claimed
    assert acts.made == []


def test_a_key_stands_for_what_was_sent_with_it(post, acts):
    post(an_act())
    post(an_act(note="Something else."))
    assert [values["Note__c"] for _, _, values in acts.made] == ["We talked.", "Something else."]


def test_a_viewer_can_not_flood_the_org(post, acts):
    states = [post(an_act(key=f"{at:032d}")).json["state"] for at in range(25)]
    assert states == ["done"] * 20 + ["busy"] * 5
    assert len(acts.made) == 20


def test_without_a_store_the_page_is_there_and_offers_no_acts(show, org, store):
    org.others = lead.everything()
    store.error = NoRedisError("down")
    answer = show(build.a_record())
    assert answer.status_code == 200
    assert "panelToken" not in answer.text
    assert 'id="talk"' in answer.text


def test_a_store_that_went_away_is_told(post, store, acts):
    store.error = NoRedisError("down")
    answer = post(an_act())
    assert (answer.status_code, answer.json["state"]) == (503, "again")
    assert acts.made == []


def test_nothing_that_is_kept_can_be_read(token, store):
    kept = b"".join([*store.values.values(), *(name.encode() for name in store.values)])
    for secret in (build.TOKEN, token, build.USER_ID, build.HOST, build.SECRET):
        assert secret.encode() not in kept


def test_the_token_is_in_no_log(post, token, events):
    post(an_act(note="Private words"))
    said = repr(events)
    assert "act_done" in said
    for secret in (token, build.TOKEN, "Private words", SCORE, EXCEPTION):
        assert secret not in said


@pytest.fixture
def reply(client, show, org, acts):
    """A rep with an exception replies."""
    record = build.a_record(Adoption_Exceptions__r=lead.children(lead.an_exception()))
    html = show(record).text
    own = re.search(r'panelToken = "([\w-]{43})"', html)[1]
    assert html.count('name="kind" value="Reply"') == 1

    def of(**changes):
        body = {
            "kind": "Reply", "cause": "On leave", "note": "Two weeks at home.",
            "score_id": record["Id"], "exception_id": lead.an_exception()["Id"], "key": KEY,
            "away_from": "2026-10-01", "away_to": "2026-10-14", **changes,
        }  # fmt: skip
        return client.post("/canvas/act", json=body, headers={"X-Panel-Token": own})

    return of


def test_a_rep_replies_to_their_own_exception(reply, acts):
    assert reply().json["state"] == "done"
    ((_, _, values),) = acts.made
    assert (values["Type__c"], values["Cause__c"]) == ("Reply", "On leave")
    assert (values["Away_From__c"], values["Away_To__c"]) == ("2026-10-01", "2026-10-14")
    assert values["Note__c"] == "Two weeks at home."


def test_nobody_replies_for_somebody_else(reply, acts):
    answer = reply(score_id=SCORE)
    assert (answer.status_code, answer.json["state"]) == (403, "refused")
    assert acts.made == []


@pytest.mark.parametrize("cause", ["", None, "Bored", ["On leave"]])
def test_a_reply_has_one_of_the_causes(reply, acts, cause):
    assert reply(cause=cause).json["state"] == "wrong"
    assert acts.made == []


def test_something_else_has_to_be_said(reply, acts):
    assert reply(cause="Other", note="").json["state"] == "note"
    assert (
        reply(cause="Other", note="My laptop broke.", away_from="", away_to="").status_code == 201
    )


@pytest.mark.parametrize(
    "days",
    [
        ("2026-10-01", ""), ("", "2026-10-01"), ("2026-10-02", "2026-10-01"), ("x", "y"),
        ("2026-10-01", "2027-10-02"), ("20261001", "20261002"), ("2026-W40-1", "2026-W40-2"),
    ],
)  # fmt: skip
def test_days_that_make_no_sense_are_not_recorded(reply, acts, days):
    assert reply(away_from=days[0], away_to=days[1]).json["state"] == "range"
    assert acts.made == []


def test_an_absence_is_approved_with_its_days_and_a_reason(post, acts):
    days = {"away_from": "2026-10-01", "away_to": "2026-10-14"}
    assert post(an_act(kind="Excused", note="", **days)).json["state"] == "done"
    values = acts.made[0][2]
    assert (values["Away_From__c"], values["Away_To__c"]) == ("2026-10-01", "2026-10-14")
    assert values["Note__c"] == "Away from 2026-10-01 to 2026-10-14."


def test_no_other_act_brings_days(post, acts):
    post(an_act(kind="Coached", away_from="2026-10-01", away_to="2026-10-14"))
    assert acts.made[0][2]["Away_From__c"] is None


def test_a_manager_reads_the_reply_and_finds_its_days_filled_in(show, org):
    said = lead.an_act(
        Type__c="Reply", Cause__c="On leave", Away_From__c="2026-10-01", Away_To__c="2026-10-14",
        Note__c="<b>Two</b> weeks", CreatedBy={"Name": "Cy Park"}, Exception__c="a025g00000ExceA",
    )  # fmt: skip
    person = lead.a_person(
        "Cy Park", 61.5, "Building", (lead.an_exception(),), (said, lead.an_act())
    )
    org.others = {**lead.everything(), "people": [person]}
    html = show(build.a_record()).text
    assert "replied, Nov 2, 2026: I was away (away Oct 1, 2026 to Oct 14, 2026)" in html
    assert "&lt;b&gt;Two&lt;/b&gt; weeks" in html
    assert 'name="away_from" value="2026-10-01"' in html
    assert "coached, Nov 2, 2026" in html


ASKED = ("Not scored yet: nothing was created or changed from 2026-09-07 to 2026-09-11 and from 2026-10-01"
         " to 2026-10-14. Were you away? Your manager can approve it or log the days off.")  # fmt: skip


def away_people(*acts):
    person = lead.a_person("Fay Wu", None, "Not scored", (), acts, Not_Scored_Reason__c=ASKED)
    return {**lead.everything(), "people": [person]}


def test_whoever_is_asked_away_about_has_the_form_with_the_days(show, org):
    org.others = away_people()
    html = show(build.a_record()).text
    (asked,) = re.findall(r'<ul class="people" id="asked-away".*?</ul>', html, re.DOTALL)
    assert "Fay Wu" in asked
    assert '<option value="Excused" selected>' in asked
    assert 'name="away_from" value="2026-10-01"' in asked
    assert 'name="away_to" value="2026-10-14"' in asked
    assert asked.count('<form class="act" data-act ') == 1
    assert "panelToken" in html


def test_what_they_said_to_it_goes_before_what_the_night_saw(show, org):
    said = lead.an_act(Type__c="Reply", Cause__c="On leave", Away_From__c="2026-09-28",
                       Away_To__c="2026-10-16", Exception__c=None)  # fmt: skip
    org.others = away_people(said)
    html = show(build.a_record()).text
    assert 'name="away_from" value="2026-09-28"' in html
    assert "replied, Nov 2, 2026: I was away" in html


def test_an_old_holiday_is_no_answer_to_a_new_question(show, org):
    days = {"Type__c": "Reply", "Cause__c": "On leave", "Exception__c": None}
    old = lead.an_act(**days, Away_From__c="2026-05-04", Away_To__c="2026-05-15")
    wordless = lead.an_act(**days, Away_From__c=None, Away_To__c=None)
    new = lead.an_act(**days, Away_From__c="2026-10-14", Away_To__c="2026-10-16")

    def asked_with(*said):
        org.others = away_people(*said)
        html = show(build.a_record()).text
        return re.search(r'name="away_from" value="([\d-]+)"', html)[1], "quote reply" in html

    assert asked_with(old) == ("2026-10-01", False)
    assert asked_with(wordless) == ("2026-10-01", False)
    assert asked_with(old, new) == ("2026-10-14", True)


def test_whoever_is_asked_may_say_it_themselves(client, show, acts):
    record = {**build.a_not_scored_record(), "Not_Scored_Reason__c": ASKED}
    html = show(record).text
    assert '<option value="On leave" selected>' in html
    assert 'name="away_from" value="2026-10-01"' in html
    own = re.search(r'panelToken = "([\w-]{43})"', html)[1]
    body = {"kind": "Reply", "cause": "On leave", "note": "", "score_id": record["Id"], "exception_id": "",
            "key": KEY, "away_from": "2026-10-01", "away_to": "2026-10-14"}  # fmt: skip
    answer = client.post("/canvas/act", json=body, headers={"X-Panel-Token": own})
    assert answer.status_code == 201
    assert acts.made[0][2]["Away_To__c"] == "2026-10-14"


def test_a_reply_to_another_exception_is_not_shown_with_this_one(show, org):
    said = lead.an_act(
        Type__c="Reply", Cause__c="On leave", Away_From__c="2026-03-01", Away_To__c="2026-03-14",
        Exception__c="a025g00000Other",
    )  # fmt: skip
    person = lead.a_person("Cy Park", 61.5, "Building", (lead.an_exception(),), (said,))
    org.others = {**lead.everything(), "people": [person]}
    html = show(build.a_record()).text
    assert "replied" not in html
    assert 'value="2026-03-01"' not in html


def test_replies_do_not_hide_what_was_done(show, org):
    said = lead.an_act(Type__c="Reply", Cause__c="Other", Exception__c="a025g00000ExceA")
    person = lead.a_person(
        "Cy Park", 61.5, "Building", (lead.an_exception(),), (*[said] * 4, lead.an_act())
    )
    org.others = {**lead.everything(), "people": [person]}
    assert "coached, Nov 2, 2026" in show(build.a_record()).text
    asked = next(one for one in org.questions if "User__r.ManagerId" in one)
    assert "FROM Adoption_Actions__r ORDER BY CreatedDate DESC LIMIT 10" in asked


def test_a_form_of_each_person_names_whom_it_is_about(show, org):
    org.others = lead.everything()
    html = show(build.a_record()).text
    assert html.count('<form class="act" data-act data-score=') == 3
    assert re.findall(r'data-exception="(\w*)"', html)[0][:15] == EXCEPTION
    assert html.count('aria-label="Record it about ') == 3


def test_a_page_without_anybody_to_talk_to_lends_no_token(show, store):
    assert "panelToken" not in show(build.a_record()).text
    assert set(store.values.values()) == {b"1"}  # how often a page was opened


def test_the_next_minute_counts_anew_even_where_a_count_never_ends(post, acts, monkeypatch):
    for at in range(21):
        post(an_act(key=f"{at:032d}"))
    assert post(an_act(key="x" * 32)).json["state"] == "busy"
    monkeypatch.setattr("canvas.busy.time", lambda: 60.0)
    assert post(an_act(key="x" * 32)).json["state"] == "done"
