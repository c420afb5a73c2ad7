"""What a log may hold of the org's errors, and what jobs log of a record that was refused."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import structlog

from jobs.records import changes
from jobs.records.changes import count
from service.salesforce.in_log import in_log
from service.salesforce.outcome import Outcome
from service.salesforce.refusals import classify
from service.sheet import SheetError

QUOTED = "Ana Ferreira"


def refused(code: str, **more: object):
    return classify(400, [{"errorCode": code, "message": f"bad: {QUOTED}", **more}])


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (refused("STRING_TOO_LONG", fields=["Reasons__c"]), "STRING_TOO_LONG (fields: Reasons__c)."),
        (refused("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"),
         "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY. A trigger or flow of the org refuses it."),
        (refused("A_CODE_OF_TOMORROW"), "A_CODE_OF_TOMORROW."),
        (refused(""), "HTTP 400."),
        (None, ""),
    ],
)  # fmt: skip
def test_of_what_is_about_a_record_the_words_are_left_out(error, told):
    assert in_log(error) == told


def test_what_is_about_the_set_up_is_told_whole():
    error = classify(
        400, [{"errorCode": "INVALID_TYPE", "message": "sObject type is not supported"}]
    )
    assert in_log(error) == str(error)


def test_a_refused_record_is_logged_by_its_key_and_kept_with_its_reason(monkeypatch):
    # A logger keeps the set-up under which it spoke first: that of another test, maybe.
    monkeypatch.setattr(changes, "log", structlog.get_logger())
    shape = SimpleNamespace(object_name="Adoption_Score__c", key="User_Key__c")
    outcome = Outcome(None, created=False, error=refused("STRING_TOO_LONG", fields=["Reasons__c"]))
    with structlog.testing.capture_logs() as events:
        written = count(shape, [{"User_Key__c": "0055"}], [outcome], 0)
    assert events[0]["key"] == "0055"
    assert QUOTED not in str(events)
    ((_, error),) = written.rejected
    assert QUOTED in str(error)  # the run's record, inside the org, may say it


def test_of_a_file_with_mistakes_no_name_is_told():
    error = SheetError("people.csv line 2, user: 'ana@acme.example' is no user of these data.")
    assert "ana" not in in_log(error)
    assert "run's record" in in_log(error)
