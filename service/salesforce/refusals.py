"""The one place where a failed reply becomes an error: who must act, and what they must do.

Salesforce's `errorCode` decides, not the HTTP status, because one status carries many codes.
Source: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.salesforce.errors import (
    AdminActionNeededError,
    HourlyLimitError,
    LimitReachedError,
    RecordRejectedError,
    RequestDefectError,
    SessionExpiredError,
    TransientSalesforceError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.salesforce.errors import SalesforceError

_FLS = (
    "Deploy the metadata and assign the permission set Adoption_Integration to the integration "
    "user; a field without read access looks exactly like a missing one."
)
_API = "Grant API Enabled to the user (the permission sets of this package do) and enable the API."
_MEMBER = (
    "Give the integration user Modify All on this package's objects and make it a member of "
    "the Chatter group."
)
_CALL_SUPPORT = "Look at the org's status page; if it lasts, contact Salesforce support."

#: errorCode (or a Collections row's statusCode) -> who must act, and what they must do.
REMEDIES: Mapping[str, tuple[type[SalesforceError], str]] = {
    "INVALID_SESSION_ID": (SessionExpiredError, ""),
    # We try again.
    "UNABLE_TO_LOCK_ROW": (TransientSalesforceError, ""),
    "QUERY_TIMEOUT": (TransientSalesforceError, ""),
    "REQUEST_RUNNING_TOO_LONG": (TransientSalesforceError, ""),
    "SERVER_UNAVAILABLE": (TransientSalesforceError, ""),
    "UNKNOWN_EXCEPTION": (TransientSalesforceError, _CALL_SUPPORT),
    "INVALID_QUERY_LOCATOR": (TransientSalesforceError, ""),
    "TXN_SECURITY_METERING_ERROR": (
        TransientSalesforceError,
        "Grant Exempt from Transaction Security to the integration user if it lasts.",
    ),
    "JOB_NOT_COMPLETE": (TransientSalesforceError, ""),
    "PROCESSING_HALTED": (TransientSalesforceError, ""),
    "ALL_OR_NONE_OPERATION_ROLLED_BACK": (TransientSalesforceError, ""),
    # A person must act.
    "REQUEST_LIMIT_EXCEEDED": (
        LimitReachedError,
        "Wait for the rolling 24 hours, or raise the org's API allocation.",
    ),
    "LIMIT_EXCEEDED": (LimitReachedError, "Wait for the rolling 24 hours."),
    "API_DISABLED_FOR_ORG": (AdminActionNeededError, _API),
    "API_CURRENTLY_DISABLED": (AdminActionNeededError, _API),
    "FUNCTIONALITY_NOT_ENABLED": (AdminActionNeededError, "Enable the feature in Setup."),
    "FORBIDDEN": (AdminActionNeededError, "Grant the user access to this resource."),
    "INVALID_TYPE": (AdminActionNeededError, _FLS),
    "INVALID_FIELD": (AdminActionNeededError, _FLS),
    "INVALID_FIELD_FOR_INSERT_UPDATE": (AdminActionNeededError, _FLS),
    "NOT_FOUND": (AdminActionNeededError, _FLS),
    "STORAGE_LIMIT_EXCEEDED": (AdminActionNeededError, "Free data storage in the org."),
    "LICENSE_LIMIT_EXCEEDED": (AdminActionNeededError, "Free or buy a licence."),
    "OPERATION_TOO_LARGE": (
        AdminActionNeededError,
        "Grant View All Data to the integration user.",
    ),
    "INVALID_LOGIN": (AdminActionNeededError, "Check the integration user's login."),
    "FEED_NOT_ENABLED_FOR_OBJECT": (
        AdminActionNeededError,
        "Enable feed tracking for the object in Setup > Feed Tracking.",
    ),
    "CANNOT_POST_TO_ARCHIVED_GROUP": (
        AdminActionNeededError,
        "Activate the Chatter group again, or name another one in the Big Deal Rule.",
    ),
    # This record only.
    "DUPLICATE_VALUE": (RecordRejectedError, ""),
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": (
        RecordRejectedError,
        "A validation rule of the org refuses it.",
    ),
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": (
        RecordRejectedError,
        "A trigger or flow of the org refuses it.",
    ),
    "INVALID_CROSS_REFERENCE_KEY": (
        RecordRejectedError,
        "The record that it refers to is gone or not visible to the integration user.",
    ),
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": (
        RecordRejectedError,
        "Give the integration user access to the record that it refers to.",
    ),
    "INSUFFICIENT_ACCESS_OR_READONLY": (
        RecordRejectedError,
        _MEMBER,
    ),
    "TRANSFER_REQUIRES_READ": (
        RecordRejectedError,
        "Assign the permission set Adoption_Panel_User to the person before the run.",
    ),
    "INACTIVE_OWNER_OR_USER": (RecordRejectedError, "The owner is inactive."),
    "STRING_TOO_LONG": (RecordRejectedError, ""),
    "REQUIRED_FIELD_MISSING": (RecordRejectedError, ""),
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": (
        RecordRejectedError,
        "Deploy this version's metadata: the picklist lacks the value.",
    ),
    "FIELD_INTEGRITY_EXCEPTION": (RecordRejectedError, ""),
    "FIELD_FILTER_VALIDATION_EXCEPTION": (RecordRejectedError, "A lookup filter refuses it."),
    "NUMBER_OUTSIDE_VALID_RANGE": (RecordRejectedError, ""),
    "ENTITY_IS_DELETED": (RecordRejectedError, ""),
    "MALFORMED_ID": (RecordRejectedError, ""),
    "MISSING_ARGUMENT": (RecordRejectedError, ""),
    "MIXED_DML_OPERATION": (RecordRejectedError, ""),
    # Our own mistake.
    "MALFORMED_QUERY": (RequestDefectError, ""),
    "QUERY_TOO_COMPLICATED": (RequestDefectError, ""),
    "EXCEEDED_ID_LIMIT": (RequestDefectError, ""),
    "JSON_PARSER_ERROR": (RequestDefectError, ""),
    "METHOD_NOT_ALLOWED": (RequestDefectError, ""),
}

#: Used when the body has no code that we know: an HTML page, an empty 406, a new code.
_BY_STATUS: Mapping[int, type[SalesforceError]] = {
    401: SessionExpiredError,
    403: AdminActionNeededError,
    404: AdminActionNeededError,
    406: TransientSalesforceError,  # empty body; seen in production, passes
    420: TransientSalesforceError,  # the edge has no route to the org yet
    429: TransientSalesforceError,
}

#: Same code as an expired session, but no renewal helps.
_NOT_RENEWABLE = (
    "not valid for use with the REST API",
    "Connected app is not attached to Agent",
)


def first_error(body: object) -> Mapping[str, Any]:
    """Give the first error object of any of Salesforce's four error shapes, else {}.

    Array of objects (REST), one object (OAuth), or neither (HTML, empty).
    """
    if isinstance(body, list) and body and isinstance(body[0], dict):
        inner = body[0].get("errors")  # an action keeps them one level deeper
        return first_error(inner) if isinstance(inner, list) else body[0]
    return body if isinstance(body, dict) else {}


def page_too_large(why: str) -> AdminActionNeededError:
    """A page of a large result takes more than it may."""
    return AdminActionNeededError(
        f"a page of the result is too large: {why}",
        remedy="If the org's rows are truly as long, raise BELLWETHER_PAGE_LIMIT_MB.",
    )


def classify(status: int, body: object) -> SalesforceError:
    """Turn a failed reply into the error that says who must act.

    `body` is the parsed JSON, or text when it was not JSON. Unknown codes fall back on the
    status; 5xx is transient and any other unknown 4xx is our defect.
    """
    found = first_error(body)
    code = str(found.get("errorCode") or found.get("statusCode") or "")
    message = str(found.get("message") or "").strip() or _by_itself(status, body)
    fields = tuple(str(name) for name in found.get("fields") or ())
    if code == "API_ERROR" and message.startswith("Implementation restriction"):
        code = "OPERATION_TOO_LARGE"  # the query API's name for a user who may not see all data
    kind, remedy = _kind(status, code, message)
    return kind(message, code=code, status=status, fields=fields, remedy=remedy)


def _kind(status: int, code: str, message: str) -> tuple[type[SalesforceError], str]:
    if code == "INVALID_SESSION_ID" and any(text in message for text in _NOT_RENEWABLE):
        return AdminActionNeededError, _API
    if code == "REQUEST_LIMIT_EXCEEDED":
        return _limit(status, message)
    if code in REMEDIES:
        return REMEDIES[code]
    if code.startswith("TXN_SECURITY"):
        return REMEDIES["TXN_SECURITY_METERING_ERROR"]
    if status >= 500:  # noqa: PLR2004
        return TransientSalesforceError, ""
    return _BY_STATUS.get(status, RequestDefectError), ""


def _limit(status: int, message: str) -> tuple[type[SalesforceError], str]:
    """Tell three limits with one code apart."""
    if "oncurrent" in message:
        return TransientSalesforceError, ""  # too many long requests at once pass by themselves
    if status == 503:  # noqa: PLR2004
        return HourlyLimitError, ""  # Chatter's; the one of 24 hours answers 403
    return REMEDIES["REQUEST_LIMIT_EXCEEDED"]


def _by_itself(status: int, body: object) -> str:
    if isinstance(body, str) and "<" in body:
        return "the reply was a web page, not data"
    return f"the reply had no readable error (HTTP {status})"
