from __future__ import annotations

import socket
import threading
from contextlib import contextmanager

import pytest
import requests

from service.salesforce.trust import is_untrusted


@contextmanager
def a_server_that_answers(said: bytes):
    """It takes one connection, reads the start of the handshake, says this and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            connection, _ = server.accept()
            with connection:
                connection.recv(10_000)
                connection.sendall(said)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://127.0.0.1:{server.getsockname()[1]}/"
        thread.join()


def ssl_error(said: bytes) -> requests.exceptions.SSLError:
    with a_server_that_answers(said) as url, requests.Session() as session:
        session.trust_env = False
        with pytest.raises(requests.exceptions.SSLError) as caught:
            session.get(url, timeout=10)
    return caught.value


def test_a_handshake_that_was_cut_off_passes_by_itself():
    assert not is_untrusted(ssl_error(b""))


def test_a_port_without_tls_is_for_a_person():
    assert is_untrusted(ssl_error(b"HTTP/1.1 503 busy\r\n\r\n"))


def test_another_error_says_nothing_about_trust():
    assert not is_untrusted(requests.exceptions.ReadTimeout())
