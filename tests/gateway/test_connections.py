"""Connections that readers leave for each other: kept, forgotten in time, and opened anew."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from service.salesforce.connections import IDLE_SECONDS, KeptConnections


class Org(ThreadingHTTPServer):
    """Counts connections and remembers what each request carried."""

    daemon_threads = True

    def __init__(self):
        self.connections, self.heard, self.hang_up = 0, [], False
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        self.server.connections += 1
        super().setup()

    def do_GET(self):  # the name is http.server's
        self.server.heard.append((self.headers["Authorization"], self.headers["Cookie"]))
        if self.server.hang_up:
            self.server.hang_up, self.close_connection = False, True
            return
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.send_header("Set-Cookie", "BrowserId=abc; Path=/")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


@pytest.fixture
def org():
    server = Org()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def kept(now):
    made = KeptConnections(lambda: now[0])
    yield made
    made.close()


@pytest.fixture
def now():
    return [1000.0]


def read(org, kept, token):
    session = requests.Session()  # as each viewer has one
    session.trust_env = False
    session.mount("http://", kept)
    return session.get(org.url, headers={"Authorization": token}, timeout=5)


def test_readers_share_a_connection_and_nothing_else(org, kept):
    for token in ("Bearer a", "Bearer b", "Bearer c"):
        assert read(org, kept, token).ok
    assert org.connections == 1
    assert org.heard == [("Bearer a", None), ("Bearer b", None), ("Bearer c", None)]


def test_one_that_nobody_used_for_a_while_is_not_trusted(org, kept, now):
    read(org, kept, "a")
    now[0] += IDLE_SECONDS
    read(org, kept, "b")
    assert org.connections == 1
    now[0] += IDLE_SECONDS + 1
    read(org, kept, "c")
    assert org.connections == 2


def test_where_the_org_hangs_up_just_then_the_read_is_sent_anew(org, kept):
    read(org, kept, "a")
    org.hang_up = True
    assert read(org, kept, "b").ok
    assert org.connections == 2


def test_an_org_that_is_not_there_is_an_error_at_once(org, kept):
    org.shutdown()
    org.server_close()
    with pytest.raises(requests.exceptions.ConnectionError):
        read(org, kept, "a")
