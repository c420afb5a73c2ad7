"""POST /composite: up to 25 subrequests in one call, in order, with references to earlier results.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm
The failing subrequest keeps its own error; with allOrNone all others, and without it the ones
that refer to a failed one, answer 400 PROCESSING_HALTED. The outer status is 200.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from localorg.errors import SalesforceError
from localorg.store import savepoint
from localorg.wire import Reply, Request, need_list

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_SUBREQUESTS = 25
MOST_QUERIES = 5
_BAD_REQUEST = 400
_REFERENCE = re.compile(r"@\{(\w+)((?:\.\w+|\[\d+\])*)\}")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_COUNTED = re.compile(r"/services/data/v\d+\.\d/(query|queryAll|composite/sobjects)\b")
_HALTED = "The transaction was rolled back since another operation in the same transaction failed."
_NO_REFERENCE = "Invalid reference specified. No value for {0} found in {1}"


class _FailedError(Exception):
    """One subrequest of an all-or-none call failed."""


@dataclass
class _Done:
    reference: str
    reply: Reply

    @property
    def failed(self) -> bool:
        return self.reply.status >= _BAD_REQUEST


def composite(request: Request, dispatch: Callable[[Request], Reply]) -> Reply:
    """Run the subrequests through `dispatch`, inside the transaction of `request`."""
    body = request.json()
    subrequests = need_list(body, "compositeRequest")
    _check(subrequests)
    every = body.get("allOrNone", False) is True
    done: list[_Done] = []
    try:
        with savepoint(request.db):
            for one in subrequests:
                done.append(_run(request, one, done, dispatch))
                _check_last(done, all_or_none=every)
    except _FailedError:
        done = _halt(done, subrequests)
    return Reply({"compositeResponse": [_shown(one) for one in done]})


def _check_last(done: list[_Done], *, all_or_none: bool) -> None:
    if all_or_none and done[-1].failed:
        raise _FailedError


def _check(subrequests: list[dict[str, Any]]) -> None:
    if not subrequests:
        raise SalesforceError("REQUIRED_FIELD_MISSING", "compositeRequest must not be empty")
    if len(subrequests) > MOST_SUBREQUESTS:
        raise SalesforceError(
            "LIMIT_EXCEEDED", f"The limit of {MOST_SUBREQUESTS} subrequests is exceeded"
        )
    counted = [one for one in subrequests if _COUNTED.match(str(one.get("url", "")))]
    if len(counted) > MOST_QUERIES:
        raise SalesforceError(
            "LIMIT_EXCEEDED",
            f"at most {MOST_QUERIES} of the subrequests may be queries or collections",
        )
    names = [one.get("referenceId") for one in subrequests]
    if None in names or len(set(names)) != len(names):
        raise SalesforceError("INVALID_BATCH_REQUEST", "each subrequest needs its own referenceId")


def _run(
    request: Request,
    one: dict[str, Any],
    done: list[_Done],
    dispatch: Callable[[Request], Reply],
) -> _Done:
    reference = str(one["referenceId"])
    try:
        with savepoint(request.db):
            url = str(_resolve(str(one.get("url", "")), done))
            body = _resolve(one.get("body"), done)
            reply = dispatch(_inner(request, str(one.get("method", "")), url, body))
    except SalesforceError as error:
        reply = Reply(error.body(), error.status)
    return _Done(reference, reply)


def _inner(request: Request, method: str, url: str, body: object) -> Request:
    parts = urlsplit(url)
    return replace(
        request,
        method=method.upper(),
        path=parts.path,
        params=dict(parse_qsl(parts.query, keep_blank_values=True)),
        headers={},
        raw=b"" if body is None else json.dumps(body).encode(),
    )


def _resolve(value: Any, done: list[_Done]) -> Any:  # noqa: ANN401  # whatever JSON holds
    """The value with every `@{reference.path}` replaced."""
    if isinstance(value, dict):
        return {key: _resolve(inner, done) for key, inner in value.items()}
    if isinstance(value, list):
        return [_resolve(inner, done) for inner in value]
    if not isinstance(value, str):
        return value
    whole = _REFERENCE.fullmatch(value)
    if whole:
        return _referred(whole, done)
    return _REFERENCE.sub(lambda found: str(_referred(found, done)), value)


def _referred(found: re.Match[str], done: list[_Done]) -> Any:  # noqa: ANN401
    earlier = next((one for one in done if one.reference == found[1]), None)
    if earlier is not None and earlier.failed:
        raise SalesforceError("PROCESSING_HALTED", _HALTED)
    value = earlier.reply.body if earlier else None
    for name, index in _STEP.findall(found[2]):
        if name and isinstance(value, dict) and name in value:
            value = value[name]
        elif index and isinstance(value, list) and int(index) < len(value):
            value = value[int(index)]
        else:
            raise SalesforceError(
                "PROCESSING_HALTED", _NO_REFERENCE.format(found[2].lstrip("."), found[1])
            )
    if earlier is None:
        raise SalesforceError("PROCESSING_HALTED", _NO_REFERENCE.format(found[2], found[1]))
    return value


def _halt(done: list[_Done], subrequests: list[dict[str, Any]]) -> list[_Done]:
    """The last one done keeps its error; every other answers that it was undone."""
    halted = Reply(SalesforceError("PROCESSING_HALTED", _HALTED).body(), _BAD_REQUEST)
    cause = done[-1]
    return [
        cause if one["referenceId"] == cause.reference else _Done(str(one["referenceId"]), halted)
        for one in subrequests
    ]


def _shown(one: _Done) -> dict[str, Any]:
    return {
        "body": one.reply.body,
        "httpHeaders": one.reply.headers,
        "httpStatusCode": int(one.reply.status),
        "referenceId": one.reference,
    }
