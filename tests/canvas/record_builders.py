"""An opportunity, an account and a user as the org hands them to a viewer."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from service.scoring.healthy import Limit, Yardstick
from tests.canvas import panel_builders as build
from tests.canvas.leader_builders import children

DEAL_ID, ACCOUNT_ID, REP_ID = "0065g00000AcmePAAR", "0015g00000AcmeAAAA", "0055g000000BolRAAS"
YARDSTICK = Yardstick(
    criteria=("close_date_past", "no_next_step", "stage_too_old", "amount_missing", "pushed_twice"),
    limits=(Limit("corporate", "Proposal", 12), Limit("field", "Proposal", 33)),
    texts={"no_next_step": "Plan the next meeting"},
)


def day(ahead: int) -> str:
    """A date so many days from the viewer's today on."""
    return (build.today() + timedelta(days=ahead)).isoformat()


def at(ahead: int) -> str:
    """Noon of that day as the REST API tells a time."""
    return f"{day(ahead)}T12:00:00.000+0000"


def a_deal(**changes: object) -> dict[str, Any]:
    """Healthy: closes in a month, a meeting next week, five days in its stage."""
    return {
        "attributes": {"type": "Opportunity", "url": "/x"},
        "Id": DEAL_ID,
        "Name": "Acme Pumps, all sites",
        "IsClosed": False,
        "IsWon": False,
        "StageName": "Proposal",
        "Amount": 410000.0,
        "CloseDate": day(30),
        "NextStep": "Send the draft",
        "PushCount": 1,
        "LastStageChangeDate": at(-5),
        "CreatedDate": at(-60),
        "Owner": {"Name": "Bo Lind"},
        "Account": {"Name": "Acme Pumps", "NumberOfEmployees": 400},
        "Tasks": None,
        "Events": children({"Subject": "Meet on site", "StartDateTime": at(7), "IsAllDayEvent": False,
                            "Owner": {"Name": "Bo Lind"}}),
        **changes,
    }  # fmt: skip


def sick(**changes: object) -> dict[str, Any]:
    """Everything that can be wrong is."""
    wrong: dict[str, object] = {"CloseDate": day(-3), "Events": None, "LastStageChangeDate": at(-20),
                                "Amount": None, "PushCount": 4}  # fmt: skip
    return a_deal(**{**wrong, **changes})


def scored(yardstick: Yardstick | None = YARDSTICK, **changes: Any) -> dict[str, Any]:
    """The viewer's score record, with what the night judged by."""
    score = build.a_score(**changes)
    details = score.as_details()
    if yardstick:
        details["healthy_by"] = yardstick.as_details()
    return build.a_record(score, Details__c=json.dumps(details))


def account_answers() -> dict[str, Any]:
    """An account with two contacts, three open opportunities and four activities."""
    owner = {"Name": "Bo Lind"}
    return {
        "account": [{"Id": ACCOUNT_ID, "Name": "Acme Pumps", "Industry": "Machinery", "Owner": owner, "Contacts": children(
            {"Id": "0035g00000PatRAAA", "Name": "Pat Roe", "Title": "Buyer", "LastActivityDate": day(-9)},
            {"Id": "0035g00000SamKAAA", "Name": "Sam Kay", "Title": None, "LastActivityDate": None})}],
        "deals_of": [
            {"Id": DEAL_ID, "Name": "All sites", "StageName": "Proposal", "Amount": 410000, "CloseDate": day(-2), "Owner": owner},
            {"Id": None, "Name": "Spare parts", "StageName": "Demo", "Amount": None, "CloseDate": day(20), "Owner": owner}],
        "tasks": [{"Id": "00T5g00000TaskA", "Subject": "Call back", "ActivityDate": day(-1), "Owner": owner},
                  {"Id": "00T5g00000TaskB", "Subject": None, "ActivityDate": None, "Owner": None}],
        "done": [{"Id": "00T5g00000TaskC", "Subject": "Sent the offer", "ActivityDate": day(-9), "Owner": owner}],
        "met": [{"Id": "00U5g00000EvenA", "Subject": "Visit", "StartDateTime": at(-3), "IsAllDayEvent": True, "Owner": {"Name": "Ana"}}],
    }  # fmt: skip
