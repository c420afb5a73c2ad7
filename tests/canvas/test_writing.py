"""A mail with its evidence, and a congratulation: as the viewer, read before, and sent once."""

from __future__ import annotations

import re

import pytest
from redis.exceptions import RedisError

from canvas.busy import Most
from canvas.ids import id18
from canvas.port import ReadingError
from tests.canvas import leader_builders as lead
from tests.canvas import panel_builders as build

KEY = "0f6f2f0e-1111-4222-8333-444455556666"
SCORE, EXCEPTION, DEAL = "a015g00000Cypar", "a025g00000ExceB", "a035g00000Deal1"
OWNER = "0055g000000BoLnAAK"
FAILED = ReadingError("salesforce_down", "SERVER_UNAVAILABLE")


@pytest.fixture
def post(client, show, org, acts):
    """Act from a leader's page. `acts.known` is what Salesforce shows this viewer."""
    org.others = lead.everything()
    acts.known = {
        "User__r.Email": [{
            "Id": SCORE, "User__r": {"Name": "Di Osei", "Email": "di@bellwether.example"},
            "Reasons__c": "12 of 40 in order.\nMore.",
        }],
        "Evidence__c": [{"Id": EXCEPTION, "Evidence__c": "Calls: 61.\nWhat got in the way?"}],
        "Big_Deal_Alert__c": [{
            "Id": DEAL, "Opportunity__c": "0065g00000AcmePAAR", "Deal_Owner__c": OWNER,
            "Opportunity__r": {"Name": "Acme [x] & <b>Sons</b>"},
        }],
        "User_Key__c": [{"Id": SCORE}],
    }  # fmt: skip
    token = re.search(r'panelToken = "([\w-]{43})"', show(build.a_record()).text)[1]

    def of(**changes):
        body = {
            "kind": "Write", "score_id": SCORE, "exception_id": EXCEPTION, "key": KEY,
            "note": "Hello Di,\nshall we talk? <3", **changes,
        }  # fmt: skip
        return client.post("/canvas/act", json=body, headers={"X-Panel-Token": token})

    return of


@pytest.fixture
def congratulate(post):
    def of(**changes):
        more = {"score_id": None, "exception_id": None, "note": "", "deal_id": DEAL, **changes}
        return post(kind="Congratulate", **more)

    return of


def test_a_preview_says_what_would_be_sent_and_sends_nothing(post, acts):
    answer = post(preview=True)
    assert (answer.status_code, answer.json["state"]) == (200, "preview")
    mail = answer.json["mail"]
    assert set(mail) == {"to", "subject", "text"}  # the address stays on the server
    assert mail["to"] == "Di Osei"
    assert mail["text"].splitlines()[:2] == ["Hello Di,", "shall we talk? <3"]
    assert acts.sent == acts.made == []


def test_what_was_previewed_is_what_is_sent_and_it_is_recorded(post, acts):
    mail = post(preview=True).json["mail"]
    assert post().json["state"] == "done"
    assert acts.sent == [("mail", "di@bellwether.example", mail["subject"], mail["text"])]
    assert mail["text"].splitlines()[3:] == [
        "What this rests on, in Salesforce:", "Calls: 61.", "What got in the way?",
        f"{build.HOST}/{id18(EXCEPTION)}",
    ]  # fmt: skip
    ((lent, _, values),) = acts.made
    assert lent.token == build.TOKEN
    assert values["Type__c"] == "Mailed"
    assert values["Note__c"] == "Hello Di, shall we talk? <3"
    assert values["Exception__c"][:15] == EXCEPTION


def test_without_an_exception_the_heaviest_reason_goes_along(post):
    text = post(preview=True, exception_id=None).json["mail"]["text"]
    assert "12 of 40 in order." in text
    assert "More." not in text


def test_a_mail_sent_twice_goes_out_once(post, acts):
    assert [post().json["state"] for _ in "ab"] == ["done", "done"]
    assert len(acts.sent) == len(acts.made) == 1
    post(note="Something else.")
    assert len(acts.sent) == 2


def test_a_mail_without_words_is_none(post, acts):
    assert post(note=" \n ").json["state"] == "note"
    assert acts.sent == []


def test_a_mail_in_doubt_is_not_sent_again_nor_recorded(post, acts):
    acts.errors["mail"] = ReadingError("in_doubt", "no_answer")
    assert post().json["state"] == "out_doubt"
    acts.errors.clear()
    assert post().json["state"] == "out_doubt"
    assert acts.sent == acts.made == []


def test_a_mail_that_surely_failed_may_be_tried_again(post, acts):
    acts.errors["mail"] = FAILED
    assert post().json["state"] == "again"
    acts.errors.clear()
    assert post().json["state"] == "done"


