"""The WSGI application of the API: faults and holds around the dispatcher, and the headers."""

from __future__ import annotations

import gzip
import json
import logging
import re
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote_plus

from localorg import control, dispatch, times
from localorg.errors import SalesforceError
from localorg.wire import Reply

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from localorg.org import Org

_JSON = "application/json;charset=UTF-8"
_COUNTED = "/services/data/v"
#: URI and headers together, in bytes; more is answered with 431.
LONGEST_HEAD = 16_384
_START = 10_000
_OBJECT = re.compile(r"/sobjects/(\w+)")
log = logging.getLogger("localorg")


class DroppedError(ConnectionAbortedError):
    """The connection is closed without a reply, as a test asked."""


class Api:
    """One port's view of the org. `with_control` opens the control plane on it."""

    def __init__(self, org: Org, *, scheme: str, with_control: bool) -> None:
        self._org, self._scheme, self._with_control = org, scheme, with_control

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        method, path = environ["REQUEST_METHOD"], _path(environ)
        params = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
        raw = _body(environ)
        headers = _headers(environ) | {"x-localorg-scheme": self._scheme}
        if self._with_control and path.startswith(control.PREFIX):
            reply = control.handle(self._org, method, path, params, raw)
            return _send(start_response, reply, headers, {})
        with self._org.control.opened(method, path, _about(path, raw)):
            reply = self._answer(environ, method, path, params, headers, raw)
        return _send(start_response, reply, headers, self._more(path))

    def _answer(
        self,
        environ: WSGIEnvironment,
        method: str,
        path: str,
        params: dict[str, str],
        headers: dict[str, str],
        raw: bytes,
    ) -> Reply:
        switches = self._org.control
        whole = f"{path}?{unquote_plus(environ.get('QUERY_STRING', ''))}"
        body = raw.decode("utf-8", "replace")
        used = self._org.usage.count() if path.startswith(_COUNTED) else 0
        time.sleep(switches.latency_seconds)
        started = time.monotonic()
        self._pass("before_apply", method, whole, body)
        fault = switches.take_fault(method, whole, body)
        if fault:
            reply = Reply(fault.body.encode(), fault.status, {"Content-Type": fault.content_type})
        elif used > self._org.settings.api_limit:
            error = SalesforceError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
            reply = Reply(error.body(), HTTPStatus.FORBIDDEN)
        elif _size(environ.get("REQUEST_URI", whole), headers) > LONGEST_HEAD:
            reply = Reply(None, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        else:
            reply = self._dispatch(method, path, params, headers, raw)
        switches.enter(
            kind="request", at=times.text(times.now()), method=method, path=whole, about=_about(path, raw),
            status=int(reply.status), fault=bool(fault), seconds=round(time.monotonic() - started, 4),
        )  # fmt: skip
        self._pass("after_apply", method, whole, body)
        return reply

    def _pass(self, point: str, method: str, path: str, body: str) -> None:
        if self._org.control.pass_point(point, method, path, body) == "drop":
            self._org.control.enter(kind="dropped", point=point, method=method, path=path)
            raise DroppedError(point)

    def _dispatch(
        self,
        method: str,
        path: str,
        params: dict[str, str],
        headers: dict[str, str],
        raw: bytes,
    ) -> Reply:
        try:
            return dispatch.answer(self._org, method, path, params, headers, raw)
        except Exception:
            log.exception("%s %s failed inside the stand-in org", method, path)
            self._org.control.enter(kind="broken", method=method, path=path)
            message = "An unexpected error occurred. Please include this ErrorId: localorg"
            body = [{"message": message, "errorCode": "UNKNOWN_EXCEPTION"}]
            return Reply(body, HTTPStatus.INTERNAL_SERVER_ERROR)

    def _more(self, path: str) -> dict[str, str]:
        """Headers of a reply; the version list carries no limit."""
        more = {"Cache-Control": "no-cache,must-revalidate,max-age=0,no-store,private"}
        if path.startswith(_COUNTED):
            used, most = self._org.usage.api_calls, self._org.settings.api_limit
            more["Sforce-Limit-Info"] = f"api-usage={used}/{most}"
        return more


def _about(path: str, raw: bytes) -> list[str]:
    """The objects that a request names, as far as its start says."""
    start = f"{path} {raw[:_START].decode('utf-8', 'replace')}"
    return sorted(set(_OBJECT.findall(start)))


def _size(uri: str, headers: dict[str, str]) -> int:
    return len(uri) + sum(len(name) + len(value) + 4 for name, value in headers.items())


def _path(environ: WSGIEnvironment) -> str:
    return str(environ.get("PATH_INFO", "")).encode("latin-1").decode("utf-8", "replace")


def _body(environ: WSGIEnvironment) -> bytes:
    stream = environ["wsgi.input"]
    if environ.get("wsgi.input_terminated"):
        return bytes(stream.read())
    return bytes(stream.read(int(environ.get("CONTENT_LENGTH") or 0)))


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    return {
        name.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_") or name == "CONTENT_TYPE"
    }


def _send(
    start_response: StartResponse, reply: Reply, headers: dict[str, str], more: dict[str, str]
) -> list[bytes]:
    sent = {"Content-Type": _JSON, **more, **reply.headers}
    body = _encode(reply.body, pretty="x-prettyprint" in headers)
    if body and "gzip" in headers.get("accept-encoding", ""):
        body = gzip.compress(body, 1)
        sent["Content-Encoding"] = "gzip"
    sent["Content-Length"] = str(len(body))
    status = HTTPStatus(reply.status)
    start_response(f"{status.value} {status.phrase}", list(sent.items()))
    return [body]


def _encode(body: Any, *, pretty: bool) -> bytes:  # noqa: ANN401  # whatever JSON holds
    if body is None:
        return b""
    if isinstance(body, bytes):
        return body
    if pretty:
        return json.dumps(body, indent=2, separators=(",", " : ")).encode()
    return json.dumps(body, separators=(",", ":")).encode()
