"""A request's body arrives in time, or the request ends: one that trickles in must keep no thread.

The router waits for the headers of a request and passes its body on as it comes, and gunicorn reads
it in the thread that serves the request, for as long as it takes. So as many half-sent posts as
there are threads would close the panel to everybody, without a signature. Reading has an end here;
where half of the threads read already, it comes soon: a body that is there takes no time at all.
https://devcenter.heroku.com/articles/http-routing#request-buffering
"""

from __future__ import annotations

import io
import socket
import threading
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import structlog
from gunicorn.http.errors import ParseException

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

#: A signed request is a few kB, of which the first are there with the headers.
PATIENCE_SECONDS: Final = 10.0
HURRY_SECONDS: Final = 0.5
#: So many bodies are read without hurry: half of the threads of service/gunicorn.py.
AT_EASE: Final = 8
#: Of a body that is too large so much is taken, that its sender may read the answer.
_DRAINED: Final = 4
_LATE: Final = b"The request did not arrive in time.\n"
log = structlog.get_logger("whole_body")


class WholeBody:
    """WSGI: the app gets a body that is there; whoever does not send theirs gets 408."""

    def __init__(
        self, app: WSGIApplication, most_bytes: int, patience: float = PATIENCE_SECONDS
    ) -> None:
        """`most_bytes`: what the app takes; beyond that it answers 413 by itself."""
        self._app, self._most, self._patience = app, most_bytes, patience
        self._lock, self._reading = threading.Lock(), 0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Read, then serve. Under another server than gunicorn everything is as without this."""
        peer = environ.get("gunicorn.socket")
        length = 0 if peer is None else _length(environ)
        if peer is None or length == 0:
            return self._app(environ, start_response)
        wanted = self._most + 1 if length is None else min(length, _DRAINED * self._most)
        body = self._read(environ, peer, wanted)
        is_too_large = length is not None and length > self._most
        if is_too_large:
            _shut(peer)  # else the server would wait for the rest
        if body is None and not is_too_large:
            log.warning("body_late")
            return _refuse(start_response)
        environ["wsgi.input"] = io.BytesIO(body or b"")
        if length is None:  # of chunks it is known now
            del environ["HTTP_TRANSFER_ENCODING"]
            environ["CONTENT_LENGTH"] = str(len(body or b""))
        return self._app(environ, start_response)

    def _read(self, environ: WSGIEnvironment, peer: socket.socket, wanted: int) -> bytes | None:
        """None where it did not come, as a whole, in time."""
        late = threading.Event()
        with self._counted() as seconds:
            clock = threading.Timer(seconds, _cut, (peer, late))
            clock.daemon = True
            clock.start()
            try:
                body: bytes = environ["wsgi.input"].read(wanted)
            except OSError:  # the sender went away
                return None
            except ParseException:
                if not late.is_set():
                    raise
                return None
            finally:
                clock.cancel()
        is_whole = "CONTENT_LENGTH" not in environ or len(body) == wanted
        return body if is_whole and not late.is_set() else None

    @contextmanager
    def _counted(self) -> Iterator[float]:
        """How long this one may take."""
        with self._lock:
            self._reading += 1
            seconds = self._patience if self._reading <= AT_EASE else HURRY_SECONDS
        try:
            yield min(seconds, self._patience)
        finally:
            with self._lock:
                self._reading -= 1


def _length(environ: WSGIEnvironment) -> int | None:
    """Bytes of the body; None where it comes in chunks. The server has checked the header."""
    if "CONTENT_LENGTH" in environ:
        return int(environ["CONTENT_LENGTH"] or 0)
    return None if environ.get("HTTP_TRANSFER_ENCODING") else 0


def _cut(peer: socket.socket, late: threading.Event) -> None:
    late.set()
    _shut(peer)


def _shut(peer: socket.socket) -> None:
    """End reading alone: whoever waits for more gets nothing, and an answer still goes out."""
    with suppress(OSError):  # they went away by themselves
        peer.shutdown(socket.SHUT_RD)


def _refuse(start_response: StartResponse) -> Iterable[bytes]:
    late = HTTPStatus.REQUEST_TIMEOUT
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(_LATE))),
        ("Cache-Control", "no-store"),
    ]
    start_response(f"{late.value} {late.phrase}", headers)
    return [_LATE]
