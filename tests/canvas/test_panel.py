"""`POST /canvas` and every page that explains: what the browser gets, what the log gets."""

from __future__ import annotations

import re

import pytest
from redis.exceptions import ConnectionError as NoRedisError

from canvas.busy import Most
from canvas.catalogue import read_catalogues
from canvas.port import ReadingError
from canvas.states import STATES
from tests.canvas import panel_builders as build

TEXTS = read_catalogues().of(["en"])


def state_of(answer) -> str:
    found = re.search(r'<main id="panel"[^>]* data-state="([a-z_-]+)"', answer.text)
    assert found, answer.text
    return found[1]


def test_every_answer_says_how_long_it_waited_for_the_org(show):
    told = show(build.a_record()).headers["Server-Timing"]
    org, total = map(float, re.fullmatch(r"org;dur=([\d.]+), total;dur=([\d.]+)", told).groups())
    assert 0 <= org <= total


def test_the_rep_sees_the_score(show):
    answer = show(build.a_record())
    assert answer.status_code == 200
    assert state_of(answer) == "score"
    for text in ("74<small>.3</small>", "± 6.1", "Building", "Data care", "42.9", "Acme Pumps \N{EN DASH} 40 units",
                 "+2.20", "+10.9 in all", "71 of 100", "96 recorded, 25 set aside", "4 days off not counted",
                 "20 working days, Oct 20, 2026 \N{EN DASH} Nov 20, 2026", "As of Nov 20, 2026, 11:59 PM PST",
                 "Version 2026.1", "Northwind Pumps"):  # fmt: skip
        assert text in answer.text, text


def test_a_record_link_leads_back_to_salesforce(show):
    found = re.search(r'<a [^>]*href="([^"]+)"[^>]*>\s*<bdi>Acme', show(build.a_record()).text)
    assert found[1] == f"{build.HOST}/0065g00000AcmePAAR"
    assert 'target="_top" rel="noopener"' in found[0]


def test_one_round_trip_with_the_viewers_own_token_and_nothing_else(show, org):
    show(build.a_record())
    assert org.round_trips == 1
    assert len(org.questions) == 5  # as many queries as a composite may hold
    assert f"User_Key__c = '{build.USER_ID}'" in org.questions[0]
    assert [viewer.token for viewer in org.viewers] == [build.TOKEN]


def test_the_log_names_the_org_and_how_it_ended(show, events):
    show(build.a_record())
    assert (events[-1]["org_id"], events[-1]["state"]) == (build.ORG_ID, "score")


def test_the_same_request_again_is_answered_again(show, org):
    assert [state_of(show(build.a_record())) for _ in "ab"] == ["score", "score"]


def test_a_request_signed_with_the_next_secret_is_answered(client, org):
    org.records = [build.a_record()]
    signed = build.signed_request(build.envelope(), build.NEXT_SECRET)
    assert state_of(client.post("/canvas", data={"signed_request": signed})) == "score"


def test_no_score_says_why_and_who_can_change_that(show):
    answer = show(build.a_not_scored_record())
    assert (answer.status_code, state_of(answer)) == (200, "not-scored")
    assert "Only 6 of the last 40 working days count as worked" in answer.text
    assert "Your manager can correct days" in answer.text
    assert TEXTS("not_scored.away") in answer.text.replace("&#39;", "'")
    assert 'id="score-value"' not in answer.text
    assert 'id="fixes"' not in answer.text


def test_a_reason_that_nobody_gave_is_said_so(show):
    record = build.a_record(build.a_score(word="Not scored", value=None, band=None))
    assert TEXTS("not_scored.why_unknown") in show(record).text


def test_details_of_another_version_leave_the_result_and_say_so(show, events):
    answer = show(build.a_record(Details__c='{"shape": 2'))
    assert state_of(answer) == "score"
    assert 'id="unexplained"' in answer.text
    assert "74<small>.3</small>" in answer.text
    assert 'id="fixes"' not in answer.text  # an unread list is not an empty one
    assert events[-1]["reason"] == "details_unreadable"


def test_on_track_with_nothing_left_to_fix(show):
    score = build.a_score(
        word="On track", value=build.Decimal(100), band=build.Decimal(0), fixes=()
    )
    answer = show(build.a_record(score))
    assert TEXTS("fixes.none_title") in answer.text
    assert "±" not in answer.text


REFUSALS = {
    "bad_signature": lambda: build.signed_request(build.envelope(), "another secret"),
    "bad_algorithm": lambda: build.signed_request(build.envelope(algorithm="none")),
    "bad_envelope": lambda: build.signed_request("text"),
    "malformed": lambda: "not a signed request",
    "other_org": lambda: build.signed_request(
        build.envelope(context__organization__organizationId="00D5g000000OthrEAC")
    ),
    "no_organization": lambda: build.signed_request(build.envelope(context__organization=...)),
    "no_user": lambda: build.signed_request(build.envelope(context__user=..., userId=None)),
}


@pytest.mark.parametrize("reason", REFUSALS)
def test_every_denial_looks_the_same_to_the_browser_and_different_in_the_log(
    client, org, events, reason
):
    answer = client.post("/canvas", data={"signed_request": REFUSALS[reason]()})
    assert (answer.status_code, state_of(answer)) == (403, "refused")
    assert reason not in answer.text
    assert events == [{
        "event": "panel_answered", "log_level": "info", "state": "refused", "reason": reason,
        "request_id": answer.headers["X-Request-Id"], "org_id": None, "milliseconds": events[0]["milliseconds"],
    }]  # fmt: skip
    assert answer.headers["X-Request-Id"] in answer.text
    assert org.questions == []


