"""Envelopes, records and settings with sensible defaults; keyword arguments override."""

from __future__ import annotations

import base64
import copy
import hashlib
import hmac
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from service.scoring.result import ComponentResult, Fix, MeasureResult, Score
from service.settings import Settings, read_settings

SECRET = "1234567890123456789"  # a consumer secret looks numeric and must never be read as a number
NEXT_SECRET = "A" * 64
ORG_ID = "00D5g000000BellEAC"
USER_ID = "0055g000000AnaRAAS"
TOKEN = "00D5g000000Bell!AQ4AQOsecretTOKENthatMUSTneverSHOW"
HOST = "https://bellwether.my.salesforce.com"


def today() -> date:
    """The day it is for the viewer of `envelope`: in the morning of UTC it is still yesterday there."""
    return datetime.now(ZoneInfo(_ENVELOPE["context"]["user"]["timeZone"])).date()


def settings(**changes: str) -> Settings:
    environment = {
        "SALESFORCE_ORG_ID": ORG_ID,
        "SALESFORCE_INSTANCE_URL": HOST,
        "SALESFORCE_USERNAME": "integration@bellwether.example",
        "SALESFORCE_CONSUMER_KEY": "key",
        "SALESFORCE_PRIVATE_KEY": "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----",
        "CANVAS_CONSUMER_SECRETS": f"{SECRET} {NEXT_SECRET}",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        **changes,
    }
    return read_settings(environment)


def sign(text: str, secret: str = SECRET) -> str:
    """`<signature>.<text>` for an envelope that is already encoded."""
    digest = hmac.digest(secret.encode(), text.encode(), hashlib.sha256)
    return f"{base64.b64encode(digest).decode()}.{text}"


def signed_request(envelope: object, secret: str = SECRET) -> str:
    return sign(base64.b64encode(json.dumps(envelope).encode()).decode(), secret)


def envelope(**changes: object) -> dict[str, Any]:
    """As Lightning sends it. `client__oauthToken=None` reaches into `client`; `...` removes."""
    made: dict[str, Any] = copy.deepcopy(_ENVELOPE)
    for path, value in changes.items():
        *way, last = path.split("__")
        place = made
        for step in way:
            place = place[step]
        if value is ...:
            del place[last]
        else:
            place[last] = value
    return made


_ENVELOPE: dict[str, Any] = {
    "algorithm": "HMACSHA256",
    "issuedAt": -1882588807,
    "userId": USER_ID,
    "client": {
        "oauthToken": TOKEN,
        "refreshToken": "5Aep861refreshSECRET",
        "instanceId": "_:Bellwether_Panel:630:0:canvasapp",
        "targetOrigin": HOST,
        "instanceUrl": HOST,
    },
    "context": {
        "user": {
            "userId": USER_ID,
            "userName": "ana@bellwether.example",
            "firstName": "Ana",
            "lastName": "Ferreira",
            "email": "ana@bellwether.example",
            "fullName": "Ana Ferreira",
            "locale": "en_US",
            "language": "en_US",
            "timeZone": "America/Los_Angeles",
            "profileId": "00e5g000000El8I",
            "roleId": None,
            "userType": "STANDARD",
            "currencyISOCode": "USD",
        },
        "organization": {
            "organizationId": ORG_ID,
            "name": "Northwind Pumps",
            "multicurrencyEnabled": False,
            "namespacePrefix": None,
            "currencyIsoCode": "USD",
        },
        "environment": {
            "referer": None,
            "locationUrl": f"{HOST}/canvas/proxy.jsp?s=00D5g000000Bell!SESSIONinURL",
            "displayLocation": "Aura",
            "sublocation": None,
            "uiTheme": "Theme3",
            "dimensions": {"width": "800px", "height": "900px", "maxHeight": "infinite"},
            "parameters": {},
            "record": {},
            "version": {"api": "66.0", "season": "WINTER"},
        },
        "links": {"loginUrl": HOST, "restUrl": "/services/data/v66.0/"},
        "application": {"developerName": "Bellwether_Panel", "authType": "SIGNED_REQUEST"},
    },
}


def measure(name: str, label: str, component: str, weight: str, **values: Any) -> MeasureResult:
    given = {"kind": "count", "credit": Decimal(1), "points": Decimal(0), **values}
    given.setdefault("scorable_weight", Decimal(weight))
    return MeasureResult(
        measure=name, label=label, component=component, weight=Decimal(weight), **given
    )


