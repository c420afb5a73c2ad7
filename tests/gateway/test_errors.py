from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.salesforce import errors, refusals
from service.salesforce.errors import (
    AdminActionNeededError,
    HourlyLimitError,
    LimitReachedError,
    RecordRejectedError,
    RequestDefectError,
    SalesforceError,
    SessionExpiredError,
    TransientSalesforceError,
)
from service.salesforce.refusals import classify


def body(code, message="m"):
    return [{"message": message, "errorCode": code}]


ROWS = [
    (401, body("INVALID_SESSION_ID", "Session expired or invalid"), SessionExpiredError),
    (401, body("INVALID_SESSION_ID", "This session is not valid for use with the REST API"),
     AdminActionNeededError),
    (401, body("INVALID_SESSION_ID", "Connected app is not attached to Agent"),
     AdminActionNeededError),
    (401, "<html>Unauthorized</html>", SessionExpiredError),
    (403, body("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), LimitReachedError),
    (403, body("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit "
               "exceeded."), TransientSalesforceError),
    (503, body("REQUEST_LIMIT_EXCEEDED", "hourly"), HourlyLimitError),
    (503, body("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests"), TransientSalesforceError),
    (403, body("API_DISABLED_FOR_ORG"), AdminActionNeededError),
    (403, body("SOMETHING_NEW"), AdminActionNeededError),
    (403, body("TXN_SECURITY_SOMETHING"), TransientSalesforceError),
    (404, body("NOT_FOUND"), AdminActionNeededError),
    (404, body("ENTITY_IS_DELETED"), RecordRejectedError),
    (400, body("INVALID_FIELD"), AdminActionNeededError),
    (400, body("INVALID_TYPE"), AdminActionNeededError),
    (400, body("MALFORMED_QUERY"), RequestDefectError),
    (400, body("EXCEEDED_ID_LIMIT"), RequestDefectError),
    (400, body("QUERY_TIMEOUT"), TransientSalesforceError),
    (400, body("INVALID_QUERY_LOCATOR"), TransientSalesforceError),
    (400, body("UNABLE_TO_LOCK_ROW"), TransientSalesforceError),
    (400, body("DUPLICATE_VALUE"), RecordRejectedError),
    (400, body("SOMETHING_NEW"), RequestDefectError),
    (400, [{"statusCode": "STRING_TOO_LONG", "message": "m", "fields": ["A"]}],
     RecordRejectedError),
    (400, {"error": "invalid_grant"}, RequestDefectError),
    (406, "", TransientSalesforceError),
    (414, "<html>", RequestDefectError),
    (420, "<html>We are setting things up</html>", TransientSalesforceError),
    (429, "", TransientSalesforceError),
    (500, body("UNKNOWN_EXCEPTION"), TransientSalesforceError),
    (500, "<html>", TransientSalesforceError),
    (502, "", TransientSalesforceError),
    (503, body("SERVER_UNAVAILABLE", "Server too busy"), TransientSalesforceError),
    (503, "<html>Down for maintenance</html>", TransientSalesforceError),
]  # fmt: skip


@pytest.mark.parametrize(("status", "reply", "kind"), ROWS)
def test_a_reply_says_who_must_act(status, reply, kind):
    assert type(classify(status, reply)) is kind


@pytest.mark.parametrize("code", sorted(refusals.REMEDIES))
def test_every_known_code_is_decided_by_the_code_alone(code):
    expected = refusals.REMEDIES[code][0]
    found = classify(400, [{"errorCode": code, "message": "m"}])
    assert type(found) is expected
    assert found.code == code


def test_every_leaf_says_something_a_person_can_act_on():
    for kind, remedy in refusals.REMEDIES.values():
        if issubclass(kind, (AdminActionNeededError, LimitReachedError)):
            assert remedy, f"{kind.__name__} without a remedy"


def test_fields_and_remedy_are_in_the_message():
    found = classify(400, [{"errorCode": "INVALID_FIELD", "message": "No", "fields": ["X__c"]}])
    assert "X__c" in str(found)
    assert "Adoption_Integration" in str(found)


def test_a_web_page_is_not_repeated_in_the_message():
    page = "<html>" + "x" * 5000
    assert len(str(classify(503, page))) < 200


def test_the_error_tree_in_the_docstring_names_every_class():
    drawn = set(re.findall(r"\w+Error", errors.__doc__))
    defined = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, SalesforceError)
    }
    assert drawn == defined


def test_simple_salesforce_is_imported_in_one_file_only():
    root = Path(errors.__file__).parents[2]
    files = [
        path.name
        for folder in ("service", "jobs", "canvas")
        for path in (root / folder).rglob("*.py")
        if re.search(r"^\s*(from|import) simple_salesforce", path.read_text(), re.MULTILINE)
    ]
    assert files == ["transport.py"]
