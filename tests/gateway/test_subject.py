"""What a call is about, by what is sent."""

from __future__ import annotations

import pytest

from service.salesforce.subject import SEVERAL, subject_of
from service.salesforce.transport import BASE, Request


def together(*urls, body=None):
    asked = [{"method": "GET", "url": url, "referenceId": "r", "body": body} for url in urls]
    return Request("POST", f"{BASE}/composite", body={"compositeRequest": asked})


def asking(name):
    return f"{BASE}/query?q=SELECT%20Id%20FROM%20{name}%20WHERE%20Name%20%21%3D%20null"


COLLECTION = {"allOrNone": False, "records": [{"attributes": {"type": "Task"}, "Id": "00T"}]}


@pytest.mark.parametrize(
    ("request_", "about"),
    [
        (Request("GET", f"{BASE}/query", params={"q": "select Id from Task"}), "Task"),
        (Request("GET", f"{BASE}/query/01g0-2000", about="Task"), "Task"),
        (Request("GET", f"{BASE}/sobjects/Lead/describe"), "Lead"),
        (Request("POST", f"{BASE}/jobs/query", body={"query": "SELECT Id FROM Event"}), "Event"),
        (Request("PATCH", f"{BASE}/composite/sobjects/A__c/Key__c", body=COLLECTION), "A__c"),
        (Request("PATCH", f"{BASE}/composite/sobjects", body=COLLECTION), "Task"),
        (
            Request("POST", f"{BASE}/actions/standard/emailSimple", body={"inputs": []}),
            "emailSimple",
        ),
        (Request("GET", f"{BASE}/limits"), "limits"),
        (together(asking("Task"), asking("Task")), "Task"),
        (together(asking("Task"), asking("Event")), SEVERAL),
        (together(f"{BASE}/sobjects/Task/describe", asking("Task")), "Task"),
        (together(*[f"{BASE}/composite/sobjects"] * 2, body=COLLECTION), "Task"),
    ],
)
def test_a_call_is_about_an_object_or_about_several(request_, about):
    assert subject_of(request_) == about
