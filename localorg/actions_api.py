"""The standard actions: mails and bells go into an outbox, to nobody; posts go into the feed, too.

https://developer.salesforce.com/docs/atlas.en-us.api_action.meta/api_action/actions_obj_email_simple.htm
https://developer.salesforce.com/docs/platform/api-action/guide/actions-obj-custom-notification.html
https://developer.salesforce.com/docs/atlas.en-us.api_action.meta/api_action/actions_obj_post_to_chatter.htm
"""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from localorg import ids, times
from localorg.errors import SalesforceError, not_found
from localorg.records import Writer
from localorg.wire import Reply, Request, need_list

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

Inputs = dict[str, Any]
MOST_ADDRESSES, MOST_ADDRESS_BYTES, MOST_PEOPLE = 150, 4000, 500
LONGEST_TITLE, LONGEST_BODY, LONGEST_POST = 250, 750, 10_000
_MENTION = re.compile(r"@\[(\w+)\]")
_ADDRESS = re.compile(r"[^@\s,]+@[^@\s,]+\.[^@\s,]+\Z")
_LISTS = ("recipientAddresses", "ccAddresses", "bccAddresses")
_TABLE = (
    "CREATE TABLE IF NOT EXISTS _outbox (number INTEGER PRIMARY KEY, at TEXT NOT NULL,"
    " action TEXT NOT NULL, sender TEXT NOT NULL, said TEXT NOT NULL)"
)


def create(db: sqlite3.Connection) -> None:
    """Make the outbox if it is not there."""
    db.execute(_TABLE)


def outbox(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """What went out, the oldest first."""
    rows = db.execute("SELECT at, action, sender, said FROM _outbox ORDER BY number")
    return [
        {"at": at, "action": action, "sender": sender, **json.loads(said)}
        for at, action, sender, said in rows
    ]


def email_simple(request: Request) -> Reply:
    """Send mails."""
    return _act(request, "emailSimple", _mail)


def custom_notification(request: Request) -> Reply:
    """Ring bells."""
    if not request.viewer.has("SendCustomNotifications"):
        raise SalesforceError(
            "INSUFFICIENT_ACCESS",
            "You need the Send Custom Notifications permission.",
            status=HTTPStatus.FORBIDDEN,
        )
    return _act(request, "customNotificationAction", _bell)


def chatter_post(request: Request) -> Reply:
    """Post to feeds, with mentions."""
    return _act(request, "chatterPost", _post)


def _act(request: Request, name: str, check: Callable[[Request, Inputs], Inputs]) -> Reply:
    """One outcome for each input; 400 if any failed, the others went out."""
    outcomes, status = [], HTTPStatus.OK
    for inputs in need_list(request.json(), "inputs"):
        errors = gives = None
        try:
            said = check(request, inputs)
            gives = said.pop("outputValues", None)
            _put(request, name, said)
        except SalesforceError as error:
            errors, status = [error.row()["errors"][0]], HTTPStatus.BAD_REQUEST
        outcomes.append({
            "actionName": name, "errors": errors, "isSuccess": errors is None,
            "outputValues": gives,
        })  # fmt: skip
    return Reply(outcomes, status)


def _put(request: Request, name: str, said: Inputs) -> None:
    moment = times.text(times.now())
    request.db.execute(
        "INSERT INTO _outbox (at, action, sender, said) VALUES (?, ?, ?, ?)",
        (moment, name, request.viewer.user_id, json.dumps(said)),
    )


def _mail(_request: Request, inputs: Inputs) -> Inputs:
    lists = {name: _addresses(name, inputs.get(name)) for name in _LISTS}
    if not any(lists.values()):
        raise _missing("recipientAddresses")
    if sum(map(len, lists.values())) > MOST_ADDRESSES:
        raise _bad(f"More than {MOST_ADDRESSES} recipients")
    texts = {name: _text(inputs, name, 32_000) for name in ("emailSubject", "emailBody")}
    return {**lists, **texts}


def _addresses(name: str, given: object) -> list[str]:
    text = ",".join(given) if isinstance(given, list) else str(given or "")
    if len(text.encode()) > MOST_ADDRESS_BYTES:
        raise _bad(f"{name} has more than {MOST_ADDRESS_BYTES} bytes")
    found = [one.strip() for one in text.split(",") if one.strip()]
    for one in found:
        if not _ADDRESS.match(one):
            raise SalesforceError("INVALID_EMAIL_ADDRESS", f"Email address is invalid: {one}")
    return found


def _bell(request: Request, inputs: Inputs) -> Inputs:
    kind = request.db.execute(
        'SELECT "DeveloperName" FROM "CustomNotificationType" WHERE "Id" = ?',
        (inputs.get("customNotifTypeId"),),
    ).fetchone()
    if kind is None:
        raise _bad("The notification type doesn't exist: customNotifTypeId")
    people = inputs.get("recipientIds")
    if not isinstance(people, list) or not people:
        raise _missing("recipientIds")
    if len(people) > MOST_PEOPLE:
        raise _bad(f"More than {MOST_PEOPLE} recipientIds")
    if not (inputs.get("targetId") or inputs.get("targetPageRef")):
        raise _missing("targetId")
    title = _text(inputs, "title", LONGEST_TITLE)
    body = _text(inputs, "body", LONGEST_BODY)
    target = inputs.get("targetId")
    return {
        "type": kind[0],
        "recipientIds": people,
        "title": title,
        "body": body,
        "targetId": target,
    }


def _post(request: Request, inputs: Inputs) -> Inputs:
    text = _text(inputs, "text", LONGEST_POST)
    subject = inputs.get("subjectNameOrId")
    if not ids.is_id(subject):
        raise _bad("This org takes a record's id as subjectNameOrId, and no name")
    writer = Writer(request.db, request.org.schema, request.viewer)
    mentioned = [_user(request, one) for one in _MENTION.findall(text)]
    names = iter(mentioned)
    body = _MENTION.sub(lambda _: f"@{next(names)[1]}", text)
    made = writer.create(
        request.org.schema.get("FeedItem"), {"ParentId": subject, "Type": "TextPost", "Body": body}
    )
    said = {"subjectId": subject, "text": text, "mentions": [one[0] for one in mentioned]}
    return {**said, "outputValues": {"feedItemId": made}}


def _user(request: Request, given: str) -> tuple[str, str]:
    """Id and name of a user who is mentioned."""
    row = request.db.execute(
        'SELECT "Id", "Name" FROM "User" WHERE "Id" = ?',
        (ids.widen(given) if ids.is_id(given) else None,),
    ).fetchone()
    if row is None:
        raise not_found()
    return str(row[0]), str(row[1])


def _text(inputs: Inputs, name: str, longest: int) -> str:
    text = str(inputs.get(name) or "")
    if not text:
        raise _missing(name)
    if len(text) > longest:
        raise _bad(f"{name} is longer than {longest} characters")
    return text


def _missing(name: str) -> SalesforceError:
    return _bad(f"Missing required input parameter: {name}")


def _bad(words: str) -> SalesforceError:
    return SalesforceError("INVALID_API_INPUT", words)
