"""The error tree, drawn by who must act. `refusals.py` says which reply becomes which.

SalesforceError
├── TransientSalesforceError      we try again
│   ├── AmbiguousOutcomeError     the reply is lost: look before trying again
│   └── HourlyLimitError          refused until the hour is over: come back later
├── SessionExpiredError           we renew the token, once
├── AdminActionNeededError        a person must act; `remedy` says what
├── LimitReachedError             the run stops: no API calls are left, by the org or by us
├── RecordRejectedError           this record only; the others go on
└── RequestDefectError            our own mistake; never tried again
"""

from __future__ import annotations


class SalesforceError(Exception):
    """Anything that the org, or the way to it, answered instead of what was asked.

    `code` is Salesforce's errorCode ("" when the reply had none), `status` the HTTP status
    (0 when there was no reply). The message never holds a token, a URL or a request body.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        status: int = 0,
        fields: tuple[str, ...] = (),
        remedy: str = "",
    ) -> None:
        self.message = message
        self.code = code
        self.status = status
        self.fields = fields
        self.remedy = remedy
        super().__init__(_sentence(message, code, status, fields, remedy))


class TransientSalesforceError(SalesforceError):
    """Documented or known as passing: the same request may succeed later."""


class AmbiguousOutcomeError(TransientSalesforceError):
    """The request may have been applied: its reply is lost. Read before sending it again."""


class HourlyLimitError(TransientSalesforceError):
    """The org takes no more posts of this user within this hour; surely not applied."""


class SessionExpiredError(SalesforceError):
    """The access token is no longer good."""


class AdminActionNeededError(SalesforceError):
    """Nothing changes until a person changes something in the org; `remedy` says what."""


class LimitReachedError(SalesforceError):
    """No calls are left: the org's allocation of 24 hours is spent, or what this run may spend.

    No AdminActionNeededError, because a run goes on without what it may not see, and must stop here.
    """


class RecordRejectedError(SalesforceError):
    """The org refused this record, by a rule of its own or because of the record's state."""


class RequestDefectError(SalesforceError):
    """The org did not understand us: a defect of this program."""


def _sentence(message: str, code: str, status: int, fields: tuple[str, ...], remedy: str) -> str:
    about = f" (fields: {', '.join(fields)})" if fields else ""
    where = code or (f"HTTP {status}" if status else "")
    start = f"{where}: {message}" if where else message
    told = f"{start}{about}"
    return f"{told}{' ' if told.endswith(('.', '?', '!')) else '. '}{remedy}" if remedy else told
