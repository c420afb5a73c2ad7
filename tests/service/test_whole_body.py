"""A body that trickles in keeps no thread: with gunicorn's own parser over a pair of sockets."""

from __future__ import annotations

import socket
from contextlib import closing
from types import SimpleNamespace

import pytest
from flask import Flask, request
from gunicorn import http
from gunicorn.config import Config
from gunicorn.http import wsgi

from service import gunicorn as served
from service.whole_body import AT_EASE, WholeBody

MOST = 1_000
POST = b"POST /canvas HTTP/1.1\r\nHost: panel.example\r\n"


def echo() -> Flask:
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MOST

    @app.route("/canvas", methods=["POST", "GET"])
    def canvas() -> bytes:
        return request.get_data()

    return app


def ask(sent: bytes, *, is_over: bool = False) -> tuple[str, bytes]:
    """The status of the answer, and its body; the sender goes on waiting unless they are over."""
    status: list[str] = []
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        theirs.sendall(sent)
        if is_over:
            theirs.shutdown(socket.SHUT_WR)
        config = Config()
        asked = next(http.get_parser(config, ours, ("127.0.0.1", 1)))
        _, environ = wsgi.create(asked, ours, ("127.0.0.1", 1), ("127.0.0.1", 2), config)
        app = WholeBody(echo().wsgi_app, MOST, patience=0.05)
        # It ends at all: without an end this call waits for the sender for ever.
        answer = app(environ, lambda said, *_: status.append(said))
        return status[0], b"".join(answer)


def with_length(said: int, body: bytes) -> bytes:
    return POST + b"Content-Length: %d\r\n\r\n" % said + body


def in_chunks(body: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return POST + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(body), body) + end


@pytest.mark.parametrize("sent", [with_length(5, b"whole"), in_chunks(b"whole")])
def test_a_whole_body_is_served(sent):
    assert ask(sent) == ("200 OK", b"whole")


@pytest.mark.parametrize(
    "sent", [with_length(900, b"half"), with_length(9, b""), in_chunks(b"half", end=b"")]
)
def test_half_of_a_body_is_given_up_on(sent):
    assert ask(sent)[0] == "408 Request Timeout"


@pytest.mark.parametrize("sent", [with_length(900, b"half"), in_chunks(b"half", end=b"")])
def test_half_of_a_body_whose_sender_is_gone_reaches_nobody(sent):
    assert ask(sent, is_over=True)[0] == "408 Request Timeout"


@pytest.mark.parametrize(
    "sent", [with_length(50_000, b"half"), with_length(MOST + 1, b"x" * (MOST + 1)), in_chunks(b"x" * 3_000)]
)  # fmt: skip
def test_one_that_is_too_large_is_told_so_whether_it_comes_or_not(sent):
    assert ask(sent)[0] == "413 REQUEST ENTITY TOO LARGE"


def test_what_has_no_body_waits_for_none():
    assert ask(b"GET /canvas HTTP/1.1\r\nHost: panel.example\r\n\r\n") == ("200 OK", b"")


def test_where_half_of_the_threads_read_a_body_must_come_soon():
    app = WholeBody(echo().wsgi_app, MOST)
    waits = []
    for _ in range(served.threads):
        counted = app._counted()
        waits.append((counted, counted.__enter__()))
    patient, hurried = waits[AT_EASE - 1][1], waits[AT_EASE][1]
    assert served.threads / 2 == AT_EASE
    assert patient > 10 * hurried > 0
    for counted, _ in waits:
        counted.__exit__(None, None, None)
    with app._counted() as again:
        assert again == patient


def test_another_server_is_left_alone():
    app = SimpleNamespace(is_asked=False)

    def served_by(_environ: object, _start: object) -> list[bytes]:
        app.is_asked = True
        return []

    WholeBody(served_by, MOST)({"CONTENT_LENGTH": "9"}, lambda *_: lambda _: None)
    assert app.is_asked