def test_denials_differ_in_nothing_but_their_reference(client):
    pages = set()
    for make in REFUSALS.values():
        text = client.post("/canvas", data={"signed_request": make()}).text
        pages.add(re.sub(r'(nonce=")[^"]+|(<code>)[^<]+', "", text))
    assert len(pages) == 1


def test_a_field_sent_twice_is_refused(client, events):
    signed = build.signed_request(build.envelope())
    answer = client.post("/canvas", data={"signed_request": [signed, signed]})
    assert (state_of(answer), events[-1]["reason"]) == ("refused", "repeated_field")


@pytest.mark.parametrize("token", [None, "", "null", ...])
def test_no_token(show, org, token):
    answer = show(build.a_record(), client__oauthToken=token)
    assert (answer.status_code, state_of(answer)) == (403, "no_token")
    assert org.questions == []


def test_a_missing_client_section_is_no_token(show):
    assert state_of(show(build.a_record(), client=...)) == "no_token"


@pytest.mark.parametrize(
    ("name", "status"),
    [("session_ended", 403), ("api_not_enabled", 403), ("not_visible", 403), ("salesforce_slow", 504),
     ("salesforce_down", 502), ("salesforce_limit", 503), ("broken", 500), ("refused", 403)],
)  # fmt: skip
def test_what_the_org_answered_instead(show, org, events, name, status):
    org.error = ReadingError(name, "SOME_CODE")
    answer = show()
    assert (answer.status_code, state_of(answer)) == (status, name)
    assert events[-1]["reason"] == "SOME_CODE"
    assert "SOME_CODE" not in answer.text


def test_no_record_yet(show):
    answer = show(None)
    assert (answer.status_code, state_of(answer)) == (200, "no_score")


@pytest.mark.parametrize("path", ["/canvas", "/"])
def test_opened_outside_salesforce(client, path):
    assert state_of(client.get(path)) == "not_opened_here"


@pytest.mark.parametrize("data", [{}, {"other": "x"}, "{}"])
def test_a_post_without_a_signed_request(client, data, events):
    answer = client.post("/canvas", data=data)
    assert (answer.status_code, state_of(answer)) == (400, "not_opened_here")
    assert events[-1]["reason"] == "no_signed_request"


@pytest.mark.parametrize("name", ["_sfdc_canvas_auth", "_sfdc_canvas_authvalue"])
def test_an_unapproved_viewer_arrives_by_get(client, name):
    evil = "https://evil.example/login"
    answer = client.get("/canvas", query_string={name: "user_approval_required", "loginUrl": evil})
    assert state_of(answer) == "approval_needed"
    assert "evil" not in answer.text  # the query is unsigned: nothing in it is believed
    assert "Adoption Panel User" in answer.text


def test_a_body_too_large(client):
    for data in ({"signed_request": "A" * 250_000}, {"signed_request": "A" * 400_000}):
        answer = client.post("/canvas", data=data)
        assert (answer.status_code, state_of(answer)) == (413, "too_large")


def test_an_address_that_is_not_there(client):
    assert state_of(client.get("/elsewhere")) == "not_found"
    assert client.get("/elsewhere").status_code == 404
    assert client.put("/canvas").status_code == 405


def test_our_own_mistake_shows_nothing_of_itself(show, org, events):
    org.error = RuntimeError(f"a defect holding {build.TOKEN}")
    answer = show()
    assert (answer.status_code, state_of(answer)) == (500, "broken")
    assert build.TOKEN not in answer.text + str(events)
    broke = next(event for event in events if event["event"] == "panel_broke")
    assert broke["kind"] == "RuntimeError"
    assert "conftest.py" in broke["where"]


@pytest.mark.parametrize("name", STATES)
def test_every_state_says_what_to_do(app, name):
    from canvas.answers import state_page  # noqa: PLC0415 - needs a request

    with app.test_request_context("/canvas"):
        app.preprocess_request()
        answer = state_page(name)
    assert TEXTS(f"states.{name}.title") in answer.get_data(as_text=True).replace("&#39;", "'")
    assert (
        answer.get_data(as_text=True).count("<li>") == len(TEXTS.lines(f"states.{name}.steps")) > 0
    )


def test_a_page_that_loads_itself_in_a_loop_is_stopped_before_the_org_is_asked(
    show, org, monkeypatch
):
    monkeypatch.setattr("canvas.views.PAGES", Most("pages", 3, 5))
    answers = [show(build.a_record()) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert 'data-state="too_often"' in answers[3].text
    assert org.round_trips == 3
    for _ in range(10):
        assert show(build.a_record()).status_code == 429
    others = [show(build.a_record(), context__user__userId=f"0055g00000Othe{at}") for at in "rst"]
    # Five of the org; what was refused to the one in a loop counts for nobody else.
    assert [one.status_code for one in others] == [200, 200, 429]


def test_without_a_store_pages_are_not_counted(show, org, store):
    store.error = NoRedisError("down")
    assert show(build.a_record()).status_code == 200