def test_a_mail_that_is_out_and_not_recorded_says_so_and_is_not_sent_again(post, acts):
    acts.error = FAILED
    assert post().json["state"] == "unlogged"
    acts.error = None
    assert post().json["state"] == "unlogged"  # as it was: nothing recorded it since
    assert len(acts.sent) == 1


@pytest.mark.parametrize(
    ("mark", "found", "state"),
    [
        ("User__r.Email", [], "refused"),
        ("User__r.Email", ReadingError("not_visible", "INVALID_FIELD"), "refused"),
        ("User__r.Email", [{"Id": SCORE, "User__r": {"Name": "Di", "Email": None}}], "no_address"),
        ("Evidence__c", [], "refused"),  # of somebody else, or not to be seen
        ("Evidence__c", FAILED, "again"),
    ],
)
def test_nobody_writes_about_what_salesforce_does_not_show(post, acts, mark, found, state):
    acts.known[mark] = found
    assert post(preview=True).json["state"] == state
    assert post().json["state"] == state
    assert acts.sent == acts.made == []


def test_an_exception_without_evidence_adds_no_line(post, acts):
    acts.known["Evidence__c"] = [{"Id": EXCEPTION, "Evidence__c": None}]
    assert "None" not in post(preview=True).json["mail"]["text"]


def test_a_store_that_fails_after_the_mail_does_not_ask_for_a_second_one(
    post, acts, store, monkeypatch
):
    keep = store.set

    def failing(name, value, ex, *, nx=False):
        if value == b"done":
            raise RedisError
        return keep(name, value, ex, nx=nx)

    monkeypatch.setattr(store, "set", failing)
    states = [post().json["state"] for _ in "ab"]
    assert states == ["done", "out_doubt"]
    assert len(acts.sent) == 1


def test_a_congratulation_is_posted_as_the_viewer_and_recorded(congratulate, acts):
    assert congratulate().json["state"] == "done"
    said = "Congratulations on Acme (x) & <b>Sons</b>!"
    assert acts.sent == [("post", "0065g00000AcmePAAR", f"@[{OWNER}] {said}")]
    assert [values["Type__c"] for _, _, values in acts.made] == ["Praised"]
    assert acts.made[0][2]["Note__c"] == said


def test_a_deal_is_congratulated_on_once_whichever_page_does_it(congratulate, acts):
    states = [congratulate(key=f"{at:032d}").json["state"] for at in range(3)]
    assert states == ["done"] * 3
    assert len(acts.sent) == 1


def test_where_the_owners_score_is_not_to_be_seen_the_post_alone_says_it(congratulate, acts):
    acts.known["User_Key__c"] = []
    assert [congratulate().json["state"] for _ in "ab"] == ["posted", "posted"]
    assert acts.made == []
    assert len(acts.sent) == 1


def test_nobody_congratulates_themselves(congratulate, acts):
    acts.known["Big_Deal_Alert__c"][0]["Deal_Owner__c"] = build.USER_ID
    assert congratulate().json["state"] == "own"
    assert acts.sent == []


@pytest.mark.parametrize(
    "changes",
    [{"deal_id": None}, {"deal_id": "x"}, {"score_id": SCORE}, {"deal_id": DEAL, "key": "short"}],
)
def test_what_no_page_sends_is_refused(congratulate, acts, changes):
    assert congratulate(**changes).json["state"] == "wrong"
    assert acts.sent == []


def test_one_s_own_deal_offers_no_congratulation(show, org):
    org.others = lead.everything()
    org.others["deals"][0]["Deal_Owner__c"] = OWNER
    assert 'value="Congratulate"' in show(build.a_record()).text
    org.others["deals"][0]["Deal_Owner__c"] = build.USER_ID
    assert 'value="Congratulate"' not in show(build.a_record()).text


def test_what_a_manager_could_not_mend_an_executive_writes_about(show, org):
    org.others = {**lead.everything(), "people": [], "deals": []}
    html = show(build.a_record()).text
    escalated = re.search(r'id="escalated".*?</section>', html, re.DOTALL)[0]
    assert escalated.count("act--write") == 1
    assert f'data-score="{id18("a015g00000Ivy00")}"' in escalated
    assert "Write to Ivy Noor" in escalated
    assert "panelToken" in html


def test_one_org_can_not_flood_its_own_allowance(post, store, monkeypatch):
    monkeypatch.setattr("canvas.acting.ACTS", Most("acts", 20, 3))
    assert [post(preview=True).json["state"] for _ in range(5)] == ["preview"] * 3 + ["busy"] * 2
