"""What the night left for the viewer alone: shown to that viewer, and to nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from redis import Redis

from canvas.score_record import own_score_query
from service.app import create_app
from service.night_notes import EXPIRES_SECONDS, NightNotes, Notes
from service.weeks import monday_of
from tests.canvas import leader_builders as lead
from tests.canvas import panel_builders as build
from tests.canvas import record_builders as a
from tests.canvas.test_hostile import NAMES

HEADS_UP = {
    "label": "Calls", "found": "61", "expected": "100", "first": "2026-09-28", "last": "2026-10-25",
    "decided_on": "2026-11-22", "manager_from": None, "question": "What got in the way?",
}  # fmt: skip
ROLE = {"people": 41, "median": "58.5", "low": "40.0", "high": "70.0"}


@pytest.fixture
def notes(redis_url):
    return NightNotes(Redis.from_url(redis_url), build.ORG_ID, build.settings().private_key)


@pytest.fixture
def look(notes, redis_url, org, acts, store):
    """The page as this viewer gets it, from an app whose broker is real."""

    def of(**changes):
        settings = build.settings(**{"REDIS_URL": redis_url, **changes.pop("settings", {})})
        app = create_app(settings, org, acts, store)
        org.records = [changes.pop("record", None) or build.a_record()]
        signed = build.signed_request(build.envelope(**changes))
        return app.test_client().post("/canvas", data={"signed_request": signed}).text

    return of


def test_a_heads_up_is_on_the_page_of_its_person_alone(look, notes, org):
    notes.write({build.USER_ID: [HEADS_UP]})
    html = look()
    assert "A heads-up, for you alone" in html
    assert "61 found where 100 were asked." in html
    assert "If the weeks until Nov 22, 2026 are below it" in html
    notes.write({a.REP_ID: [HEADS_UP]})
    org.others = {**lead.everything(), "name": [{"Name": "Bo Lind"}]}
    for page in (look(), look(context__environment__parameters={"recordId": a.REP_ID})):
        assert "heads-up" not in page
        assert "panel" in page


def test_in_its_first_days_an_exception_says_from_when_the_manager_sees_it(look, notes):
    notes.write({build.USER_ID: [{**HEADS_UP, "manager_from": "2026-11-25"}]})
    assert "your manager sees it from Nov 25, 2026 on" in look()


def test_the_habit_is_told_to_its_person_alone(look, org):
    """By eight whole weeks: neither the running one counts, nor one before."""
    running = monday_of(build.today())
    days = [running - timedelta(weeks=ago) for ago in range(10)]
    scores = [10, 80, 80, None, 80, 80, 80, 80, 20, 80]
    weeks = lead.children(*(
        {"Week_Begins__c": on.isoformat(), "Score__c": score}
        for on, score in zip(days, scores, strict=True)
    ))  # fmt: skip
    record = build.a_record(Adoption_Snapshots__r=weeks)
    assert "A habit: 75 or more in at least six" in look(record=record)
    low = build.a_record(Adoption_Snapshots__r=lead.children(*(
        {"Week_Begins__c": on.isoformat(), "Score__c": 39.9} for on in days[:7]
    )))  # fmt: skip
    assert "Starting: below 40 in at least six" in look(record=low)
    assert "Adoption_Snapshots__r" in own_score_query(build.USER_ID)
    few = {
        **low,
        "Adoption_Snapshots__r": lead.children(*low["Adoption_Snapshots__r"]["records"][:6]),
    }
    assert 'id="habit"' not in look(record=few)
    assert 'id="habit"' not in look(record=record, settings={"BELLWETHER_AGGREGATE_ONLY": "yes"})
    # Nobody else's page asks for it, nor shows it.
    assert "Adoption_Snapshots__r" not in own_score_query(build.USER_ID, looks=False)
    org.others = {**lead.everything(), "name": [{"Name": "Bo Lind"}]}
    page = look(record=record, context__environment__parameters={"recordId": a.REP_ID})
    assert 'id="habit"' not in page


def test_where_nobody_may_be_named_there_is_none(look, notes):
    notes.write({build.USER_ID: [HEADS_UP]}, {"rep": ROLE})
    html = look(settings={"BELLWETHER_AGGREGATE_ONLY": "yes"})
    assert "heads-up" not in html
    assert 'id="alike"' not in html


def test_each_night_replaces_all_of_it_and_three_days_end_it(look, notes, redis_url):
    notes.write({build.USER_ID: [HEADS_UP]})
    with Redis.from_url(redis_url) as connection:
        (key,) = connection.keys("*:notes")
        assert 0 < connection.ttl(key) <= EXPIRES_SECONDS == 3 * 24 * 3600
    notes.write({a.REP_ID: [HEADS_UP]})
    assert "heads-up" not in look()
    notes.write({})
    assert notes.read(a.REP_ID, "rep").heads_ups == ()


def test_without_the_broker_the_page_is_there(look):
    html = look(settings={"REDIS_URL": "redis://127.0.0.1:1/0"})
    assert 'data-state="score"' in html


def role_of_viewer():
    return build.a_score().role


@pytest.mark.parametrize(
    ("median", "told"),
    [
        ("58.5", "above the median."),
        ("90.0", "below the median."),
        ("74.0", "by less than chance."),
    ],
)
def test_the_own_score_stands_beside_the_middle_of_the_role_and_no_name(look, notes, median, told):
    role = {**ROLE, "median": median, "high": "95.0"}
    notes.write({}, {role_of_viewer(): role, "another": {**ROLE, "people": 977}})
    html = look()
    assert '<details class="card about" id="alike">' in html  # closed until its viewer opens it
    assert "41 people of your role have a score" in html
    assert told in html
    assert "977" not in html


def test_the_broker_holds_neither_whose_a_note_is_nor_what_it_says(notes, redis_url):
    notes.write({build.USER_ID: [HEADS_UP]}, {"rep": ROLE})
    with Redis.from_url(redis_url) as connection:
        (key,) = connection.keys("*:notes")
        kept = connection.hgetall(key)
        said = repr((key, kept, connection.keys()))
        assert len(kept) == 2
        for clear in (build.USER_ID, build.USER_ID[:15], "rep", "Calls", "58.5", "got in the way"):
            assert clear not in said


def test_a_note_opens_for_its_person_and_its_key_alone(look, notes, redis_url):
    notes.write({a.REP_ID: [HEADS_UP]})
    with Redis.from_url(redis_url) as connection:
        (key,) = connection.keys("*:notes")
        (theirs,) = connection.hvals(key)
        notes.write({build.USER_ID: []})
        (own,) = connection.hkeys(key)
        connection.hset(key, own, theirs)  # as somebody who may write to the broker could
    assert "heads-up" not in look()
    notes.write({build.USER_ID: [HEADS_UP]})
    renewed = {
        "SALESFORCE_PRIVATE_KEY": "-----BEGIN PRIVATE KEY-----\ny\n-----END PRIVATE KEY-----"
    }
    assert "heads-up" not in look(settings=renewed)
    other = NightNotes(Redis.from_url(redis_url), build.ORG_ID, "another")
    assert other.read(build.USER_ID, "rep") == Notes()


def test_a_note_sealed_with_a_key_that_was_replaced_breaks_no_page(look, notes, redis_url):
    notes.write({build.USER_ID: [HEADS_UP]})
    with Redis.from_url(redis_url) as connection:
        (key,) = connection.keys("*:notes")
        (name,) = connection.hkeys(key)
        for odd in (b"x", b"", Fernet(Fernet.generate_key()).encrypt(b"[]")):
            connection.hset(key, name, odd)
            html = look()
            assert 'data-state="score"' in html
            assert "heads-up" not in html


@pytest.mark.parametrize("odd", [None, "x", 7, [], {}, {"median": "high"}, {**ROLE, "low": "200"}])
def test_odd_notes_break_no_page(look, notes, odd):
    notes.write({build.USER_ID: [odd, {**HEADS_UP, "label": odd}]}, {role_of_viewer(): odd})
    assert 'data-state="score"' in look()


def test_a_label_is_text(look, notes):
    for name in NAMES:
        notes.write({build.USER_ID: [{**HEADS_UP, "label": name, "question": name}]})
        html = look()
        assert "<script>alert" not in html
        assert "<img" not in html