def a_score(**changes: Any) -> Score:
    """Ana: Building, one area below 50, four records to fix and calls to log."""
    values: dict[str, Any] = {
        "user_id": USER_ID,
        "as_of": date(2026, 11, 20),
        "rule_version": "2026.1",
        "word": "Building",
        "value": Decimal("74.3"),
        "band": Decimal("6.1"),
        "role": "Field sales",
        "available_days": 20,
        "on_track_at": 80,
        "building_at": 50,
        "window_from": date(2026, 10, 20),
        "window_to": date(2026, 11, 20),
        "components": (
            ComponentResult("presence", "Presence", Decimal(15), Decimal("100.0")),
            ComponentResult("recorded_work", "Recorded work", Decimal(30), Decimal("85.5")),
            ComponentResult("data_care", "Data care", Decimal(20), Decimal("42.9")),
            ComponentResult("follow_through", "Follow-through", Decimal(25), None),
        ),
        "measures": (
            measure("footprint_days", "Days with work in Salesforce", "presence", "15", done=Decimal(17),
                    expected=Decimal(16), seen=412, points=Decimal("23.08")),
            measure("calls", "Calls", "recorded_work", "15", done=Decimal(71), expected=Decimal(100),
                    seen=96, credit=Decimal("0.71"), points=Decimal("16.38")),
            measure("meetings", "Meetings", "recorded_work", "15", done=Decimal(42), expected=Decimal(40),
                    seen=42, points=Decimal("23.08")),
            measure("healthy_opportunities", "Healthy open opportunities", "data_care", "20", kind="share",
                    good=6, eligible=14, seen=14, credit=Decimal("0.4286"), points=Decimal("13.19")),
            measure("answered_leads", "Leads answered within a day", "follow_through", "15", credit=None,
                    scorable_weight=Decimal(0), kind="share",
                    why_not="The export has no history of leads. Your Salesforce admin can add it."),
        ),
        "reasons": (
            "8 of your 14 open opportunities need care, most often a next step without a date.",
            "71 of 100 expected calls counted; 25 more were set aside as repeats or bulk entry.",
            "You were in Salesforce on 17 of 20 days and held more meetings than agreed.",
        ),
        "fixes": (
            Fix("healthy_opportunities", "Set the next step", Decimal("2.20"), 2, "0065g00000AcmePAAR",
                "Acme Pumps \N{EN DASH} 40 units"),
            Fix("healthy_opportunities", "Move the close date, which has passed", Decimal("2.20"), 2,
                "0065g00000BrunPAAR", "Brunswick Water renewal"),
            Fix("healthy_opportunities", "Set the amount", Decimal("2.20"), 2, "0065g00000CopePAAR",
                "Copenhagen Harbour, phase 2"),
            Fix("healthy_opportunities", "Set the next step", Decimal("2.20"), 2, "0065g00000DelfPAAR",
                "Delft pumping station"),
            Fix("calls", "Log 9 calls that you made", Decimal("2.08"), 9),
        ),
    }  # fmt: skip
    return Score(**{**values, **changes})


def a_record(score: Score | None = None, **changes: object) -> dict[str, Any]:
    """The Adoption_Score__c record that the nightly run writes for a score."""
    score = score or a_score()
    by_name = {each.component: each.score for each in score.components}

    def figure(value: Decimal | None) -> float | None:
        return None if value is None else float(value)

    return {
        "attributes": {"type": "Adoption_Score__c", "url": "/services/data/v66.0/sobjects/x"},
        "Id": "a015g00000ScorP",
        "Score__c": figure(score.value),
        "Band__c": figure(score.band),
        "Word__c": score.word,
        "Not_Scored_Reason__c": score.not_scored_reason,
        "Available_Days__c": float(score.available_days),
        "Presence__c": figure(by_name.get("presence")),
        "Recorded_Work__c": figure(by_name.get("recorded_work")),
        "Data_Care__c": figure(by_name.get("data_care")),
        "Follow_Through__c": figure(by_name.get("follow_through")),
        "Reasons__c": "\n".join(score.reasons),
        "Details__c": json.dumps(score.as_details()),
        "Rule_Version__c": score.rule_version,
        "As_Of__c": "2026-11-21T07:59:59.000+0000",
        **changes,
    }


def a_not_scored_record() -> dict[str, Any]:
    score = a_score(
        word="Not scored", value=None, band=None, components=(), reasons=(), fixes=(), available_days=6,
        not_scored_code="away",
        not_scored_reason="Only 6 of the last 40 working days count as worked; 10 are needed. "
        "Your manager can correct days that are counted as away.",
    )  # fmt: skip
    return a_record(score)
