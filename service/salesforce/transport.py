"""The only importer of simple-salesforce: one request in, one parsed reply out.

What it must not do is done elsewhere or switched off here: it cannot renew in this mode, its
attribute access recurses on a persistent 401, `restful` turns an empty list into None, and its
errors carry the URL and the body. Source: https://github.com/simple-salesforce/simple-salesforce
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

import requests
from simple_salesforce.api import Salesforce  # noqa: TID251 - this is the one file
from simple_salesforce.exceptions import (  # noqa: TID251 - this is the one file
    SalesforceError as LibraryError,
)

from service.salesforce.errors import (
    AdminActionNeededError,
    AmbiguousOutcomeError,
    HourlyLimitError,
    TransientSalesforceError,
)
from service.salesforce.refusals import classify, page_too_large
from service.salesforce.session import ReplyTooLargeError, at_most, packed_body, texts, whole
from service.salesforce.trust import is_untrusted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from service.salesforce.session import OrgSession

T = TypeVar("T")

API_VERSION = "66.0"
#: An org knows no other, and may send plain text all the same.
PACKING = "gzip"
BASE = f"/services/data/v{API_VERSION}"


@dataclass(frozen=True)
class Request:
    """One request. `repeatable` says that sending it twice does no harm."""

    method: str
    path: str  #: starts with a slash, for instance f"{BASE}/query"
    params: Mapping[str, str] | None = None
    body: object = None
    csv: bytes | None = None  #: the body is these rows, and not JSON
    repeatable: bool = True
    #: An action answers 400 when one of its inputs failed, with a verdict for each; then the body
    #: is given back, and no error raised.
    has_verdicts: bool = False
    #: The object it is about, where neither path nor body tell; see `subject`.
    about: str = ""


@dataclass(frozen=True)
class Stream:
    """A reply whose body is read while it arrives, once."""

    status: int
    headers: Mapping[str, str]  #: names in any case
    packed: Iterator[bytes]  #: the body, packed with gzip
    most_bytes: int  #: of the body, packed or not

    def unpacked(self) -> Iterator[bytes]:
        """Give the body unpacked; raises requests' errors."""
        return at_most(self.most_bytes, texts(self.packed))


class Transport(Salesforce):
    """simple-salesforce in direct mode: our token, our session, our version."""

    def __init__(self, instance_url: str, token: str, session: OrgSession) -> None:
        super().__init__(
            session_id=token, instance_url=instance_url, version=API_VERSION, session=session
        )
        self._org_session = session

    def send(self, request: Request) -> Any:  # noqa: ANN401 - parsed JSON
        """Send once and give the parsed body (None for 204), fractions as Decimal.

        Raises the tree of `errors`; AmbiguousOutcomeError when a request that is not
        repeatable may have been applied although no usable reply came.
        """
        try:
            reply = self._call_salesforce(
                request.method,
                f"https://{self.sf_instance}{request.path}",
                params=request.params,
                data=_body(request),
                headers=_headers(request),
            )
        except LibraryError as error:
            if request.has_verdicts and _speaks_of_each(error.content):
                return error.content
            raise _refused(request, error) from None
        except requests.exceptions.RequestException as error:
            raise _unanswered(request, error) from None
        return _parsed(request, reply)

    def download(self, request: Request, into: Callable[[Stream], T], most_bytes: int) -> T:
        """GET once and hand the body to `into` while it arrives; gives what `into` gives.

        Raises the tree of `errors`:
        AdminActionNeededError beyond most_bytes, TransientSalesforceError when the body
        breaks off. `into` may then have read a part of it, and is called anew by a repeat.
        """
        query = f"?{urlencode(request.params)}" if request.params else ""
        headers = {
            "Authorization": f"Bearer {self.session_id}",
            "Accept": "text/csv",
            "Accept-Encoding": PACKING,
        }
        try:
            with self._org_session.open(
                f"https://{self.sf_instance}{request.path}{query}", headers
            ) as reply:
                if reply.status_code >= 300:  # noqa: PLR2004
                    raise classify(reply.status_code, _error_body(whole(reply)))
                body = packed_body(reply, most_bytes)
                return into(Stream(reply.status_code, reply.headers, body, most_bytes))
        except ReplyTooLargeError as error:
            raise page_too_large(str(error)) from None
        except requests.exceptions.RequestException as error:
            raise _unanswered(request, error) from None


def _body(request: Request) -> str | bytes | None:
    if request.csv is not None:
        return request.csv
    return None if request.body is None else to_json(request.body)


def _headers(request: Request) -> dict[str, str | None]:
    plain: dict[str, str | None] = {"X-PrettyPrint": None}  # spaces would double the bytes
    return plain if request.csv is None else plain | {"Content-Type": "text/csv; charset=UTF-8"}


def _error_body(reply: requests.Response) -> object:
    try:
        return reply.json()
    except ValueError:
        return reply.text


def to_json(body: object) -> str:
    """Serialise; a Decimal becomes a JSON number, and one that would be rounded is refused."""
    return json.dumps(body, default=_number, allow_nan=False)


def _number(value: object) -> float | int:
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} is not plain data")
    number = float(value)
    if Decimal(repr(number)) != value:
        raise ValueError("the number has more digits than JSON can carry unrounded")
    return int(value) if value == value.to_integral_value() else number


def _speaks_of_each(body: object) -> bool:
    return isinstance(body, list) and all(
        isinstance(row, dict) and "isSuccess" in row for row in body
    )


def _refused(request: Request, error: Any) -> Exception:  # noqa: ANN401 - the library's exception
    status = int(error.status)
    found = classify(status, error.content)
    is_sure = not isinstance(found, TransientSalesforceError) or isinstance(found, HourlyLimitError)
    if request.repeatable or is_sure or status < 500:  # noqa: PLR2004
        return found
    # A gateway in between may have given up on a request that the org then applied.
    return AmbiguousOutcomeError(found.message, code=found.code, status=status)


def _unanswered(request: Request, error: Exception) -> Exception:
    what = type(error).__name__
    if is_untrusted(error):
        return AdminActionNeededError(
            "the org's certificate is not trusted",
            remedy="Check SALESFORCE_INSTANCE_URL and SALESFORCE_CA_FILE.",
        )
    if request.repeatable or _never_sent(error):
        return TransientSalesforceError(f"the org did not answer ({what})")
    return AmbiguousOutcomeError(f"the reply is lost ({what})")


def _never_sent(error: Exception) -> bool:
    """Only a connection that was never made is proof that nothing was applied."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return type(reason).__name__ in {"NewConnectionError", "NameResolutionError"}


def _parsed(request: Request, reply: requests.Response) -> Any:  # noqa: ANN401 - parsed JSON
    if reply.status_code == requests.codes.no_content or not reply.content:
        return None
    try:
        return json.loads(reply.content, parse_float=Decimal)
    except ValueError:
        message = "the reply is cut off or not JSON"
        if request.repeatable:
            raise TransientSalesforceError(message, status=reply.status_code) from None
        raise AmbiguousOutcomeError(message, status=reply.status_code) from None
