"""Exceptions in the org: who may read of them, and what people did about them is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from jobs.exceptions_known import read_known
from jobs.records.exception_records import LEFT, NOT_ASKED, write_exceptions
from service.evidence.usage import User
from service.facts.facts import Member
from service.scoring.result import Score
from tests.jobs.fake_org import FakeGateway
from tests.report.test_small_cells import some_facts
from tests.scoring.builders import ANA, AS_OF
from tests.scoring.test_standing import RULES, daily, of_measure, slack, standing

OBJECT, ACTION = "Adoption_Exception__c", "Adoption_Action__c"
MIA = "005000000000009AAA"
IDS = {ANA: "a00ANA"}
LOW = slack(*range(1, 18))
A_WEEK = timedelta(weeks=1)


@pytest.fixture
def org():
    return FakeGateway()


def facts_of(found, *, is_active=True, **changes):
    user = User(ANA, "Ana", None, None, MIA, is_active, True, None)
    boss = User(MIA, "Mia", None, None, None, True, True, None)
    score = Score(ANA, found.as_of, "1", "Building", Decimal(60))
    members = (Member(user, score, standing=found), Member(boss))
    return replace(
        some_facts({}, aggregate_only=False),
        members=members,
        as_of=found.as_of,
        rules=RULES,
        **changes,
    )


def night(org, rows=LOW, *, as_of=AS_OF, **changes):
    """What a night does with one person: read what is known, judge, write."""
    known = read_known(org, as_of)
    found = standing(rows, as_of=as_of, told=known.told(ANA))
    return write_exceptions(org, facts_of(found, **changes), known, IDS)


def after_as_of(calls):
    """The same acts on the working days of two weeks more."""
    days = [AS_OF + timedelta(days=at) for at in range(3, 15)]
    return daily(calls=calls, days=[on for on in days if on.weekday() < 5])


def the_record(org):
    (record,) = org.records[OBJECT].values()
    return record


def act(org, type_="Coached", note="Talked about the territory.", by=MIA, on=AS_OF, below=None):
    """Somebody records an action about the exception."""
    row = {
        "Id": f"act{len(org.records.get(ACTION, {}))}", "Type__c": type_, "Note__c": note,
        "Done_On__c": on.isoformat(), "Outcome__c": None, "CreatedById": by,
        "CreatedDate": f"{on.isoformat()}T09:00:00.000+0000", "Exception__r": the_record(org),
        "Adoption_Score__r": {"User_Key__c": below or ANA},
    }  # fmt: skip
    org.records.setdefault(ACTION, {})[row["Id"]] = row
    return row


def test_an_open_exception_is_written_with_both_windows(org):
    said, _ = night(org)
    record, told = the_record(org), of_measure(standing(LOW))
    assert (said.created, said.rejected) == (1, ())
    assert record["Exception_Key__c"] == f"{ANA}:calls:{told.life.heads_up_on}"
    assert (record["State__c"], record["Manager__c"]) == ("open", MIA)
    assert record["Adoption_Score__c"] == "a00ANA"
    assert (record["First_Found__c"], record["Second_Expected__c"]) == (
        told.first.actual,
        told.second.minimum,
    )
    assert record["False_Flag__c"] == told.false_exception
    assert told.question in record["Evidence__c"]


def test_a_second_night_writes_nothing(org):
    night(org)
    assert [one.records_written for one in night(org)] == [0, 0]


def test_a_heads_up_is_written_nowhere(org):
    rows = slack(1, 2, 3, 4)
    assert of_measure(standing(rows)).state == "heads_up"
    night(org, rows)
    assert org.sent == []


def test_the_first_days_belong_to_the_person_alone(org):
    sunday = of_measure(standing(LOW)).life.flagged_on
    rows = slack(*range(1, 7))
    days = [sunday + timedelta(days=at) for at in range(1, 6)]
    opened = {on: of_measure(standing(rows, as_of=on)) for on in days}
    assert {one.life.opened_on for one in opened.values()} == {sunday}
    written = {on: night(FakeGateway(), rows, as_of=on)[0].created for on in days}
    assert written == {on: int(on > sunday + timedelta(days=2)) for on in days}


@pytest.mark.parametrize(
    ("type_", "state"),
    [("Seen", "seen"), ("Coached", "acted"), ("Mailed", "acted"), ("Excused", "excused")],
)
def test_what_a_manager_recorded_moves_the_state_and_stays(org, type_, state):
    night(org)
    row = act(org, type_)
    before = dict(row)
    night(org)
    record = dict(the_record(org))
    assert record["State__c"] == state
    assert record["Excuse__c"] == ("Talked about the territory." if state == "excused" else None)
    assert record["Seen_On__c"] == (AS_OF.isoformat() if state == "seen" else None)
    assert [one.records_written for one in night(org)] == [0, 0]
    assert the_record(org) == record
    assert row == before


def test_what_the_person_records_about_themselves_moves_nothing(org):
    night(org)
    act(org, "Excused", by=ANA)
    assert night(org)[0].records_written == 0
    assert the_record(org)["State__c"] == "open"


@pytest.mark.parametrize("type_", ["Reply", "Rated"])
def test_what_only_the_person_can_say_moves_nothing_whoever_recorded_it(org, type_):
    night(org)
    act(org, type_)
    assert night(org)[0].records_written == 0
    assert the_record(org)["State__c"] == "open"


def test_what_stands_below_another_persons_score_moves_nothing(org):
    """The person could not read what is said of them."""
    night(org)
    act(org, "Excused", below=MIA)
    assert night(org)[0].records_written == 0
    assert the_record(org)["State__c"] == "open"


def test_an_excuse_without_a_reason_says_only_that_it_was_seen(org):
    night(org)
    act(org, "Excused", note=None)
    night(org)
    assert the_record(org)["State__c"] == "seen"


def test_an_excuse_of_a_day_to_come_counts_from_when_it_was_recorded(org):
    night(org)
    row = act(org, "Excused")
    row["Done_On__c"] = "2099-01-01"
    night(org)
    assert the_record(org)["Excused_On__c"] == AS_OF.isoformat()


def test_an_excuse_holds_while_later_checks_still_flag(org):
    night(org)
    act(org, "Excused")
    for weeks in (1, 2):
        night(org, [*LOW, *after_as_of(calls=3)], as_of=AS_OF + weeks * A_WEEK)
        assert the_record(org)["State__c"] == "excused"


def test_it_clears_when_the_work_is_there_and_the_action_gets_its_outcome(org):
    night(org)
    row = act(org, on=AS_OF - timedelta(days=10))
    rows, later = [*LOW, *after_as_of(calls=30)], AS_OF + 2 * A_WEEK
    night(org, rows, as_of=later)
    assert the_record(org)["State__c"] == "cleared"
    assert the_record(org)["Cleared_On__c"] > AS_OF.isoformat()
    assert row["Outcome__c"] == "Cleared"
    assert [one.records_written for one in night(org, rows, as_of=later)] == [0, 0]


def test_windows_stay_as_they_were_when_it_opened(org):
    night(org)
    before = dict(the_record(org))
    night(org, [*LOW, *daily(calls=1, days=[AS_OF + timedelta(days=3)])], as_of=AS_OF + A_WEEK)
    after = the_record(org)
    kept = ("First_Found__c", "Second_Expected__c", "False_Flag__c", "Evidence__c")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


def test_the_exception_of_somebody_who_left_ends_with_a_reason(org):
    night(org)
    gone = replace(standing(LOW), exceptions=(), why_not="The user is not active.")
    known = read_known(org, AS_OF)
    said, _ = write_exceptions(org, facts_of(gone, is_active=False), known, IDS)
    record = the_record(org)
    assert said.changed == 1
    assert (record["State__c"], record["Excuse__c"]) == ("excused", LEFT)
    assert record["Excused_On__c"] == AS_OF.isoformat()
    again = write_exceptions(org, facts_of(gone, is_active=False), read_known(org, AS_OF), IDS)
    assert again[0].records_written == 0


def test_what_is_no_longer_asked_ends_and_what_tonight_cannot_tell_stands(org):
    night(org)
    found = standing(LOW)
    elsewhere = tuple(one for one in found.minimums if one.measure != "calls")
    moved = replace(found, exceptions=(), minimums=elsewhere)
    unread = facts_of(moved, absent_measures={"calls": "Task is hidden."})
    assert write_exceptions(org, unread, read_known(org, AS_OF), IDS)[0].records_written == 0
    write_exceptions(org, facts_of(moved), read_known(org, AS_OF), IDS)
    assert the_record(org)["Excuse__c"] == NOT_ASKED


def test_whose_score_was_refused_has_no_exception_to_hang_on_it(org):
    known = read_known(org, AS_OF)
    said, _ = write_exceptions(org, facts_of(standing(LOW)), known, {})
    assert (said.created, org.sent) == (0, [])


def test_a_refused_exception_is_named(org):
    key = f"{ANA}:calls:{of_measure(standing(LOW)).life.heads_up_on}"
    org.refuse[key] = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    said, _ = night(org)
    assert [one for one, _ in said.rejected] == [key]


def test_the_newest_of_two_exceptions_of_a_measure_is_the_known_one(org):
    night(org)
    newest = dict(the_record(org))
    old = {
        **newest,
        "Exception_Key__c": f"{ANA}:calls:2025-01-05",
        "Heads_Up_On__c": "2025-01-05",
        "State__c": "cleared",
    }
    org.records[OBJECT] = {"old": old, "new": newest}
    (known,) = read_known(org, AS_OF)
    assert known.key == newest["Exception_Key__c"]
    assert SimpleNamespace(**known.record).State__c == "open"
