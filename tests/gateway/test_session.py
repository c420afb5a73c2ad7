"""What the session itself holds: how much of a reply is read."""

from __future__ import annotations

import gzip
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from service.salesforce import session
from service.salesforce.errors import AmbiguousOutcomeError, TransientSalesforceError
from service.salesforce.session import OrgSession, ReplyTooLargeError, Tally
from service.salesforce.transport import Request, Transport

#: Always the same bytes, because tests are named after them.
compress = partial(gzip.compress, mtime=0)

PACKED = compress(b" " * (session.MOST_BYTES + 1), 1)


class Bomb(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = PACKED if self.path == "/bomb" else compress(b"[1]")
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def address():
    with ThreadingHTTPServer(("127.0.0.1", 0), Bomb) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def make_session():
    return OrgSession(timeout_seconds=5, ca_file=None, tally=Tally())


def test_a_reply_that_unpacks_to_too_much_is_not_read(address):
    with pytest.raises(ReplyTooLargeError):
        make_session().request("GET", f"{address}/bomb")


def test_a_usual_reply_is_read_whole(address):
    reply = make_session().request("GET", f"{address}/page")
    assert (reply.json(), reply.content) == ([1], b"[1]")


@pytest.mark.parametrize(
    ("is_repeatable", "kind"), [(True, TransientSalesforceError), (False, AmbiguousOutcomeError)]
)
def test_too_large_a_reply_is_no_reply(wire, monkeypatch, is_repeatable, kind):
    monkeypatch.setattr(session, "MOST_BYTES", 2)
    wire.get("https://acme.my.salesforce.com/x", body="[1]")
    transport = Transport("https://acme.my.salesforce.com", "00D!x", make_session())
    with pytest.raises(kind) as failure:
        transport.send(Request("GET", "/x", repeatable=is_repeatable))
    assert type(failure.value) is kind


@pytest.mark.parametrize(
    "body",
    [
        compress(b"a" * 5_000_000),
        compress(b"one, ") + compress(b"two"),
        compress(b"") + compress(b"x"),
        compress(b"x") + b"\0" * 100_000 + compress(b"y") + b"\0" * 7,
        b"",
    ],
)
def test_packed_bodies_are_unpacked_member_by_member(wire, body):
    wire.get("https://acme.my.salesforce.com/x", body=body, headers={"Content-Encoding": "gzip"})
    reply = make_session().open("https://acme.my.salesforce.com/x", {})
    assert b"".join(session.chunks(reply, 10**7)) == (gzip.decompress(body) if body else b"")


@pytest.mark.parametrize(
    "body",
    [
        PACKED[:-9],
        b"\x1f\x8bno",
        compress(b"x")[:4] + b"\0" * 30,
        compress(b"x") + b"more",
    ],
)
def test_a_packed_body_that_breaks_off_or_is_none_is_an_error(wire, body):
    wire.get("https://acme.my.salesforce.com/x", body=body, headers={"Content-Encoding": "gzip"})
    reply = make_session().open("https://acme.my.salesforce.com/x", {})
    with pytest.raises(requests.exceptions.ContentDecodingError):
        list(session.chunks(reply, 10**9))
